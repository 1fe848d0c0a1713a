using System.Runtime.InteropServices;

namespace Likeness;

/// <summary>Loads the native parts of TorchSharp on Linux x64 with glibc, from the folders where TorchSharp would look for them.</summary>
/// <param name="folders">Where to look, best first.</param>
/// <param name="cache">Where a copy may be kept that fits this system.</param>
internal sealed unsafe partial class NativeLoad(IReadOnlyList<string> folders, string cache)
{
    /// <summary>The libtorch that TorchSharp was built for: a function that another one lacks would end the process when it is called.</summary>
    private const int Major = 2, Minor = 10;

    private const string Wrapper = "libLibTorchSharp.so", Torch = "libtorch_cpu.so";
    private const string AddLibtorch = "add the package libtorch-cpu-linux-x64 2.10.0 (or TorchSharp-cpu 0.107.0) to the program's project";
    private const string AddTorchSharp = "add the package TorchSharp 0.107.0 to the program's project";
    private const string RestoreAgain = "delete its package from the NuGet folder and restore it again";

    // Each needs the one before. Loaded by their full paths: the one that is already in the process is then found by its name, and never a second
    // one from elsewhere, which would abort the process.
    private static readonly string[] s_libtorch = ["libc10.so", Torch, "libtorch.so"];

    /// <summary>Loads libtorch and TorchSharp's native library.</summary>
    /// <returns>The handle of the latter.</returns>
    /// <exception cref="TorchException">Something is missing, damaged, of another version, or does not fit this system.</exception>
    internal nint Run()
    {
        LoadLibtorch();
        var loaded = IfLoaded(Wrapper);
        return loaded != 0 ? loaded : LoadWrapper(Find(Wrapper, AddTorchSharp));
    }

    // The runtime's message is a paragraph; the loader's own reason is its last line.
    internal static string Reason(Exception e) =>
        e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1].TrimEnd('.');

    private void LoadLibtorch()
    {
        // A program may have loaded a libtorch of its own choice, and TorchSharp itself does so before it asks for its native library.
        var torch = IfLoaded(Torch);
        if (torch != 0)
            CheckVersion(torch);
        var folder = Path.GetDirectoryName(torch != 0 ? PathOf(torch) : Find(Torch, AddLibtorch))!;
        foreach (var name in s_libtorch)
        {
            var path = Path.Combine(folder, name);
            if (!TryLoad(path, out var library, out var refusal))
                throw Unusable(path, refusal, RestoreAgain);
            if (name == Torch)
                CheckVersion(library);
        }
    }

    private nint LoadWrapper(string path)
    {
        if (TryLoad(path, out var library, out var refusal))
            return library;
        byte[]? adapted;
        try
        {
            adapted = AdaptedLibrary.Adapt(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, e.Message.TrimEnd('.'), RestoreAgain);
        }
        return adapted is not null
            ? AdaptedLibrary.Load(path, adapted, cache)
            : throw Unusable(path, refusal, "it needs glibc 2.34 and the C++ library of GCC 11, or newer ones, as Debian 12, Ubuntu 22.04 and RHEL 9 have");
    }

    private static void CheckVersion(nint torch)
    {
        // Two bytes of eight: major, minor. Those before 2.8 do not tell.
        var version = NativeLibrary.TryGetExport(torch, "aoti_torch_abi_version", out var export)
            ? ((delegate* unmanaged[Cdecl]<ulong>)export)()
            : 0;
        var (major, minor) = ((int)(version >> 56), (int)(version >> 48 & 0xff));
        if (major == Major && minor == Minor)
            return;
        throw new TorchException(
            $"TorchSharp 0.107.0 works with libtorch {Major}.{Minor} only, but {PathOf(torch)} is {(version == 0 ? "older than 2.8" : $"{major}.{minor}")}: {AddLibtorch}.");
    }

    private static bool TryLoad(string path, out nint library, out string refusal)
    {
        library = 0;
        try
        {
            // The system's loader does not look at the end of a file, and dies of a bus error where that is missing.
            SharedObject.CheckWhole(path);
            library = NativeLibrary.Load(path);
            refusal = "";
            return true;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            refusal = Reason(e).Replace(path + ": ", "", StringComparison.Ordinal);
            return false;
        }
    }

    private string Find(string name, string remedy) =>
        folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new TorchException($"The native library {name} was not found (looked in {string.Join(", ", folders)}): {remedy}.");

    private static TorchException Unusable(string path, string reason, string remedy) =>
        new($"The native library {path} could not be loaded ({reason}): {remedy}.");

    private static nint IfLoaded(string name)
    {
        const int lazy = 1, onlyIfLoaded = 4;
        return Open(name, lazy | onlyIfLoaded);
    }

    // The loader's own record of a library begins with its address and its path.
    private static string PathOf(nint library)
    {
        const int linkMap = 2;
        nint* record;
        return Ask(library, linkMap, &record) == 0 ? Marshal.PtrToStringUTF8(record[1])! : Torch;
    }

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string name, int mode);

    [LibraryImport("libc", EntryPoint = "dlinfo")]
    private static partial int Ask(nint library, int request, void* answer);
}
