using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>Sizes of gated recurrent units that walk over series of whole batches.</summary>
internal readonly struct GruShape(int steps, int count, int hidden)
{
    public readonly int Steps = steps, Count = count, Hidden = hidden;

    /// <summary>Hidden units rounded up to whole vectors of any width, as what is kept for the backward pass has them.</summary>
    public int Padded => (Hidden + 15) & ~15;
}

/// <summary>
/// Gated recurrent units along series. Examples are taken four at a time, so each weight that is loaded serves four products, and the
/// states stay in the nearest cache for the whole walk; the order of the sums does not depend on the company.
/// </summary>
internal static unsafe class GruKernel
{
    /// <summary>Examples that go together.</summary>
    public const int Together = 4;

    /// <summary>Numbers that are kept of each unit and step: the gates r and z, the proposal n, and what the hidden state says of n.</summary>
    public const int Kept = 4;

    /// <param name="s">Sizes.</param>
    /// <param name="x">What the inputs say of r, z and n [steps, n, 3·hidden].</param>
    /// <param name="weight">Of the hidden states [3·hidden, hidden].</param>
    /// <param name="bias">Of the hidden states [3·hidden].</param>
    /// <param name="h">Receives the hidden states [steps, n, hidden].</param>
    /// <param name="kept">Receives what the way back needs [steps, n, 4·padded].</param>
    /// <param name="threads">How many threads may work.</param>
    public static void Forward(GruShape s, float* x, float* weight, float* bias, float* h, float* kept, int threads) =>
        Widest.Share(new Forwards(s, x, weight, bias, h, kept), Groups(s), Math.Min(threads, Groups(s)), threads);

    /// <param name="s">Sizes.</param>
    /// <param name="grad">The slope with respect to the hidden states [steps, n, hidden].</param>
    /// <param name="weight">Of the hidden states.</param>
    /// <param name="h">The hidden states.</param>
    /// <param name="kept">What <see cref="Forward"/> kept.</param>
    /// <param name="dx">Receives the slope with respect to what the inputs say.</param>
    /// <param name="dh">Receives the slope with respect to what the hidden states before say [steps, n, 3·hidden].</param>
    /// <param name="threads">How many threads may work.</param>
    public static void Backward(GruShape s, float* grad, float* weight, float* h, float* kept, float* dx, float* dh, int threads) =>
        Widest.Share(new Backwards(s, grad, weight, h, kept, dx, dh), Groups(s), Math.Min(threads, Groups(s)), threads);

    private static int Groups(GruShape s) => (s.Count + Together - 1) / Together;

    private readonly struct Forwards(GruShape s, float* x, float* weight, float* bias, float* h, float* kept) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => GruForward<TLanes, TVector>.Run(s, (int)first, (int)last, x, weight, bias, h, kept);
    }

    private readonly struct Backwards(GruShape s, float* grad, float* weight, float* h, float* kept, float* dx, float* dh) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => GruBackward<TLanes, TVector>.Run(s, (int)first, (int)last, grad, weight, h, kept, dx, dh);
    }
}
