namespace Likeness.Tests;

/// <summary>The ladder on a linear-Gaussian model, of which everything is known.</summary>
public sealed class LikelihoodLadderTests
{
    private static readonly DataSpec s_spec = new([3], new Domain.Real());
    private static readonly double[][] s_columns = [[0.5, 1, -1], [0.4, 0.2, 0.4]];
    private static readonly AnnealedImportanceSampling s_annealing = new(Steps: 60, Chains: 8, Leapfrogs: 6);

    [Fact]
    public void With_the_exact_posterior_every_rung_is_the_likelihood()
    {
        using var scope = torch.NewDisposeScope();
        var model = new LinearGaussian(0.5, s_columns);
        var (data, expected) = Drawn(model, 160);
        var scores = new LikelihoodLadder(s_annealing).Measure(model, data, new MeasureOptions(Samples: 100, Limit: 160), new Rng(1));
        Assert.Equal(["elbo", "iwae-1", "iwae-5", "iwae-50", "iwae-100", "ais-60", "variational-gap", "ais-60-simulated", "reverse-ais-60-simulated", "sandwich-60-simulated", "active-units"],
            scores.Select(s => s.Name));
        // w = p(x, z)/p(z|x) = p(x) for every z.
        Assert.All(scores.Take(5), s => Assert.Equal(-expected.Average(), s.Score.Value, 1e-6));
        Assert.All(scores.Take(6), s => Assert.Equal((Evidence.UpperBound, 160, "nats"), (s.Score.Evidence, s.Score.Count, s.Score.Unit)));
        Assert.Equal([null, 1, 5, 50, 100, 8], scores.Take(6).Select(s => s.Draws));
        Assert.All(scores.Take(6), s => Assert.True(s.Time > TimeSpan.Zero));
        // The log-mean of eight chains of sixty steps deviates by about 0.4 nats for one example, and so by 0.03 for 160.
        Assert.Equal(-expected.Average(), scores[5].Score.Value, 0.1);
        Assert.InRange(scores[6].Score.Value, -1e-6, 0.1);
        Assert.Equal((Evidence.UpperBound, Evidence.LowerBound, Evidence.UpperBound), (scores[7].Score.Evidence, scores[8].Score.Evidence, scores[9].Score.Evidence));
        Assert.Equal(scores[7].Score.Value - scores[8].Score.Value, scores[9].Score.Value, 1e-9);
    }

    [Fact]
    public void The_rungs_of_a_wrong_posterior_come_in_order_and_the_gap_is_its_divergence()
    {
        using var scope = torch.NewDisposeScope();
        // KL(q ‖ p(z|x)) = 2 · 0.8²/2 = 0.64 nats, the same for every x.
        var model = new LinearGaussian(0.5, s_columns, shift: 0.8);
        var (data, expected) = Drawn(model, 300);
        var scores = new LikelihoodLadder(s_annealing).Measure(model, data, new MeasureOptions(Samples: 400, Limit: 300), new Rng(1)).ToDictionary(s => s.Name, s => s.Score);
        var truth = -expected.Average();
        Assert.Equal(truth + 0.64, scores["elbo"].Value, 4 * Math.Sqrt(2 * 0.64 / 300));
        string[] rungs = ["iwae-1", "iwae-5", "iwae-50", "iwae-400"];
        for (var i = 1; i < rungs.Length; i++)
        {
            // The errors are mostly those of the examples, which are the same ones; the draws' are below 0.05.
            Assert.True(scores[rungs[i]].Value < scores[rungs[i - 1]].Value + 0.02, $"{rungs[i]} is {scores[rungs[i]]} after {scores[rungs[i - 1]]}.");
        }

        // The bias of k draws is var(w)/2k with var(w) = e^(2·0.64) − 1 = 2.6.
        Assert.Equal(truth, scores["iwae-400"].Value, 0.03);
        Assert.Equal(truth, scores["ais-60"].Value, 0.04);
        Assert.Equal(0.64, scores["variational-gap"].Value, 4 * scores["variational-gap"].StandardError);
        Assert.Equal(Evidence.LowerBound, scores["variational-gap"].Evidence);
    }

    [Fact]
    public void Annealing_forwards_and_backwards_brackets_the_truth_and_more_steps_tighten_it()
    {
        using var scope = torch.NewDisposeScope();
        var model = new LinearGaussian(0.2, s_columns);
        var gaps = new List<double>();
        foreach (var steps in new[] { 4, 150 })
        {
            var annealing = s_annealing with { Steps = steps };
            var (lower, upper) = annealing.Sandwich(model, s_spec, 200, new Rng(7));

            // The same examples again.
            var rng = new Rng(7);
            var truth = model.LogProb(model.Likelihood(model.SampleLatent(200, rng)).Sample(rng));
            var below = Score.Mean([.. lower.Zip(truth, (a, b) => a - b)], "nats", Evidence.Estimate);
            var above = Score.Mean([.. upper.Zip(truth, (a, b) => a - b)], "nats", Evidence.Estimate);
            Assert.True(below.Value < 3 * below.StandardError, $"The lower bound is off by {below}.");
            Assert.True(above.Value > -3 * above.StandardError, $"The upper bound is off by {above}.");
            gaps.Add(above.Value - below.Value);
        }

        Assert.InRange(gaps[0], 0.3, 20);
        Assert.InRange(gaps[1], -0.02, Math.Min(0.15, gaps[0] / 3));
    }

