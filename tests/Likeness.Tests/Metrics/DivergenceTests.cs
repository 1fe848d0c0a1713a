using Likeness.Tests.Models;

namespace Likeness.Tests;

/// <summary>Divergences: closed forms against each other and against Monte Carlo, within four standard errors.</summary>
public sealed class DivergenceTests
{
    private static readonly DataSpec s_line = new([1], new Domain.Real());
    private static readonly DataSpec s_plane = new([2], new Domain.Real());
    private static readonly double[] s_p = [0.5, 0.25, 0.25, 0], s_q = [0.25, 0.25, 0.25, 0.25];

    [Fact]
    public void Categorical_divergences_are_their_sums()
    {
        Assert.Equal(0.5 * Math.Log(2), Divergences.Kl(s_p, s_q).Value, 1e-15);
        Assert.Equal(double.PositiveInfinity, Divergences.Kl(s_q, s_p).Value);
        Assert.Equal(0.25, Divergences.TotalVariation(s_p, s_q).Value, 1e-15);
        Assert.Equal(Divergences.JensenShannon(s_q, s_p).Value, Divergences.JensenShannon(s_p, s_q).Value, 1e-15);
        Assert.Equal(Math.Log(2), Divergences.JensenShannon([1, 0], [0, 1]).Value, 1e-15);
        Assert.Equal((Evidence.Exact, 0.0), (Divergences.Kl(s_p, s_q).Evidence, Divergences.Kl(s_p, s_q).StandardError));

        // Pinsker's inequality: TV ≤ √(KL/2).
        Assert.True(Divergences.TotalVariation(s_p, s_q).Value <= Math.Sqrt(Divergences.Kl(s_p, s_q).Value / 2));
        Assert.Throws<ArgumentException>(() => Divergences.Kl(s_p, [0.5, 0.5]));
        Assert.Throws<ArgumentException>(() => Divergences.Kl(s_p, [1, 1, 1, 1]));
    }

    [Fact]
    public void Kl_from_draws_agrees_with_the_formula_of_Normals()
    {
        using var scope = torch.NewDisposeScope();
        // log σ₂/σ₁ + (σ₁² + (m₁ − m₂)²)/(2σ₂²) − ½
        var exact = Math.Log(1.5) + (5 / 4.5) - 0.5;
        var estimate = Divergences.Kl(Line(1, 1), Line(-1, 1.5), 20_000, new Rng(3));
        Assert.InRange(Math.Abs(estimate.Value - exact), 0, 4 * estimate.StandardError);
        Assert.InRange(estimate.StandardError, 1e-4, 0.02);
        Assert.Equal((Evidence.Estimate, 20_000), (estimate.Evidence, estimate.Count));
    }

    [Fact]
    public void Estimates_agree_with_quadrature_on_a_line()
    {
        using var scope = torch.NewDisposeScope();
        var (p, q) = (Line(0, 1), Line(1, 0.7));
        const double edge = 12, step = 0.001;
        var line = Enumerable.Range(0, (int)(2 * edge / step)).Select(i => -edge + (step * i)).ToArray();
        double[] Density(Gaussian g) => [.. g.LogProb(Tensor.From(line, line.Length, 1)).ToArray<double>().Select(v => step * Math.Exp(v))];
        var (a, b) = (Density(p), Density(q));

        var shannon = Divergences.JensenShannon(p, q, 20_000, new Rng(4));
        Assert.InRange(Math.Abs(shannon.Value - Divergences.JensenShannon(a, b).Value), 0, 4 * shannon.StandardError);
        var variation = Divergences.TotalVariation(p, q, 20_000, new Rng(5));
        Assert.InRange(Math.Abs(variation.Value - Divergences.TotalVariation(a, b).Value), 0, 4 * variation.StandardError);
        Assert.InRange(variation.StandardError, 1e-4, 0.01);
    }

    [Fact]
    public void Forward_Kl_covers_both_modes_and_reverse_Kl_seeks_one()
    {
        using var scope = torch.NewDisposeScope();
        var options = new GaussianMixtureOptions { Components = 2, Covariance = Covariance.Spherical };
        var target = new GaussianMixture(s_line, options, new Rng(1));
        target.Set("means", -3, 3);
        target.Set("factor", 0.6, 0.6);

        // The best Gaussians of a grid of means and deviations, in either direction, with the same draws for all of them.
        var candidates = (from m in Enumerable.Range(0, 13) from s in Enumerable.Range(1, 20) select (Mean: (m - 6) * 0.5, Deviation: s * 0.2)).ToArray();
        var forward = candidates.MinBy(c => Divergences.Kl(target, Line(c.Mean, c.Deviation), 4000, new Rng(7)).Value);
        var reverse = candidates.MinBy(c => Divergences.Kl(Line(c.Mean, c.Deviation), target, 4000, new Rng(7)).Value);

        // Forward: the moments of the target, 0 and √(9 + 0.36). Reverse: one mode.
        Assert.Equal(0, forward.Mean, 0.25);
        Assert.Equal(Math.Sqrt(9.36), forward.Deviation, 0.2);
        Assert.Equal(3, Math.Abs(reverse.Mean), 0.25);
        Assert.Equal(0.6, reverse.Deviation, 0.1);

        // Missing a mode costs log 2 in the reverse direction, and much more in the forward one.
        var seeking = Line(3, 0.6);
        Assert.Equal(Math.Log(2), Divergences.Kl(seeking, target, 4000, new Rng(8)).Value, 1e-3);
        Assert.True(Divergences.Kl(target, seeking, 4000, new Rng(8)).Value > 20);
    }

