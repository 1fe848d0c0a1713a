using Likeness.Torch.Interop;

namespace Likeness.Torch;

/// <summary>
/// Until disposed, this thread and those that its operators run on take numbers too small for fp32's full precision (below 2⁻¹²⁶) for
/// zero. Gradients of importance weights and of saturated units are full of them, they change nothing, and processors take a
/// hundred cycles for each: an importance-weighted step took five times as long with them.
/// </summary>
public readonly ref struct DenormalScope
{
    private readonly int _was;

    private DenormalScope(bool flush) => _was = Native.DenormalsFlush(flush ? 1 : 0);

    public static DenormalScope Flush() => new(true);

    public void Dispose() => _ = Native.DenormalsFlush(_was);
}
