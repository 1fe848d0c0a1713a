using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Likeness;

/// <summary>The examples of one batch as plain memory.</summary>
internal sealed class PackedBatch(int count, int dimensions)
{
    public float[] X { get; } = new float[count * dimensions];

    public int[] Indices { get; } = new int[count];

    /// <summary>What went wrong instead.</summary>
    public ExceptionDispatchInfo? Failure { get; set; }
}

/// <summary>
/// Assembles batches on a background thread, a few ahead of their use, in arrays that are used again. Dispose stops the
/// thread and waits for it.
/// </summary>
internal sealed class Prefetch : IDisposable
{
    private const int Ahead = 3;

    private readonly Examples examples;
    private readonly BatchPlan plan;
    private readonly BlockingCollection<PackedBatch> ready = new(Ahead);
    private readonly ConcurrentBag<PackedBatch> free = [];
    private readonly CancellationTokenSource stop = new();
    private readonly Thread thread;

    // Nothing follows a failure: whoever asks again is told again.
    private ExceptionDispatchInfo? failure;

    /// <summary>Starts with the batch at this place.</summary>
    public Prefetch(Examples examples, BatchPlan plan, long epoch, long position)
    {
        (this.examples, this.plan) = (examples, plan);
        thread = new Thread(() => Assemble(epoch, position)) { IsBackground = true, Name = "feed" };
        thread.Start();
    }

    /// <summary>The next batch; what went wrong while it was assembled is thrown here.</summary>
    public PackedBatch Take()
    {
        failure?.Throw();
        var packed = ready.Take();
        failure = packed.Failure;
        failure?.Throw();
        return packed;
    }

    /// <summary>Hands a batch's arrays back.</summary>
    public void Return(PackedBatch packed) => free.Add(packed);

    public void Dispose()
    {
        stop.Cancel();
        thread.Join();
        ready.Dispose();
        stop.Dispose();
    }

    private void Assemble(long epoch, long position)
    {
        var order = new int[plan.Count];
        for (var ordered = -1L; ; (epoch, position) = plan.After(epoch, position))
        {
            PackedBatch? packed = null;
            try
            {
                if (ordered != epoch)
                {
                    plan.Permute(epoch, order);
                    ordered = epoch;
                }

                packed = free.TryTake(out var used) ? used : new(plan.BatchSize, examples.Dimensions);
                plan.Slice(order, position).CopyTo(packed.Indices);
                examples.Fill(packed.Indices, plan.Presentation(epoch), packed.X);
            }
#pragma warning disable CA1031 // Whatever it is, it belongs to the thread that asks for the batch.
            catch (Exception e)
#pragma warning restore CA1031
            {
                packed ??= new(0, 0);
                packed.Failure = ExceptionDispatchInfo.Capture(e);
            }

            try
            {
                ready.Add(packed, stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (packed.Failure is not null)
            {
                return;
            }
        }
    }
}
