using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>The walk of <see cref="GruKernel"/> forwards, for one width of vectors.</summary>
internal static unsafe class GruForward<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Together = GruKernel.Together;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(GruShape s, int first, int last, float* x, float* weight, float* bias, float* h, float* kept)
    {
        var (hidden, padded) = (s.Hidden, s.Padded);
        using var scratch = new Scratch(((3 * hidden) + 6 + (Together * 4)) * padded);
        var weights = scratch.Take(hidden * 3 * padded); // [hidden before, gate, hidden]
        var biases = scratch.Take(3 * padded);
        var here = scratch.Take(3 * padded); // what the inputs say to one example
        var states = scratch.Take(Together * padded);
        var before = scratch.Take(Together * 3 * padded); // what the states before say
        new Span<float>(weights, hidden * 3 * padded).Clear();
        Panel.Pack(bias, hidden, 3, hidden, biases, padded);
        for (var j = 0; j < 3 * hidden; j++)
        {
            for (var k = 0; k < hidden; k++) weights[(k * 3 * padded) + (j / hidden * padded) + (j % hidden)] = weight[(j * hidden) + k];
        }

        for (var group = first; group < last; group++)
        {
            var start = group * Together;
            var examples = Math.Min(Together, s.Count - start);
            new Span<float>(states, Together * padded).Clear();
            for (var t = 0; t < s.Steps; t++)
            {
                for (var b = 0; b < Together; b++) new ReadOnlySpan<float>(biases, 3 * padded).CopyTo(new(before + (b * 3 * padded), 3 * padded));
                RowProducts<TLanes, TVector>.Line(states, padded, hidden, weights, 3 * padded, before, Together);
                for (var b = 0; b < examples; b++)
                {
                    var row = ((long)t * s.Count) + start + b;
                    Panel.Pack(x + (row * 3 * hidden), hidden, 3, hidden, here, padded);
                    Units(here, before + (b * 3 * padded), padded, kept + (row * GruKernel.Kept * padded), states + (b * padded));
                    Panel.Unpack(states + (b * padded), padded, 1, hidden, h + (row * hidden), hidden);
                }
            }
        }
    }

    // r = σ(x_r + h_r),  z = σ(x_z + h_z),  n = tanh(x_n + r ⊙ h_n),  h' = n + z ⊙ (h − n)
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Units(float* here, float* before, int padded, float* kept, float* state)
    {
        for (var j = 0; j < padded; j += TLanes.Width)
        {
            var said = TLanes.Load(before + (2 * padded) + j);
            var r = VectorMath<TLanes, TVector>.Sigmoid(TLanes.Add(TLanes.Load(here + j), TLanes.Load(before + j)));
            var z = VectorMath<TLanes, TVector>.Sigmoid(TLanes.Add(TLanes.Load(here + padded + j), TLanes.Load(before + padded + j)));
            var n = VectorMath<TLanes, TVector>.Tanh(TLanes.Fma(r, said, TLanes.Load(here + (2 * padded) + j)));
            TLanes.Store(kept + j, r);
            TLanes.Store(kept + padded + j, z);
            TLanes.Store(kept + (2 * padded) + j, n);
            TLanes.Store(kept + (3 * padded) + j, said);
            TLanes.Store(state + j, TLanes.Fma(z, TLanes.Subtract(TLanes.Load(state + j), n), n));
        }
    }
}
