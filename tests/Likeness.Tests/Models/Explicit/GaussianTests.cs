using Likeness.Tests.Data;

namespace Likeness.Tests.Models;

/// <summary>The Normal distribution in closed form: its fit, its parts, and the literature's numbers.</summary>
public sealed class GaussianTests
{
    private static readonly DataSpec s_three = new([3], new Domain.Real());

    public static TheoryData<string> Forms => ["full", "tied", "diagonal", "spherical"];

    [Fact]
    public void The_fit_has_the_moments_of_the_data_in_one_batch_or_many()
    {
        using var scope = torch.NewDisposeScope();
        var x = Correlated(600);
        var (mean, covariance) = Moments(x, 3);
        foreach (var (batch, steps) in new[] { (600, 1), (100, 6) })
        {
            var model = new Gaussian(s_three, new() { VarianceFloor = 0 }, new Rng(1));
            Fit(model, new() { VarianceFloor = 0 }, x, batch, steps);

            // Double precision from fp32 data: rounding alone.
            Near.Equal(mean, model.Get("mean"), 1e-12);
            var l = model.Get("factor");
            for (var i = 0; i < 3; i++)
            {
                for (var j = 0; j < 3; j++)
                {
                    Assert.Equal(covariance[(i * 3) + j], Enumerable.Range(0, 3).Sum(k => l[(i * 3) + k] * l[(j * 3) + k]), 1e-12);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_density_is_equation_one(string form)
    {
        using var scope = torch.NewDisposeScope();
        var x = Correlated(50);
        var options = new GaussianOptions { Covariance = Form(form) };
        var model = new Gaussian(s_three, options, new Rng(1));
        Fit(model, options, x, 50, 1);
        var (mean, covariance) = Moments(x, 3);
        var mask = form is "full" or "tied" ? covariance : [covariance[0], 0, 0, 0, covariance[4], 0, 0, 0, covariance[8]];
        if (form == "spherical")
        {
            var v = (covariance[0] + covariance[4] + covariance[8]) / 3;
            mask = [v, 0, 0, 0, v, 0, 0, 0, v];
        }

        var found = model.LogProb(Tensor.From(x, 50, 3)).ToArray<double>();
        for (var n = 0; n < 50; n++)
        {
            double[] v = [x[n * 3] - mean[0], x[(n * 3) + 1] - mean[1], x[(n * 3) + 2] - mean[2]];
            Assert.Equal(LogNormal(v, mask), found[n], 1e-9);
        }
    }

    [Fact]
    public void Any_part_has_the_marginal_and_completes_the_rest_by_the_conditional()
    {
        using var scope = torch.NewDisposeScope();
        var x = Correlated(500);
        var model = new Gaussian(s_three, new() { VarianceFloor = 0 }, new Rng(1));
        Fit(model, new() { VarianceFloor = 0 }, x, 500, 1);
        var (mean, c) = Moments(x, 3);

        // Given variable 2 alone: variables 0 and 1 are Normal with these means and covariances (equation 3).
        bool[] given = [false, false, true];
        const double value = 1.5;
        const int draws = 40_000;
        var asked = Tensor.From(Enumerable.Repeat<float[]>([float.NaN, float.NaN, (float)value], draws).SelectMany(r => r).ToArray(), draws, 3);
        var logMarginal = model.LogMarginal(asked.narrow(0, 0, 1), given).ToDouble();
        Assert.Equal(-0.5 * ((Math.Pow(value - mean[2], 2) / c[8]) + Math.Log(2 * Math.PI * c[8])), logMarginal, 1e-9);

        var drawn = model.Complete(asked, given, new Rng(4)).ToArray<float>();
        for (var i = 0; i < 2; i++)
        {
            var column = Enumerable.Range(0, draws).Select(n => (double)drawn[(n * 3) + i]).ToArray();
            var variance = c[i * 4] - (c[(i * 3) + 2] * c[(i * 3) + 2] / c[8]);
            var expected = mean[i] + (c[(i * 3) + 2] / c[8] * (value - mean[2]));

            // Four standard errors of a mean and of a variance of Normal draws.
            Assert.Equal(expected, column.Average(), 4 * Math.Sqrt(variance / draws));
            Assert.Equal(variance, column.Average(v => (v - expected) * (v - expected)), 4 * variance * Math.Sqrt(2.0 / draws));
        }

        var together = Enumerable.Range(0, draws).Average(n => (drawn[n * 3] - mean[0] - (c[2] / c[8] * (value - mean[2]))) * (drawn[(n * 3) + 1] - mean[1] - (c[5] / c[8] * (value - mean[2]))));
        var covariance = c[1] - (c[2] * c[5] / c[8]);
        Assert.Equal(covariance, together, 4 * Math.Sqrt(((c[0] * c[4]) + (covariance * covariance)) / draws));
        Assert.All(Enumerable.Range(0, draws), n => Assert.Equal((float)value, drawn[(n * 3) + 2]));
    }

    [Fact]
    public void Variables_that_say_the_same_keep_the_floor_as_variance()
    {
        using var scope = torch.NewDisposeScope();

        // The second variable is the first one and the third never changes: two directions without variance, in units apart by 1e6.
        float[] x = [.. new Rng(3).Normal(100).ToArray<float>().SelectMany(v => (float[])[v, 1e6f * v, 7])];
        var options = new GaussianOptions { VarianceFloor = 1e-4 };
        var model = new Gaussian(s_three, options, new Rng(1));
        Fit(model, options, x, 100, 1);
        var l = model.Get("factor");
        var variance = x.Where((_, i) => i % 3 == 0).Select(v => (double)v).ToArray();
        var v0 = variance.Average(v => v * v) - Math.Pow(variance.Average(), 2);

        // In units of their deviations the covariance of the first two is [[1, 1], [1, 1]] with eigenvalues 2 and 0: the floor makes
        // the determinant 2e-4. The third has the floor itself.
        Assert.Equal(2e-4, l[0] * l[0] * l[4] * l[4] / (v0 * v0 * 1e12), 1e-8);
        Assert.Equal(1e-2, l[8], 1e-9);
        Assert.All(model.Sample(10, new Rng(2)).ToArray<float>(), v => Assert.True(float.IsFinite(v)));
    }

    [Fact]
    public void The_parameters_are_counted()
    {
        Assert.Equal(9, new Gaussian(s_three, new(), new Rng(1)).FreeParameters);
        Assert.Equal(6, new Gaussian(s_three, new() { Covariance = Covariance.Diagonal }, new Rng(1)).FreeParameters);
        Assert.Equal(4, new Gaussian(s_three, new() { Covariance = Covariance.Spherical }, new Rng(1)).FreeParameters);
    }

    // Uria et al. 2013, table 1, Gaussian column. It has no hyper-parameters to choose, so it learns from the validation part as well.
    [SkippableTheory]
    [InlineData("red-wine", -13.18)]
    [InlineData("parkinsons", -10.82)]
    public void Ten_folds_give_the_published_log_likelihood(string name, double published)
    {
        var folds = Protocols.Folds.Select(protocol =>
        {
            using var scope = torch.NewDisposeScope();
            var data = RealData.Require($"uci/{name}", new(Protocol: protocol)).As<Batch>();
            float[] x = [.. Values(data, Split.Train), .. Values(data, Split.Validation)];
            var model = new Gaussian(data.Spec, new(), new Rng(1));
            Fit(model, new(), x, x.Length / data.Spec.Dimensions, 1);
            return model.LogProb(data.Read(Split.Test, 10_000).Single().X).ToArray<double>().Average();
        }).ToArray();
        Assert.Equal(published, folds.Average(), 0.05);
    }

    [SkippableFact]
    [Trait("Category", "Long")]
    public void Mnist_in_logit_space_has_the_published_log_likelihood()
    {
        using var scope = torch.NewDisposeScope();
        var data = RealData.Require("mnist", new(Protocol: Protocols.Logit)).As<Batch>();
        var model = new Gaussian(data.Spec, new(), new Rng(1));
        using var training = new Trainer<Batch>(Gaussian.Recipe.Objective(model, new(), new Rng(1)), data.Open(Split.Train, 50_000, 1), new Rng(2), new(1, 50_000));
        Assert.Single(training.Run());
        var score = Score.Mean(PerExample.Measure(data, new(BatchSize: 1000), model.Device, x => model.LogProb(x)), "nats", Evidence.Exact);

        // Papamakarios et al. 2017, table E.1 (-1366.9 ± 1.4); the noise of dequantisation is ours.
        Assert.Equal(-1366.9, score.Value, 1.4);
    }

    private static void Fit(Gaussian model, GaussianOptions options, float[] x, int batch, long steps)
    {
        TorchRuntime.Threads = 1;
        var spec = new DataSpec([model.Order.Count], new Domain.Real());
        using var training = Weights.Training(Gaussian.Recipe.Objective(model, options, new Rng(1)), Weights.Data(spec, x), batch, steps);
        Assert.Equal(steps, training.Run().Count());
    }

    private static Covariance Form(string name) =>
        new[] { Covariance.Full, Covariance.Tied, Covariance.Diagonal, Covariance.Spherical }.Single(c => c.Name == name);

    private static float[] Values(IDataset<Batch> data, Split split) => [.. data.Read(split, 1000).SelectMany(b => b.X.ToArray<float>())];

    private static float[] Correlated(int count)
    {
        var mix = Tensor.From<float>([1, 0.5f, -0.3f, 0, 0.8f, 0.9f, 0, 0, 0.4f], 3, 3);
        return (new Rng(7).Normal(count, 3).matmul(mix) + Tensor.From<float>([1, -2, 0.5f], 3)).ToArray<float>();
    }

    private static (double[] Mean, double[] Covariance) Moments(float[] x, int d)
    {
        var n = x.Length / d;
        var mean = Enumerable.Range(0, d).Select(j => Enumerable.Range(0, n).Average(i => (double)x[(i * d) + j])).ToArray();
        var covariance = Enumerable.Range(0, d * d).Select(k => Enumerable.Range(0, n).Average(i => (x[(i * d) + (k / d)] - mean[k / d]) * (x[(i * d) + (k % d)] - mean[k % d]))).ToArray();
        return (mean, covariance);
    }

    // log N(v | 0, C) of three variables by cofactors.
    private static double LogNormal(double[] v, double[] c)
    {
        double Minor(int i, int j)
        {
            var rows = Enumerable.Range(0, 3).Where(r => r != i).ToArray();
            var columns = Enumerable.Range(0, 3).Where(k => k != j).ToArray();
            return (c[(rows[0] * 3) + columns[0]] * c[(rows[1] * 3) + columns[1]]) - (c[(rows[0] * 3) + columns[1]] * c[(rows[1] * 3) + columns[0]]);
        }

        var determinant = Enumerable.Range(0, 3).Sum(j => (j % 2 == 0 ? 1 : -1) * c[j] * Minor(0, j));
        var square = Enumerable.Range(0, 9).Sum(k => v[k / 3] * v[k % 3] * (((k / 3) + (k % 3)) % 2 == 0 ? 1 : -1) * Minor(k / 3, k % 3) / determinant);
        return -0.5 * (square + Math.Log(determinant) + (3 * Math.Log(2 * Math.PI)));
    }
}
