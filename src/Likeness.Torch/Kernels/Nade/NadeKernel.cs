namespace Likeness.Torch.Kernels;

/// <summary>
/// The parameters of a NADE: W [inputs, hidden] with one row per input variable, c [hidden], V [inputs, hidden], b [inputs];
/// row-major fp32 without gaps. Also the shape of its gradients.
/// </summary>
internal readonly unsafe struct NadeParameters(int inputs, int hidden, float* w, float* c, float* v, float* b)
{
    public int Inputs { get; } = inputs;

    public int Hidden { get; } = hidden;

    public float* W { get; } = w;

    public float* C { get; } = c;

    public float* V { get; } = v;

    public float* B { get; } = b;
}

/// <summary>
/// The recurrence of NADE (Larochelle and Murray 2011, equations 1–3 and algorithm 1): a_1 = c; h_i = σ(a_i);
/// logit_i = b_i + V_i·h_i; a_{i+1} = a_i + W_i x_i, in O(inputs·hidden) per example.
/// </summary>
/// <remarks>
/// The hidden vector only changes after a nonzero x_i, so between two of them it is computed once and a run of logits is a
/// small matrix–vector product. Nothing depends on the data being sparse or binary: any real x is right, only slower.
/// A parameter that multiplies a zero is not read, so an infinite W_i is harmless where x_i = 0.
/// </remarks>
internal static unsafe class NadeKernel
{
    /// <summary>Logits [count, inputs] of x [count, inputs].</summary>
    public static void Forward(NadeParameters p, float* x, int count, float* logits, int threads) => Widest.Run(new Forwards(p, x, count, logits, threads));

    /// <summary>
    /// Overwrites <paramref name="gradients"/> with the derivatives of a scalar whose derivatives with respect to the logits are
    /// <paramref name="gradLogits"/> [count, inputs]. The activations are recomputed forwards: nothing is kept from the forward pass.
    /// </summary>
    public static void Backward(NadeParameters p, float* x, int count, float* gradLogits, NadeParameters gradients, int threads)
    {
        // Parts are groups of four vectors of hidden units: narrower vectors where wider ones would leave threads without a part.
        Widest.Run(new Backwards(p, x, count, gradLogits, gradients, threads), most: Busy(16) ? 16 : Busy(8) ? 8 : 4);

        bool Busy(int lanes) => (p.Hidden + (4 * lanes) - 1) / (4 * lanes) >= threads;
    }

    /// <summary>
    /// Ancestral sampling: x_i = 1 where u_i &lt; σ(logit_i), else 0, in one pass.
    /// </summary>
    /// <param name="p">Parameters.</param>
    /// <param name="uniforms">Uniform numbers [count, inputs] in [0, 1).</param>
    /// <param name="known">Which entries of x are given and kept (nonzero) [count, inputs]; null where all are drawn.</param>
    /// <param name="x">The samples [count, inputs]; on entry the known values.</param>
    /// <param name="count">Number of samples.</param>
    /// <param name="logits">The logits [count, inputs] on the way; null where they are not wanted.</param>
    /// <param name="threads">Threads to use.</param>
    /// <remarks>With known entries this conditions on those that come earlier only: exact completion of a suffix of the order.</remarks>
    public static void Sample(NadeParameters p, float* uniforms, byte* known, float* x, int count, float* logits, int threads) =>
        Widest.Run(new Samples(p, uniforms, known, x, count, logits, threads));

    private readonly struct Forwards(NadeParameters p, float* x, int count, float* logits, int threads) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => NadeForward<TLanes, TVector>.Run(p, x, count, logits, threads);
    }

    private readonly struct Backwards(NadeParameters p, float* x, int count, float* gradLogits, NadeParameters gradients, int threads) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => NadeBackward<TLanes, TVector>.Run(p, x, count, gradLogits, gradients, threads);
    }

    private readonly struct Samples(NadeParameters p, float* uniforms, byte* known, float* x, int count, float* logits, int threads) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => NadeSampling<TLanes, TVector>.Run(p, uniforms, known, x, count, logits, threads);
    }
}
