namespace Likeness.Tests.Models;

/// <summary>A GAN of points of the plane: the best critic and its value where both densities are known, all modes of a ring, and slopes that are bounded.</summary>
public sealed class GanTests
{
    private static readonly DataSpec s_plane = new([2], new Domain.Real());

    public static TheoryData<string> Rings => ["gradient", "r1"];

    // Whoever made the generated examples does not learn from the critic's turn, in which they are seen beside the real ones.
    [Theory]
    [InlineData("none")]
    [InlineData("batch")]
    public void The_generator_learns_from_its_own_turn_alone(string norm)
    {
        using var scope = torch.NewDisposeScope();
        var data = MemoryDataset.Of("points", "none", new([2], new Domain.Real()), [.. Enumerable.Range(0, 40).Select(i => i / 10f)]);
        var options = new GanOptions { Latent = 2, GeneratorHidden = [6], CriticHidden = [6, 6], CriticNorm = norm == "none" ? CriticNorm.None : CriticNorm.Batch };
        var model = new Gan(data.Spec, options, new Rng(1));
        var objective = Gan.Recipe.Objective(model, options, new Rng(2));
        objective.train(true);
        using var feed = data.Open(Split.Train, 5, 3);
        bool Learns(Turn turn) => Autograd.Grad([turn.Terms.Select(t => t.Value).Aggregate((a, b) => a + b)], [.. model.parameters()], retainGraph: true, allowUnused: true).Any(g => g is not null);
        Assert.Equal([("critic", false), ("generator", true)], objective.Round(feed, new Rng(4)).Select(turn => (turn.Name, Learns(turn))));
    }

    [Fact]
    public void Against_a_generator_that_stands_still_the_critic_becomes_the_ratio_of_the_densities()
    {
        // A generator without hidden layers is affine, x = Wz + b, and so its density q is that of N(b, WWᵀ); it stands still at a rate of 0.
        const int steps = 2500, batch = 512;
        TorchRuntime.Threads = 1;
        using var scope = torch.NewDisposeScope();
        var options = new GanOptions
        {
            Latent = 2,
            GeneratorHidden = [],
            CriticHidden = [64, 64],
            Loss = AdversarialLoss.Minimax,
            Generator = new Sgd(0),
            Critic = new Adam(5e-3) { Schedule = new Schedule.Linear() },
        };
        var model = new Gan(s_plane, options, new Rng(1));
        model.Set("generator.0.weight", 2, 0, 0.8, 1.5);
        model.Set("generator.0.bias", 0.5, -0.5);
        var objective = Gan.Recipe.Objective(model, options, new Rng(2));
        using var training = new Trainer<Batch>(objective, new Ring(batch, new Rng(3)), new Rng(4), new(steps, batch));
        var values = training.Run().Select(r => -(r.Terms[0].Value + r.Terms[1].Value)).ToArray();
        Assert.Equal([2, 0, 0.8, 1.5], model.Get("generator.0.weight"), (a, b) => Math.Abs(a - b) < 1e-6);

        // Both integrals on a grid: the densities are smooth on its scale and nothing is outside.
        const double step = 0.06, side = 9;
        var truth = (IKnownDensity)DatasetCatalog.Open("8gaussians");
        var points = Enumerable.Range(0, (int)(2 * side / step) + 1).Select(i => (float)(-side + (i * step))).ToArray();
        var grid = points.SelectMany(y => points.SelectMany(x => new[] { x, y })).ToArray();
        var d = Critic(objective, options).Call(Tensor.From(grid, grid.Length / 2, 2)).sigmoid().ToArray<double>();
        var (mass, error, divergence) = (0.0, 0.0, 0.0);
        for (var i = 0; i < d.Length; i++)
        {
            var (p, q) = (Math.Exp(truth.LogProb(grid.AsSpan(2 * i, 2))), Affine(grid[2 * i], grid[(2 * i) + 1]));
            mass += step * step * (p + q) / 2;
            error += step * step * (p + q) / 2 * Math.Abs(d[i] - (p / (p + q)));
            divergence += step * step / 2 * ((p * Log(2 * p / (p + q))) + (q * Log(2 * q / (p + q))));
        }

        Assert.Equal(1, mass, 1e-3);

        // Proposition 1, D* = p/(p + q), in the mean over both kinds of examples; theorem 1: the value there is −log 4 + 2·JSD(p‖q).
        Assert.InRange(error, 0, 0.02);
        Assert.Equal(-Math.Log(4) + (2 * divergence), values[^300..].Average(), 0.02);

        static double Log(double v) => v > 0 && double.IsFinite(v) ? Math.Log(v) : 0;

        // N((0.5, −0.5), [[4, 1.6], [1.6, 2.89]]).
        static double Affine(double x, double y)
        {
            var (a, b) = (x - 0.5, y + 0.5);
            const double determinant = (4 * 2.89) - (1.6 * 1.6);
            return Math.Exp(-0.5 * ((2.89 * a * a) - (2 * 1.6 * a * b) + (4 * b * b)) / determinant) / (2 * Math.PI * Math.Sqrt(determinant));
        }
    }

