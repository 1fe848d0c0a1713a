using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Likeness.Torch.Kernels;

/// <summary>Work on a stretch of items that is written once for vectors of every width.</summary>
internal interface IVectorWork
{
    /// <summary>Does the items from <paramref name="first"/> up to <paramref name="last"/>, which is not one of them.</summary>
    void Run<TLanes, TVector>(long first, long last)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct;
}

/// <summary>The one place where the width of vectors is chosen. The JIT leaves only the branch of this processor, and of each kind of work a copy of its own.</summary>
internal static class Widest
{
    /// <summary>Does work on the widest vectors of this processor, of <paramref name="most"/> floats at the most.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TWork>(TWork work, long first = 0, long last = 1, int most = 16)
        where TWork : struct, IVectorWork
    {
        if (Vector512.IsHardwareAccelerated && most >= Lanes512.Width) work.Run<Lanes512, Vector512<float>>(first, last);
        else if (Vector256.IsHardwareAccelerated && most >= Lanes256.Width) work.Run<Lanes256, Vector256<float>>(first, last);
        else work.Run<Lanes128, Vector128<float>>(first, last);
    }

    /// <summary>The same, with the items split into parts as evenly as can be.</summary>
    public static void Share<TWork>(TWork work, long items, long parts, int threads, int most = 16)
        where TWork : struct, IVectorWork =>
        Parts.Run((int)parts, threads, part => Run(work, items * part / parts, items * (part + 1) / parts, most));
}
