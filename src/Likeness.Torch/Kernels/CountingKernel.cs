using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Likeness.Torch.Kernels;

/// <summary>
/// Independent draws by counting: Threefry2x32-20 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"). The value at a row and a
/// column is a function of the key, the row's number and the column alone, so it depends neither on how many rows are drawn nor on threads.
/// </summary>
internal static unsafe class CountingKernel
{
    private const long SerialFloats = 1 << 14;

    /// <summary>What is made of two random words.</summary>
    internal interface IValue
    {
        static abstract Vector256<float> Of(Vector256<uint> first, Vector256<uint> second);
    }

    /// <summary>Uniform on [0, 1), in steps of 2⁻²⁴.</summary>
    internal readonly struct Uniform : IValue
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Of(Vector256<uint> first, Vector256<uint> second) => Unit(first);
    }

    /// <summary>The standard Normal, by the transform of Box and Muller.</summary>
    internal readonly struct Normal : IValue
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Of(Vector256<uint> first, Vector256<uint> second)
        {
            // All 32 bits of the radius count: with 24 no value would lie beyond 5.8 deviations. Halves keep the logarithm finite.
            var u = Vector256.ConvertToSingle(first) * 2.3283064365386963e-10f + Vector256.Create(1.1641532182693481e-10f);
            return Vector256.Sqrt(-2f * Vector256.Log(u)) * Vector256.Cos(MathF.Tau * Unit(second));
        }
    }

    /// <summary>Fills [rows, width].</summary>
    /// <param name="to">Room for rows × width floats.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Number of columns.</param>
    /// <param name="key">Which draw of which source.</param>
    /// <param name="numbers">The number of each row; null counts from 0.</param>
    /// <param name="threads">On how many threads.</param>
    public static void Fill<TValue>(float* to, int rows, int width, ulong key, uint[]? numbers, int threads) where TValue : struct, IValue
    {
        var parts = (long)rows * width < SerialFloats ? 1 : Math.Min(threads, rows);
        Parts.Run(parts, threads, part =>
        {
            var (start, end) = ((int)Parts.Start(rows, parts, part), (int)Parts.Start(rows, parts, part + 1));
            if (width < Vector256<uint>.Count) Narrow<TValue>(to, start, end, width, key, numbers);
            else Wide<TValue>(to, start, end, width, key, numbers);
        });
    }

    /// <summary>The 64 random bits at a row and a column.</summary>
    public static ulong Word(ulong key, uint row, uint column)
    {
        var (k0, k1) = Pair((uint)key, (uint)(key >> 32), row);
        var (x0, x1) = Pair(k0, k1, column);
        return ((ulong)x1 << 32) | x0;
    }

    // Lanes are columns of one row.
    private static void Wide<TValue>(float* to, int start, int end, int width, ulong key, uint[]? numbers) where TValue : struct, IValue
    {
        for (var row = start; row < end; row++)
        {
            var (k0, k1) = Pair((uint)key, (uint)(key >> 32), numbers?[row] ?? (uint)row);
            var (first, second) = (Vector256.Create(k0), Vector256.Create(k1));
            var line = to + (long)row * width;
            for (var i = 0; i < width; i += 8)
            {
                var (x0, x1) = Threefry(first, second, Vector256<uint>.Indices + Vector256.Create((uint)i), Vector256<uint>.Zero);
                Store(TValue.Of(x0, x1), line + i, Math.Min(8, width - i), 1);
            }
        }
    }

    // Lanes are rows, column by column: one value per row is what a walk over the variables draws.
    private static void Narrow<TValue>(float* to, int start, int end, int width, ulong key, uint[]? numbers) where TValue : struct, IValue
    {
        var (low, high) = (Vector256.Create((uint)key), Vector256.Create((uint)(key >> 32)));
        var some = stackalloc uint[8];
        for (var row = start; row < end; row += 8)
        {
            var count = Math.Min(8, end - row);
            for (var k = 0; k < 8; k++) some[k] = k < count && numbers is not null ? numbers[row + k] : (uint)(row + k);
            var (k0, k1) = Threefry(low, high, Vector256.Load(some), Vector256<uint>.Zero);
            for (var i = 0; i < width; i++)
            {
                var (x0, x1) = Threefry(k0, k1, Vector256.Create((uint)i), Vector256<uint>.Zero);
                Store(TValue.Of(x0, x1), to + (long)row * width + i, count, width);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> values, float* to, int count, int stride)
    {
        if (count == 8 && stride == 1)
        {
            Vector256.Store(values, to);
            return;
        }

        for (var k = 0; k < count; k++) to[(long)k * stride] = values[k];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Unit(Vector256<uint> x) => Vector256.ConvertToSingle((x >>> 8).AsInt32()) * 5.9604644775390625e-8f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector256<uint> X0, Vector256<uint> X1) Threefry(Vector256<uint> k0, Vector256<uint> k1, Vector256<uint> x0, Vector256<uint> x1)
    {
        var k2 = k0 ^ k1 ^ Vector256.Create(0x1BD11BDAu);
        x0 += k0;
        x1 += k1;
        Rounds(ref x0, ref x1, 13, 15, 26, 6);
        (x0, x1) = (x0 + k1, x1 + k2 + Vector256.Create(1u));
        Rounds(ref x0, ref x1, 17, 29, 16, 24);
        (x0, x1) = (x0 + k2, x1 + k0 + Vector256.Create(2u));
        Rounds(ref x0, ref x1, 13, 15, 26, 6);
        (x0, x1) = (x0 + k0, x1 + k1 + Vector256.Create(3u));
        Rounds(ref x0, ref x1, 17, 29, 16, 24);
        (x0, x1) = (x0 + k1, x1 + k2 + Vector256.Create(4u));
        Rounds(ref x0, ref x1, 13, 15, 26, 6);
        return (x0 + k2, x1 + k0 + Vector256.Create(5u));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rounds(ref Vector256<uint> x0, ref Vector256<uint> x1, int a, int b, int c, int d)
    {
        Round(ref x0, ref x1, a);
        Round(ref x0, ref x1, b);
        Round(ref x0, ref x1, c);
        Round(ref x0, ref x1, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref Vector256<uint> x0, ref Vector256<uint> x1, int rotation)
    {
        x0 += x1;
        x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    }

    // One pair of words, by the first lane.
    private static (uint X0, uint X1) Pair(uint k0, uint k1, uint counter)
    {
        var (x0, x1) = Threefry(Vector256.Create(k0), Vector256.Create(k1), Vector256.Create(counter), Vector256<uint>.Zero);
        return (x0[0], x1[0]);
    }
}
