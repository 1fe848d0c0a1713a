using Likeness.Torch.Kernels;

namespace Likeness.Torch.Tests.Kernels;

public sealed class MaskKernelTests
{
    private const int Many = 1 << 20;

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Values_are_kept_at_their_rate_wherever_one_looks(double keep)
    {
        var mask = Fill(Many, keep, 42, 2);
        Assert.All(mask, v => Assert.True(v is 0 or 3));

        // Five standard errors; over all, over every eighth (a lane of a vector), and over one block.
        void Rate(IEnumerable<float> part)
        {
            var values = part.ToArray();
            Assert.Equal(keep, values.Count(v => v > 0) / (double)values.Length, 5 * Math.Sqrt(keep * (1 - keep) / values.Length));
        }

        Rate(mask);
        Rate(mask.Where((_, i) => i % 8 == 3));
        Rate(mask.Skip(5 << 14).Take(1 << 14));
    }

    [Fact]
    public void Neighbours_blocks_and_keys_are_uncorrelated()
    {
        var mask = Fill(Many, 0.5, 1, 2);
        foreach (var lag in new[] { 1, 2, 7, 8, 16, 28, 784, 1 << 14 })
        {
            Uncorrelated(mask.AsSpan(lag), mask.AsSpan(0, Many - lag));
        }

        Uncorrelated(mask, Fill(Many, 0.5, 2, 2));
        Uncorrelated(mask.AsSpan(1), Fill(Many, 0.5, 2, 2).AsSpan(0, Many - 1));
    }

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        Assert.Equal(Fill(300_001, 0.3, 7, 1), Fill(300_001, 0.3, 7, 3));
        Assert.Equal(Fill(13, 0.3, 7, 1), Fill(300_001, 0.3, 7, 2)[..13]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(16385)]
    public unsafe void Nothing_is_written_beyond_the_end(int count)
    {
        var room = Enumerable.Repeat(-1f, count + 16).ToArray();
        fixed (float* p = room)
        {
            MaskKernel.Fill(p, count, 1, 3, 5, 2);
        }

        Assert.Equal([.. Enumerable.Repeat(3f, count), .. Enumerable.Repeat(-1f, 16)], room);
    }

    // Two fair coins agree half of the time, to five standard errors.
    private static void Uncorrelated(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var agree = 0;
        for (var i = 0; i < a.Length; i++)
        {
            agree += a[i] == b[i] ? 1 : 0;
        }

        Assert.Equal(0.5, agree / (double)a.Length, 2.5 / Math.Sqrt(a.Length));
    }

    private static unsafe float[] Fill(int count, double keep, ulong key, int threads)
    {
        var mask = new float[count];
        fixed (float* p = mask)
        {
            MaskKernel.Fill(p, count, keep, 3, key, threads);
        }

        return mask;
    }
}
