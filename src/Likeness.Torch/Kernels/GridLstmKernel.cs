using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>Sizes and weights of a long short-term memory over images: where each cell of [height, width] has its neighbours.</summary>
internal readonly unsafe struct GridLstmShape(int count, int height, int width, int hidden, (int Row, int Column)[] taps, int cell, bool backwards)
{
    public readonly int Count = count, Height = height, Width = width, Hidden = hidden;

    /// <summary>Places of the neighbours whose hidden states a cell reads, relative to it.</summary>
    public readonly (int Row, int Column)[] Taps = taps;

    /// <summary>The neighbour whose memory a cell goes on with.</summary>
    public readonly int Cell = cell;

    /// <summary>Whether rows are walked from the right.</summary>
    public readonly bool Backwards = backwards;

    /// <summary>Whether a cell goes on with the memory of the one above it.</summary>
    public bool Vertical => Taps[Cell].Row != 0;

    /// <summary>Hidden units rounded up to whole vectors of any width, as what is kept for the backward pass has them.</summary>
    public int Padded => (Hidden + 15) & ~15;

    /// <summary>The neighbour's number among the cells of its image, or −1 outside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Neighbour(int row, int column, int tap, int sign)
    {
        var (r, c) = (row + (sign * Taps[tap].Row), column + (sign * Taps[tap].Column));
        return r < 0 || r >= Height || c < 0 || c >= Width ? -1 : (r * Width) + c;
    }
}

/// <summary>
/// The recurrence of a long short-term memory over the cells of an image, in the order of reading. Images are taken four at a time, so
/// each weight that is loaded serves four products; the order of the sums does not depend on the company.
/// </summary>
internal static unsafe class GridLstmKernel
{
    /// <summary>Images that go together.</summary>
    public const int Together = 4;

    /// <param name="s">Sizes.</param>
    /// <param name="z">What the inputs say of the gates i, f, g, o [n, height, width, 4·hidden].</param>
    /// <param name="u">Weights [taps, hidden, 4·hidden].</param>
    /// <param name="h">Receives the hidden states [n, height, width, hidden].</param>
    /// <param name="gates">Receives the gates [n, height, width, 4·padded].</param>
    /// <param name="cells">Receives the memories [n, height, width, padded].</param>
    /// <param name="threads">How many threads may work.</param>
    public static void Forward(GridLstmShape s, float* z, float* u, float* h, float* gates, float* cells, int threads) =>
        Widest.Share(new Forwards(s, z, u, h, gates, cells), Groups(s), Groups(s), threads);

    /// <param name="s">Sizes.</param>
    /// <param name="grad">The slope with respect to the hidden states [n, height, width, hidden].</param>
    /// <param name="u">Weights [taps, hidden, 4·hidden].</param>
    /// <param name="gates">What <see cref="Forward"/> kept.</param>
    /// <param name="cells">What <see cref="Forward"/> kept.</param>
    /// <param name="dz">Receives the slope with respect to z.</param>
    /// <param name="h">Receives the hidden states again.</param>
    /// <param name="threads">How many threads may work.</param>
    public static void Backward(GridLstmShape s, float* grad, float* u, float* gates, float* cells, float* dz, float* h, int threads) =>
        Widest.Share(new Backwards(s, grad, u, gates, cells, dz, h), Groups(s), Groups(s), threads);

    /// <summary>Copies the four gates' h values into rows of the padded width, the rest of which stays as it is.</summary>
    public static void Spread(float* from, float* to, int hidden, int padded, int blocks)
    {
        for (var gate = 0; gate < blocks; gate++)
        {
            new ReadOnlySpan<float>(from + (gate * hidden), hidden).CopyTo(new(to + (gate * padded), hidden));
        }
    }

    private static int Groups(GridLstmShape s) => (s.Count + Together - 1) / Together;

    private readonly struct Forwards(GridLstmShape s, float* z, float* u, float* h, float* gates, float* cells) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => GridLstmForward<TLanes, TVector>.Run(s, (int)first * Together, z, u, h, gates, cells);
    }

    private readonly struct Backwards(GridLstmShape s, float* grad, float* u, float* gates, float* cells, float* dz, float* h) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => GridLstmBackward<TLanes, TVector>.Run(s, (int)first * Together, grad, u, gates, cells, dz, h);
    }
}

