using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Likeness;

/// <summary>
/// A copy of TorchSharp's native library for systems whose C++ library is of GCC 11 or 12. It was built with GCC 13, and asks for two newer
/// versions, of which it wants one symbol each.
/// </summary>
internal static partial class AdaptedLibrary
{
    /// <summary>
    /// std::ios_base_library_init(), of GLIBCXX_3.4.32: every file that includes &lt;iostream&gt; asks for it, so its presence is checked when a
    /// program is linked, and nothing calls it.
    /// </summary>
    private const string NeverCalled = "_ZSt21ios_base_library_initv";

    /// <summary>std::condition_variable::wait(), of GLIBCXX_3.4.30, which lets a cancelled thread leave; newer libraries keep the older one, too.</summary>
    private const string Wait = "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE";
    private const string OlderWait = "GLIBCXX_3.4.11";

    /// <summary>The file with both taken care of; null where it asks for neither, or for more in those versions.</summary>
    /// <exception cref="InvalidDataException">The bytes are no shared object.</exception>
    internal static byte[]? Adapt(byte[] file)
    {
        var parsed = SharedObject.Parse(file);
        var copy = (byte[])file.Clone();
        var changed = false;
        foreach (var reference in parsed.References.Where(reference => !reference.IsWeak))
        {
            var symbols = parsed.SymbolsOf(reference);
            if (symbols is [NeverCalled])
                reference.MakeWeak(copy);
            else if (symbols is [Wait] && reference.Version != OlderWait && parsed.References.FirstOrDefault(r => r.Version == OlderWait) is { Library: not null } older)
                reference.Replace(older, copy);
            else
                continue;
            changed = true;
        }
        return changed ? copy : null;
    }

    /// <summary>Loads the copy from the cache folder, else, where nothing can be written or executed there, from memory.</summary>
    /// <exception cref="TorchException">Neither worked.</exception>
    internal static nint Load(string original, byte[] adapted, string cache)
    {
        if (TryLoadFile(original, adapted, cache, out var library, out var refusal) || TryLoadMemory(adapted, out library))
            return library;
        throw new TorchException(
            $"TorchSharp's {original} needs a copy adapted to this system's C++ library, which could not be kept in {cache} ({refusal}) nor in memory: " +
            "let XDG_CACHE_HOME name a folder that can be written and executed from.");
    }

    /// <summary>Writes the copy if it is not there, under a name that no other content has.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal static string Write(string original, byte[] adapted, string cache)
    {
        var path = Path.Combine(cache, "native", $"{Path.GetFileNameWithoutExtension(original)}-{Hash(adapted):x16}.so");
        // What is there is believed only as far as it is the same: a file may be cut off, or another's.
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(adapted))
            return path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():n}";
        try
        {
            File.WriteAllBytes(temporary, adapted);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
        return path;
    }

    // FNV-1a: .NET's SHA-256 is OpenSSL's, which a bare system lacks, and which ends the process then.
    private static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037;
        foreach (var b in bytes)
            hash = (hash ^ b) * 1099511628211;
        return hash;
    }

    private static bool TryLoadFile(string original, byte[] adapted, string cache, out nint library, [NotNullWhen(false)] out string? refusal)
    {
        library = 0;
        refusal = null;
        try
        {
            library = NativeLibrary.Load(Write(original, adapted, cache));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            refusal = e.Message.TrimEnd('.');
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            refusal = NativeLoad.Reason(e);
        }
        return false;
    }

    // A file without a name or a folder; what was loaded from it stays when it is closed.
    private static bool TryLoadMemory(byte[] adapted, out nint library)
    {
        library = 0;
        const uint closeOnExec = 1;
        var descriptor = MemoryFile("likeness", closeOnExec);
        if (descriptor < 0)
            return false;
        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            RandomAccess.Write(file, adapted, 0);
        }
        catch (IOException)
        {
            return false;
        }
        return NativeLibrary.TryLoad($"/proc/self/fd/{descriptor}", out library);
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemoryFile(string name, uint flags);
}
