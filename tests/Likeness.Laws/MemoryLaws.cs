using System.Diagnostics;

namespace Likeness.Laws;

/// <summary>No model holds on to memory: not in training, not in sampling, not in scoring.</summary>
public sealed class MemoryLaws
{
    public static TheoryData<string, string> OneOfEach => Cases.OneOfEach();

    [Theory]
    [MemberData(nameof(OneOfEach))]
    public void Steps_samples_and_scores_leave_nothing_behind(string recipe, string data) => LeaveNothing(recipe, data, before: 40, steps: 100, questions: 40);

    [Theory]
    [Trait("Category", "Long")]
    [MemberData(nameof(OneOfEach))]
    public void A_thousand_steps_leave_nothing_behind(string recipe, string data) => LeaveNothing(recipe, data, before: 200, steps: 1000, questions: 100);

    // The steps and the questions before are those until the pools of the threads are full, and until the compiler has made again what has been called thirty times.
    private static void LeaveNothing(string recipe, string data, int before, int steps, int questions)
    {
        using var subject = new Subject(recipe, data, before + steps);
        subject.Train(before);
        Ask(subject, 40);
        var (tensors, functions, bytes, resident) = Now();
        var undisposed = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        subject.Train(steps);
        Ask(subject, questions);
        var after = Now();
        Assert.Equal(tensors, after.Tensors);
        Assert.Equal(functions, after.Functions);
        // All that native code holds, the compiler of .NET included, which makes its code faster meanwhile: up to 6 MB of it was seen.
        Assert.InRange(after.Bytes - bytes, long.MinValue, 12 << 20);
        // No tensor is left to the garbage collector.
        Assert.Equal(undisposed, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        // The compiler makes its code faster meanwhile, and arenas keep what lies between blocks in use.
        Assert.InRange(after.Resident - resident, long.MinValue, 24 << 20);
    }

    private static void Ask(Subject subject, int times)
    {
        using var noGrad = torch.no_grad();
        for (var i = 0; i < times; i++)
        {
            using var scope = torch.NewDisposeScope();
            var x = new OneBatch(subject.Spec).First(8).X;
            (subject.Model as IGenerative)?.Sample(8, new Rng(3));
            (subject.Model as IDensity)?.LogProb(x);
            (subject.Model as IBound)?.LogProbBound(x, new Rng(4));
            (subject.Model as IImportanceWeighted)?.LogWeights(x, 3, new Rng(5));
            (subject.Model as IEncoder)?.Encode(x);
            (subject.Model as IRestorer)?.Restore(((IRestorer)subject.Model).Cut(x).Patches, new Rng(6));
        }
    }

    private static (long Tensors, long Functions, long Bytes, long Resident) Now()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        // Without what is only kept for reuse: that goes up and down by tens of megabytes as the arenas of the threads happen to fill.
        TorchRuntime.TrimMemory();
        using var process = Process.GetCurrentProcess();
        return (TorchRuntime.LiveTensors, TorchRuntime.LiveFunctions, TorchRuntime.MemoryInUse, process.WorkingSet64);
    }
}
