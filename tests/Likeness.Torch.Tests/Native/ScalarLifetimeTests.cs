namespace Likeness.Torch.Tests;

/// <summary>Numbers in operators while other threads make the garbage collector run.</summary>
[Collection(Counting.Name)]
public sealed class ScalarLifetimeTests
{
    [Fact]
    public void A_scalar_outlives_the_operator_that_reads_it()
    {
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(0, GCCollectionMode.Forced, blocking: true);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            var x = torch.ones([8]);
            for (var i = 1; i <= 30_000; i++)
            {
                using var scope = torch.NewDisposeScope();
                var y = x * (double)i + 0.5;
                Assert.Equal(i + 0.5, y.AsSpan<float>()[7]);
            }
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }
    }
}