    [Theory]
    [MemberData(nameof(Rings))]
    [Trait("Category", "Long")]
    public void All_eight_Gaussians_of_a_ring_are_hit(string penalty)
    {
        TorchRuntime.Threads = 1;
        using var scope = torch.NewDisposeScope();
        var options = new GanOptions
        {
            Latent = 2,
            GeneratorHidden = [128, 128, 128],
            CriticHidden = [128, 128, 128],
            Loss = penalty == "r1" ? AdversarialLoss.NonSaturating : AdversarialLoss.Wasserstein,
            Penalty = penalty == "r1" ? new CriticPenalty.R1(0.1) : new CriticPenalty.GradientPenalty(1),
            CriticTurns = penalty == "r1" ? 1 : 5,
            EmaDecay = 0.99,
            Generator = new Adam(1e-3, Beta1: 0, Beta2: 0.9),
            Critic = new Adam(1e-3, Beta1: 0, Beta2: 0.9),
        };
        var model = new Gan(s_plane, options, new Rng(1));
        Gan.Recipe.Train(model, options, DatasetCatalog.Open("8gaussians").As<Batch>(), penalty == "r1" ? 3000 : 1500, 256);

        // Nearest corner of each of 4000 samples. An eighth is 500, ± 21 at random.
        var x = model.Sample(4000, new Rng(5)).ToArray<double>();
        var modes = new int[8];
        for (var i = 0; i < x.Length; i += 2)
        {
            var angle = Math.Atan2(x[i + 1], x[i]);
            var nearest = (int)Math.Round(angle / (Math.PI / 4));
            var (cx, cy) = (Ring.Radius * Math.Cos(nearest * Math.PI / 4), Ring.Radius * Math.Sin(nearest * Math.PI / 4));

            // Within three deviations, as 98.9 % of the data are.
            if (Math.Sqrt(Math.Pow(x[i] - cx, 2) + Math.Pow(x[i + 1] - cy, 2)) < 3 * Ring.Deviation)
            {
                modes[(nearest + 8) % 8]++;
            }
        }

        Assert.All(modes, hits => Assert.InRange(hits, 200, 900));
        Assert.InRange(modes.Sum(), 3400, 4000);
    }

