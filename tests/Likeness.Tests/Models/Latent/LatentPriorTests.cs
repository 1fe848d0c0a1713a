namespace Likeness.Tests.Models;

/// <summary>Priors of the VAE that are learned, the weight of the KL term, and the networks beside the plain one.</summary>
public sealed class LatentPriorTests
{
    private static readonly DataSpec s_spec = new([3], new Domain.Real());

    private static VaeOptions Options { get; } = new()
    {
        Latent = 2,
        Network = new AutoencoderNetwork.Mlp { Hidden = [4], Nonlinearity = Nonlinearity.Gated },
        Decoder = new DecoderHead.Gaussian(),
        Optimizer = new Adam(0.01),
    };

    public static TheoryData<LatentPrior> Learned => [new LatentPrior.Mixture(3), new LatentPrior.Vamp(5)];

    [Fact]
    public void The_sampled_divergence_of_a_mixture_that_is_N01_agrees_with_the_closed_form()
    {
        using var scope = torch.NewDisposeScope();
        const int many = 50_000;
        double[] kl = [.. new LatentPrior[] { new LatentPrior.Normal(), new LatentPrior.Mixture(2) }.Select(prior =>
        {
            var vae = Make(prior);
            if (prior is LatentPrior.Mixture)
            {
                vae.Set("prior.means", 0, 0, 0, 0);
            }

            vae.Set("encoder.3.bias", 0.4, -0.2, -0.3, 0.2);
            vae.to(ScalarType.Float32);
            var data = Weights.Data(s_spec, [.. Enumerable.Repeat(new[] { 0.5f, -1, 0.2f }, many).SelectMany(v => v)]);
            using var training = Weights.Training(Vae.Recipe.Objective(vae, Options with { Prior = prior }, new Rng(1)), data, many);
            return ((IRehearsal)training).Rehearse(new Rng(5)).Single(t => t.Descends).Terms.Single(t => t.Name == "kl").Value.ToDouble();
        })];

        // One draw of log q − log p in two dimensions deviates by about 1.2: 4 standard errors of the mean of 50,000.
        Assert.Equal(kl[0], kl[1], 0.02);
        Assert.InRange(kl[0], 0.1, 2);
    }

    [Theory]
    [MemberData(nameof(Learned))]
    public void A_learned_prior_integrates_to_one_and_samples_are_spread_like_it(LatentPrior prior)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var vae = Make(prior);
        const int side = 241;
        const double step = 0.1;
        double At(int i) => (i - (side / 2)) * step;
        var grid = Tensor.From(Enumerable.Range(0, side * side).SelectMany(i => (double[])[At(i / side), At(i % side)]).ToArray(), side * side, 2);
        var density = vae.LogPrior(grid).exp().ToArray<double>();

