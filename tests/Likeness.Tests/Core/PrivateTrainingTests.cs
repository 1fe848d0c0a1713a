namespace Likeness.Tests.Core;

/// <summary>Private training: its words, its batches, its noise, and when examples go through together.</summary>
public sealed class PrivateTrainingTests
{
    [Theory]
    [InlineData("epsilon=3,delta=1e-5", 3, 1e-5, 1)]
    [InlineData("epsilon=0,5,delta=1e-6,clip=2", 0.5, 1e-6, 2)]
    [InlineData("epsilon=0.5 delta=0,00001 clip=0,25", 0.5, 1e-5, 0.25)]
    [InlineData("Epsilon: 8; delta: 1e-5", 8, 1e-5, 1)]
    [InlineData("ε=1, δ=1e-7", 1, 1e-7, 1)]
    public void Words_become_a_promise(string text, double epsilon, double delta, double clip)
    {
        var options = PrivacyOptions.Parse(text);
        Assert.Equal((epsilon, delta, clip), (options.Epsilon, options.Delta, options.Clip));
    }

    [Theory]
    [InlineData("epsilon=0", "epsilon")]
    [InlineData("delta=2", "delta")]
    [InlineData("epsilom=3", "epsilom")]
    [InlineData("epsilon=three", "three")]
    [InlineData("3", "3")]
    public void What_is_no_promise_is_refused_by_name(string text, string named) =>
        Assert.Contains(named, Assert.Throws<UsageException>(() => PrivacyOptions.Parse(text)).Message);

    // Each of 400 examples 2000 times with the chance 1/20: counts are binomial, and batches too.
    [Fact]
    public void Every_example_is_sampled_by_its_own_chance()
    {
        const int examples = 400, expected = 20, steps = 2000;
        var data = MemoryDataset.Of("numbers", "none", new([1], new Domain.Real()), [.. Enumerable.Range(0, examples).Select(i => (float)i)]);
        using var feed = data.OpenSampled(Split.Train, expected, 7);
        var (counts, sizes) = (new int[examples], new double[steps]);
        for (var step = 0; step < steps; step++)
        {
            using var scope = torch.NewDisposeScope();
            var x = feed.Next().X.ToArray<float>();
            Assert.Equal(feed.Numbers, x.Select(v => (long)v));
            Array.ForEach(x, v => counts[(int)v]++);
            sizes[step] = x.Length;
        }

        var (mean, variance) = (steps * 0.05, steps * 0.05 * 0.95);
        Assert.InRange(counts.Sum(c => (c - mean) * (c - mean)) / variance / examples, 0.8, 1.2);
        Assert.InRange(sizes.Average(), 19.6, 20.4);
        Assert.InRange(sizes.Sum(s => (s - expected) * (s - expected)) / steps, 17, 21); // 400·0.05·0.95 = 19
    }

    [Theory]
    [InlineData("vae", true)]
    [InlineData("made", true)]
    [InlineData("maf", true)]
    [InlineData("realnvp", true)]
    [InlineData("neural-spline", true)]
    [InlineData("diffusion", true)]
    [InlineData("recurrent", true)]
    [InlineData("nade", false)]
    public void Examples_go_through_together_where_the_network_shows_each_ones_part(string recipe, bool together)
    {
        using var scope = torch.NewDisposeScope();
        var zoo = Zoo.BuiltIn.Find(recipe);
        DataSpec spec = zoo.Need.Accepts(new([5], new Domain.Binary())) ? new([5], new Domain.Binary())
            : zoo.Need.Accepts(new([4], new Domain.Real())) ? new([4], new Domain.Real()) : new([5, 2], new Domain.Real());
        var losses = (IExampleLosses<Batch>)zoo.CreateObjective(zoo.CreateModel(spec, zoo.SmallestOptions, new Rng(1)), zoo.SmallestOptions, new Rng(2));
        var gradients = new ClippedGradients<Batch>(losses, 1);
        gradients.Sum(new(new Rng(3).Uniform(spec.BatchShape(6)).round()), [0, 1, 2, 3, 4, 5], new Rng(4).PerExample());
        Assert.Equal(together, gradients.Together);
    }

