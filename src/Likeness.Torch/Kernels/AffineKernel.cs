using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>Affine functions of the rows of a table and what they do to volumes, each in one pass: the steps of flows.</summary>
internal static unsafe class AffineKernel
{
    // Below this many values a second thread costs more than it saves.
    private const long Worthwhile = 1 << 14;

    /// <summary>z = (x − shift)·e^−s, and −Σ s for each row.</summary>
    public static void ActNorm(float* x, float* shift, float* s, int rows, int columns, float* z, float* logDeterminant)
    {
        var scales = new float[columns];
        var volume = 0.0;
        for (var j = 0; j < columns; j++)
        {
            scales[j] = MathF.Exp(-s[j]);
            volume -= s[j];
        }

        for (var i = 0; i < rows; i++, x += columns, z += columns)
        {
            for (var j = 0; j < columns; j++) z[j] = (x[j] - shift[j]) * scales[j];
            logDeterminant[i] = (float)volume;
        }
    }

    /// <summary>dx = dz·e^−s; and in the two rows of <paramref name="sums"/> the slopes of the shift, −Σ dx, and of s, −Σ dz·z − Σ d log |det|.</summary>
    public static void ActNormGradient(float* dz, float* dLogDeterminant, float* z, float* s, int rows, int columns, float* dx, float* sums)
    {
        var volume = 0.0;
        for (var i = 0; i < rows && dLogDeterminant is not null; i++) volume += dLogDeterminant[i];
        var scales = new float[columns];
        for (var j = 0; j < columns; j++)
        {
            scales[j] = MathF.Exp(-s[j]);
            (sums[j], sums[columns + j]) = (0, (float)-volume);
        }

        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var slope = dz is null ? 0 : dz[j];
                var through = slope * scales[j];
                if (dx is not null) dx[j] = through;
                sums[j] -= through;
                sums[columns + j] -= slope * z[j];
            }

            z += columns;
            if (dz is not null) dz += columns;
            if (dx is not null) dx += columns;
        }
    }

    /// <summary>z = (x − μ)·e^−α with α = most·tanh(a/most), and −Σ α for each row; keeps e^−α [rows, columns] and, behind it, tanh(a/most).</summary>
    public static void Bent(float* x, float* parameters, int rows, int columns, float most, float* z, float* logDeterminant, float* kept, int threads)
    {
        var parts = PartsOf(rows, columns, threads);
        Parts.Run(parts, threads, part =>
        {
            var (first, last) = (Parts.Start(rows, parts, part), Parts.Start(rows, parts, part + 1));
            float* scale = kept, tanh = kept + ((long)rows * columns);
            Widest.Run(new Bends(parameters, columns, most, scale, tanh), first, last);
            for (var i = first; i < last; i++)
            {
                var sum = 0f;
                var at = (long)i * columns;
                for (var j = at; j < at + columns; j++)
                {
                    z[j] = (x[j] - parameters[2 * j]) * scale[j];
                    sum += tanh[j];
                }

                logDeterminant[i] = -most * sum;
            }
        });
    }

    /// <summary>dx = dz·e^−α, dμ = −dx and da = −(dz·z + d log |det|)·(1 − tanh²); the last two side by side.</summary>
    public static void BentGradient(float* dz, float* dLogDeterminant, float* z, float* kept, int rows, int columns, float* dx, float* slopes, int threads)
    {
        var parts = PartsOf(rows, columns, threads);
        Parts.Run(parts, threads, part =>
        {
            float* scale = kept, tanh = kept + ((long)rows * columns);
            for (var i = Parts.Start(rows, parts, part); i < Parts.Start(rows, parts, part + 1); i++)
            {
                var volume = dLogDeterminant is null ? 0 : dLogDeterminant[i];
                var at = (long)i * columns;
                for (var j = at; j < at + columns; j++)
                {
                    var slope = dz is null ? 0 : dz[j];
                    var through = slope * scale[j];
                    dx[j] = through;
                    slopes[2 * j] = -through;
                    slopes[(2 * j) + 1] = -((slope * z[j]) + volume) * (1 - (tanh[j] * tanh[j]));
                }
            }
        });
    }

    private static int PartsOf(int rows, int columns, int threads) => (long)rows * columns < Worthwhile ? 1 : Math.Min(threads, Math.Max(rows, 1));

    private readonly struct Bends(float* parameters, int columns, float most, float* scale, float* tanh) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => Affine<TLanes, TVector>.Bend(parameters, first, last, columns, most, scale, tanh);
    }
}

/// <summary>Some rows, for one width of vectors.</summary>
internal static unsafe class Affine<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>tanh(a/most) and e^(−most·tanh(a/most)) of every second number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Bend(float* parameters, long first, long last, int columns, float most, float* scale, float* tanh)
    {
        var (i, end) = (first * columns, last * columns);
        for (var j = i; j < end; j++) tanh[j] = parameters[(2 * j) + 1] * (1 / most);
        var back = TLanes.Broadcast(-most);
        for (; i + TLanes.Width <= end; i += TLanes.Width)
        {
            var t = Tanh<TLanes, TVector>.Of(TLanes.Load(tanh + i));
            TLanes.Store(tanh + i, t);
            TLanes.Store(scale + i, VectorMath<TLanes, TVector>.Exp(TLanes.Multiply(t, back)));
        }

        if (i == end) return;

        // The rest goes through the same arithmetic.
        var pad = stackalloc float[16];
        new Span<float>(pad, 16).Clear();
        for (var j = i; j < end; j++) pad[j - i] = tanh[j];
        var u = Tanh<TLanes, TVector>.Of(TLanes.Load(pad));
        TLanes.Store(pad, u);
        for (var j = i; j < end; j++) tanh[j] = pad[j - i];
        TLanes.Store(pad, VectorMath<TLanes, TVector>.Exp(TLanes.Multiply(u, back)));
        for (var j = i; j < end; j++) scale[j] = pad[j - i];
    }
}
