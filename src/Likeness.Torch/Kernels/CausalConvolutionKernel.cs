using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>Sizes of a causal convolution over images [n, height, width, inputs]: rows that end with the pixel's own, of which the right half is left out.</summary>
internal readonly struct CausalConvolutionShape(int count, int height, int width, int inputs, int outputs, int rows, int columns, bool rectify)
{
    public readonly int Count = count, Height = height, Width = width, Inputs = inputs, Outputs = outputs, Rows = rows, Columns = columns;

    /// <summary>Whether negative inputs count as 0.</summary>
    public readonly bool Rectify = rectify;

    /// <summary>Columns to each side.</summary>
    public int Side => Columns / 2;

    /// <summary>Pixels of a row rounded up to those that are computed together.</summary>
    public int Across => (Width + Together - 1) / Together * Together;

    /// <summary>Pixels that are computed together.</summary>
    public const int Together = 4;

    /// <summary>Whole vectors of any width.</summary>
    public static int Whole(int features) => (features + 15) & ~15;

    /// <summary>Columns of a row of the kernel that are before the pixel or are it.</summary>
    public int Seen(int row) => row == Rows - 1 ? Side + 1 : Columns;

    /// <summary>Whether rows of so many features are whole vectors, and rows of pixels whole steps: nothing needs to be padded.</summary>
    public bool IsWhole(int features) => Whole(features) == features && Across == Width;

    /// <summary>All of these.</summary>
    public int Taps => ((Rows - 1) * Columns) + Side + 1;
}

/// <summary>
/// A causal convolution with few features, as products of short rows: a pixel's inputs in one row of the kernel lie side by side in memory. Parts are
/// images; of their padded and rectified rows only those that a row sees are kept at a time, in the first-level cache, and results are summed where they
/// belong if their features fill whole vectors.
/// </summary>
internal static unsafe class CausalConvolutionKernel
{
    /// <param name="s">Sizes.</param>
    /// <param name="x">[n, height, width, inputs].</param>
    /// <param name="w">[taps, inputs, outputs].</param>
    /// <param name="bias">[outputs].</param>
    /// <param name="plus">What is added to the result, or null.</param>
    /// <param name="y">Receives [n, height, width, outputs].</param>
    /// <param name="threads">How many threads may work.</param>
    public static void Forward(CausalConvolutionShape s, float* x, float* w, float* bias, float* plus, float* y, int threads) =>
        Widest.Share(new Forwards(s, x, w, bias, plus, y), s.Count, s.Count, threads);

    /// <param name="s">Sizes.</param>
    /// <param name="x">[n, height, width, inputs].</param>
    /// <param name="dy">The slope with respect to the result.</param>
    /// <param name="w">[taps, outputs, inputs], the last tap first.</param>
    /// <param name="dx">Receives the slope with respect to x; null where nobody asks for it.</param>
    /// <param name="dw">Receives, for each image, the slope with respect to the weights and below it the bias [n, taps·inputs + 1, outputs].</param>
    /// <param name="threads">How many threads may work.</param>
    public static void Backward(CausalConvolutionShape s, float* x, float* dy, float* w, float* dx, float* dw, int threads) =>
        Widest.Share(new Backwards(s, x, dy, w, dx, dw), s.Count, s.Count, threads);

    private readonly struct Forwards(CausalConvolutionShape s, float* x, float* w, float* bias, float* plus, float* y) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => CausalConvolution<TLanes, TVector>.Forward(s, (int)first, x, w, bias, plus, y);
    }

    private readonly struct Backwards(CausalConvolutionShape s, float* x, float* dy, float* w, float* dx, float* dw) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last)
        {
            CausalConvolution<TLanes, TVector>.ToWeights(s, (int)first, x, dy, dw);
            if (dx is not null) CausalConvolution<TLanes, TVector>.ToInputs(s, (int)first, x, dy, w, dx);
        }
    }
}