        // Midpoints of a smooth density whose deviations are several steps: exact but for the tails beyond 12.
        Assert.Equal(1, density.Sum() * step * step, 1e-6);
        const int many = 100_000;
        var drawn = vae.SampleLatent(many, new Rng(3)).ToArray<double>();
        for (var axis = 0; axis < 2; axis++)
        {
            var mean = density.Select((p, i) => p * step * step * At(axis == 0 ? i / side : i % side)).Sum();
            var square = density.Select((p, i) => p * step * step * Math.Pow(At(axis == 0 ? i / side : i % side), 2)).Sum();
            var score = Score.Mean([.. Enumerable.Range(0, many).Select(n => drawn[(2 * n) + axis])], "", Evidence.Estimate);
            var squares = Score.Mean([.. Enumerable.Range(0, many).Select(n => drawn[(2 * n) + axis] * drawn[(2 * n) + axis])], "", Evidence.Estimate);
            Assert.Equal(mean, score.Value, 4 * score.StandardError);
            Assert.Equal(square, squares.Value, 4 * squares.StandardError);
        }
    }

    [Theory]
    [MemberData(nameof(Learned))]
    public void With_a_learned_prior_the_gradient_is_the_slope(LatentPrior prior)
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        foreach (var samples in new[] { 1, 3 })
        {
            var options = Options with { Prior = prior, ImportanceSamples = samples };
            var vae = new Vae(s_spec, options, new Rng(1));
            // The same examples in every order.
            var data = Weights.Data(s_spec, [.. Enumerable.Repeat(new[] { 0.3f, -0.8f, 1.1f }, 8).SelectMany(v => v)]);
            using var training = Weights.Training(Vae.Recipe.Objective(vae, options, new Rng(1)), data, 8);
            IRehearsal rehearsal = training;
            _ = training.Run().First();
            rehearsal.Objective.to(ScalarType.Float64);
            Turn Descent() => rehearsal.Rehearse(new Rng(7)).Single(t => t.Descends);
            var first = Descent();
            var gradients = first.Player!.Gradients(first.Terms);
            foreach (var ((name, parameter), gradient) in first.Player.Parameters.Zip(gradients))
            {
                Assert.True(gradient is not null, $"No gradient reaches {name}.");
                var (values, slopes) = (parameter.AsSpan<double>().ToArray(), gradient.ToArray<double>());
                foreach (var at in new[] { 0, values.Length / 2 })
                {
                    double Total(double change)
                    {
                        parameter.AsSpan<double>()[at] = values[at] + change;
                        var total = Descent().Terms.Sum(t => t.Value.ToDouble());
                        parameter.AsSpan<double>()[at] = values[at];
                        return total;
                    }

                    var slope = (Total(1e-5) - Total(-1e-5)) / 2e-5;
                    Assert.True(Math.Abs(slope - slopes[at]) <= (1e-5 * Math.Abs(slope)) + 1e-8, $"{name}[{at}] has gradient {slopes[at]:R} and slope {slope:R}.");
                }
            }
        }
    }

    [Fact]
    public void Pseudo_inputs_start_as_training_examples_less_their_mean()
    {
        using var scope = torch.NewDisposeScope();
        var options = Options with { Prior = new LatentPrior.Vamp(5), Optimizer = new Sgd(1e-30) };
        var vae = new Vae(s_spec, options, new Rng(1));
        float[] values = [.. Enumerable.Range(0, 18).Select(i => (float)i)];
        using var training = Weights.Training(Vae.Recipe.Objective(vae, options, new Rng(1)), Weights.Data(s_spec, values), 2);
        _ = training.Run().Last();
        var centre = vae.Buffers().Single(b => b.Name == "centre").Value.ToArray<double>();
        var starts = vae.Get("prior.inputs").Chunk(3).Select(u => u.Zip(centre, (a, b) => a + b).ToArray()).ToArray();

        // Six examples of (3i, 3i + 1, 3i + 2) in batches of two, of which one is left over: five different ones.
        Assert.All(starts, s => Near.Equal([s[0], s[0] + 1, s[0] + 2], s, 1e-5));
        Assert.Equal(5, starts.Select(s => Math.Round(s[0] / 3)).Distinct().Count());
    }

    [Fact]
    public void Beta_weights_the_divergence_and_not_the_bound()
    {
        using var scope = torch.NewDisposeScope();
        var data = Weights.Data(s_spec, [.. Enumerable.Repeat(new[] { 0.5f, -1, 0.2f }, 4).SelectMany(v => v)]);
        double[][] Terms(VaeOptions options, int steps)
        {
            var vae = new Vae(s_spec, options with { Optimizer = new Sgd(1e-30) }, new Rng(1));
            using var training = new Trainer<Batch>(Vae.Recipe.Objective(vae, options with { Optimizer = new Sgd(1e-30) }, new Rng(1)), data.As<Batch>().Open(Split.Train, 4, 1), new Rng(2), new(steps, 4));
            return [.. training.Run().Select(r => r.Terms.Select(t => t.Value).ToArray())];
        }

        var plain = Terms(Options, 3);
        var heavy = Terms(Options with { Beta = 4 }, 3);
        var rising = Terms(Options with { Beta = 4, WarmUp = 2 }, 4);
        for (var step = 0; step < 3; step++)
        {
            Assert.Equal(plain[step][0], heavy[step][0], 1e-5);
            Assert.Equal(4 * plain[step][1], heavy[step][1], 1e-5);
            Assert.Equal(Math.Min(1, step / 2.0) * heavy[step][1], rising[step][1], 1e-5);
        }

        var x = Tensor.From([0.5, -1, 0.2], 1, 3).to(ScalarType.Float32);
        var (one, four) = (new Vae(s_spec, Options, new Rng(1)), new Vae(s_spec, Options with { Beta = 4 }, new Rng(1)));
        Assert.Equal(one.LogProbBound(x, new Rng(2)).ToDouble(), four.LogProbBound(x, new Rng(2)).ToDouble());
    }

    [Fact]
    public void Options_that_no_model_can_have_are_refused()
    {
        foreach (var (options, words) in new (VaeOptions, string)[]
        {
            (Options with { Beta = 2, ImportanceSamples = 5 }, "with 5 importance samples"),
            (Options with { Prior = new LatentPrior.Vamp(0) }, "'prior.components' cannot be 0"),
        })
        {
            Assert.Contains(words, Assert.Throws<UsageException>(() => new Vae(s_spec, options, new Rng(1))).Message, StringComparison.Ordinal);
        }
    }

    private static Vae Make(LatentPrior prior)
    {
        TorchRuntime.Threads = 1;
        var vae = new Vae(s_spec, Options with { Prior = prior }, new Rng(1));
        vae.to(ScalarType.Float64);
        return vae;
    }
}
