using System.Runtime.InteropServices;

namespace Likeness;

/// <summary>Functions that libtorch exports and TorchSharp does not bind.</summary>
internal static class Libtorch
{
    private static readonly Lazy<nint> s_library = new(() =>
    {
        TorchEngine.Load();
        var name = OperatingSystem.IsWindows() ? "torch_cpu.dll" : OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : "libtorch_cpu.so";
        return NativeLibrary.TryLoad(name, out var library)
            ? library
            : throw new TorchException($"libtorch's {name} is loaded, but its functions could not be reached by that name.");
    });

    /// <exception cref="TorchException">This libtorch has no such function.</exception>
    public static nint Export(string name) => TryExport(name) is var address && address != 0
        ? address
        : throw new TorchException($"This libtorch has no function {name}: Likeness needs version 2.10.");

    /// <summary>The first of these that there is, or 0: functions of C++ have a name for each compiler.</summary>
    public static nint TryExport(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryGetExport(s_library.Value, name, out var address))
            {
                return address;
            }
        }

        return 0;
    }
}
