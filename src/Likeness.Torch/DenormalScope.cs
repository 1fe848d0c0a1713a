using System.Runtime.CompilerServices;
using Likeness.Torch.Kernels;
using System.Runtime.InteropServices;

namespace Likeness;

/// <summary>
/// Until disposed, this thread and those that its operators run on take numbers too small for fp32's full precision (below 2⁻¹²⁶) for
/// zero. Gradients of importance weights and of saturated units are full of them, they change nothing, and processors take a
/// hundred cycles for each: an importance-weighted step took five times as long with them.
/// </summary>
public readonly unsafe ref struct DenormalScope
{
    // bool at::Context::setFlushDenormal(bool), of the calling thread. TorchSharp does not bind it.
    private static readonly delegate* unmanaged[Cdecl]<byte, byte> s_set =
        (delegate* unmanaged[Cdecl]<byte, byte>)Libtorch.TryExport("_ZN2at7Context16setFlushDenormalEb", "?setFlushDenormal@Context@at@@SA_N_N@Z");

    [ThreadStatic]
    private static bool s_flushes;

    private readonly bool _was;

    private DenormalScope(bool flush)
    {
        _was = s_flushes;
        Set(flush);
    }

    public static DenormalScope Flush() => new(true);

    public void Dispose() => Set(_was);

    // Each thread has a mode of its own. Threads made later take it from the one that makes them.
    private static void Set(bool flush)
    {
        if (flush == s_flushes || s_set == null)
        {
            return;
        }

        Parts.OnEveryThread(&SetHere, flush ? 1 : 0);
        s_flushes = flush;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHere(long begin, long end, void* flush) => s_set((byte)(nint)flush);
}
