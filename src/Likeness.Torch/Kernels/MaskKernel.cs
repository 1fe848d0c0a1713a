using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Likeness.Torch.Kernels;

/// <summary>
/// Independent draws by counting: the value of element i is a hash of (key, i). So the result depends neither on the number of
/// threads nor on the order of work, and a mask costs one pass of writing.
/// </summary>
internal static unsafe class MaskKernel
{
    private const int BlockFloats = 1 << 14;
    private const long SerialFloats = 1 << 16;

    /// <summary>Writes <paramref name="kept"/> where a draw falls within <paramref name="probability"/>, else 0.</summary>
    /// <param name="mask">Room for <paramref name="count"/> floats.</param>
    /// <param name="count">Number of elements.</param>
    /// <param name="probability">Of an element being kept, in steps of 2⁻³².</param>
    /// <param name="kept">The value of kept elements.</param>
    /// <param name="key">Which sequence of draws.</param>
    /// <param name="threads">On how many threads.</param>
    public static void Fill(float* mask, long count, double probability, float kept, ulong key, int threads)
    {
        var below = (uint)Math.Clamp(Math.Round(probability * 4294967296.0), 0, uint.MaxValue);
        var blocks = checked((int)((count + BlockFloats - 1) / BlockFloats));
        var parts = count < SerialFloats ? 1 : Math.Min(threads, blocks);
        Parts.Run(parts, threads, part =>
        {
            for (var block = Parts.Start(blocks, parts, part); block < Parts.Start(blocks, parts, part + 1); block++)
            {
                var start = (long)block * BlockFloats;

                // Within a block the counter stays in 32 bits; each block has keys of its own.
                var (first, second) = Keys(key, block);
                Block(mask + start, (int)Math.Min(BlockFloats, count - start), below, kept, first, second);
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block(float* mask, int length, uint below, float kept, uint first, uint second)
    {
        var counter = Vector256<uint>.Indices;
        var i = 0;
        for (; i + 8 <= length; i += 8, counter += Vector256.Create(8u))
        {
            Vector256.Store(Choose(counter, below, kept, first, second), mask + i);
        }

        if (i < length)
        {
            var rest = Choose(counter, below, kept, first, second);
            for (var k = 0; i < length; i++, k++) mask[i] = rest[k];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Choose(Vector256<uint> counter, uint below, float kept, uint first, uint second)
    {
        // Two keyed rounds: with one, the sequences of two keys would be the same sequence shifted.
        var draw = Mix(Mix(counter ^ Vector256.Create(first)) + Vector256.Create(second));
        return Vector256.LessThan(draw, Vector256.Create(below)).AsSingle() & Vector256.Create(kept);
    }

    // The finaliser of MurmurHash3: a bijection in which every input bit flips each output bit half of the time.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Mix(Vector256<uint> x)
    {
        x ^= x >>> 16;
        x *= Vector256.Create(0x85ebca6bu);
        x ^= x >>> 13;
        x *= Vector256.Create(0xc2b2ae35u);
        return x ^ (x >>> 16);
    }

    // One step of SplitMix64 from the key's own place for each block.
    private static (uint First, uint Second) Keys(ulong key, int block)
    {
        var z = key + 0x9e3779b97f4a7c15UL * ((ulong)block + 1);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebUL;
        z ^= z >> 31;
        return ((uint)z, (uint)(z >> 32));
    }
}
