using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Likeness.Torch.Kernels;

/// <summary>
/// Optimiser steps in one pass over memory, for all parameters of a player in one parallel region. Arrays are cut into blocks
/// of a fixed size, so no result depends on the number of threads.
/// </summary>
internal static unsafe class UpdateKernel
{
    // 64 kB of each array: large against the cost of finding the block, small enough to spread over threads.
    private const int BlockFloats = 1 << 14;

    // Below this, waking another thread takes longer than the work.
    private const long SerialFloats = 1 << 17;

    /// <summary>Applies <paramref name="update"/> to every array. Arrays must not overlap.</summary>
    public static void Step<TUpdate>(UpdateArray[] arrays, TUpdate update, int threads)
        where TUpdate : struct, IUpdate => Widest.Run(new Steps<TUpdate>(arrays, update, threads));

    /// <summary><see cref="Step{TUpdate}"/> at a chosen vector width.</summary>
    public static void Step<TUpdate, TLanes, TVector>(ReadOnlySpan<UpdateArray> arrays, TUpdate update, int threads)
        where TUpdate : struct, IUpdate
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        Blocks(arrays, threads, (in UpdateArray array, long start, int length, int _) =>
        {
            var first = array.First is null ? null : array.First + start;
            var second = array.Second is null ? null : array.Second + start;
            Block<TUpdate, TLanes, TVector>(array.Parameter + start, array.Gradient + start, first, second, length, update);
        });
    }

    /// <summary>
    /// The sum of the squares of all gradients, in double precision. It is NaN or infinite exactly if a gradient is: the square
    /// of the largest float is far from overflow in double.
    /// </summary>
    public static double SquaredGradientNorm(ReadOnlySpan<UpdateArray> arrays, int threads)
    {
        var count = 0;
        foreach (ref readonly var array in arrays) count += BlockCount(array);
        var partial = new double[count];
        Blocks(arrays, threads, (in UpdateArray array, long start, int length, int block) =>
            partial[block] = SumOfSquares(array.Gradient + start, length));

        // In the order of the blocks.
        var sum = 0.0;
        foreach (var value in partial) sum += value;
        return sum;
    }

    private delegate void BlockAction(in UpdateArray array, long start, int length, int block);

    private static int BlockCount(in UpdateArray array) => checked((int)((array.Length + BlockFloats - 1) / BlockFloats));

    private static void Blocks(ReadOnlySpan<UpdateArray> arrays, int threads, BlockAction action)
    {
        var count = 0;
        var floats = 0L;
        foreach (ref readonly var array in arrays)
        {
            count += BlockCount(array);
            floats += array.Length;
        }

        if (count == 0) return;
        var parts = floats < SerialFloats ? 1 : Math.Min(threads, count);
        fixed (UpdateArray* pinned = arrays)
        {
            var all = pinned;
            Parts.Run(parts, threads, part =>
            {
                var block = Parts.Start(count, parts, part);
                var end = Parts.Start(count, parts, part + 1);
                var array = all;
                var skip = block;
                for (; skip >= BlockCount(*array); array++) skip -= BlockCount(*array);
                for (; block < end; array++, skip = 0)
                {
                    for (var start = (long)skip * BlockFloats; start < array->Length && block < end; start += BlockFloats, block++)
                        action(*array, start, (int)Math.Min(BlockFloats, array->Length - start), block);
                }
            });
        }
    }

    private readonly struct Steps<TUpdate>(UpdateArray[] arrays, TUpdate update, int threads) : IVectorWork
        where TUpdate : struct, IUpdate
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => Step<TUpdate, TLanes, TVector>(arrays, update, threads);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<TUpdate, TLanes, TVector>(
        float* parameter, float* gradient, float* first, float* second, int length, TUpdate update)
        where TUpdate : struct, IUpdate
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var whole = length / TLanes.Width * TLanes.Width;
        Vectors<TUpdate, TLanes, TVector>(parameter, gradient, first, second, whole, update);
        var rest = length - whole;
        if (rest == 0) return;

        // The tail goes through the same arithmetic in a vector padded with zeros.
        var width = TLanes.Width;
        var pad = stackalloc float[4 * width];
        new Span<float>(pad, 4 * width).Clear();
        Copy(parameter + whole, pad, rest);
        Copy(gradient + whole, pad + width, rest);
        if (update.States > 0) Copy(first + whole, pad + (2 * width), rest);
        if (update.States > 1) Copy(second + whole, pad + (3 * width), rest);
        Vectors<TUpdate, TLanes, TVector>(pad, pad + width, pad + (2 * width), pad + (3 * width), width, update);
        Copy(pad, parameter + whole, rest);
        if (update.States > 0) Copy(pad + (2 * width), first + whole, rest);
        if (update.States > 1) Copy(pad + (3 * width), second + whole, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Vectors<TUpdate, TLanes, TVector>(
        float* parameter, float* gradient, float* first, float* second, int length, TUpdate update)
        where TUpdate : struct, IUpdate
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var states = update.States;
        for (var i = 0; i < length; i += TLanes.Width)
        {
            var p = TLanes.Load(parameter + i);
            var s0 = states > 0 ? TLanes.Load(first + i) : TLanes.Zero;
            var s1 = states > 1 ? TLanes.Load(second + i) : TLanes.Zero;
            update.Apply<TLanes, TVector>(ref p, TLanes.Load(gradient + i), ref s0, ref s1);
            TLanes.Store(parameter + i, p);
            if (states > 0) TLanes.Store(first + i, s0);
            if (states > 1) TLanes.Store(second + i, s1);
        }
    }

    private static void Copy(float* source, float* target, int length) =>
        new ReadOnlySpan<float>(source, length).CopyTo(new(target, length));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double SumOfSquares(float* values, int length)
    {
        var sum0 = Vector256<double>.Zero;
        var sum1 = Vector256<double>.Zero;
        var i = 0;
        for (; i + 8 <= length; i += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.Load(values + i));
            sum0 = Vector256.MultiplyAddEstimate(low, low, sum0);
            sum1 = Vector256.MultiplyAddEstimate(high, high, sum1);
        }

        var sum = Vector256.Sum(sum0 + sum1);
        for (; i < length; i++) sum += (double)values[i] * values[i];
        return sum;
    }
}
