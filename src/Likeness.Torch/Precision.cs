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
    private readonly Device _device;
    private readonly int _enabled;
    private readonly int _type;

    public PrecisionScope(Precision precision, Device device)
    {
        _device = device;
        int enabled, type;
        Native.AutocastSet((int)device.Type, precision == Precision.BFloat16 ? 1 : 0, (int)ScalarType.BFloat16, &enabled, &type);
        (_enabled, _type) = (enabled, type);
    }

    public void Dispose()
    {
        int enabled, type;
        Native.AutocastSet((int)_device.Type, _enabled, _type, &enabled, &type);
        if (_enabled == 0)
        {
            Native.AutocastClearCache();
        }
    }
}
