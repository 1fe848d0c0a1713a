using System.Globalization;

namespace Likeness;

/// <summary>The devices that a user names.</summary>
public static class Devices
{
    /// <summary>Reads "cpu", "cuda", "cuda:1" or "mps", and makes sure that it is there.</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    /// <exception cref="TorchException">There is no such device here.</exception>
    public static Device Parse(string text)
    {
        if (text == "cpu")
        {
            return torch.CPU;
        }

        if (text == "mps")
        {
            return torch.mps_is_available()
                ? torch.MPS
                : throw new TorchException("There is no mps device here: it is the GPU of an Apple computer and comes with the package libtorch-cpu-osx-arm64; use cpu.");
        }

        var index = 0;
        if (text != "cuda" && !(text.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out index)))
        {
            throw new FormatException($"Unknown device '{text}': use cpu, cuda, cuda:N or mps.");
        }

        var count = TorchRuntime.CudaDevices;
        return index < count
            ? new Device(DeviceType.CUDA, index)
            : throw new TorchException(count == 0
                ? $"There is no device '{text}' here: it needs an NVIDIA GPU, its driver, and the package TorchSharp-cuda-linux or TorchSharp-cuda-windows in place of libtorch-cpu; use cpu."
                : $"There is no device '{text}' here: this machine offers cuda:0 to cuda:{count - 1}.");
    }

    /// <summary>Whether two names mean the same place.</summary>
    internal static bool IsSame(this Device device, Device other) =>
        device.type == other.type && (device.type == DeviceType.CPU || device.index == other.index);
}
