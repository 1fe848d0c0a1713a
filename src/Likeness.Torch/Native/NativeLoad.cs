using System.Runtime.InteropServices;

namespace Likeness.Torch;

/// <summary>Loads the native parts of TorchSharp on Linux x64 with glibc, from the folders where TorchSharp would look for them.</summary>
/// <param name="folders">Where to look, best first.</param>
/// <param name="cache">Where a copy may be kept that fits this system.</param>
internal sealed unsafe partial class NativeLoad(IReadOnlyList<string> folders, string cache)
{
    internal const string Wrapper = "libLibTorchSharp.so";

    /// <summary>The libtorch that TorchSharp was built for: a function that another one lacks would end the process when it is called.</summary>
    private const int Major = 2, Minor = 10;

    private const string Torch = "libtorch_cpu.so";
    private const string Remedy = "add the package libtorch-cpu-linux-x64 2.10.0 (or TorchSharp-cpu or TorchSharp-cuda-linux 0.107.0) to the program's project";
    private const int Lazy = 1, OnlyIfLoaded = 4;

    // Each needs the one before. Loaded by their full paths: the one that is already in the process is then found by its name, and never a second
    // one from elsewhere, which would abort the process.
    private static readonly string[] s_libtorch = ["libc10.so", Torch, "libtorch.so"];

    /// <summary>Loads libtorch and TorchSharp's native library.</summary>
    /// <returns>The handle of the latter.</returns>
    /// <exception cref="TorchException">Something is missing, damaged, of another version, or does not fit this system.</exception>
    internal nint Run()
    {
        LoadLibtorch();
        var wrapper = Find(Wrapper, "add the package TorchSharp 0.107.0 to the program's project");
        if (NativeLibrary.TryLoad(wrapper, out var library))
            return library;
        var refusal = Refusal(wrapper);
        byte[]? adapted;
        try
        {
            adapted = AdaptedLibrary.Adapt(File.ReadAllBytes(wrapper));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw Unusable(wrapper, e.Message.TrimEnd('.'), "restore the package TorchSharp 0.107.0 again");
        }
        return adapted is not null
            ? AdaptedLibrary.Load(wrapper, adapted, cache)
            : throw Unusable(wrapper, refusal, "it needs glibc 2.34 and the C++ library of GCC 12, or newer ones (Debian 12, Ubuntu 22.04)");
    }

    // The runtime's message is a paragraph; the loader's own reason is its last line.
    internal static string Reason(Exception e) =>
        e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1].TrimEnd('.');

    private void LoadLibtorch()
    {
        // A program may have loaded a libtorch of its own choice, and TorchSharp itself does so before it asks for its native library.
        var torch = Open(Torch, Lazy | OnlyIfLoaded);
        if (torch != 0)
            CheckVersion(torch);
        var folder = Path.GetDirectoryName(torch != 0 ? PathOf(torch) : Find(Torch, Remedy))!;
        foreach (var name in s_libtorch)
        {
            var path = Path.Combine(folder, name);
            if (!NativeLibrary.TryLoad(path, out var library))
                throw Unusable(path, File.Exists(path) ? Refusal(path) : "there is no such file", "restore the package again that it comes from, or " + Remedy);
            if (name == Torch)
                CheckVersion(torch = library);
        }
    }

    private static void CheckVersion(nint torch)
    {
        // Two bytes of eight: major, minor. Older ones than 2.8 do not tell.
        var version = NativeLibrary.TryGetExport(torch, "aoti_torch_abi_version", out var export)
            ? ((delegate* unmanaged[Cdecl]<ulong>)export)()
            : 0;
        var (major, minor) = ((int)(version >> 56), (int)(version >> 48 & 0xff));
        if (major == Major && minor == Minor)
            return;
        throw new TorchException(
            $"TorchSharp 0.107.0 works with libtorch {Major}.{Minor} only, but {PathOf(torch)} is {(version == 0 ? "older than 2.8" : $"{major}.{minor}")}: {Remedy}.");
    }

    // The loader's own record of a library begins with the address it is loaded at and a pointer to its path; dlopen's handle points to it.
    private static string PathOf(nint library) => Marshal.PtrToStringUTF8(((nint*)library)[1])!;

    private string Find(string name, string remedy) =>
        folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new TorchException($"The native library {name} was not found (looked in {string.Join(", ", folders)}): {remedy}.");

    private static string Refusal(string path)
    {
        try
        {
            NativeLibrary.Free(NativeLibrary.Load(path));
            return "it was refused at first, and not a second time";
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return Reason(e);
        }
    }

    private static TorchException Unusable(string path, string reason, string remedy) =>
        new($"The native library {path} could not be loaded ({reason.Replace(path + ": ", "", StringComparison.Ordinal)}): {remedy}.");

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string name, int mode);
}
