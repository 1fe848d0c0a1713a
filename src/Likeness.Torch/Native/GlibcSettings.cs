using System.Runtime.InteropServices;

namespace Likeness.Torch;

/// <summary>What libtorch's speed on Linux needs of the C library, and its environment variables cannot be asked of a user.</summary>
internal static partial class GlibcSettings
{
    private const int TrimThreshold = -1, MapThreshold = -3;

    internal static bool IsGlibc { get; } =
        OperatingSystem.IsLinux() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "gnu_get_libc_version", out _);

    /// <summary>What libtorch and its OpenMP read when they are loaded; the user's own settings win.</summary>
    internal static void Prepare()
    {
        // GNU's OpenMP threads spin for milliseconds between two operators before they sleep, at the cost of everything else that
        // runs; long enough to bridge two small operators is enough.
        SetIfUnset("GOMP_SPINCOUNT", "20000");
    }

    /// <summary>Keeps large blocks instead of giving them back to the kernel at each free, only to have them cleared, page by page, a moment later.</summary>
    internal static void Apply()
    {
        // The largest that the type holds: any block comes from the heap, which is never trimmed.
        _ = SetOption(MapThreshold, int.MaxValue);
        _ = SetOption(TrimThreshold, int.MaxValue);
    }

    // getenv is what C++ asks, and .NET's own SetEnvironmentVariable does not reach it.
    private static void SetIfUnset(string variable, string value) => _ = SetVariable(variable, value, 0);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
