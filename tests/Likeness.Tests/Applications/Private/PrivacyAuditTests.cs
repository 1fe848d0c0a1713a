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

    // Rows of which every one looks like training rows to whoever does not know the coins; all else about them is the same.
    [Fact]
    public void Canaries_tell_what_a_single_training_gives_away()
    {
        using var scope = torch.NewDisposeScope();
        using var folder = new TemporaryFolder();
        var canaries = new Canaries { Count = 200, Seed = 6 };
        var overfitted = Audit(RandomBits(300), folder["overfitted"], new(600, 100) { Canaries = canaries }, new Adam(0.005));
        var attack = Assert.Single(overfitted.Attacks, a => a.Name == "canaries");
        Assert.True(attack.Auroc.Value >= 0.9, $"{attack.Auroc}");
        // 200 right guesses of 200 would prove ε ≥ 3.8, nine in ten of 200 some 1.6.
        Assert.InRange(attack.Epsilon.Value, 1, 3.9);

        var isPrivate = Audit(RandomBits(1500), folder["private"], new(200, 100) { Canaries = canaries, Privacy = new() { Epsilon = 0.3, Seed = 4 } }, new Adam(0.005));
        var defended = Assert.Single(isPrivate.Attacks, a => a.Name == "canaries");
        Assert.True(defended.Epsilon.Value <= isPrivate.Ledger!.Epsilon);
        Assert.InRange(defended.Auroc.Value, 0.4, 0.6);
    }

    [Fact]
    public void Canaries_are_values_of_the_data_half_of_them_are_learned_from_and_a_resumed_run_has_the_same()
    {
        using var scope = torch.NewDisposeScope();
        using var folder = new TemporaryFolder();
        var data = MemoryDataset.Of("numbers", "none", new([2], new Domain.Real()), [.. Enumerable.Range(0, 60).Select(i => (float)(i % 2 == 0 ? i : -i))]);
        var canaries = new Canaries { Count = 400, Seed = 9 };
        var values = canaries.Values(data);
        Assert.All(Enumerable.Range(0, 400), i => Assert.True(values[2 * i] >= 0 && values[(2 * i) + 1] <= 0));
        Assert.True(values.Distinct().Count() > 50);

        var planted = canaries.Planted();
        Assert.InRange(planted.Count(p => p), 160, 240);
        var extended = canaries.Plant(data);
        Assert.Equal(30 + planted.Count(p => p), extended.Count(Split.Train));
        var first = Array.IndexOf(planted, true);
        Assert.Equal(values[(2 * first)..((2 * first) + 2)], extended.TryAs<Batch>()!.Read(Split.Train, 100).First().X[30].ToArray<float>());

        double[] Weights(Run run)
        {
            foreach (var _ in run.Train())
            {
            }

            return [.. run.Model.parameters().SelectMany(p => p.ToArray<double>())];
        }

        var plan = new RunPlan(1) { Training = new(10, 100) { Canaries = canaries }, Threads = 1 };
        using var whole = Run.Create(folder["whole"], Maf.Recipe, data, new MafOptions { Hidden = [8], Layers = 1 }, plan);
        var path = folder["halves"];
        using (var half = Run.Create(path, Maf.Recipe, data, new MafOptions { Hidden = [8], Layers = 1 }, plan))
        {
            foreach (var _ in half.Train().Take(5))
            {
            }

            half.Save();
        }

        using var resumed = Run.Resume(RunFolder.Open(path), Maf.Recipe, data);
        Assert.Equal(5, resumed.Step);
        Assert.Equal(Weights(whole), Weights(resumed));
    }

    // Of r guesses of which all are right: q^r, with q = e^ε/(1 + e^ε); r = 100 and ε = 3.4932 give 0.05. The part of δ against the definition, by sums of binomial masses.
    [Fact]
    public void The_chance_of_right_guesses_is_that_of_the_theorem()
    {
        Assert.Equal(0.05, CanaryAttack.Chance(100, 100, 100, Math.Log(0.97048696 / (1 - 0.97048696)), 0), 1e-6);
        Assert.Equal(0.5, CanaryAttack.Chance(100, 9, 5, 0, 0), 1e-9);
        const int m = 50, r = 12, v = 9;
        const double delta = 0.001;
        var q = Math.Exp(0.7) / (1 + Math.Exp(0.7));
        double Mass(int k) => Enumerable.Range(1, k).Aggregate(1.0, (c, i) => c * (r - k + i) / i) * Math.Pow(q, k) * Math.Pow(1 - q, r - k);
        var tail = Enumerable.Range(v, r - v + 1).Sum(Mass);
        var alpha = Enumerable.Range(1, v).Max(i => Enumerable.Range(v - i, i).Sum(Mass) / i);
        Assert.Equal(tail + (2 * m * delta * alpha), CanaryAttack.Chance(m, r, v, 0.7, delta), 1e-9);
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

        return PrivacyAudit.Of(run.Model, data, data, new() { Samples = 500 }, new Rng(2), run.Folder.Privacy, training.Canaries);
    }
}
