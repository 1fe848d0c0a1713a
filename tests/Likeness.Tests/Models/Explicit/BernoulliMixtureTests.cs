using Likeness.Tests.Data;

namespace Likeness.Tests.Models;

/// <summary>Mixtures of bits fitted by EM: they climb, they find what is there, and the parts of an example agree with the whole.</summary>
public sealed class BernoulliMixtureTests
{
    private static readonly DataSpec s_bits = new([12], new Domain.Binary());

    [Fact]
    public void Em_never_lowers_the_posterior_of_Bernoullis()
    {
        using var scope = torch.NewDisposeScope();
        var x = Patterns(400);
        var options = new BernoulliMixtureOptions { Components = 6, Smoothing = 0.5, Em = new(1, 0, 0) };
        var model = new BernoulliMixture(s_bits, options, new Rng(1));
        var objective = BernoulliMixture.Recipe.Objective(model, options, new Rng(1));
        using var training = Weights.Training(objective, Weights.Data(s_bits, x), 400, 60);
        var before = (Nll: double.NaN, Prior: double.NaN);
        var values = new List<double>();
        foreach (var report in training.Run())
        {
            if (values.Count > 0)
            {
                // The terms are those of the parameters before the round.
                Assert.Equal(before.Nll, report.Terms[0].Value, 2e-6);
                Assert.Equal(before.Prior, report.Terms[1].Value, 2e-6);
            }

            values.Add(report.Terms.Sum(t => t.Value));
            before = (-model.LogProb(Tensor.From(x, 400, 12)).mean().ToDouble(), model.Get("theta").Sum(t => options.Smoothing * (Softplus(t) + Softplus(-t))) / 400);
        }

        for (var i = 1; i < values.Count; i++)
        {
            // fp32: six nats of a mean over 400 examples.
            Assert.True(values[i] <= values[i - 1] + 2e-6, $"Round {i} went from {values[i - 1]:R} to {values[i]:R} nats.");
        }

        static double Softplus(double t) => Math.Max(t, 0) + Math.Log(1 + Math.Exp(-Math.Abs(t)));
    }

    [Fact]
    public void A_mixture_of_bits_fitted_to_its_own_samples_recovers_itself()
    {
        using var scope = torch.NewDisposeScope();
        const int many = 8000;
        var options = new BernoulliMixtureOptions { Components = 3, Smoothing = 0.01 };
        var truth = new BernoulliMixture(s_bits, options, new Rng(1));
        truth.Set("logits", Math.Log(0.5), Math.Log(0.3), Math.Log(0.2));
        truth.Set("theta", [.. Enumerable.Range(0, 36).Select(i => i % 12 % 3 == i / 12 ? 2.0 : -1.5)]);
        var x = truth.Sample(many, new Rng(5));
        var model = new BernoulliMixture(s_bits, options, new Rng(2));
        MixtureTests.Climb(BernoulliMixture.Recipe.Objective(model, options, new Rng(1)), s_bits, x.ToArray<float>(), 200);
        var (expected, found) = (truth.Get("theta"), model.Get("theta"));
        var order = Enumerable.Range(0, 3).Select(k => Enumerable.Range(0, 3).MinBy(j => Enumerable.Range(0, 12).Sum(i => Math.Pow(found[(12 * j) + i] - expected[(12 * k) + i], 2)))).ToArray();
        Assert.Equal([0, 1, 2], order.Order());
        for (var k = 0; k < 3; k++)
        {
            Assert.Equal(MixtureTests.Shares(truth)[k], MixtureTests.Shares(model)[order[k]], 0.03);
            for (var i = 0; i < 12; i++)
            {
                // A logit's deviation is 1/√(n p(1 − p)): 0.08 for the smallest component; what the components share adds to it.
                Assert.Equal(expected[(12 * k) + i], found[(12 * order[k]) + i], 0.45);
            }
        }

        Assert.InRange(model.LogProb(x).mean().ToDouble() - truth.LogProb(x).mean().ToDouble(), 0, 5.0 * (int)model.FreeParameters / 2 / many);
    }

    [Fact]
    public void Marginals_of_bits_sum_the_rest_out_and_completions_follow_the_conditional()
    {
        using var scope = torch.NewDisposeScope();
        var options = new BernoulliMixtureOptions { Components = 4 };
        var model = new BernoulliMixture(s_bits, options, new Rng(1));
        MixtureTests.Climb(BernoulliMixture.Recipe.Objective(model, options, new Rng(1)), s_bits, Patterns(300), 20);
        model.to(ScalarType.Float64);
        var given = Enumerable.Range(0, 12).Select(i => i is not (1 or 4 or 11)).ToArray();
        var start = new double[] { 1, double.NaN, 0, 1, double.NaN, 0, 1, 1, 0, 1, 0, double.NaN };
        double[] Filled(int k) => [.. start.Select((v, i) => i switch { 1 => k & 1, 4 => k >> 1 & 1, 11 => k >> 2, _ => v })];
        var joint = model.LogProb(Tensor.From(Enumerable.Range(0, 8).SelectMany(Filled).ToArray(), 8, 12)).ToArray<double>().Select(Math.Exp).ToArray();
        Assert.Equal(Math.Log(joint.Sum()), model.LogMarginal(Tensor.From(start, 1, 12), given).ToDouble(), 1e-10);

        const int draws = 20_000;
        var drawn = model.Complete(Tensor.From(start, 1, 12).repeat(draws, 1), given, new Rng(3)).ToArray<float>();
        var counts = new double[8];
        for (var n = 0; n < draws; n++)
        {
            var row = drawn.AsSpan(n * 12, 12);
            counts[(int)(row[1] + (2 * row[4]) + (4 * row[11]))]++;
        }

        for (var k = 0; k < 8; k++)
        {
            var p = joint[k] / joint.Sum();
            Assert.Equal(p, counts[k] / draws, 4.5 * Math.Sqrt(p * (1 - p) / draws));
        }
    }

    // Mixtures of 64 components have been fitted to this set with other software: -14.23 and -14.46 with two starts.
    [SkippableFact]
    [Trait("Category", "Long")]
    public void Mushrooms_have_the_likelihood_that_other_software_finds()
    {
        using var scope = torch.NewDisposeScope();
        var data = RealData.Require("debd/mushrooms").As<Batch>();
        var options = new BernoulliMixtureOptions { Components = 64 };
        var model = new BernoulliMixture(data.Spec, options, new Rng(1));
        using var training = new Trainer<Batch>(BernoulliMixture.Recipe.Objective(model, options, new Rng(1)), data.Open(Split.Train, 2000, 1), new Rng(2), new(200, 2000));
        Assert.Equal(200, training.Run().Count());
        var test = model.LogProb(data.Read(Split.Test, 10_000).Single().X).ToArray<double>().Average();

        // Local optima differ by a few tenths.
        Assert.InRange(test, -15.0, -13.7);
    }

    // Noisy copies of four patterns of bits.
    private static float[] Patterns(int count)
    {
        var noise = new Rng(13).Uniform(count, 12).ToArray<float>();
        return [.. noise.Select((u, i) => ((i % 12 * (1 + (i / 12 % 4))) % 5 < 2) ^ (u < 0.15) ? 1f : 0f)];
    }
}
