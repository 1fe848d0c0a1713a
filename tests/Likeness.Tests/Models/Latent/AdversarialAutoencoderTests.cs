namespace Likeness.Tests.Models;

/// <summary>The adversarial autoencoders: who moves in which phase, priors without a density, clusters, and labels of only some examples.</summary>
public sealed class AdversarialAutoencoderTests
{
    private static readonly DataSpec s_space = new([3], new Domain.Real());

    private static readonly DataSpec s_plane = new([2], new Domain.Real(), Classes: 3);

    [Fact]
    public void Codes_follow_a_prior_without_a_density_after_training_and_not_before()
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        var options = new AdversarialAutoencoderOptions
        {
            Latent = 2,
            Prior = new CodePrior.SwissRoll(),
            Network = new AutoencoderNetwork.Mlp { Hidden = [64, 64], Nonlinearity = Nonlinearity.Relu },
            Optimizer = new Adam(1e-3) { Schedule = new Schedule.Linear() },
            Game = new()
            {
                Hidden = [64, 64],
                Critic = new Adam(2e-3, Beta1: 0.5) { Schedule = new Schedule.Linear() },
                Encoder = new Adam(1e-3, Beta1: 0.5) { Schedule = new Schedule.Linear() },
            },
        };
        var data = Weights.Data(s_space, WassersteinAutoencoderTests.Curve());
        var model = new AdversarialAutoencoder(s_space, options, new Rng(1));
        Assert.InRange(WassersteinAutoencoderTests.PValue(model, data), 0, 0.01);
        AdversarialAutoencoder.Recipe.Train(model, options, data, 2500, 100);
        Assert.InRange(WassersteinAutoencoderTests.PValue(model, data), 0.05, 1);
        Assert.Null(options.Prior.LogProb(model.SampleLatent(3, new Rng(1))));
    }

    [Fact]
    public void Each_phase_moves_its_own_player_only()
    {
        using var scope = torch.NewDisposeScope();
        var options = AdversarialClassifier.Recipe.Smallest;
        var model = new AdversarialClassifier(s_plane, options, new Rng(1));
        var objective = AdversarialClassifier.Recipe.Objective(model, options, new Rng(2));
        using var feed = Triangle(labels: 9).As<PartlyLabelledBatch>().Open(Split.Train, 30, 1);

        string[] players = ["autoencoder", "critic", "encoder", "classifier"];
        string[] moved = ["model.encoder model.decoder", "phases.game", "model.encoder", "model.encoder"];
        objective.train(true);
        using var round = objective.Round(feed, new Rng(3)).GetEnumerator();
        for (var i = 0; i < players.Length; i++)
        {
            Assert.True(round.MoveNext());
            Assert.Equal(players[i], round.Current.Player!.Name);
            var before = objective.Parameters().ToDictionary(p => p.Name, p => p.Value.ToArray<float>());
            round.Current.Take(new(0, 10));
            var changed = objective.Parameters().Where(p => !p.Value.ToArray<float>().SequenceEqual(before[p.Name])).Select(p => p.Name).ToArray();
            Assert.NotEmpty(changed);
            Assert.All(changed, name => Assert.Contains(moved[i].Split(' '), part => name.StartsWith(part, StringComparison.Ordinal)));
        }

        Assert.False(round.MoveNext());
    }

    // R1 is γ/2 times a mean: twice the γ gives twice the term, and the critics of both parts of the code have one.
    [Fact]
    public void The_critics_of_codes_are_kept_smooth_where_that_is_asked_for()
    {
        using var scope = torch.NewDisposeScope();
        double? Slope(CriticPenalty penalty, int parts)
        {
            if (parts == 1)
            {
                var o = AdversarialAutoencoder.Recipe.Smallest;
                o = o with { Game = o.Game with { SlopePenalty = penalty } };
                var model = new AdversarialAutoencoder(s_space, o, new Rng(1));
                return TermOf(AdversarialAutoencoder.Recipe.Objective(model, o, new Rng(2)), Weights.Data(s_space, WassersteinAutoencoderTests.Curve()));
            }

            var clusters = AdversarialClustering.Recipe.Smallest;
            clusters = clusters with { Code = clusters.Code with { Game = clusters.Code.Game with { SlopePenalty = penalty } } };
            var clustering = new AdversarialClustering(s_space, clusters, new Rng(1));
            return TermOf(AdversarialClustering.Recipe.Objective(clustering, clusters, new Rng(2)), Weights.Data(s_space, WassersteinAutoencoderTests.Curve()));
        }

        foreach (var parts in new[] { 1, 2 })
        {
            Assert.Null(Slope(new CriticPenalty.None(), parts));
            var one = Slope(new CriticPenalty.R1(1), parts)!.Value;
            Assert.InRange(one, 1e-6, 1e3);
            Assert.Equal(2 * one, Slope(new CriticPenalty.R1(2), parts)!.Value, 1e-5 * one);
        }
    }

    // The value of the critic's term "slope" in the first round.
    internal static double? TermOf(Objective<Batch> objective, IDataset<Batch> data)
    {
        using var feed = data.Open(Split.Train, 30, 1);
        objective.train(true);
        foreach (var turn in objective.Round(feed, new Rng(3)))
        {
            if (turn.Player!.Name == "critic")
            {
                return turn.Terms.Where(t => t.Name == "slope").Select(t => (double?)t.Value.ToDouble()).SingleOrDefault();
            }

            turn.Take(new(0, 10));
        }

        throw new InvalidOperationException("No critic moved.");
    }

    [Fact]
    public void Three_clumps_become_three_clusters_without_labels()
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        var spec = s_plane;
        var code = Small(1);
        var options = new AdversarialClusteringOptions { Clusters = 3, Code = code };
        var data = Triangle(labels: null);
        var model = new AdversarialClustering(spec, options, new Rng(1));
        AdversarialClustering.Recipe.Train(model, options, data, 1500, 60);

        var r = model.Responsibilities(Points(30)).ToArray<double>();
        Assert.All(r.Chunk(3), p => Assert.Equal(1, p.Sum(), 1e-5));
        var scores = new ClusterError().Measure(model, data, new MeasureOptions(), new Rng(1));
        Assert.Equal(["cluster-error", "cluster-error-majority"], scores.Select(s => s.Name));

        // The clumps lie 17 deviations apart.
        Assert.All(scores, s => Assert.InRange(s.Score.Value, 0, 0.02));

        // And the encoder knows the category of what was made from it: 0.83 of ln 3 = 1.10 nats when this was written, 0 where categories mean nothing.
        var information = new CodeInformation().Measure(model, data, new MeasureOptions(Limit: 500), new Rng(2)).Single();
        Assert.Equal("information-category", information.Name);
        Assert.InRange(information.Score.Value, 0.6, Math.Log(3) + 1e-5);
    }

    [Fact]
    public void Only_the_labels_that_are_kept_are_ever_in_a_batch()
    {
        using var scope = torch.NewDisposeScope();
        var data = Triangle(labels: 6);
        using var feed = data.As<PartlyLabelledBatch>().Open(Split.Train, 60, 7);
        var seen = new HashSet<(float, float)>();
        for (var i = 0; i < 50; i++)
        {
            var batch = feed.Next();
            Assert.Equal(60, batch.X.shape[0]);
            Assert.Equal([2L, 2, 2], batch.Labels.ToArray<long>().CountBy(l => l).OrderBy(c => c.Key).Select(c => (long)c.Value));
            var (x, labels) = (batch.LabelledX.ToArray<float>(), batch.Labels.ToArray<long>());
            for (var k = 0; k < labels.Length; k++)
            {
                seen.Add((x[2 * k], x[(2 * k) + 1]));
                Assert.Equal(Label(x[2 * k], x[(2 * k) + 1]), labels[k]);
            }
        }

        Assert.Equal(6, seen.Count);

        // Every other reading of labelled training examples is of these alone, and the other splits keep all.
        var all = data.As<LabelledBatch>();
        Assert.Equal(6, all.Read(Split.Train, 100).Sum(b => b.Count));
        Assert.Equal(300, all.Read(Split.Test, 100).Sum(b => b.Count));
        Assert.Throws<UsageException>(() => Triangle(labels: 7));
        Assert.Throws<UsageException>(() => Triangle(labels: 600));
    }

    [Fact]
    public void A_classifier_learns_from_one_label_for_each_class_and_examples_without()
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        var options = new AdversarialClassifierOptions { Code = Small(1), Optimizer = new Adam(2e-3) };
        var data = Triangle(labels: 3);
        var model = new AdversarialClassifier(s_plane, options, new Rng(1));
        using var training = new Trainer<PartlyLabelledBatch>(
            AdversarialClassifier.Recipe.Objective(model, options, new Rng(3)), data.As<PartlyLabelledBatch>().Open(Split.Train, 60, 1), new Rng(2), new(2000, 60));
        foreach (var _ in training.Run())
        {
        }

        var error = new ClassificationError().Measure(model, data, new MeasureOptions(), new Rng(1)).Single().Score;
        Assert.Equal(300, error.Count);
        Assert.InRange(error.Value, 0, 0.02);

        // Asked for a class, it draws from that clump.
        var drawn = model.Sample(new ClassCondition(Tensor.From<long>([2], 1)), 50, new Rng(5)).ToArray<float>();
        Assert.InRange(Enumerable.Range(0, 50).Count(i => Label(drawn[2 * i], drawn[(2 * i) + 1]) == 2), 45, 50);
    }

    private static CategoricalCodeOptions Small(int style) => new()
    {
        Style = style,
        Network = new AutoencoderNetwork.Mlp { Hidden = [64], Nonlinearity = Nonlinearity.Relu },
        Corruption = new Corruption.None(),
        Optimizer = new Adam(2e-3),
        Game = new() { Hidden = [64], Critic = new Adam(1e-3, Beta1: 0.5), Encoder = new Adam(1e-3, Beta1: 0.5) },
    };

    // Three round clumps at the corners of a triangle.
    private static Tensor Points(int count)
    {
        var u = new Rng(4).Normal(count, 2).ToArray<float>();
        return Tensor.From([.. Enumerable.Range(0, count).SelectMany(i =>
        {
            var angle = 2 * MathF.PI * (i % 3) / 3;
            return new[] { (2 * MathF.Cos(angle)) + (0.2f * u[2 * i]), (2 * MathF.Sin(angle)) + (0.2f * u[(2 * i) + 1]) };
        })], count, 2);
    }

    private static long Label(float x, float y) => (long)Math.Round((Math.Atan2(y, x) + (2 * Math.PI)) / (2 * Math.PI / 3)) % 3;

    private static MemoryDataset Triangle(int? labels)
    {
        using var scope = torch.NewDisposeScope();
        var part = new Part(new SingleExamples(Points(300).ToArray<float>(), 2)) { Label = i => i % 3 };
        var data = new MemoryDataset(new Splits("triangle", "made up", s_plane, part, part, part), ["a", "b", "c"]);
        return labels is { } count ? data.WithLabels(count) : data;
    }
}
