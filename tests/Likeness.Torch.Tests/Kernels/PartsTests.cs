using Likeness.Torch.Kernels;

namespace Likeness.Torch.Tests.Kernels;

public sealed class PartsTests
{
    [Theory]
    [InlineData(1, 4)]
    [InlineData(7, 1)]
    [InlineData(7, 2)]
    [InlineData(1000, 3)]
    public void Every_part_runs_once(int parts, int threads)
    {
        var runs = new int[parts];
        Parts.Run(parts, threads, part => Interlocked.Increment(ref runs[part]));
        Assert.All(runs, r => Assert.Equal(1, r));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_failure_is_thrown_as_it_is(int threads)
    {
        var e = Assert.Throws<InvalidDataException>(() => Parts.Run(8, threads, part =>
        {
            if (part == 3) throw new InvalidDataException("part 3");
        }));
        Assert.Equal("part 3", e.Message);
    }

    [Fact]
    public void No_more_threads_than_asked_for()
    {
        var (now, most) = (0, 0);
        Parts.Run(64, 2, _ =>
        {
            var running = Interlocked.Increment(ref now);
            lock (this) most = Math.Max(most, running);
            Thread.SpinWait(10_000);
            Interlocked.Decrement(ref now);
        });
        Assert.InRange(most, 1, 2);
    }
}