    [Fact]
    public void A_log_mean_has_its_delta_method_error()
    {
        // Log-normal weights: log E w = μ + ½σ², and the relative error of the mean is √((exp σ² − 1)/n).
        const int n = 4000, repeats = 200;
        const double mu = 400, sigma = 0.8;
        var errors = Enumerable.Range(0, repeats).Select(r =>
        {
            using var scope = torch.NewDisposeScope();
            var score = MonteCarlo.LogMeanExp((new Rng((ulong)r).Normal(n).to(ScalarType.Float64) * sigma + mu).ToArray<double>());
            Assert.Equal(Math.Sqrt((Math.Exp(sigma * sigma) - 1) / n), score.StandardError, 0.006);
            return (score.Value - (mu + (sigma * sigma / 2))) / score.StandardError;
        }).ToArray();

        // Standardised errors have mean 0 and deviation 1, within four standard errors of 200.
        Assert.Equal(0, errors.Average(), 4 / Math.Sqrt(repeats));
        Assert.Equal(1, Math.Sqrt(errors.Average(e => e * e)), 4 / Math.Sqrt(2.0 * repeats));
        Assert.Equal(double.NegativeInfinity, MonteCarlo.LogMeanExp([double.NegativeInfinity]).Value);
    }

    [Fact]
    public void Metrics_of_toys_measure_against_the_known_density()
    {
        using var scope = torch.NewDisposeScope();
        var data = DatasetCatalog.Open("8gaussians");
        var options = new GaussianMixtureOptions { Components = 8, Covariance = Covariance.Spherical };
        var good = new GaussianMixture(s_plane, options, new Rng(1));
        var poor = new Gaussian(s_plane, new(), new Rng(1));
        Train(GaussianMixture.Recipe.Objective(good, options, new Rng(1)), 60);
        Train(Gaussian.Recipe.Objective(poor, new(), new Rng(1)), 1);
        Score Measure(string name, Module model) => MetricCatalog.Find(name).Measure(model, data, new(), new Rng(2)).Single().Score;

        foreach (var name in new[] { "kl", "reverse-kl", "jsd", "total-variation" })
        {
            var score = Measure(name, good);

            // The right family, fitted to 20000 points: 31 parameters cost 31/40000 of a nat, and its root in total variation.
            Assert.InRange(score.Value, -4 * score.StandardError, name == "total-variation" ? 0.05 : 0.01);
            Assert.True(Measure(name, poor).Value > 0.2);
        }

        // Forward KL is the excess of the negative log-likelihood over the entropy.
        var nll = -((IDensity)poor).LogProb(data.As<Batch>().Read(Split.Test, 5000).Single().X).mean().ToDouble();
        var entropy = -data.As<Batch>().Read(Split.Test, 1).Average(b => ((IKnownDensity)data).LogProb(b.X.ToArray<float>()));
        Assert.Equal(nll - entropy, Measure("kl", poor).Value, 1e-5);
        Assert.InRange(Measure("gap", poor).Value, -4 * Measure("gap", poor).StandardError, 4 * Measure("gap", poor).StandardError);
        Assert.False(MetricCatalog.Find("kl").Applies(poor, new ListDataset(s_plane, [0, 0])));

        void Train(Objective<Batch> objective, int steps)
        {
            using var training = new Trainer<Batch>(objective, data.As<Batch>().Open(Split.Train, 20_000, 1), new Rng(2), new(steps, 20_000));
            Assert.Equal(steps, training.Run().Count());
        }
    }

    [Fact]
    public void Criteria_charge_for_parameters()
    {
        using var scope = torch.NewDisposeScope();
        float[] values = [.. new Rng(3).Normal(200).ToArray<float>()];
        var data = new ListDataset(s_plane, [.. values.Chunk(2)]);
        var model = Plane([0, 0], [1, 0, 0, 1]);
        var nll = MetricCatalog.Find("nll").Measure(model, data, new(), new Rng(1))[0].Score;
        Score Of(string name) => MetricCatalog.Find(name).Measure(model, data, new(), new Rng(1)).Single().Score;

        // 100 examples, 5 parameters.
        Assert.Equal((2 * 100 * nll.Value) + 10, Of("aic").Value, 1e-6);
        Assert.Equal((2 * 100 * nll.Value) + (5 * Math.Log(100)), Of("bic").Value, 1e-6);
        Assert.Equal(200 * nll.StandardError, Of("bic").StandardError, 1e-6);
        Assert.False(MetricCatalog.Find("bic").Applies(new Neither(), data));
        Assert.Empty(MetricCatalog.Find("gap").Measure(model, data, new(Split.Train), new Rng(1)));
    }

    private static Gaussian Line(double mean, double deviation)
    {
        var model = new Gaussian(s_line, new(), new Rng(1));
        model.Set("mean", mean);
        model.Set("factor", deviation);
        return model;
    }

    private static Gaussian Plane(double[] mean, double[] factor)
    {
        var model = new Gaussian(s_plane, new(), new Rng(1));
        model.Set("mean", mean);
        model.Set("factor", factor);
        return model;
    }

    private sealed class Neither : Module;
}
