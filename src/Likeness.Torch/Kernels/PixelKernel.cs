using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>A causal convolution at one pixel of many images: few multiplications, so one pass without further tensors is what counts.</summary>
internal static unsafe class PixelKernel
{
    // Below this many multiplications a second thread costs more than it saves.
    private const long Worthwhile = 1 << 20;

    /// <summary>Images that are computed together: the memory of what was seen is padded to whole groups.</summary>
    public const int Together = CausalConvolutionShape.Together;

    /// <summary>Copies the features of one pixel [n, count] to rows of <paramref name="stride"/>; negative ones become 0 if they are rectified.</summary>
    public static void Write(float* features, int n, int count, bool rectify, float* place, int stride) =>
        Widest.Run(new Writes(features, count, rectify, place, stride), 0, n);

    /// <param name="taps">Where each place that is seen begins: [n padded, inputs].</param>
    /// <param name="n">Images.</param>
    /// <param name="inputs">Features of a place.</param>
    /// <param name="panel">[taps, inputs, whole]: weights, with columns to whole vectors.</param>
    /// <param name="bias">[whole].</param>
    /// <param name="whole">Columns.</param>
    /// <param name="outputs">Those of them that are outputs.</param>
    /// <param name="plus">What is added [n, outputs], or null.</param>
    /// <param name="y">Receives [n, outputs].</param>
    /// <param name="threads">How many threads may work.</param>
    public static void Read(float*[] taps, int n, int inputs, float* panel, float* bias, int whole, int outputs, float* plus, float* y, int threads)
    {
        var groups = (n + Together - 1) / Together;
        var parts = (long)n * inputs * whole * taps.Length < Worthwhile ? 1 : Math.Min(threads, groups);
        Widest.Share(new Reads(taps, n, inputs, panel, bias, whole, outputs, plus, y), groups, parts, threads);
    }

    private readonly struct Writes(float* features, int count, bool rectify, float* place, int stride) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => PixelRows<TLanes, TVector>.Write(features, (int)last, count, rectify, place, stride);
    }

    private readonly struct Reads(float*[] taps, int n, int inputs, float* panel, float* bias, int whole, int outputs, float* plus, float* y) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) =>
            PixelRows<TLanes, TVector>.Read(taps, (int)first * Together, Math.Min(n, (int)last * Together), inputs, panel, bias, whole, outputs, plus, y);
    }
}

/// <summary>Some images, for one width of vectors.</summary>
internal static unsafe class PixelRows<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(float* features, int n, int count, bool rectify, float* place, int stride)
    {
        // One row after the other is one long row where nothing lies between.
        if (count == stride) (n, count) = (1, n * count);
        for (; n > 0; n--, features += count, place += stride)
        {
            var j = 0;
            for (; j + TLanes.Width <= count; j += TLanes.Width)
            {
                var v = TLanes.Load(features + j);
                TLanes.Store(place + j, rectify ? TLanes.Max(TLanes.Zero, v) : v);
            }

            for (; j < count; j++) place[j] = rectify && features[j] <= 0 ? 0 : features[j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Read(float*[] taps, int first, int last, int inputs, float* panel, float* bias, int whole, int outputs, float* plus, float* y)
    {
        var across = (last - first + PixelKernel.Together - 1) / PixelKernel.Together * PixelKernel.Together;
        using var scratch = new Scratch(Scratch.Round(across * whole));
        var sums = scratch.Take(across * whole);
        for (var i = 0; i < across; i++) new ReadOnlySpan<float>(bias, whole).CopyTo(new(sums + (i * whole), whole));
        for (var t = 0; t < taps.Length; t++)
        {
            RowProducts<TLanes, TVector>.Line(taps[t] + ((long)first * inputs), inputs, inputs, panel + ((long)t * inputs * whole), whole, sums, across);
        }

        for (var i = first; i < last; i++, sums += whole)
        {
            float* from = plus is null ? null : plus + ((long)i * outputs), to = y + ((long)i * outputs);
            var j = 0;
            for (; j + TLanes.Width <= outputs; j += TLanes.Width)
            {
                var v = TLanes.Load(sums + j);
                TLanes.Store(to + j, plus is null ? v : TLanes.Add(v, TLanes.Load(from + j)));
            }

            for (; j < outputs; j++) to[j] = sums[j] + (plus is null ? 0 : from[j]);
        }
    }
}
