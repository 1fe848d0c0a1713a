using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace Likeness;

/// <summary>
/// Brings TorchSharp's native part into the process, also where TorchSharp alone would not get it loaded, when the first tensor asks for it.
/// Programs need not call this: it lets them have the error, if there is one, at a moment of their choice.
/// </summary>
/// <remarks>
/// TorchSharp's static constructor asks for "torch_cpu" and "LibTorchSharp" by <see cref="NativeLibrary.TryLoad(string, Assembly, DllImportSearchPath?, out nint)"/>,
/// which raises <see cref="AssemblyLoadContext.ResolvingUnmanagedDll"/> when the runtime's own search has failed, but does not consult the resolver
/// that <see cref="NativeLibrary.SetDllImportResolver"/> sets; the functions that it calls afterwards consult that first of all. We listen to
/// both, so nothing is loaded before TorchSharp wants it, whoever made it want it, and nothing at all by programs that never do.
/// </remarks>
public static partial class TorchEngine
{
    private const string Wrapper = "LibTorchSharp";
    private static readonly Lock s_gate = new();
    private static nint s_library;

    /// <summary>Loads libtorch, unless it is there already.</summary>
    /// <exception cref="TorchException">A native library is missing or cannot be used; the message is one sentence that says which package to add.</exception>
    public static void Load()
    {
        if (!IsOurs)
            LoadAsTorchSharpDoes();
        else if (Volatile.Read(ref s_library) == 0)
            lock (s_gate)
            {
                if (s_library == 0)
                {
                    GlibcSettings.Apply();
                    var library = new NativeLoad(Folders(), Cache).Run();
                    ScalarLifetime.Extend(library);
                    Volatile.Write(ref s_library, library);
                }
            }
    }

    /// <summary>Where the adapted copy is kept: $XDG_CACHE_HOME/likeness or ~/.cache/likeness.</summary>
    internal static string Cache => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "likeness");

    // Elsewhere TorchSharp's own way works or nothing does.
    private static bool IsOurs { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && GlibcSettings.IsGlibc;

    private static Assembly TorchSharpAssembly => typeof(torch).Assembly;

    // Loads TorchSharp's managed assembly and nothing native.
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "It has to be in place before TorchSharp's static constructor, which no call of ours need precede.")]
    internal static void Listen()
    {
        if (!IsOurs)
            return;
        GlibcSettings.Prepare();
        AssemblyLoadContext.GetLoadContext(TorchSharpAssembly)!.ResolvingUnmanagedDll += Resolve;
        try
        {
            NativeLibrary.SetDllImportResolver(TorchSharpAssembly, (name, _, _) => name == Wrapper ? Library() : 0);
        }
        catch (InvalidOperationException)
        {
            // The program has a resolver of its own, which is then answerable; ours is still asked where that one finds nothing.
        }
    }

    private static nint Library()
    {
        Load();
        return s_library;
    }

    private static nint Resolve(Assembly assembly, string name)
    {
        if (assembly != TorchSharpAssembly || name is not (Wrapper or "torch_cpu"))
            return 0;
        try
        {
            return Library();
        }
        catch (TorchException)
        {
            // Were nothing returned, TorchSharp would copy half a gigabyte of packages beside the program, print pages on its standard output and
            // fail. The first function that it calls asks again, and has our sentence.
            return NativeLibrary.GetMainProgramHandle();
        }
    }

    private static void LoadAsTorchSharpDoes()
    {
        _ = NativeLibrary.TryLoad("torch_cpu", TorchSharpAssembly, null, out _);
        if (NativeLibrary.TryLoad(Wrapper, TorchSharpAssembly, null, out _) || FromPackage() is not null)
            return;
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        var package = $"libtorch-cpu-{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        throw new TorchException(
            $"TorchSharp's native library {Wrapper} could not be loaded (looked in {string.Join(", ", Folders())}): add the package {package} 2.10.0, " +
            "if there is one for this system, to the program's project.");
    }

    /// <summary>Where TorchSharp's native libraries may be: where the host found them, and beside the program.</summary>
    private static List<string> Folders()
    {
        const string native = "runtimes/linux-x64/native";
        var listed = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(folder => !folder.Contains("Microsoft.NETCore.App", StringComparison.Ordinal));
        var program = AppContext.BaseDirectory;
        string[] beside = [program, Path.Combine(program, native)];
        // A script engine runs TorchSharp out of the package folder, PACKAGES/torchsharp/VERSION/lib/net8.0.
        var package = FromPackage();
        string[] packages = package is null
            ? []
            : [Path.Combine(package, native), Path.GetFullPath(Path.Combine(package, "../../libtorch-cpu-linux-x64/2.10.0", native))];
        return [.. listed.Concat(beside).Concat(packages).Select(folder => Path.TrimEndingDirectorySeparator(folder)).Distinct()];
    }

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "In a single file the location is empty, and the answer is no.")]
    private static string? FromPackage() =>
        Path.GetDirectoryName(TorchSharpAssembly.Location) is { Length: > 0 } folder
        && Path.GetFullPath(Path.Combine(folder, "../..")) is var package
        && File.Exists(Path.Combine(package, "torchsharp.nuspec"))
            ? package
            : null;
}
