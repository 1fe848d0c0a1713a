using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>
/// The gradients of an RNADE. Given the derivatives of z, hidden units do not interact, so parts are groups of hidden units:
/// each part owns its columns of every gradient (but of ρ, whose shares are added up in the order of the parts), and the result
/// does not depend on the number of threads. A part takes as many examples at a time as their activations fit into the cache.
/// </summary>
internal static unsafe class RnadeBackward<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    // Activations of a group of examples: 512 kB.
    private const int MostActivations = 1 << 17;

    private static int Width => 2 * TLanes.Width;

    public static void Run(RnadeParameters p, float* x, int count, float* gradZ, RnadeParameters g, int threads)
    {
        var parts = (p.Hidden + Width - 1) / Width;
        var shares = new float[parts * p.Inputs];
        fixed (float* pinned = shares)
        {
            var rho = pinned;
            Parts.Run(parts, threads, part => Part(p, x, count, gradZ, g, rho + (part * p.Inputs), part * Width));
        }

        for (var i = 0; i < p.Inputs; i++)
        {
            g.Rho[i] = 0;
            for (var part = 0; part < parts; part++) g.Rho[i] += shares[(part * p.Inputs) + i];
        }
    }

    private static void Part(RnadeParameters p, float* x, int count, float* gradZ, RnadeParameters g, float* gRho, int column)
    {
        var columns = Math.Min(Width, p.Hidden - column);
        var groups = Math.Max(1, (int)(((long)count * p.Inputs * Width + MostActivations - 1) / MostActivations));
        var size = (count + groups - 1) / groups;
        using var scratch = new Scratch(checked((Width * ((size * (p.Inputs + 2)) + (2 * p.Outputs) + (2 * p.Inputs) + 2)) + (9 * Scratch.Round(1))));
        var a = scratch.Take(p.Inputs * size * Width); // [inputs, examples, Width]
        var da = scratch.Take(size * Width); // the derivative of a_{i+1}
        var h = scratch.Take(size * Width);
        var v = scratch.Take(p.Outputs * Width);
        var gv = scratch.Take(p.Outputs * Width);
        var w = scratch.Take(p.Inputs * Width);
        var gw = scratch.Take(p.Inputs * Width);
        var c = scratch.Take(Width);
        var gc = scratch.Take(Width);
        Panel.Pack(p.W + column, p.Hidden, p.Inputs, columns, w, Width);
        Panel.Pack(p.C + column, p.Hidden, 1, columns, c, Width);
        new Span<float>(gw, p.Inputs * Width).Clear();
        new Span<float>(gc, Width).Clear();
        for (var group = 0; group < groups; group++)
        {
            var first = Parts.Start(count, groups, group);
            var n = Parts.Start(count, groups, group + 1) - first;
            var rows = x + ((long)first * p.Inputs);
            Activate(w, c, rows, a, n, p.Inputs);
            new Span<float>(da, n * Width).Clear();
            for (var i = p.Inputs - 1; i >= 0; i--)
            {
                var ai = a + ((long)i * n * Width);
                var gz = gradZ + ((long)i * p.Outputs * count) + first;
                var vi = p.V + ((long)i * p.Outputs * p.Hidden) + column;
                var gvi = g.V + ((long)i * p.Outputs * p.Hidden) + column;
                Accumulate(gw + (i * Width), rows + i, p.Inputs, da, n);
                Rectify(ai, p.Rho[i], h, n);
                Panel.Pack(vi, p.Hidden, p.Outputs, columns, v, Width);
                if (group == 0) new Span<float>(gv, p.Outputs * Width).Clear();
                else Panel.Pack(gvi, p.Hidden, p.Outputs, columns, gv, Width);
                Outer(gz, count, h, gv, n, p.Outputs);
                Panel.Unpack(gv, Width, p.Outputs, columns, gvi, p.Hidden);
                gRho[i] += Propagate(gz, count, v, ai, p.Rho[i], da, n, p.Outputs);
            }

            var one = 1f;
            Accumulate(gc, &one, 0, da, n);
        }

        Panel.Unpack(gw, Width, p.Inputs, columns, g.W + column, p.Hidden);
        Panel.Unpack(gc, Width, 1, columns, g.C + column, p.Hidden);
    }

    // a_1 = c, a_{i+1} = a_i + W_i x_i for every example.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Activate(float* w, float* c, float* x, float* a, int count, int inputs)
    {
        var step = (long)count * Width;
        for (var n = 0; n < count; n++, a += Width, x += inputs)
        {
            var a0 = TLanes.Load(c);
            var a1 = TLanes.Load(c + TLanes.Width);
            var target = a;
            for (var i = 0; i < inputs; i++, target += step)
            {
                TLanes.Store(target, a0);
                TLanes.Store(target + TLanes.Width, a1);
                var xi = TLanes.Broadcast(x[i]);
                a0 = TLanes.Fma(xi, TLanes.Load(w + (i * Width)), a0);
                a1 = TLanes.Fma(xi, TLanes.Load(w + (i * Width) + TLanes.Width), a1);
            }
        }
    }

    // target += Σ_n x_n d_n
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Accumulate(float* target, float* x, int stride, float* d, int count)
    {
        var s0 = TLanes.Load(target);
        var s1 = TLanes.Load(target + TLanes.Width);
        for (var n = 0; n < count; n++, d += Width)
        {
            var xn = TLanes.Broadcast(x[(long)n * stride]);
            s0 = TLanes.Fma(xn, TLanes.Load(d), s0);
            s1 = TLanes.Fma(xn, TLanes.Load(d + TLanes.Width), s1);
        }

        TLanes.Store(target, s0);
        TLanes.Store(target + TLanes.Width, s1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rectify(float* a, float rho, float* h, int count)
    {
        var scale = TLanes.Broadcast(rho);
        for (var k = 0; k < count * Width; k += TLanes.Width)
            TLanes.Store(h + k, TLanes.Max(TLanes.Zero, TLanes.Multiply(scale, TLanes.Load(a + k))));
    }

    // gv += gz·h: outputs come in threes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Outer(float* gz, int stride, float* h, float* gv, int count, int outputs)
    {
        for (var o = 0; o < outputs; o += 3, gv += 3 * Width)
        {
            var z0 = gz + ((long)o * stride);
            var z1 = z0 + stride;
            var z2 = z1 + stride;
            var s00 = TLanes.Load(gv);
            var s01 = TLanes.Load(gv + TLanes.Width);
            var s10 = TLanes.Load(gv + Width);
            var s11 = TLanes.Load(gv + Width + TLanes.Width);
            var s20 = TLanes.Load(gv + (2 * Width));
            var s21 = TLanes.Load(gv + (2 * Width) + TLanes.Width);
            for (var n = 0; n < count; n++)
            {
                var h0 = TLanes.Load(h + ((long)n * Width));
                var h1 = TLanes.Load(h + ((long)n * Width) + TLanes.Width);
                var d0 = TLanes.Broadcast(z0[n]);
                var d1 = TLanes.Broadcast(z1[n]);
                var d2 = TLanes.Broadcast(z2[n]);
                s00 = TLanes.Fma(d0, h0, s00);
                s01 = TLanes.Fma(d0, h1, s01);
                s10 = TLanes.Fma(d1, h0, s10);
                s11 = TLanes.Fma(d1, h1, s11);
                s20 = TLanes.Fma(d2, h0, s20);
                s21 = TLanes.Fma(d2, h1, s21);
            }

            TLanes.Store(gv, s00);
            TLanes.Store(gv + TLanes.Width, s01);
            TLanes.Store(gv + Width, s10);
            TLanes.Store(gv + Width + TLanes.Width, s11);
            TLanes.Store(gv + (2 * Width), s20);
            TLanes.Store(gv + (2 * Width) + TLanes.Width, s21);
        }
    }

    // dh = Vᵀ gz; where ρa is above 0, da += ρ dh and the answer, ∂ρ, += a·dh.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Propagate(float* gz, int stride, float* v, float* a, float rho, float* da, int count, int outputs)
    {
        var scale = TLanes.Broadcast(rho);
        var sum = TLanes.Zero;
        var n = 0;
        for (; n + 4 <= count; n += 4, gz += 4, a += 4 * Width, da += 4 * Width)
        {
            var (s00, s01, s10, s11) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var (s20, s21, s30, s31) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var z = gz;
            for (var o = 0; o < outputs; o++, z += stride)
            {
                var v0 = TLanes.Load(v + (o * Width));
                var v1 = TLanes.Load(v + (o * Width) + TLanes.Width);
                var d0 = TLanes.Broadcast(z[0]);
                var d1 = TLanes.Broadcast(z[1]);
                var d2 = TLanes.Broadcast(z[2]);
                var d3 = TLanes.Broadcast(z[3]);
                s00 = TLanes.Fma(d0, v0, s00);
                s01 = TLanes.Fma(d0, v1, s01);
                s10 = TLanes.Fma(d1, v0, s10);
                s11 = TLanes.Fma(d1, v1, s11);
                s20 = TLanes.Fma(d2, v0, s20);
                s21 = TLanes.Fma(d2, v1, s21);
                s30 = TLanes.Fma(d3, v0, s30);
                s31 = TLanes.Fma(d3, v1, s31);
            }

            Pass(a, da, scale, s00, ref sum);
            Pass(a + TLanes.Width, da + TLanes.Width, scale, s01, ref sum);
            Pass(a + Width, da + Width, scale, s10, ref sum);
            Pass(a + Width + TLanes.Width, da + Width + TLanes.Width, scale, s11, ref sum);
            Pass(a + (2 * Width), da + (2 * Width), scale, s20, ref sum);
            Pass(a + (2 * Width) + TLanes.Width, da + (2 * Width) + TLanes.Width, scale, s21, ref sum);
            Pass(a + (3 * Width), da + (3 * Width), scale, s30, ref sum);
            Pass(a + (3 * Width) + TLanes.Width, da + (3 * Width) + TLanes.Width, scale, s31, ref sum);
        }

        for (; n < count; n++, gz++, a += Width, da += Width)
        {
            var (s0, s1) = (TLanes.Zero, TLanes.Zero);
            for (var o = 0; o < outputs; o++)
            {
                var d = TLanes.Broadcast(gz[(long)o * stride]);
                s0 = TLanes.Fma(d, TLanes.Load(v + (o * Width)), s0);
                s1 = TLanes.Fma(d, TLanes.Load(v + (o * Width) + TLanes.Width), s1);
            }

            Pass(a, da, scale, s0, ref sum);
            Pass(a + TLanes.Width, da + TLanes.Width, scale, s1, ref sum);
        }

        return TLanes.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(float* a, float* da, TVector rho, TVector dh, ref TVector sum)
    {
        var ai = TLanes.Load(a);
        var open = TLanes.WherePositive(TLanes.Multiply(rho, ai), dh);
        TLanes.Store(da, TLanes.Fma(rho, open, TLanes.Load(da)));
        sum = TLanes.Fma(open, ai, sum);
    }
}