    [Fact]
    public void Convolutions_go_through_together()
    {
        using var scope = torch.NewDisposeScope();
        DataSpec spec = new([1, 16, 16], new Domain.Binary());
        var model = new Vae(spec, new() { Latent = 3, Network = new AutoencoderNetwork.Convolutional(4, 16) }, new Rng(1));
        var losses = (IExampleLosses<Batch>)Vae.Recipe.Objective(model, new(), new Rng(2));
        var gradients = new ClippedGradients<Batch>(losses, 0.1);
        var (x, each) = (new Rng(3).Uniform(6, 1, 16, 16).round(), new Rng(4).PerExample());
        var (_, sums) = gradients.Sum(new(x), [0, 1, 2, 3, 4, 5], each);
        Assert.True(gradients.Together);
        var singles = Enumerable.Range(0, 6).Select(i => gradients.Of(new(x.narrow(0, i, 1)), i, each)).ToArray();
        var scales = singles.Select(g => Math.Min(1, 0.1 / Optimizer.GradientNorm(g))).ToArray();
        for (var p = 0; p < sums.Length; p++)
        {
            var expected = singles.Select((g, i) => g[p]! * scales[i]).Aggregate((a, b) => a + b);
            Assert.True((sums[p]! - expected).norm().ToDouble() < 1e-4 * 0.6, losses.Player.Parameters[p].Name);
        }
    }

    // Pseudo-inputs of a prior pass the encoder beside the examples: no split of what comes out is that of examples.
    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public void Rows_that_are_no_examples_are_noticed(int pseudoInputs)
    {
        using var scope = torch.NewDisposeScope();
        DataSpec spec = new([5], new Domain.Binary());
        var model = new Vae(spec, new() { Latent = 2, Network = new AutoencoderNetwork.Mlp { Hidden = [8] }, Prior = new LatentPrior.Vamp(pseudoInputs) }, new Rng(1));
        var gradients = new ClippedGradients<Batch>((IExampleLosses<Batch>)Vae.Recipe.Objective(model, new(), new Rng(2)), 1);
        gradients.Sum(new(new Rng(3).Uniform(6, 5).round()), [0, 1, 2, 3, 4, 5], new Rng(4).PerExample());
        Assert.False(gradients.Together);
    }

    // The critic alone sees the examples, by cut and noisy slopes; the generator is led by what that leaves of them.
    [Fact]
    public void A_private_game_leads_the_generator_to_the_data()
    {
        using var scope = torch.NewDisposeScope();
        using var folder = new TemporaryFolder();
        const int steps = 600, batch = 200;
        var points = (new Rng(1).Normal(6000, 2) * 0.5) + Tensor.From([2f, -1f], 2);
        var data = MemoryDataset.Of("points", "none", new([2], new Domain.Real()), points.ToArray<float>());
        var options = new GanOptions
        {
            Latent = 2, GeneratorHidden = [16], CriticHidden = [32], CriticTurns = 2,
            Generator = new Adam(5e-3, Beta1: 0.5), Critic = new Adam(5e-3, Beta1: 0.5),
        };
        var plan = new RunPlan { Training = new(steps, batch) { Privacy = new() { Epsilon = 3, Seed = 5 } }, Threads = 1 };
        using var run = Run.Create(folder["run"], Gan.Recipe, data, options, plan);
        var reports = run.Train().ToList();

        // One noisy sum for each turn of the critic, and one turn of the generator for each two of them.
        Assert.Equal(steps, Assert.Single(run.Ledger!.Sums).Times);
        Assert.InRange(run.Ledger.Epsilon(data.Count(Split.Train)).Value, 2, 3);
        Assert.Equal(steps / 2, reports.Count(r => r.Terms.Any(t => t is { Player: "generator", Term: "adversarial" })));
        Assert.All(reports, r => Assert.Contains(r.Terms, t => t is { Player: "critic", Term: "real" }));

        // The generator begins near zero, two deviations away in each direction and more; noise of this budget leaves it within a half of one.
        var mean = run.Model.Sample(2000, new Rng(3)).mean([0]).ToArray<double>();
        Assert.Equal(2, mean[0], 0.3);
        Assert.Equal(-1, mean[1], 0.3);
    }

    [Fact]
    public void Games_in_which_examples_meet_are_refused()
    {
        using var scope = torch.NewDisposeScope();
        DataSpec images = new([1, 16, 16], new Domain.Byte());
        Assert.Contains("atch normalisation", PrivateDescent<Batch>.Refusal(Dcgan.Recipe.Objective(new(images, new() { Width = 4 }, new Rng(1)), new(), new Rng(2))), StringComparison.Ordinal);
        Assert.Null(PrivateDescent<Batch>.Refusal(Dcgan.Recipe.Objective(new(images, new() { Width = 4, CriticNorm = CriticNorm.None }, new Rng(1)), new(), new Rng(2))));
        var mixed = new GanOptions { Penalty = new CriticPenalty.GradientPenalty() };
        Assert.Contains("gradient penalty", PrivateDescent<Batch>.Refusal(Gan.Recipe.Objective(new(images, mixed, new Rng(1)), mixed, new Rng(2))), StringComparison.Ordinal);
    }

