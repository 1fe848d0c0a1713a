using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Likeness.Torch.Interop;

/// <summary>
/// Finds and loads <c>liblikeness_torch.so</c>: the file that LIKENESS_NATIVE names, else beside the program, else in the
/// <c>native</c> folder of the <c>artifacts</c> folder that the program was built into.
/// </summary>
internal static unsafe partial class NativeLibraryLoader
{
    internal const string Name = "likeness_torch";
    private const string FileName = "liblikeness_torch.so";
    private const string Remedy = "run `make setup` in the source tree, or let LIKENESS_NATIVE name the library's file";

    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraryLoader).Assembly, (name, _, _) => name == Name ? Load(Candidates()) : 0);

    /// <summary>Loads the first of these files that exists.</summary>
    /// <exception cref="TorchException">None exists, or the first that does cannot be loaded or is another library.</exception>
    internal static nint Load(IReadOnlyList<string> candidates)
    {
        var path = candidates.FirstOrDefault(File.Exists)
            ?? throw new TorchException($"The native library {FileName} was not found (tried {string.Join(", ", candidates)}): {Remedy}.");
        PreferAvx512Kernels();
        UseEveryCore();
        // GNU's OpenMP threads spin for milliseconds between two operators before they sleep, at the cost of everything else that
        // runs; long enough to bridge two small operators is enough.
        SetIfUnset("GOMP_SPINCOUNT", "20000");
        nint library;
        try
        {
            library = NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new TorchException($"The native library {path} could not be loaded ({Reason(e)}): {Remedy}.", e);
        }
        if (!NativeLibrary.TryGetExport(library, "lk_abi_version", out var export))
            throw new TorchException($"The file {path} is not Likeness's native library: {Remedy}.");
        var version = ((delegate* unmanaged[Cdecl]<int>)export)();
        if (version != Native.AbiVersionExpected)
            throw new TorchException(
                $"The native library {path} has version {version} of the interface, but {Native.AbiVersionExpected} is needed: {Remedy}.");
        return library;
    }

    private static string[] Candidates()
    {
        if (Environment.GetEnvironmentVariable("LIKENESS_NATIVE") is { Length: > 0 } named)
            return [named];
        var beside = Path.Combine(AppContext.BaseDirectory, FileName);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (folder.Name == "artifacts")
                return [beside, Path.Combine(folder.FullName, "native", FileName)];
        return [beside];
    }

    // The runtime's message is a paragraph; the loader's own reason is its last line.
    private static string Reason(Exception e) =>
        e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1].TrimEnd('.');

    // Older OpenBLAS does not know newer AVX-512 processors and falls back to AVX2 kernels at half the speed. It asks getenv, which
    // .NET's own SetEnvironmentVariable does not reach, when it is loaded.
    private static void PreferAvx512Kernels()
    {
        if (Avx512F.VL.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512CD.IsSupported)
        {
            SetIfUnset("OPENBLAS_CORETYPE", "SkylakeX");
        }
    }

    private static void SetIfUnset(string variable, string value)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetNativeVariable(variable, value, 0);
        }
    }

    // libtorch's own count takes the cores of some virtual machines for threads of one core, and leaves half of them idle.
    private static void UseEveryCore()
    {
        const string variable = "OMP_NUM_THREADS";
        const string siblings = "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list";
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(variable) is null)
        {
            // "0" for a core with one thread, "0-1" or "0,64" for one with two, of which one is enough.
            var threadsPerCore = File.Exists(siblings) && File.ReadAllText(siblings).AsSpan().ContainsAny('-', ',') ? 2 : 1;
            SetIfUnset(variable, Math.Max(1, Environment.ProcessorCount / threadsPerCore).ToString());
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);
}
