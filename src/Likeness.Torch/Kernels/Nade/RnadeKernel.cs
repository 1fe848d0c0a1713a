using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>
/// The parameters of an RNADE: W [inputs, hidden] with one row per input variable, c [hidden], ρ [inputs], V [inputs, outputs,
/// hidden], b [inputs, outputs]; row-major fp32 without gaps. The outputs are the K logits, the K means and the K log-scales of
/// a variable's mixture. Also the shape of its gradients.
/// </summary>
internal readonly unsafe struct RnadeParameters(int inputs, int hidden, int components, float* w, float* c, float* rho, float* v, float* b)
{
    public int Inputs { get; } = inputs;

    public int Hidden { get; } = hidden;

    public int Components { get; } = components;

    public int Outputs { get; } = 3 * components;

    public float* W { get; } = w;

    public float* C { get; } = c;

    public float* Rho { get; } = rho;

    public float* V { get; } = v;

    public float* B { get; } = b;
}

/// <summary>
/// The recurrence of RNADE (Uria, Murray and Larochelle 2013): a_1 = c; h_i = max(0, ρ_i a_i); z_i = V_i h_i + b_i;
/// a_{i+1} = a_i + W_i x_i; and the log-density of x_i under the mixture that z_i describes.
/// </summary>
/// <remarks>
/// The forward pass leaves the derivatives of each example's log-density with respect to its z behind, which it has at hand
/// and which are few; the hidden vectors, which are many, are computed anew backwards.
/// </remarks>
internal static unsafe class RnadeKernel
{
    /// <summary>Rows of slopes are this long: whole vectors of any width.</summary>
    public static int Stride(int count) => (count + 15) & ~15;

    /// <summary>log p of each row of x [count, inputs].</summary>
    /// <param name="p">Parameters.</param>
    /// <param name="laplace">Whether components are Laplacians, not Gaussians.</param>
    /// <param name="x">Examples [count, inputs].</param>
    /// <param name="background">log q of each value [count, inputs], where its density is the mixture's plus q; null for none.</param>
    /// <param name="count">Number of examples.</param>
    /// <param name="logProb">Nats [count].</param>
    /// <param name="slopes">∂ log p / ∂z [inputs, outputs, <see cref="Stride"/>]; null where nobody wants them.</param>
    /// <param name="threads">Threads to use.</param>
    public static void Forward(RnadeParameters p, bool laplace, float* x, float* background, int count, float* logProb, float* slopes, int threads) =>
        Widest.Run(new Forwards(p, laplace, x, background, count, logProb, slopes, threads));

    /// <summary>
    /// The derivatives with respect to z of a scalar whose derivatives with respect to the examples' log-densities are
    /// <paramref name="weights"/>, and their sums over the examples.
    /// </summary>
    /// <param name="slopes">As the forward pass left them [rows, <see cref="Stride"/>].</param>
    /// <param name="weights">[count].</param>
    /// <param name="rows">Variables times outputs.</param>
    /// <param name="count">Number of examples.</param>
    /// <param name="gradZ">[rows, count].</param>
    /// <param name="sums">[rows].</param>
    public static void Weigh(float* slopes, float* weights, int rows, int count, float* gradZ, float* sums) =>
        Widest.Run(new Weighs(slopes, weights, count, gradZ, sums), 0, rows);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Weigh<TLanes, TVector>(float* slopes, float* weights, int count, float* gradZ)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var total = TLanes.Zero;
        var n = 0;
        for (; n + TLanes.Width <= count; n += TLanes.Width)
        {
            var g = TLanes.Multiply(TLanes.Load(slopes + n), TLanes.Load(weights + n));
            TLanes.Store(gradZ + n, g);
            total = TLanes.Add(total, g);
        }

        var sum = TLanes.Sum(total);
        for (; n < count; n++) sum += gradZ[n] = slopes[n] * weights[n];
        return sum;
    }

    /// <summary>
    /// Overwrites the gradients of W, c, ρ and V with the derivatives of a scalar whose derivatives with respect to z are
    /// <paramref name="gradZ"/> [inputs, outputs, count]. That of b is their sum: see <see cref="Weigh(float*, float*, int, int, float*, float*)"/>.
    /// </summary>
    public static void Backward(RnadeParameters p, float* x, int count, float* gradZ, RnadeParameters gradients, int threads)
    {
        // Parts are pairs of vectors of hidden units: narrower vectors where wider ones would leave threads without a part.
        Widest.Run(new Backwards(p, x, count, gradZ, gradients, threads), most: Busy(16) ? 16 : Busy(8) ? 8 : 4);

        bool Busy(int lanes) => (p.Hidden + (2 * lanes) - 1) / (2 * lanes) >= threads;
    }

    private readonly struct Forwards(RnadeParameters p, bool laplace, float* x, float* background, int count, float* logProb, float* slopes, int threads) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => RnadeForward<TLanes, TVector>.Run(p, laplace, x, background, count, logProb, slopes, threads);
    }

    private readonly struct Weighs(float* slopes, float* weights, int count, float* gradZ, float* sums) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last)
        {
            for (var row = first; row < last; row++) sums[row] = Weigh<TLanes, TVector>(slopes + (row * Stride(count)), weights, count, gradZ + (row * count));
        }
    }

    private readonly struct Backwards(RnadeParameters p, float* x, int count, float* gradZ, RnadeParameters gradients, int threads) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => RnadeBackward<TLanes, TVector>.Run(p, x, count, gradZ, gradients, threads);
    }
}
