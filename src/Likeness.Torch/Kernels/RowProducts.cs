using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>Products of the pixels of a row with a few rows of weights, and the other way round.</summary>
internal static unsafe class RowProducts<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Together = CausalConvolutionShape.Together;

    // sums[p] += in[p·stride …] · panel for all pixels of a row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Line(float* input, int stride, int length, float* panel, int whole, float* sums, int across)
    {
        var p = 0;
        if (whole == TLanes.Width)
        {
            for (; p + (2 * Together) <= across; p += 2 * Together) Product8(input + (p * stride), stride, length, panel, whole, sums + (p * whole));
        }

        for (; p < across; p += Together)
        {
            var j = 0;
            for (; j + (2 * TLanes.Width) <= whole; j += 2 * TLanes.Width) Product2(input + (p * stride), stride, length, panel + j, whole, sums + (p * whole) + j);
            for (; j < whole; j += TLanes.Width) Product1(input + (p * stride), stride, length, panel + j, whole, sums + (p * whole) + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Product2(float* x, int stride, int length, float* w, int whole, float* sums)
    {
        var v = TLanes.Width;
        float* x1 = x + stride, x2 = x1 + stride, x3 = x2 + stride, s1 = sums + whole, s2 = s1 + whole, s3 = s2 + whole;
        TVector a0 = TLanes.Load(sums), a1 = TLanes.Load(sums + v), b0 = TLanes.Load(s1), b1 = TLanes.Load(s1 + v);
        TVector c0 = TLanes.Load(s2), c1 = TLanes.Load(s2 + v), d0 = TLanes.Load(s3), d1 = TLanes.Load(s3 + v);
        for (var k = 0; k < length; k++, w += whole)
        {
            TVector w0 = TLanes.Load(w), w1 = TLanes.Load(w + v);
            TVector a = TLanes.Broadcast(x[k]), b = TLanes.Broadcast(x1[k]), c = TLanes.Broadcast(x2[k]), d = TLanes.Broadcast(x3[k]);
            a0 = TLanes.Fma(a, w0, a0);
            a1 = TLanes.Fma(a, w1, a1);
            b0 = TLanes.Fma(b, w0, b0);
            b1 = TLanes.Fma(b, w1, b1);
            c0 = TLanes.Fma(c, w0, c0);
            c1 = TLanes.Fma(c, w1, c1);
            d0 = TLanes.Fma(d, w0, d0);
            d1 = TLanes.Fma(d, w1, d1);
        }

        TLanes.Store(sums, a0);
        TLanes.Store(sums + v, a1);
        TLanes.Store(s1, b0);
        TLanes.Store(s1 + v, b1);
        TLanes.Store(s2, c0);
        TLanes.Store(s2 + v, c1);
        TLanes.Store(s3, d0);
        TLanes.Store(s3 + v, d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Product1(float* x, int stride, int length, float* w, int whole, float* sums)
    {
        float* x1 = x + stride, x2 = x1 + stride, x3 = x2 + stride;
        TVector a = TLanes.Load(sums), b = TLanes.Load(sums + whole), c = TLanes.Load(sums + (2 * whole)), d = TLanes.Load(sums + (3 * whole));
        for (var k = 0; k < length; k++, w += whole)
        {
            var wk = TLanes.Load(w);
            a = TLanes.Fma(TLanes.Broadcast(x[k]), wk, a);
            b = TLanes.Fma(TLanes.Broadcast(x1[k]), wk, b);
            c = TLanes.Fma(TLanes.Broadcast(x2[k]), wk, c);
            d = TLanes.Fma(TLanes.Broadcast(x3[k]), wk, d);
        }

        TLanes.Store(sums, a);
        TLanes.Store(sums + whole, b);
        TLanes.Store(sums + (2 * whole), c);
        TLanes.Store(sums + (3 * whole), d);
    }

    // Eight pixels and one vector: as many sums at a time as of four pixels and two vectors.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Product8(float* x, int stride, int length, float* w, int whole, float* sums)
    {
        float* s = sums, s4 = sums + (4 * whole), x4 = x + (4 * stride);
        int two = 2 * stride, three = 3 * stride;
        TVector a = TLanes.Load(s), b = TLanes.Load(s + whole), c = TLanes.Load(s + (2 * whole)), d = TLanes.Load(s + (3 * whole));
        TVector e = TLanes.Load(s4), f = TLanes.Load(s4 + whole), g = TLanes.Load(s4 + (2 * whole)), h = TLanes.Load(s4 + (3 * whole));
        for (var k = 0; k < length; k++, w += whole, x++, x4++)
        {
            var wk = TLanes.Load(w);
            a = TLanes.Fma(TLanes.Broadcast(x[0]), wk, a);
            b = TLanes.Fma(TLanes.Broadcast(x[stride]), wk, b);
            c = TLanes.Fma(TLanes.Broadcast(x[two]), wk, c);
            d = TLanes.Fma(TLanes.Broadcast(x[three]), wk, d);
            e = TLanes.Fma(TLanes.Broadcast(x4[0]), wk, e);
            f = TLanes.Fma(TLanes.Broadcast(x4[stride]), wk, f);
            g = TLanes.Fma(TLanes.Broadcast(x4[two]), wk, g);
            h = TLanes.Fma(TLanes.Broadcast(x4[three]), wk, h);
        }

        TLanes.Store(s, a);
        TLanes.Store(s + whole, b);
        TLanes.Store(s + (2 * whole), c);
        TLanes.Store(s + (3 * whole), d);
        TLanes.Store(s4, e);
        TLanes.Store(s4 + whole, f);
        TLanes.Store(s4 + (2 * whole), g);
        TLanes.Store(s4 + (3 * whole), h);
    }

    // slopes[k] += Σ over pixels of in[p·stride + k] dy[p], for eight k.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Outer8(float* x, int stride, float* dy, int whole, int pixels, float* slopes)
    {
        for (var j = 0; j < whole; j += TLanes.Width)
        {
            var s = slopes + j;
            TVector a = TLanes.Load(s), b = TLanes.Load(s + whole), c = TLanes.Load(s + (2 * whole)), d = TLanes.Load(s + (3 * whole));
            TVector e = TLanes.Load(s + (4 * whole)), f = TLanes.Load(s + (5 * whole)), g = TLanes.Load(s + (6 * whole)), h = TLanes.Load(s + (7 * whole));
            float* at = x, slope = dy + j;
            for (var p = 0; p < pixels; p++, at += stride, slope += whole)
            {
                var v = TLanes.Load(slope);
                a = TLanes.Fma(TLanes.Broadcast(at[0]), v, a);
                b = TLanes.Fma(TLanes.Broadcast(at[1]), v, b);
                c = TLanes.Fma(TLanes.Broadcast(at[2]), v, c);
                d = TLanes.Fma(TLanes.Broadcast(at[3]), v, d);
                e = TLanes.Fma(TLanes.Broadcast(at[4]), v, e);
                f = TLanes.Fma(TLanes.Broadcast(at[5]), v, f);
                g = TLanes.Fma(TLanes.Broadcast(at[6]), v, g);
                h = TLanes.Fma(TLanes.Broadcast(at[7]), v, h);
            }

            TLanes.Store(s, a);
            TLanes.Store(s + whole, b);
            TLanes.Store(s + (2 * whole), c);
            TLanes.Store(s + (3 * whole), d);
            TLanes.Store(s + (4 * whole), e);
            TLanes.Store(s + (5 * whole), f);
            TLanes.Store(s + (6 * whole), g);
            TLanes.Store(s + (7 * whole), h);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Outer1(float* x, int stride, float* dy, int whole, int pixels, float* slopes)
    {
        for (var j = 0; j < whole; j += TLanes.Width)
        {
            var sum = TLanes.Load(slopes + j);
            for (var p = 0; p < pixels; p++) sum = TLanes.Fma(TLanes.Broadcast(x[p * stride]), TLanes.Load(dy + (p * whole) + j), sum);
            TLanes.Store(slopes + j, sum);
        }
    }
}
