using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>The walk of <see cref="GruKernel"/> backwards, for one width of vectors: steps in the reverse order, four examples at a time.</summary>
internal static unsafe class GruBackward<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Together = GruKernel.Together;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(GruShape s, int first, int last, float* grad, float* weight, float* h, float* kept, float* dx, float* dh)
    {
        var (hidden, padded) = (s.Hidden, s.Padded);
        using var scratch = new Scratch(((3 * padded) + (Together * 4) + 5) * padded);
        var weights = scratch.Take(3 * padded * padded); // [gate, hidden, hidden before]
        var slopes = scratch.Take(Together * padded); // of the states, from the steps after
        var own = scratch.Take(padded);
        var state = scratch.Take(padded); // before the step
        var toInputs = scratch.Take(3 * padded);
        var toStates = scratch.Take(Together * 3 * padded);
        new Span<float>(toStates, Together * 3 * padded).Clear(); // of rows without an example, too
        for (var gate = 0; gate < 3; gate++) Panel.Pack(weight + (gate * hidden * hidden), hidden, hidden, hidden, weights + (gate * padded * padded), padded);

        for (var group = first; group < last; group++)
        {
            var start = group * Together;
            var examples = Math.Min(Together, s.Count - start);
            new Span<float>(slopes, Together * padded).Clear();
            for (var t = s.Steps - 1; t >= 0; t--)
            {
                var row = ((long)t * s.Count) + start;
                for (var b = 0; b < examples; b++)
                {
                    Panel.Pack(grad + ((row + b) * hidden), hidden, 1, hidden, own, padded);
                    if (t > 0) Panel.Pack(h + ((row + b - s.Count) * hidden), hidden, 1, hidden, state, padded);
                    else new Span<float>(state, padded).Clear();
                    Unit(own, slopes + (b * padded), state, kept + ((row + b) * GruKernel.Kept * padded), padded, toInputs, toStates + (b * 3 * padded));
                    Panel.Unpack(toInputs, padded, 3, hidden, dx + ((row + b) * 3 * hidden), hidden);
                    Panel.Unpack(toStates + (b * 3 * padded), padded, 3, hidden, dh + ((row + b) * 3 * hidden), hidden);
                }

                for (var gate = 0; gate < 3 && t > 0; gate++)
                {
                    RowProducts<TLanes, TVector>.Line(toStates + (gate * padded), 3 * padded, hidden, weights + (gate * padded * padded), padded, slopes, Together);
                }
            }
        }
    }

    // Slopes of a step's sums, and what goes past the units to the state before: dh ⊙ z.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Unit(float* own, float* slopes, float* before, float* kept, int padded, float* toInputs, float* toStates)
    {
        var one = TLanes.Broadcast(1f);
        for (var j = 0; j < padded; j += TLanes.Width)
        {
            TVector r = TLanes.Load(kept + j), z = TLanes.Load(kept + padded + j), n = TLanes.Load(kept + (2 * padded) + j), said = TLanes.Load(kept + (3 * padded) + j);
            var slope = TLanes.Add(TLanes.Load(own + j), TLanes.Load(slopes + j));
            var dz = TLanes.Multiply(TLanes.Multiply(slope, TLanes.Subtract(TLanes.Load(before + j), n)), TLanes.Multiply(z, TLanes.Subtract(one, z)));
            var dn = TLanes.Multiply(TLanes.Multiply(slope, TLanes.Subtract(one, z)), TLanes.Subtract(one, TLanes.Multiply(n, n)));
            var dr = TLanes.Multiply(TLanes.Multiply(dn, said), TLanes.Multiply(r, TLanes.Subtract(one, r)));
            TLanes.Store(toInputs + j, dr);
            TLanes.Store(toInputs + padded + j, dz);
            TLanes.Store(toInputs + (2 * padded) + j, dn);
            TLanes.Store(toStates + j, dr);
            TLanes.Store(toStates + padded + j, dz);
            TLanes.Store(toStates + (2 * padded) + j, TLanes.Multiply(dn, r));
            TLanes.Store(slopes + j, TLanes.Multiply(slope, z));
        }
    }
}
