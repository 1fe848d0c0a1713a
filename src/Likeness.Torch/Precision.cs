namespace Likeness;

/// <summary>The precision of a training step's matrix products and convolutions. Parameters, sums and likelihoods stay fp32.</summary>
public enum Precision
{
    Float32,

    /// <summary>bfloat16 where libtorch's autocast holds it safe: half the memory traffic, and faster where the processor has it.</summary>
    BFloat16,
}

/// <summary>Runs the operators of this thread in a precision until disposed. TorchSharp does not bind libtorch's autocast.</summary>
public readonly unsafe ref struct PrecisionScope
{
    private const sbyte BFloat16 = 15;

    // void at::autocast::set_autocast_enabled(c10::DeviceType, bool) and its neighbours.
    private static readonly delegate* unmanaged[Cdecl]<sbyte, byte, void> s_setEnabled =
        (delegate* unmanaged[Cdecl]<sbyte, byte, void>)Libtorch.TryExport("_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb", "?set_autocast_enabled@autocast@at@@YAXW4DeviceType@c10@@_N@Z");

    private static readonly delegate* unmanaged[Cdecl]<sbyte, byte> s_isEnabled =
        (delegate* unmanaged[Cdecl]<sbyte, byte>)Libtorch.TryExport("_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE", "?is_autocast_enabled@autocast@at@@YA_NW4DeviceType@c10@@@Z");

    private static readonly delegate* unmanaged[Cdecl]<sbyte, sbyte, void> s_setType =
        (delegate* unmanaged[Cdecl]<sbyte, sbyte, void>)Libtorch.TryExport("_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE", "?set_autocast_dtype@autocast@at@@YAXW4DeviceType@c10@@W4ScalarType@4@@Z");

    private static readonly delegate* unmanaged[Cdecl]<void> s_clear =
        (delegate* unmanaged[Cdecl]<void>)Libtorch.TryExport("_ZN2at8autocast11clear_cacheEv", "?clear_cache@autocast@at@@YAXXZ");

    [ThreadStatic]
    private static bool s_reduced;

    private readonly sbyte _device;
    private readonly bool _was, _enabled, _set;

    /// <summary>Whether this thread runs in less than fp32 just now.</summary>
    internal static bool IsReduced => s_reduced;

    /// <exception cref="TorchException">This libtorch offers no autocast.</exception>
    public PrecisionScope(Precision precision, Device device)
    {
        _was = s_reduced;
        s_reduced = precision != Precision.Float32;
        _device = (sbyte)device.type;
        if (s_setEnabled == null || s_isEnabled == null || s_setType == null || s_clear == null)
        {
            s_reduced = _was;
            if (precision != Precision.Float32)
            {
                throw new TorchException("Training in bfloat16 needs libtorch's autocast, which this build of libtorch does not offer: train in float32.");
            }

            return;
        }

        var on = precision == Precision.BFloat16;
        _enabled = s_isEnabled(_device) != 0;
        _set = on || _enabled;
        if (_set)
        {
            s_setType(_device, BFloat16);
            s_setEnabled(_device, on ? (byte)1 : (byte)0);
        }
    }

    public void Dispose()
    {
        s_reduced = _was;
        if (!_set)
        {
            return;
        }

        s_setEnabled(_device, _enabled ? (byte)1 : (byte)0);
        if (!_enabled)
        {
            s_clear();
        }
    }
}