/// <summary>One image, for one width of vectors.</summary>
internal static unsafe class CausalConvolution<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    // Rows of the weights' slope whose sums over a row of pixels stay in registers.
    private const int Deep = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(CausalConvolutionShape s, int image, float* x, float* w, float* bias, float* plus, float* y)
    {
        var (whole, line, inner) = (CausalConvolutionShape.Whole(s.Outputs), (s.Across + s.Columns - 1) * s.Inputs, s.Taps * s.Inputs);
        using var scratch = new Scratch(Scratch.Round(s.Rows * line) + ((inner + s.Across + 1) * whole));
        var rows = scratch.Take(s.Rows * line);
        var weights = Weights(w, inner, s.Outputs, whole, scratch.Take(inner * whole));
        var sums = scratch.Take(s.Across * whole);
        var start = scratch.Take(whole);
        new Span<float>(rows, s.Rows * line).Clear();
        Panel.Pack(bias, s.Outputs, 1, s.Outputs, start, whole);
        for (var row = 0; row < s.Height; row++)
        {
            var pixel = ((long)image * s.Height * s.Width) + (row * s.Width);
            var target = s.IsWhole(s.Outputs) ? y + (pixel * s.Outputs) : sums;
            Read(s, x + (pixel * s.Inputs), Line(rows, line, row + s.Rows - 1, s.Rows) + (s.Side * s.Inputs));
            for (var column = 0; column < s.Across; column++) Copy(start, target + (column * whole), whole);
            if (plus is not null)
            {
                for (var column = 0; column < s.Width; column++) Add(plus + ((pixel + column) * s.Outputs), target + (column * whole), s.Outputs);
            }

            var panel = weights;
            for (var r = 0; r < s.Rows; r++)
            {
                var length = s.Seen(r) * s.Inputs;
                RowProducts<TLanes, TVector>.Line(Line(rows, line, row + r, s.Rows), s.Inputs, length, panel, whole, target, s.Across);
                panel += length * whole;
            }

            if (target == sums) Panel.Unpack(sums, whole, s.Width, s.Outputs, y + (pixel * s.Outputs), s.Outputs);
        }
    }

    /// <summary>The slope with respect to weights and bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToWeights(CausalConvolutionShape s, int image, float* x, float* dy, float* dw)
    {
        var (whole, line, inner) = (CausalConvolutionShape.Whole(s.Outputs), (s.Across + s.Columns - 1) * s.Inputs, s.Taps * s.Inputs);
        using var scratch = new Scratch(Scratch.Round(s.Rows * line) + ((s.Width + inner + 1) * whole));
        var rows = scratch.Take(s.Rows * line);
        var wide = scratch.Take(s.Width * whole);
        var packed = scratch.Take((inner + 1) * whole);
        dw += (long)image * (inner + 1) * s.Outputs;
        var slopes = whole == s.Outputs ? dw : packed;
        new Span<float>(rows, s.Rows * line).Clear();
        new Span<float>(slopes, (inner + 1) * whole).Clear();
        for (var row = 0; row < s.Height; row++)
        {
            var pixel = ((long)image * s.Height * s.Width) + (row * s.Width);
            Read(s, x + (pixel * s.Inputs), Line(rows, line, row + s.Rows - 1, s.Rows) + (s.Side * s.Inputs));
            var slope = Weights(dy + (pixel * s.Outputs), s.Width, s.Outputs, whole, wide);
            var target = slopes;
            for (var r = 0; r < s.Rows; r++)
            {
                var (length, k) = (s.Seen(r) * s.Inputs, 0);
                var seen = Line(rows, line, row + r, s.Rows);
                for (; k + Deep <= length; k += Deep) RowProducts<TLanes, TVector>.Outer8(seen + k, s.Inputs, slope, whole, s.Width, target + (k * whole));
                for (; k < length; k++) RowProducts<TLanes, TVector>.Outer1(seen + k, s.Inputs, slope, whole, s.Width, target + (k * whole));

                target += length * whole;
            }

            for (var column = 0; column < s.Width; column++) Add(slope + (column * whole), target, whole);
        }

        if (slopes == packed) Panel.Unpack(packed, whole, inner + 1, s.Outputs, dw, s.Outputs);
    }

    /// <summary>The slope with respect to the inputs: the same convolution upside down.</summary>
    /// <param name="w">[taps, outputs, inputs], the pixel's own first.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToInputs(CausalConvolutionShape s, int image, float* x, float* dy, float* w, float* dx)
    {
        var (whole, line, inner) = (CausalConvolutionShape.Whole(s.Inputs), (s.Across + s.Columns - 1) * s.Outputs, s.Taps * s.Outputs);
        using var scratch = new Scratch(Scratch.Round(s.Rows * line) + ((inner + s.Across) * whole));
        var rows = scratch.Take(s.Rows * line);
        var weights = Weights(w, inner, s.Inputs, whole, scratch.Take(inner * whole));
        var sums = scratch.Take(s.Across * whole);
        new Span<float>(rows, s.Rows * line).Clear();
        for (var row = s.Height - 1; row >= 0; row--)
        {
            var pixel = ((long)image * s.Height * s.Width) + (row * s.Width);
            var target = s.IsWhole(s.Inputs) ? dx + (pixel * s.Inputs) : sums;
            var own = dy + (pixel * s.Outputs);
            var bare = s.Taps == 1 && s.Across == s.Width;
            if (!bare) Copy(own, Line(rows, line, row, s.Rows) + (s.Side * s.Outputs), s.Width * s.Outputs);
            new Span<float>(target, s.Across * whole).Clear();
            var panel = weights;
            for (var r = 0; r < s.Rows; r++)
            {
                // The pixel itself and those to its right in its own row, then whole rows below: the weights come in this order.
                var (first, length) = r == 0 ? (s.Side, (s.Side + 1) * s.Outputs) : (0, s.Columns * s.Outputs);
                var seen = bare ? own : Line(rows, line, row + r, s.Rows) + (first * s.Outputs);
                RowProducts<TLanes, TVector>.Line(seen, s.Outputs, length, panel, whole, target, s.Across);
                panel += length * whole;
            }

            if (target == sums) Panel.Unpack(sums, whole, s.Width, s.Inputs, dx + (pixel * s.Inputs), s.Inputs);
            if (s.Rectify) Mask(x + (pixel * s.Inputs), dx + (pixel * s.Inputs), s.Width * s.Inputs);
        }
    }

    // Of the rows that are kept, the one of this number.
    private static float* Line(float* rows, int line, int number, int kept) => rows + (number % kept * line);

    private static float* Weights(float* rows, int count, int columns, int whole, float* target)
    {
        if (columns == whole) return rows;
        Panel.Pack(rows, columns, count, columns, target, whole);
        return target;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read(CausalConvolutionShape s, float* from, float* to)
    {
        var (count, i) = (s.Width * s.Inputs, 0);
        if (!s.Rectify)
        {
            Copy(from, to, count);
            return;
        }

        for (; i + TLanes.Width <= count; i += TLanes.Width) TLanes.Store(to + i, TLanes.Max(TLanes.Zero, TLanes.Load(from + i)));
        for (; i < count; i++) to[i] = from[i] < 0 ? 0 : from[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* from, float* to, int count)
    {
        var i = 0;
        for (; i + TLanes.Width <= count; i += TLanes.Width) TLanes.Store(to + i, TLanes.Load(from + i));
        for (; i < count; i++) to[i] = from[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* from, float* to, int count)
    {
        var i = 0;
        for (; i + TLanes.Width <= count; i += TLanes.Width) TLanes.Store(to + i, TLanes.Add(TLanes.Load(from + i), TLanes.Load(to + i)));
        for (; i < count; i++) to[i] += from[i];
    }

    // Nothing flows back where a rectifier's input is not above 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mask(float* x, float* slopes, int count)
    {
        var i = 0;
        for (; i + TLanes.Width <= count; i += TLanes.Width) TLanes.Store(slopes + i, TLanes.WherePositive(TLanes.Load(x + i), TLanes.Load(slopes + i)));
        for (; i < count; i++) slopes[i] = x[i] > 0 ? slopes[i] : 0;
    }
}