    // Plain descent with rate 1 of gradients that are cut to nothing: what moves is the noise, of the deviation σ·C/B.
    [Fact]
    public void The_noise_has_the_deviation_that_the_ledger_says()
    {
        using var scope = torch.NewDisposeScope();
        using var folder = new TemporaryFolder();
        const double noise = 4, clip = 1e-3;
        const int batch = 10, steps = 4;
        var data = MemoryDataset.Of("bits", "none", new([20], new Domain.Binary()), [.. Enumerable.Range(0, 2000).Select(i => (float)(i % 3 / 2))]);
        var options = new MadeOptions { Hidden = [200], Optimizer = new Sgd(1) };
        var plan = new RunPlan { Training = new(steps, batch) { Privacy = new() { Noise = noise, Clip = clip, Seed = 5 } }, Threads = 1 };
        using var run = Run.Create(folder["run"], Made.Recipe, data, options, plan);
        var before = run.Model.parameters().Select(p => p.ToArray<double>()).ToArray();
        foreach (var _ in run.Train())
        {
        }

        var moved = run.Model.parameters().SelectMany((p, i) => p.ToArray<double>().Zip(before[i], (a, b) => a - b)).ToArray();
        Assert.True(moved.Length > 5000);

        // The examples themselves move all of them together by at most 10 clips a step: 1e-3 of 9000 numbers.
        Assert.Equal(noise * clip / batch * Math.Sqrt(steps), Math.Sqrt(moved.Select(m => m * m).Average()), 0.03 * noise * clip / batch * Math.Sqrt(steps));
        Assert.Equal([new NoisySum(noise, (double)batch / 100, steps)], run.Ledger!.Sums);
    }

    // One example that looks like no other, in half of 600 trainings of three steps: the others, all zeros, do not move W, and its own gradient has √(15/21) of its length
    // there. So what the weights move along it is k·√(15/21) with k of Bin(3, q), and noise of √3·σ, if noise and sampling are what the ledger says; and no attack
    // proves more than that.
    [Fact]
    public void An_attack_on_one_example_of_many_trainings_finds_what_noise_and_sampling_allow()
    {
        using var scope = torch.NewDisposeScope();
        const int trainings = 300, others = 20, bits = 6, steps = 3;
        const double noise = 0.5, rate = 0.01, chance = 10.0 / 21;
        var plain = new float[others * bits];
        float[] with = [.. plain, .. Enumerable.Repeat(1f, bits)];
        DataSpec spec = new([bits], new Domain.Binary());
        var options = OptionsJson.Write(new FvbnOptions { Optimizer = new Sgd(rate), Decay = 0 }, Fvbn.Recipe.Json);
        double Moved(float[] values, ulong seed)
        {
            using var training = torch.NewDisposeScope();
            var model = new Fvbn(spec, new(), new Rng(0));
            var w = model.named_parameters().Single(p => p.name == "W").parameter;
            var own = Autograd.Grad(-model.LogProb(torch.ones(1, bits)).sum(), w);
            var before = w.detach().clone();
            var data = MemoryDataset.Of("bits", "none", spec, values);
            using var run = Fvbn.Recipe.CreateTraining(model, options, data, new(steps, 10) { Privacy = new() { Noise = noise, Seed = seed } }, new Rng(seed));
            _ = run.Run().Count();
            return (-(w.detach() - before) * own / own.norm()).sum().ToDouble() * 10 / rate;
        }

        var inside = Enumerable.Range(0, trainings).Select(i => Moved(with, (ulong)i)).ToArray();
        var outside = Enumerable.Range(0, trainings).Select(i => Moved(plain, (ulong)(i + trainings))).ToArray();
        Assert.Equal(0, outside.Average(), 5 * noise * Math.Sqrt((double)steps / trainings));
        Assert.Equal(noise * Math.Sqrt(steps), Math.Sqrt(outside.Select(m => m * m).Average()), 0.2 * noise * Math.Sqrt(steps));
        Assert.Equal(steps * chance * Math.Sqrt(15.0 / 21), inside.Average(), 5 * Math.Sqrt(steps * (0.25 + (noise * noise)) / trainings));

        var attack = MembershipAttack.Of("weights", inside, outside, 1e-5, new Rng(9));
        Assert.InRange(attack.Epsilon.Value, 0.3, PrivacyLoss.Epsilon([new(noise, 0.5, steps)], 1e-5));
        Assert.InRange(attack.Auroc.Value, 0.7, 0.95);
    }

