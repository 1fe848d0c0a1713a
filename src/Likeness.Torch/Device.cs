namespace Likeness.Torch;

/// <summary>Kinds of device, with libtorch's numbering.</summary>
public enum DeviceType
{
    Cpu = 0,
    Cuda = 1,
}

/// <summary>Where a tensor lives.</summary>
/// <param name="Type">The kind of device.</param>
/// <param name="Index">Which one of its kind; −1 is the current one.</param>
public readonly record struct Device(DeviceType Type, int Index = -1)
{
    public static Device Cpu { get; } = new(DeviceType.Cpu);

    public static Device Cuda { get; } = new(DeviceType.Cuda, 0);

    /// <summary>Reads "cpu", "cuda" or "cuda:1".</summary>
    public static Device Parse(string text)
    {
        if (text == "cpu")
        {
            return Cpu;
        }

        if (text == "cuda")
        {
            return Cuda;
        }

        return text.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(text.AsSpan(5), out var index) && index >= 0
            ? new(DeviceType.Cuda, index)
            : throw new FormatException($"Unknown device '{text}': use cpu, cuda or cuda:N.");
    }

    public override string ToString() => Type == DeviceType.Cpu ? "cpu" : Index < 0 ? "cuda" : $"cuda:{Index}";
}
