namespace Likeness.Tests.Applications.Private;

/// <summary>Audits of models that have learned their examples by heart, and of private ones.</summary>
public sealed class PrivacyAuditTests
{
    private const int Bits = 40;

    [Fact]
    public void An_overfitted_model_is_seen_through_and_a_private_one_is_not()
    {
        using var scope = torch.NewDisposeScope();
        using var folder = new TemporaryFolder();
        var overfitted = Audit(RandomBits(300), folder["overfitted"], new(400, 100), new Adam(0.005));
        Assert.True(overfitted.Attacks[0].Auroc.Value >= 0.8, $"{overfitted.Attacks[0].Auroc}");
        Assert.True(overfitted.Attacks[0].Epsilon.Value > 0.5, $"{overfitted.Attacks[0].Epsilon}");
        Assert.Null(overfitted.Ledger);

        // At ε = 0.3 no attack has an AUROC above 0.53, give or take the examples that were drawn: 0.01 is the standard error of 1500 of each.
        var isPrivate = Audit(RandomBits(1500), folder["private"], new(200, 100) { Privacy = new() { Epsilon = 0.3, Seed = 4 } }, new Adam(0.005));
        Assert.All(isPrivate.Attacks, a => Assert.InRange(a.Auroc.Value, 0.46, 0.55));
        Assert.All(isPrivate.Attacks, a => Assert.True(a.Epsilon.Value <= isPrivate.Ledger!.Epsilon));
        Assert.InRange(isPrivate.Ledger!.Epsilon, 0.28, 0.3);
        Assert.False(isPrivate.Contradicts);
        Assert.InRange(isPrivate.Closest!.NearerToTraining.Value, 0.4, 0.6);
    }

    // A model that gives its training examples back.
    [Fact]
    public void Copies_are_nearer_to_what_was_learned_from()
    {
        using var scope = torch.NewDisposeScope();
        var data = RandomBits(300);
        var (training, others) = (data.Read(Split.Train, 300).First().X, data.Read(Split.Test, 300).First().X);
        var closest = ClosestRecords.Of(data.Spec, training.narrow(0, 0, 100), training, others);
        Assert.Equal(1, closest.NearerToTraining.Value, 1e-12);
        Assert.Equal((0, 1), (closest.ToTraining, closest.Copies.Value));

        // Two random rows of 40 bits differ in about 20; the nearest of 300 in fewer.
        Assert.InRange(closest.ToOthers, 2 * Math.Sqrt(6), 2 * Math.Sqrt(14));
    }

    [Fact]
    public void Without_examples_that_were_not_seen_there_is_nothing_to_compare_with()
    {
        using var scope = torch.NewDisposeScope();
        var data = MemoryDataset.Of("bits", "none", new([Bits], new Domain.Binary()), new float[Bits * 10]);
        var model = new Made(data.Spec, new() { Hidden = [8] }, new Rng(0));
        Assert.Contains("has not seen", Assert.Throws<UsageException>(() => PrivacyAudit.Of(model, data, data, new(), new Rng(0))).Message);
    }

    private static MemoryDataset RandomBits(int examples)
    {
        var values = new Rng(8).Uniform(2 * examples, Bits).lt(0.5).to(ScalarType.Float32).ToArray<float>();
        Part Of(int from) => new(new SingleExamples(values.AsMemory(from * Bits, examples * Bits), Bits));
        return new(new("bits", "none", new([Bits], new Domain.Binary()), Of(0), Part.Empty, Of(examples)));
    }

    private static PrivacyAudit Audit(MemoryDataset data, string path, TrainingOptions training, OptimizerOptions optimizer)
    {
        using var run = Run.Create(path, Made.Recipe, data, new MadeOptions { Hidden = [200], Optimizer = optimizer }, new RunPlan(1) { Training = training, Threads = 1 });
        foreach (var _ in run.Train())
        {
        }

        return PrivacyAudit.Of(run.Model, data, data, new() { Samples = 500 }, new Rng(2), run.Folder.Privacy);
    }
}