/// <summary>The recurrence forwards, for one width of vectors.</summary>
internal static unsafe class GridLstmForward<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Together = GridLstmKernel.Together;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(GridLstmShape s, int first, float* z, float* u, float* h, float* gates, float* cells)
    {
        var (hidden, padded, taps, area) = (s.Hidden, s.Padded, s.Taps.Length, s.Height * s.Width);
        var images = Math.Min(Together, s.Count - first);
        using var scratch = new Scratch((taps * hidden * 4 * padded) + (Together * 4 * padded) + (2 * padded));
        var weights = scratch.Take(taps * hidden * 4 * padded);
        var sums = scratch.Take(Together * 4 * padded);
        var nothing = scratch.Take(padded);
        var out1 = scratch.Take(padded);
        new Span<float>(weights, (int)(out1 - weights) + padded).Clear();
        for (var k = 0; k < taps * hidden; k++) GridLstmKernel.Spread(u + (k * 4 * hidden), weights + (k * 4 * padded), hidden, padded, 4);

        for (var row = 0; row < s.Height; row++)
        {
            for (var step = 0; step < s.Width; step++)
            {
                var column = s.Backwards ? s.Width - 1 - step : step;
                var at = (row * s.Width) + column;
                for (var b = 0; b < images; b++)
                {
                    GridLstmKernel.Spread(z + ((((long)(first + b) * area) + at) * 4 * hidden), sums + (b * 4 * padded), hidden, padded, 4);
                }

                for (var tap = 0; tap < taps; tap++)
                {
                    var from = s.Neighbour(row, column, tap, 1);
                    if (from < 0) continue;
                    float* At(int b) => h + ((((long)first + Math.Min(b, images - 1)) * area) + from) * hidden;
                    for (var j = 0; j < 4 * padded; j += 4 * TLanes.Width)
                    {
                        Product(At(0), At(1), At(2), At(3), weights + (tap * hidden * 4 * padded) + j, 4 * padded, hidden, sums + j, 4 * padded);
                    }
                }

                var before = s.Neighbour(row, column, s.Cell, 1);
                for (var b = 0; b < images; b++)
                {
                    var image = (long)(first + b) * area;
                    var c = before < 0 ? nothing : cells + ((image + before) * padded);
                    var target = h + ((image + at) * hidden);
                    var direct = hidden == padded;
                    Gates(sums + (b * 4 * padded), c, padded, gates + ((image + at) * 4 * padded), cells + ((image + at) * padded), direct ? target : out1);
                    if (!direct) GridLstmKernel.Spread(out1, target, hidden, padded, 1);
                }
            }
        }
    }

    // sums[b] += h_b · weights, for four vectors of columns and four images.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Product(float* h0, float* h1, float* h2, float* h3, float* w, int stride, int count, float* sums, int rows)
    {
        var v = TLanes.Width;
        var (a0, a1, a2, a3) = (TLanes.Load(sums), TLanes.Load(sums + v), TLanes.Load(sums + (2 * v)), TLanes.Load(sums + (3 * v)));
        sums += rows;
        var (b0, b1, b2, b3) = (TLanes.Load(sums), TLanes.Load(sums + v), TLanes.Load(sums + (2 * v)), TLanes.Load(sums + (3 * v)));
        sums += rows;
        var (c0, c1, c2, c3) = (TLanes.Load(sums), TLanes.Load(sums + v), TLanes.Load(sums + (2 * v)), TLanes.Load(sums + (3 * v)));
        sums += rows;
        var (d0, d1, d2, d3) = (TLanes.Load(sums), TLanes.Load(sums + v), TLanes.Load(sums + (2 * v)), TLanes.Load(sums + (3 * v)));
        for (var k = 0; k < count; k++, w += stride)
        {
            var (w0, w1, w2, w3) = (TLanes.Load(w), TLanes.Load(w + v), TLanes.Load(w + (2 * v)), TLanes.Load(w + (3 * v)));
            var x = TLanes.Broadcast(h0[k]);
            (a0, a1, a2, a3) = (TLanes.Fma(x, w0, a0), TLanes.Fma(x, w1, a1), TLanes.Fma(x, w2, a2), TLanes.Fma(x, w3, a3));
            x = TLanes.Broadcast(h1[k]);
            (b0, b1, b2, b3) = (TLanes.Fma(x, w0, b0), TLanes.Fma(x, w1, b1), TLanes.Fma(x, w2, b2), TLanes.Fma(x, w3, b3));
            x = TLanes.Broadcast(h2[k]);
            (c0, c1, c2, c3) = (TLanes.Fma(x, w0, c0), TLanes.Fma(x, w1, c1), TLanes.Fma(x, w2, c2), TLanes.Fma(x, w3, c3));
            x = TLanes.Broadcast(h3[k]);
            (d0, d1, d2, d3) = (TLanes.Fma(x, w0, d0), TLanes.Fma(x, w1, d1), TLanes.Fma(x, w2, d2), TLanes.Fma(x, w3, d3));
        }

        Store(sums, d0, d1, d2, d3);
        Store(sums - rows, c0, c1, c2, c3);
        Store(sums - (2 * rows), b0, b1, b2, b3);
        Store(sums - (3 * rows), a0, a1, a2, a3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, TVector a, TVector b, TVector c, TVector d)
    {
        TLanes.Store(to, a);
        TLanes.Store(to + TLanes.Width, b);
        TLanes.Store(to + (2 * TLanes.Width), c);
        TLanes.Store(to + (3 * TLanes.Width), d);
    }

    // c' = f ⊙ c + i ⊙ g,  h = o ⊙ tanh(c')
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gates(float* sums, float* c, int padded, float* gates, float* cells, float* h)
    {
        for (var j = 0; j < padded; j += TLanes.Width)
        {
            var i = VectorMath<TLanes, TVector>.Sigmoid(TLanes.Load(sums + j));
            var f = VectorMath<TLanes, TVector>.Sigmoid(TLanes.Load(sums + padded + j));
            var g = VectorMath<TLanes, TVector>.Tanh(TLanes.Load(sums + (2 * padded) + j));
            var o = VectorMath<TLanes, TVector>.Sigmoid(TLanes.Load(sums + (3 * padded) + j));
            var cell = TLanes.Fma(f, TLanes.Load(c + j), TLanes.Multiply(i, g));
            TLanes.Store(gates + j, i);
            TLanes.Store(gates + padded + j, f);
            TLanes.Store(gates + (2 * padded) + j, g);
            TLanes.Store(gates + (3 * padded) + j, o);
            TLanes.Store(cells + j, cell);
            TLanes.Store(h + j, TLanes.Multiply(o, VectorMath<TLanes, TVector>.Tanh(cell)));
        }
    }
}
