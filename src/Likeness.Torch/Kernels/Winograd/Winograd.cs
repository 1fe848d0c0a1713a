using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>Some blocks of tiles, for one width of vectors.</summary>
internal static unsafe class Winograd<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Points = WinogradShape.Points, Together = WinogradShape.Together;

    // Tiles and inputs whose sums of two vectors stay in registers.
    private const int Tall = 6, Deep = 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(WinogradShape s, long first, long last, float* x, float* panels, float* bias, float* y)
    {
        var (panel, size) = (2 * TLanes.Width, Together * s.Outputs);
        using var scratch = new Scratch((Points * Together * (s.Inputs + s.Outputs)) + Scratch.Round(s.Inputs) + (2 * Scratch.Round(s.Outputs)));
        float* seen = scratch.Take(Points * Together * s.Inputs), made = scratch.Take(Points * size);
        float* zeros = scratch.Take(s.Inputs), nowhere = scratch.Take(s.Outputs), start = scratch.Take(s.Outputs);
        new Span<float>(zeros, s.Inputs).Clear();
        new Span<float>(start, s.Outputs).Clear();
        if (bias is not null) new ReadOnlySpan<float>(bias, s.Outputs).CopyTo(new(start, s.Outputs));
        for (var block = first; block < last; block++)
        {
            var tiles = (int)Math.Min(Together, s.Tiles - (block * Together));
            var tall = (tiles + Tall - 1) / Tall * Tall;
            for (var tile = 0; tile < tiles; tile++) Read(s, (block * Together) + tile, x, zeros, seen + (tile * s.Inputs));
            for (var point = 0; point < Points; point++)
            {
                var from = seen + (point * Together * s.Inputs);
                for (var output = 0; output < s.Outputs; output += panel)
                {
                    var kernels = panels + ((((long)point * s.Outputs) + output) * s.Inputs);
                    for (var tile = 0; tile < tall; tile += Tall) Product(from + (tile * s.Inputs), s.Inputs, kernels, made + (point * size) + (tile * s.Outputs) + output, s.Outputs);
                }
            }

            for (var tile = 0; tile < tiles; tile++) Write(s, (block * Together) + tile, made + (tile * s.Outputs), start, nowhere, y);
        }
    }

    /// <summary>Adds to the sums [16, inputs, outputs], of which Gᵀ s G is the slope with respect to the kernels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToKernels(WinogradShape s, long first, long last, float* x, float* dy, float* sums)
    {
        var panel = 2 * TLanes.Width;
        using var scratch = new Scratch((Points * Together * (s.Inputs + s.Outputs)) + Scratch.Round(Math.Max(s.Inputs, s.Outputs)));
        float* seen = scratch.Take(Points * Together * s.Inputs), slopes = scratch.Take(Points * Together * s.Outputs), zeros = scratch.Take(Math.Max(s.Inputs, s.Outputs));
        new Span<float>(zeros, Math.Max(s.Inputs, s.Outputs)).Clear();
        for (var block = first; block < last; block++)
        {
            var tiles = (int)Math.Min(Together, s.Tiles - (block * Together));
            for (var tile = 0; tile < tiles; tile++)
            {
                Read(s, (block * Together) + tile, x, zeros, seen + (tile * s.Inputs));
                Spread(s, (block * Together) + tile, dy, zeros, slopes + (tile * s.Outputs));
            }

            for (var point = 0; point < Points; point++)
            {
                float* from = seen + (point * Together * s.Inputs), slope = slopes + (point * Together * s.Outputs), to = sums + ((long)point * s.Inputs * s.Outputs);
                for (var output = 0; output < s.Outputs; output += panel)
                {
                    for (var input = 0; input < s.Inputs; input += Deep) Outer(from + input, s.Inputs, slope + output, s.Outputs, tiles, to + ((long)input * s.Outputs) + output);
                }
            }
        }
    }

    // Where a tile's first result is: image, row and column.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (long Image, int Row, int Column) At(WinogradShape s, long tile)
    {
        var (line, across) = (tile / s.Across, s.Across);
        var down = (s.Rows + 1) / 2;
        return (line / down, 2 * (int)(line % down), 2 * (int)(tile - (line * across)));
    }

    // Bᵀ d B into [16, tiles, inputs]: outside of the image there are zeros.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read(WinogradShape s, long tile, float* x, float* zeros, float* seen)
    {
        var (image, row, column) = At(s, tile);
        var d = stackalloc float*[16];
        for (var i = 0; i < 4; i++)
        {
            var at = row - s.Padding + i;
            for (var j = 0; j < 4; j++)
            {
                var beside = column - s.Padding + j;
                d[(4 * i) + j] = (uint)at < (uint)s.Height && (uint)beside < (uint)s.Width ? x + (((((image * s.Height) + at) * s.Width) + beside) * s.Inputs) : zeros;
            }
        }

        var point = (long)Together * s.Inputs;
        for (var c = 0; c < s.Inputs; c += TLanes.Width, seen += TLanes.Width)
        {
            Line(d, d + 8, c, true, seen, point);
            Line(d + 4, d + 8, c, false, seen + (4 * point), point);
            Line(d + 8, d + 4, c, true, seen + (8 * point), point);
            Line(d + 4, d + 12, c, true, seen + (12 * point), point);
        }
    }

    // One row of Bᵀ d, the difference or the sum of two rows of d, times B.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Line(float** a, float** b, int c, bool minus, float* to, long point)
    {
        TVector t0, t1, t2, t3;
        if (minus)
        {
            t0 = TLanes.Subtract(TLanes.Load(a[0] + c), TLanes.Load(b[0] + c));
            t1 = TLanes.Subtract(TLanes.Load(a[1] + c), TLanes.Load(b[1] + c));
            t2 = TLanes.Subtract(TLanes.Load(a[2] + c), TLanes.Load(b[2] + c));
            t3 = TLanes.Subtract(TLanes.Load(a[3] + c), TLanes.Load(b[3] + c));
        }
        else
        {
            t0 = TLanes.Add(TLanes.Load(a[0] + c), TLanes.Load(b[0] + c));
            t1 = TLanes.Add(TLanes.Load(a[1] + c), TLanes.Load(b[1] + c));
            t2 = TLanes.Add(TLanes.Load(a[2] + c), TLanes.Load(b[2] + c));
            t3 = TLanes.Add(TLanes.Load(a[3] + c), TLanes.Load(b[3] + c));
        }

        TLanes.Store(to, TLanes.Subtract(t0, t2));
        TLanes.Store(to + point, TLanes.Add(t1, t2));
        TLanes.Store(to + (2 * point), TLanes.Subtract(t2, t1));
        TLanes.Store(to + (3 * point), TLanes.Subtract(t1, t3));
    }

    // Aᵀ m A and the bias, where the tile's results belong; those beyond the image are dropped.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Write(WinogradShape s, long tile, float* made, float* start, float* nowhere, float* y)
    {
        var (image, row, column) = At(s, tile);
        var y0 = y + (((((image * s.Rows) + row) * s.Columns) + column) * s.Outputs);
        var y1 = column + 1 < s.Columns ? y0 + s.Outputs : nowhere;
        var y2 = row + 1 < s.Rows ? y0 + ((long)s.Columns * s.Outputs) : nowhere;
        var y3 = row + 1 < s.Rows && column + 1 < s.Columns ? y2 + s.Outputs : nowhere;
        var point = (long)Together * s.Outputs;
        for (var c = 0; c < s.Outputs; c += TLanes.Width)
        {
            var b = TLanes.Load(start + c);
            TVector a0 = b, a1 = b, b0 = b, b1 = b;
            for (var j = 0; j < 4; j++)
            {
                var m = made + (j * point) + c;
                TVector m1 = TLanes.Load(m + (4 * point)), m2 = TLanes.Load(m + (8 * point));
                var above = TLanes.Add(TLanes.Load(m), TLanes.Add(m1, m2));
                var below = TLanes.Subtract(TLanes.Subtract(m1, m2), TLanes.Load(m + (12 * point)));
                if (j < 3)
                {
                    a0 = TLanes.Add(a0, above);
                    b0 = TLanes.Add(b0, below);
                }

                if (j == 1)
                {
                    a1 = TLanes.Add(a1, above);
                    b1 = TLanes.Add(b1, below);
                }
                else if (j > 1)
                {
                    a1 = TLanes.Subtract(a1, above);
                    b1 = TLanes.Subtract(b1, below);
                }
            }

            TLanes.Store(y0 + c, a0);
            TLanes.Store(y1 + c, a1);
            TLanes.Store(y2 + c, b0);
            TLanes.Store(y3 + c, b1);
        }
    }

    // A dy Aᵀ into [16, tiles, outputs].
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread(WinogradShape s, long tile, float* dy, float* zeros, float* slopes)
    {
        var (image, row, column) = At(s, tile);
        var d0 = dy + (((((image * s.Rows) + row) * s.Columns) + column) * s.Outputs);
        var d1 = column + 1 < s.Columns ? d0 + s.Outputs : zeros;
        var d2 = row + 1 < s.Rows ? d0 + ((long)s.Columns * s.Outputs) : zeros;
        var d3 = row + 1 < s.Rows && column + 1 < s.Columns ? d2 + s.Outputs : zeros;
        var point = (long)Together * s.Outputs;
        for (var c = 0; c < s.Outputs; c += TLanes.Width, slopes += TLanes.Width)
        {
            TVector a = TLanes.Load(d0 + c), b = TLanes.Load(d1 + c), e = TLanes.Load(d2 + c), f = TLanes.Load(d3 + c);
            Beside(a, b, slopes, point);
            Beside(TLanes.Add(a, e), TLanes.Add(b, f), slopes + (4 * point), point);
            Beside(TLanes.Subtract(a, e), TLanes.Subtract(b, f), slopes + (8 * point), point);
            Beside(TLanes.Subtract(TLanes.Zero, e), TLanes.Subtract(TLanes.Zero, f), slopes + (12 * point), point);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Beside(TVector a, TVector b, float* to, long point)
    {
        TLanes.Store(to, a);
        TLanes.Store(to + point, TLanes.Add(a, b));
        TLanes.Store(to + (2 * point), TLanes.Subtract(a, b));
        TLanes.Store(to + (3 * point), TLanes.Subtract(TLanes.Zero, b));
    }

    // Six tiles' inputs times a panel of kernels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Product(float* x, int inputs, float* w, float* to, int stride)
    {
        var width = TLanes.Width;
        float* x1 = x + inputs, x2 = x1 + inputs, x3 = x2 + inputs, x4 = x3 + inputs, x5 = x4 + inputs;
        TVector a0 = TLanes.Zero, a1 = TLanes.Zero, b0 = TLanes.Zero, b1 = TLanes.Zero, c0 = TLanes.Zero, c1 = TLanes.Zero;
        TVector d0 = TLanes.Zero, d1 = TLanes.Zero, e0 = TLanes.Zero, e1 = TLanes.Zero, f0 = TLanes.Zero, f1 = TLanes.Zero;
        for (var k = 0; k < inputs; k++, w += 2 * width)
        {
            TVector w0 = TLanes.Load(w), w1 = TLanes.Load(w + width), v = TLanes.Broadcast(x[k]);
            a0 = TLanes.Fma(v, w0, a0);
            a1 = TLanes.Fma(v, w1, a1);
            v = TLanes.Broadcast(x1[k]);
            b0 = TLanes.Fma(v, w0, b0);
            b1 = TLanes.Fma(v, w1, b1);
            v = TLanes.Broadcast(x2[k]);
            c0 = TLanes.Fma(v, w0, c0);
            c1 = TLanes.Fma(v, w1, c1);
            v = TLanes.Broadcast(x3[k]);
            d0 = TLanes.Fma(v, w0, d0);
            d1 = TLanes.Fma(v, w1, d1);
            v = TLanes.Broadcast(x4[k]);
            e0 = TLanes.Fma(v, w0, e0);
            e1 = TLanes.Fma(v, w1, e1);
            v = TLanes.Broadcast(x5[k]);
            f0 = TLanes.Fma(v, w0, f0);
            f1 = TLanes.Fma(v, w1, f1);
        }

        Store(to, a0, a1);
        Store(to + stride, b0, b1);
        Store(to + (2 * stride), c0, c1);
        Store(to + (3 * stride), d0, d1);
        Store(to + (4 * stride), e0, e1);
        Store(to + (5 * stride), f0, f1);
    }

    // Adds four inputs times two vectors of slopes, summed over tiles.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Outer(float* x, int inputs, float* dy, int stride, int tiles, float* to)
    {
        var width = TLanes.Width;
        float* to1 = to + stride, to2 = to1 + stride, to3 = to2 + stride;
        TVector a0 = TLanes.Load(to), a1 = TLanes.Load(to + width), b0 = TLanes.Load(to1), b1 = TLanes.Load(to1 + width);
        TVector c0 = TLanes.Load(to2), c1 = TLanes.Load(to2 + width), d0 = TLanes.Load(to3), d1 = TLanes.Load(to3 + width);
        for (var tile = 0; tile < tiles; tile++, x += inputs, dy += stride)
        {
            TVector s0 = TLanes.Load(dy), s1 = TLanes.Load(dy + width), v = TLanes.Broadcast(x[0]);
            a0 = TLanes.Fma(v, s0, a0);
            a1 = TLanes.Fma(v, s1, a1);
            v = TLanes.Broadcast(x[1]);
            b0 = TLanes.Fma(v, s0, b0);
            b1 = TLanes.Fma(v, s1, b1);
            v = TLanes.Broadcast(x[2]);
            c0 = TLanes.Fma(v, s0, c0);
            c1 = TLanes.Fma(v, s1, c1);
            v = TLanes.Broadcast(x[3]);
            d0 = TLanes.Fma(v, s0, d0);
            d1 = TLanes.Fma(v, s1, d1);
        }

        Store(to, a0, a1);
        Store(to1, b0, b1);
        Store(to2, c0, c1);
        Store(to3, d0, d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, TVector first, TVector second)
    {
        TLanes.Store(to, first);
        TLanes.Store(to + TLanes.Width, second);
    }
}