    [Fact]
    public void A_transition_leaves_the_posterior_as_it_is()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        const int chains = 20_000;
        var model = new LinearGaussian(0.5, s_columns);
        var rng = new Rng(3);
        var x = Tensor.From<double>([0.9, -0.4, 0.6], 1, 3).expand(chains, 3);
        var posterior = (Normal)model.Posterior(x);
        var sampler = new HamiltonianMonteCarlo(z => (model.LogPrior(z), model.LogLikelihood(x, z)), 5, rng);
        // Steps so long that a part is rejected: without the decisions the distribution would be another one.
        var lengths = torch.full([chains, 1], 0.55, ScalarType.Float64);
        var point = sampler.At(posterior.Sample(rng));
        var accepted = 0.0;
        for (var i = 0; i < 6; i++)
        {
            var (to, acceptance) = sampler.Move(point, 1, lengths);
            (point, accepted) = (to, acceptance.mean().ToDouble());
        }

        Assert.InRange(accepted, 0.3, 0.95);
        var z = point.Z.ToArray<double>();
        var means = posterior.Mean.ToArray<double>();
        for (var i = 0; i < 2; i++)
        {
            var variance = model.Variance(i);
            var values = Enumerable.Range(0, chains).Select(n => z[(2 * n) + i]).ToArray();
            Assert.Equal(means[i], values.Average(), 4 * Math.Sqrt(variance / chains));
            Assert.Equal(variance, values.Average(v => (v - means[i]) * (v - means[i])), 4 * variance * Math.Sqrt(2.0 / chains));
        }
    }

    [Fact]
    public void The_schedule_rises_from_none_of_the_likelihood_to_all_of_it()
    {
        Assert.Equal(0, AnnealedImportanceSampling.Beta(0), 15);
        Assert.Equal(0.5, AnnealedImportanceSampling.Beta(0.5), 15);
        Assert.Equal(1, AnnealedImportanceSampling.Beta(1), 15);
        // (σ(−2) − σ(−4)) / (σ(4) − σ(−4)) = (0.11920292202 − 0.01798620996) / 0.96402758008.
        Assert.Equal(0.1049935854, AnnealedImportanceSampling.Beta(0.25), 9);
    }

    [Fact]
    public void A_latent_that_says_nothing_is_not_counted()
    {
        using var scope = torch.NewDisposeScope();
        var model = new LinearGaussian(0.5, [.. s_columns, [0, 0, 0]]);
        var score = new LikelihoodLadder(s_annealing with { Steps = 2 }).Measure(model, Drawn(model, 50).Data, new MeasureOptions(Samples: 1), new Rng(1)).Single(s => s.Name == "active-units").Score;
        Assert.Equal((2, "of 3 latents", 50), (score.Value, score.Unit, score.Count));
        Assert.Equal("2 of 3 latents (exact, 50 examples)", score.ToString());
    }

    [Fact]
    public void A_model_without_latents_has_the_rungs_that_it_has()
    {
        var ladder = new LikelihoodLadder();
        var data = new ListDataset(s_spec, [1, 0, 0], [2, 0, 0]);
        Assert.Equal(["nll"], ladder.Measure(new FirstValue(), data, new MeasureOptions(), new Rng(0)).Select(s => s.Name));
        Assert.True(ladder.OnRequest);
        Assert.False(ladder.Applies(new Silent(), data));
        Assert.Throws<UsageException>(() => new AnnealedImportanceSampling(Chains: 0).LowerBounds(new LinearGaussian(1, s_columns), torch.zeros([1, 3]), new Rng(0)));
    }

    [Fact]
    public void A_rung_on_fewer_examples_stands_beside_the_bound_of_the_same_ones()
    {
        using var scope = torch.NewDisposeScope();
        var model = new LinearGaussian(0.5, s_columns);
        var (data, expected) = Drawn(model, 130);
        var scores = new LikelihoodLadder(s_annealing with { Steps = 2 }).Measure(model, data, new MeasureOptions(Samples: 1), new Rng(1));
        Assert.Equal(["elbo", "iwae-1", "elbo-first-100", "ais-2"], scores.Take(4).Select(s => s.Name));
        Assert.Equal(-expected.Take(100).Average(), scores[2].Score.Value, 1e-5);
        Assert.Equal(100, scores[2].Score.Count);
    }

    [Fact]
    public void The_work_is_told_as_it_goes()
    {
        using var scope = torch.NewDisposeScope();
        var shares = new List<double>();
        var model = new LinearGaussian(0.5, s_columns);
        new LikelihoodLadder(s_annealing).Measure(model, Drawn(model, 5).Data, new MeasureOptions(Samples: 10, Progress: shares.Add), new Rng(1));
        Assert.Equal(shares.Order(), shares);
        Assert.Equal(1, shares[^1], 9);
        Assert.True(shares.Count > 100);
    }

    private static (IDataset<Batch> Data, double[] LogProbs) Drawn(LinearGaussian model, int count)
    {
        var rng = new Rng(5);
        var x = model.Likelihood(model.SampleLatent(count, rng)).Sample(rng).to(ScalarType.Float32);
        return (new ListDataset(s_spec, [.. x.ToArray<float>().Chunk(3)]), model.LogProb(x));
    }

    private sealed class FirstValue : Module, IDensity
    {
        public Tensor LogProb(Tensor x) => -x.select(1, 0);
    }

    private sealed class Silent : Module;
}
