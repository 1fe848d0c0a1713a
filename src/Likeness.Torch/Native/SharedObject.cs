using System.Buffers.Binary;
using System.Text;

namespace Likeness;

/// <summary>A version of another library that a shared object asks for, for example GLIBCXX_3.4.32 of libstdc++.so.6.</summary>
/// <param name="Library">The other library's file name.</param>
/// <param name="Version">The version's name.</param>
/// <param name="Index">What the symbols of that version carry in .gnu.version.</param>
/// <param name="Flags">vna_flags.</param>
/// <param name="At">Where in the file the entry is: a hash of the name, flags, index, and where the name is.</param>
internal readonly record struct VersionReference(string Library, string Version, ushort Index, ushort Flags, int At)
{
    private const ushort Weak = 2; // VER_FLG_WEAK
    private const int FlagsAt = 4, NameAt = 8;

    /// <summary>The dynamic loader goes on without that version.</summary>
    internal bool IsWeak => (Flags & Weak) != 0;

    /// <summary>Makes the dynamic loader go on without that version.</summary>
    internal void MakeWeak(Span<byte> file) => BinaryPrimitives.WriteUInt16LittleEndian(file[(At + FlagsAt)..], (ushort)(Flags | Weak));

    /// <summary>Asks for another version instead, one that the file asks for, too.</summary>
    internal void Replace(VersionReference other, Span<byte> file)
    {
        file.Slice(other.At, sizeof(uint)).CopyTo(file[At..]);
        file.Slice(other.At + NameAt, sizeof(uint)).CopyTo(file[(At + NameAt)..]);
    }
}

/// <summary>
/// The little of an ELF file (64 bit, little endian) that tells why a dynamic loader refuses it: the versions of other libraries that it asks
/// for, and the symbols that need them. Every length and position in the file is checked before it is used.
/// </summary>
internal sealed class SharedObject
{
    private const uint Strings = 3, DynamicSymbols = 11, Versions = 0x6fffffff, VersionNeeds = 0x6ffffffe;
    private const int HeaderSize = 64, SectionSize = 64, SymbolSize = 24, NeedSize = 16, AuxiliarySize = 16;

    private readonly byte[] _bytes;
    private readonly Section[] _sections;

    private readonly record struct Section(uint Type, int Offset, int Size, int Link, int Info);

    private SharedObject(byte[] bytes)
    {
        _bytes = bytes;
        _sections = ReadSections();
        References = ReadReferences();
    }

    internal IReadOnlyList<VersionReference> References { get; }

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="InvalidDataException">It is no shared object or is cut off; the message says which, to follow "because".</exception>
    internal static SharedObject Parse(byte[] bytes) => new(bytes);

    /// <summary>Looks at a file's beginning and length only: its table of sections comes last.</summary>
    /// <exception cref="InvalidDataException">It is no shared object or is cut off.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static void CheckWhole(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> header = stackalloc byte[HeaderSize];
        var read = RandomAccess.Read(file, header, 0);
        CheckHeader(header[..read]);
        var sections = BinaryPrimitives.ReadUInt64LittleEndian(header[40..]);
        var size = (ulong)BinaryPrimitives.ReadUInt16LittleEndian(header[58..]) * BinaryPrimitives.ReadUInt16LittleEndian(header[60..]);
        var length = (ulong)RandomAccess.GetLength(file);
        if (sections > length || size > length - sections)
            throw new InvalidDataException("it is cut off");
    }

    /// <summary>The symbols that are wanted in this version.</summary>
    internal IReadOnlyList<string> SymbolsOf(VersionReference reference)
    {
        var symbols = Array.Find(_sections, section => section.Type == DynamicSymbols);
        var versions = Array.Find(_sections, section => section.Type == Versions);
        var names = SectionAt(symbols.Link);
        var found = new List<string>();
        var count = Math.Min(symbols.Size / SymbolSize, versions.Size / sizeof(ushort));
        for (var i = 0; i < count; i++)
            // The top bit only says that the symbol is hidden.
            if ((UInt16(versions.Offset + (sizeof(ushort) * i)) & 0x7fff) == reference.Index)
                found.Add(Text(names, UInt32(symbols.Offset + (SymbolSize * i))));
        return found;
    }

    private static void CheckHeader(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderSize || !header.StartsWith("\u007fELF\u0002\u0001"u8))
            throw new InvalidDataException("it is not a 64-bit ELF file");
    }

    private Section[] ReadSections()
    {
        CheckHeader(_bytes);
        var offset = UInt64(40);
        var count = UInt16(60);
        if (UInt16(58) != SectionSize || count == 0)
            throw new InvalidDataException("it has no table of sections");
        var sections = new Section[count];
        for (var i = 0; i < count; i++)
        {
            var at = Position(offset + (ulong)(SectionSize * i), SectionSize);
            var type = UInt32(at + 4);
            // Sections that are not read may lie anywhere: those of type NOBITS are not in the file at all.
            if (type is DynamicSymbols or Versions or VersionNeeds or Strings)
            {
                var size = UInt64(at + 32);
                sections[i] = new Section(type, Position(UInt64(at + 24), size), (int)size, (int)UInt32(at + 40), (int)UInt32(at + 44));
            }
        }
        return sections;
    }

    private List<VersionReference> ReadReferences()
    {
        var references = new List<VersionReference>();
        foreach (var needs in _sections.Where(section => section.Type == VersionNeeds))
        {
            var names = SectionAt(needs.Link);
            var end = needs.Offset + needs.Size;
            for (long at = needs.Offset, next = 1; next != 0; at += next)
            {
                Inside(at, NeedSize, end);
                var library = Text(names, UInt32((int)at + 4));
                var auxiliary = at + UInt32((int)at + 8);
                for (var left = UInt16((int)at + 2); left > 0; left--)
                {
                    Inside(auxiliary, AuxiliarySize, end);
                    // Entries that lie on top of each other could be read for ever.
                    if (references.Count == _bytes.Length / AuxiliarySize)
                        throw new InvalidDataException("its table of versions has no end");
                    var entry = (int)auxiliary;
                    references.Add(new(library, Text(names, UInt32(entry + 8)), UInt16(entry + 6), UInt16(entry + 4), entry));
                    auxiliary += UInt32(entry + 12);
                }
                next = UInt32((int)at + 12);
            }
        }
        return references;
    }

    private Section SectionAt(int index) => (uint)index < (uint)_sections.Length && _sections[index].Type == Strings
        ? _sections[index]
        : throw new InvalidDataException($"it names section {index} for its strings, which is none");

    private string Text(Section strings, uint offset)
    {
        if (offset >= strings.Size)
            throw new InvalidDataException($"it names a string at {offset} of {strings.Size} bytes");
        var text = _bytes.AsSpan(strings.Offset + (int)offset, strings.Size - (int)offset);
        var length = text.IndexOf((byte)0);
        return length >= 0 ? Encoding.ASCII.GetString(text[..length]) : throw new InvalidDataException("its strings have no end");
    }

    private static void Inside(long at, int size, int end)
    {
        if (at + size > end)
            throw new InvalidDataException("its table of versions is cut off");
    }

    private int Position(ulong offset, ulong size) => offset <= (ulong)_bytes.Length && size <= (ulong)_bytes.Length - offset
        ? (int)offset
        : throw new InvalidDataException("it is cut off");

    private ushort UInt16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at));

    private uint UInt32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at));

    private ulong UInt64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(at));
}