    [Fact]
    public void Nobody_can_guess_the_noise_where_no_seed_is_given()
    {
        using var scope = torch.NewDisposeScope();
        using var folder = new TemporaryFolder();
        var data = MemoryDataset.Of("bits", "none", new([4], new Domain.Binary()), [.. Enumerable.Range(0, 400).Select(i => (float)(i % 2))]);
        double[] Trained(string name)
        {
            using var run = Run.Create(folder[name], Made.Recipe, data, new MadeOptions { Hidden = [8] }, new RunPlan { Training = new(2, 10) { Privacy = new() { Noise = 1 } } });
            foreach (var _ in run.Train())
            {
            }

            return run.Model.parameters().First().ToArray<double>();
        }

        Assert.NotEqual(Trained("a"), Trained("b"));
    }

    [Fact]
    public void The_budget_is_kept_to_the_end_and_not_beyond()
    {
        using var scope = torch.NewDisposeScope();
        using var folder = new TemporaryFolder();
        var data = MemoryDataset.Of("bits", "none", new([4], new Domain.Binary()), [.. Enumerable.Range(0, 4000).Select(i => (float)(i % 2))]);
        using (var run = Run.Create(folder["run"], Made.Recipe, data, new MadeOptions { Hidden = [8] }, new RunPlan { Training = new(30, 50) { Privacy = new() { Epsilon = 2 } } }))
        {
            foreach (var _ in run.Train())
            {
            }

            var record = run.Folder.Privacy!;
            Assert.InRange(record.Epsilon, 1.9, 2);
            Assert.InRange(record.RenyiEpsilon, record.Epsilon, 3);
            Assert.Equal(Evidence.UpperBound, run.Ledger!.Epsilon(1000).Evidence);
        }

        var refused = Assert.Throws<UsageException>(() => Run.Resume(RunFolder.Open(folder["run"]), Made.Recipe, data, steps: 60));
        Assert.Contains("budget of 2", refused.Message);
    }

    [Fact]
    public void A_run_that_begins_with_private_weights_owes_what_they_cost_and_refuses_others_of_the_same_data()
    {
        using var scope = torch.NewDisposeScope();
        using var folder = new TemporaryFolder();
        var data = MemoryDataset.Of("bits", "none", new([4], new Domain.Binary()), [.. Enumerable.Range(0, 400).Select(i => (float)(i % 2))]);
        RunFolder Trained(string name, PrivacyOptions? privacy, RunFolder? from)
        {
            using var run = Run.Create(folder[name], Made.Recipe, data, new MadeOptions { Hidden = [8] }, new RunPlan { Training = new(5, 10) { Privacy = privacy }, From = from });
            foreach (var _ in run.Train())
            {
            }

            return run.Folder;
        }

        var promise = new PrivacyOptions { Noise = 1, Seed = 1 };
        var first = Trained("first", promise, null);
        var second = Trained("second", promise, first);
        Assert.Equal(5, first.Privacy!.Ledger.Sums.Single().Times);
        Assert.Equal((5, 5), (second.Privacy!.Ledger.Before.Single().Times, second.Privacy.Ledger.Sums.Single().Times));
        Assert.Equal(PrivacyLoss.Epsilon([new(1, 0.1, 10)], 1e-5), second.Privacy.Epsilon, 1e-3);
        var plain = Trained("plain", null, null);
        Assert.Contains("without privacy", Assert.Throws<UsageException>(() => Trained("third", promise, plain)).Message);
    }

    [Fact]
    public void What_couples_examples_is_refused_by_name()
    {
        using var scope = torch.NewDisposeScope();
        DataSpec spec = new([5], new Domain.Binary());
        var data = MemoryDataset.Of("bits", "none", spec, new float[500]);
        var options = new VaeOptions { Network = new AutoencoderNetwork.Mlp { Hidden = [8], BatchNorm = true } };
        string Refusal(TrainingOptions training) => Assert.Throws<UsageException>(() => Vae.Recipe.CreateTraining(
            new Vae(spec, options, new Rng(0)), OptionsJson.Write(options, Vae.Recipe.Json), data, training, new Rng(0))).Message;
        Assert.Contains("BatchNorm", Refusal(new(10, 10) { Privacy = new() { Noise = 1 } }));
        options = new();
        Assert.Contains("Validation", Refusal(new(10, 10, Validation: new(5)) { Privacy = new() { Noise = 1 } }));
    }
}