    [Fact]
    public void With_spectral_normalisation_the_critics_slope_is_at_most_one()
    {
        TorchRuntime.Threads = 1;
        using var scope = torch.NewDisposeScope();
        var options = new GanOptions
        {
            Latent = 2,
            GeneratorHidden = [16],
            CriticHidden = [32, 32],
            Loss = AdversarialLoss.Wasserstein,
            CriticNorm = CriticNorm.Spectral,
            Generator = new Sgd(0),
            Critic = new Adam(1e-2),
        };
        var model = new Gan(s_plane, options, new Rng(1));
        model.Set("generator.2.bias", 4, 0);
        var objective = Gan.Recipe.Objective(model, options, new Rng(2));
        using var training = new Trainer<Batch>(objective, new Ring(256, new Rng(3)), new Rng(4), new(400, 256));
        var distances = training.Run().Select(r => -(r.Terms[0].Value + r.Terms[1].Value)).ToArray();
        var critic = Critic(objective, options);
        var x = (new Rng(5).Normal(500, 2) * 3).detach().requires_grad_();
        var slopes = Autograd.Grad(critic.Call(x).sum(), x).square().sum([1]).sqrt().ToArray<double>();

        // Each layer's slope is at most 1 and LeakyReLU's, too. One iteration a call follows weights that move by 1 % a step to a few thousandths.
        Assert.InRange(slopes.Max(), 0.3, 1.01);

        // So the critic's value is no more than the distance of the two means, and what it has learned is a good part of it.
        var (real, fake) = (new Ring(5000, new Rng(6)).Next().X, model.Sample(5000, new Rng(7)));
        var gap = (real.mean([0]) - fake.mean([0])).ToArray<double>();
        Assert.True(distances[^100..].Average() > 0.3 * Math.Sqrt((gap[0] * gap[0]) + (gap[1] * gap[1])), $"The critic only sees a distance of {distances[^1]}.");
    }

    [Fact]
    public void Samples_are_of_the_running_average()
    {
        using var scope = torch.NewDisposeScope();
        var options = Gan.Recipe.Smallest;
        var model = new Gan(s_plane, options, new Rng(1));
        var before = model.Sample(5, new Rng(2)).ToArray<float>();
        Assert.Equal(before, model.Decode(model.SampleLatent(5, new Rng(2).PerExample())).ToArray<float>());
        model.Set("generator.2.bias", 7, 7);
        Assert.Equal(before, model.Sample(5, new Rng(2)).ToArray<float>());
        model.Set("ema.2.bias", 7, 7);
        Assert.All(model.Sample(5, new Rng(2)).ToArray<float>().Zip(before), p => Assert.Equal(7, p.First - p.Second, 1e-5));
    }

    // The critic of a training, from its parameters and buffers by name.
    private static Sequential Critic(Objective<Batch> objective, GanOptions options)
    {
        var rng = new Rng(1);
        var layers = new List<Layer>();
        var inputs = s_plane.Dimensions;
        var spectral = options.CriticNorm == CriticNorm.Spectral;
        foreach (var units in options.CriticHidden)
        {
            layers.AddRange([new Linear(inputs, units, rng, spectralNorm: spectral), Activation.LeakyRelu()]);
            inputs = units;
        }

        var critic = new Sequential([.. layers, new Linear(inputs, 1, rng, spectralNorm: spectral)]);
        var trained = objective.Parameters().Concat(objective.Buffers()).ToDictionary(p => p.Name, p => p.Value);
        using var noGrad = torch.no_grad();
        foreach (var (name, value) in critic.Parameters().Concat(critic.Buffers()))
        {
            value.copy_(trained[$"critic.{name}"]);
        }

        return critic;
    }

    /// <summary>New draws of the eight Gaussians at every step, so nothing can be learned by heart.</summary>
    private sealed class Ring(int batchSize, Rng rng) : IFeed<Batch>
    {
        public static readonly double Radius = 4 / Math.Sqrt(2);

        public static readonly double Deviation = 0.5 / Math.Sqrt(2);

        public int BatchSize => batchSize;

        public Batch Next()
        {
            var angle = rng.Integers(0, 8, batchSize).to(ScalarType.Float32) * (Math.PI / 4);
            return new((torch.stack([angle.cos(), angle.sin()], 1) * Radius) + (rng.Normal(batchSize, 2) * Deviation));
        }

        public void State(IStateCursor cursor) => cursor.Visit("rng", rng);

        public void Dispose()
        {
        }
    }
}
