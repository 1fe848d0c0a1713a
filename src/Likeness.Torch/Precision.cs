using Likeness.Torch.Interop;

namespace Likeness.Torch;

/// <summary>The precision of a training step's matrix products and convolutions. Parameters, sums and likelihoods stay fp32.</summary>
public enum Precision
{
    Float32,

    /// <summary>bfloat16 where libtorch's autocast holds it safe: half the memory traffic, and faster where the processor has it.</summary>
    BFloat16,
}

/// <summary>Runs the operators of this thread in a precision until disposed.</summary>
public readonly unsafe ref struct PrecisionScope
{
    [ThreadStatic]
    private static bool s_reduced;

    private readonly Device _device;
    private readonly bool _was;
    private readonly int _enabled;
    private readonly int _type;

    /// <summary>Whether this thread runs in less than fp32 just now.</summary>
    internal static bool IsReduced => s_reduced;

    public PrecisionScope(Precision precision, Device device)
    {
        _was = s_reduced;
        s_reduced = precision != Precision.Float32;
        _device = device;
        int enabled, type;
        Native.AutocastSet((int)device.Type, precision == Precision.BFloat16 ? 1 : 0, (int)ScalarType.BFloat16, &enabled, &type);
        (_enabled, _type) = (enabled, type);
    }

    public void Dispose()
    {
        s_reduced = _was;
        int enabled, type;
        Native.AutocastSet((int)_device.Type, _enabled, _type, &enabled, &type);
        if (_enabled == 0)
        {
            Native.AutocastClearCache();
        }
    }
}
