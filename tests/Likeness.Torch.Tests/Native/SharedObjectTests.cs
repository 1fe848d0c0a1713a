namespace Likeness.Torch.Tests;

/// <summary>Reading and changing the table of versions of TorchSharp's own native library.</summary>
public sealed class SharedObjectTests
{
    private static readonly Lazy<byte[]> s_file = new(() => File.ReadAllBytes(BringUpFolder.NativeFile("libLibTorchSharp.so")));

    [SkippableFact]
    public void The_versions_are_those_that_the_file_asks_for()
    {
        BringUpFolder.SkipElsewhere();
        var references = SharedObject.Parse(s_file.Value).References;

        Assert.Contains(references, reference => reference is { Library: "libc.so.6", Version: "GLIBC_2.34", IsWeak: false });
        Assert.Contains(references, reference => reference is { Library: "libstdc++.so.6", Version: "GLIBCXX_3.4.30" });
    }

    [SkippableFact]
    public void Adapting_changes_the_two_versions_of_which_one_symbol_each_is_wanted()
    {
        BringUpFolder.SkipElsewhere();
        var parsed = SharedObject.Parse(s_file.Value);
        var unused = parsed.References.Single(r => r.Version == "GLIBCXX_3.4.32");
        var wait = parsed.References.Single(r => r.Version == "GLIBCXX_3.4.30");
        Assert.Equal(["_ZSt21ios_base_library_initv"], parsed.SymbolsOf(unused));
        Assert.Equal(["_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE"], parsed.SymbolsOf(wait));

        var adapted = AdaptedLibrary.Adapt(s_file.Value)!;

        Assert.Equal(
            parsed.References.Select(r => r == unused ? r with { Flags = 2 } : r == wait ? r with { Version = "GLIBCXX_3.4.11" } : r),
            SharedObject.Parse(adapted).References);
        // The flags of the one; of the other the name's hash and place.
        Assert.All(
            Enumerable.Range(0, adapted.Length).Where(i => adapted[i] != s_file.Value[i]),
            at => Assert.True(at == unused.At + 4 || at - wait.At is (>= 0 and < 4) or (>= 8 and < 12)));
        Assert.Equal(ElfHash("GLIBCXX_3.4.11"), BitConverter.ToUInt32(adapted, wait.At));
    }

    [SkippableFact]
    public void What_is_adapted_stays_as_it_is()
    {
        BringUpFolder.SkipElsewhere();
        Assert.Null(AdaptedLibrary.Adapt(AdaptedLibrary.Adapt(s_file.Value)!));
    }

    [SkippableFact]
    public void A_version_of_which_a_function_is_wanted_is_never_made_optional()
    {
        BringUpFolder.SkipElsewhere();
        // The table of symbols now says that condition_variable::wait is wanted in 3.4.32, too, and nothing in 3.4.30.
        var parsed = SharedObject.Parse(s_file.Value);
        var wanted = parsed.References.Single(r => r.Version == "GLIBCXX_3.4.32");
        var other = parsed.References.Single(r => r.Version == "GLIBCXX_3.4.30");

        Assert.Null(AdaptedLibrary.Adapt(WithSymbolsOf((byte[])s_file.Value.Clone(), other.Index, wanted.Index)));
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100_000)]
    [InlineData(-1)]
    public void A_file_that_is_cut_off_is_refused(int length)
    {
        BringUpFolder.SkipElsewhere();
        var cut = length < 0 ? s_file.Value[..^1] : s_file.Value[..length];
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, cut);

            Assert.Throws<InvalidDataException>(() => SharedObject.Parse(cut));
            Assert.Throws<InvalidDataException>(() => SharedObject.CheckWhole(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [SkippableFact]
    public void Damaged_tables_are_read_or_refused_and_nothing_else_happens()
    {
        BringUpFolder.SkipElsewhere();
        var file = s_file.Value;
        var sections = (int)BitConverter.ToUInt64(file, 40);
        var versions = SharedObject.Parse(file).References.Min(reference => reference.At) - 16;
        (int From, int Length)[] tables = [(0, 64), (sections, file.Length - sections), (versions, 600)];
        var random = new Random(1);
        var bytes = (byte[])file.Clone();
        var refused = 0;
        for (var round = 0; round < 3000; round++)
        {
            var (from, length) = tables[round % tables.Length];
            var at = from + random.Next(length);
            var original = bytes[at];
            bytes[at] = (byte)random.Next(256);
            try
            {
                _ = AdaptedLibrary.Adapt(bytes);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
            bytes[at] = original;
        }
        Assert.InRange(refused, 100, 2900);
    }

    // Of the ELF specification.
    private static uint ElfHash(string name)
    {
        uint hash = 0;
        foreach (var c in name)
        {
            hash = (hash << 4) + c;
            var top = hash & 0xf0000000;
            hash = (hash ^ (top >> 24)) & ~top;
        }
        return hash;
    }

    private static byte[] WithSymbolsOf(byte[] bytes, ushort from, ushort to)
    {
        // .gnu.version is the section of type 0x6fffffff.
        var sections = (int)BitConverter.ToUInt64(bytes, 40);
        var count = BitConverter.ToUInt16(bytes, 60);
        var section = Enumerable.Range(0, count).Select(i => sections + (64 * i)).Single(at => BitConverter.ToUInt32(bytes, at + 4) == 0x6fffffff);
        var (offset, size) = ((int)BitConverter.ToUInt64(bytes, section + 24), (int)BitConverter.ToUInt64(bytes, section + 32));
        for (var at = offset; at < offset + size; at += 2)
            if (BitConverter.ToUInt16(bytes, at) == from)
                BitConverter.TryWriteBytes(bytes.AsSpan(at), to);
        return bytes;
    }
}
