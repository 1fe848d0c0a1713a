namespace Likeness.Tests.Models;

/// <summary>Mixtures fitted by EM: it climbs, it finds what is there, and the parts of an example agree with the whole.</summary>
public sealed class MixtureTests
{
    private static readonly DataSpec s_plane = new([2], new Domain.Real());

    public static TheoryData<string> Forms => ["full", "tied", "diagonal", "spherical"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Em_never_lowers_the_likelihood_of_Gaussians(string form)
    {
        using var scope = torch.NewDisposeScope();

        // Five components for three clusters of 60 points, with repeated points: some components shrink onto the floor.
        var x = Clusters(60);
        var options = new GaussianMixtureOptions { Components = 5, Covariance = Form(form), VarianceFloor = 1e-3, Em = new(1, 0, 0) };
        var model = new GaussianMixture(s_plane, options, new Rng(1));
        var nll = Climb(GaussianMixture.Recipe.Objective(model, options, new Rng(1)), s_plane, x, 120);
        for (var i = 1; i < nll.Length; i++)
        {
            // Double precision; sums of 60 terms.
            Assert.True(nll[i] <= nll[i - 1] + 1e-10, $"Round {i} of the {form} mixture went from {nll[i - 1]:R} to {nll[i]:R} nats.");
        }

        Assert.True(nll[^1] < nll[0] - 0.02, $"The {form} mixture only went from {nll[0]} to {nll[^1]}.");
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_mixture_fitted_to_its_own_samples_recovers_itself(string form)
    {
        using var scope = torch.NewDisposeScope();
        const int many = 6000;
        var options = new GaussianMixtureOptions { Components = 3, Covariance = Form(form) };
        var truth = new GaussianMixture(s_plane, options, new Rng(1));
        truth.Set("logits", Math.Log(0.5), Math.Log(0.3), Math.Log(0.2));
        truth.Set("means", -4, 0, 3, 3, 2, -4);
        truth.Set("factor", form switch
        {
            "full" => [1, 0, 0.7, 0.6, 0.8, 0, -0.5, 1, 0.4, 0, 0.1, 0.3],
            "tied" => [1, 0, 0.7, 0.6],
            "diagonal" => [1, 0.5, 0.7, 1.2, 0.4, 0.3],
            _ => [1, 0.6, 0.3],
        });
        var x = truth.Sample(many, new Rng(5));
        var model = new GaussianMixture(s_plane, options, new Rng(2));
        Climb(GaussianMixture.Recipe.Objective(model, options, new Rng(1)), s_plane, x.ToArray<float>(), 200);

        var (expected, found) = (truth.Get("means"), model.Get("means"));
        var order = Enumerable.Range(0, 3).Select(k => Enumerable.Range(0, 3).MinBy(j => Math.Pow(found[2 * j] - expected[2 * k], 2) + Math.Pow(found[(2 * j) + 1] - expected[(2 * k) + 1], 2))).ToArray();
        Assert.Equal([0, 1, 2], order.Order());
        var weights = Shares(model);
        for (var k = 0; k < 3; k++)
        {
            // Four standard errors: deviations up to 1.2 over the root of at least 1100 examples, shares over that of 6000.
            Assert.Equal(expected[2 * k], found[2 * order[k]], 0.15);
            Assert.Equal(expected[(2 * k) + 1], found[(2 * order[k]) + 1], 0.15);
            Assert.Equal(Shares(truth)[k], weights[order[k]], 0.026);
        }

        // The fit is better on its own examples than the truth, by about half a nat for each parameter, over 6000.
        var gain = model.LogProb(x).mean().ToDouble() - truth.LogProb(x).mean().ToDouble();
        Assert.InRange(gain, 0, 5.0 * (int)model.FreeParameters / 2 / many);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Marginals_of_Gaussians_integrate_the_rest_out(string form)
    {
        using var scope = torch.NewDisposeScope();
        var options = new GaussianMixtureOptions { Components = 3, Covariance = Form(form), VarianceFloor = 0.05, Em = new(1, 2) };
        var model = new GaussianMixture(s_plane, options, new Rng(1));
        Climb(GaussianMixture.Recipe.Objective(model, options, new Rng(1)), s_plane, Clusters(60), 20);
        const double edge = 30, step = 0.01;
        var line = Enumerable.Range(0, (int)(2 * edge / step)).Select(i => -edge + (step * i)).ToArray();
        foreach (var value in new[] { -1.0, 2.5 })
        {
            var grid = Tensor.From(line.SelectMany(v => (double[])[v, value]).ToArray(), line.Length, 2);
            var integral = model.LogProb(grid).ToArray<double>().Sum(p => step * Math.Exp(p));
            var x = Tensor.From([double.NaN, value], 1, 2);

            // The trapezium rule of a smooth function that vanishes at both ends is exact to rounding.
            Assert.Equal(Math.Log(integral), model.LogMarginal(x, [false, true]).ToDouble(), 1e-8);
            Assert.Equal(0, model.LogMarginal(x, [false, false]).ToDouble(), 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Completions_of_Gaussians_follow_the_conditional(string form)
    {
        using var scope = torch.NewDisposeScope();
        var options = new GaussianMixtureOptions { Components = 3, Covariance = Form(form), VarianceFloor = 0.05 };
        var model = new GaussianMixture(s_plane, options, new Rng(1));
        Climb(GaussianMixture.Recipe.Objective(model, options, new Rng(1)), s_plane, Clusters(90), 20);
        const int draws = 20_000;
        const float value = 0.7f;
        var x = Tensor.From([float.NaN, value], 1, 2).repeat(draws, 1);
        var drawn = model.Complete(x, [false, true], new Rng(3)).ToArray<float>().Where((_, i) => i % 2 == 0).Select(v => (double)v).ToArray();

        // p(x_0 | x_1) by Bayes' rule on a grid, against the draws by Kolmogorov's distance: 1.95/√n is exceeded once in a thousand.
        const double edge = 15, step = 0.01;
        var line = Enumerable.Range(0, (int)(2 * edge / step)).Select(i => -edge + (step * (i + 0.5))).ToArray();
        var density = model.LogProb(Tensor.From(line.SelectMany(v => (double[])[v, value]).ToArray(), line.Length, 2)).ToArray<double>().Select(Math.Exp).ToArray();
        Array.Sort(drawn);
        var (below, seen, worst) = (0.0, 0, 0.0);
        for (var i = 0; i < line.Length; i++)
        {
            below += density[i] / density.Sum();
            while (seen < draws && drawn[seen] <= line[i] + (step / 2))
            {
                seen++;
            }

            worst = Math.Max(worst, Math.Abs(below - ((double)seen / draws)));
        }

        Assert.InRange(worst, 0, 1.95 / Math.Sqrt(draws));
    }

    [Fact]
    public void Clusters_far_apart_are_told_apart()
    {
        using var scope = torch.NewDisposeScope();
        var options = new GaussianMixtureOptions { Components = 3 };
        var model = new GaussianMixture(s_plane, options, new Rng(1));
        var x = Clusters(300);
        Climb(GaussianMixture.Recipe.Objective(model, options, new Rng(1)), s_plane, x, 50);
        var r = ((IClustering)model).Responsibilities(Tensor.From(x, 300, 2)).ToArray<double>();
        var cluster = Enumerable.Range(0, 300).Select(n => Enumerable.Range(0, 3).MaxBy(k => r[(3 * n) + k])).ToArray();
        Assert.All(Enumerable.Range(0, 300), n => Assert.Equal(cluster[n % 3], cluster[n]));
        Assert.Equal(3, cluster.Distinct().Count());
        Assert.All(Enumerable.Range(0, 300), n => Assert.Equal(1, r.AsSpan(3 * n, 3).ToArray().Sum(), 1e-12));
    }

    [Fact]
    public void Converged_rounds_change_nothing()
    {
        using var scope = torch.NewDisposeScope();
        var options = new GaussianMixtureOptions { Components = 5, Em = new(1, 0, 1e-4) };
        var model = new GaussianMixture(s_plane, options, new Rng(1));
        var nll = Climb(GaussianMixture.Recipe.Objective(model, options, new Rng(1)), s_plane, Clusters(60), 100);
        Assert.Equal(nll[^2], nll[^1]);
        var end = Array.FindIndex(nll, v => v == nll[^1]);
        Assert.InRange(end, 2, 80);
        Assert.InRange(nll[end - 1] - nll[end], 0, 1e-4);
    }

    [Fact]
    public void More_components_than_examples_are_refused()
    {
        using var scope = torch.NewDisposeScope();
        var options = new GaussianMixtureOptions { Components = 9 };
        var model = new GaussianMixture(s_plane, options, new Rng(1));
        var e = Assert.Throws<UsageException>(() => Climb(GaussianMixture.Recipe.Objective(model, options, new Rng(1)), s_plane, Clusters(6), 1));
        Assert.Contains("9 components", e.Message, StringComparison.Ordinal);
    }

    internal static double[] Climb(Objective<Batch> objective, DataSpec spec, float[] x, int rounds)
    {
        TorchRuntime.Threads = 1;
        using var training = Weights.Training(objective, Weights.Data(spec, x), x.Length / spec.Dimensions, rounds);
        return [.. training.Run().Select(r => r.Terms.Sum(t => t.Value))];
    }

    private static Covariance Form(string name) =>
        new[] { Covariance.Full, Covariance.Tied, Covariance.Diagonal, Covariance.Spherical }.Single(c => c.Name == name);

    internal static double[] Shares(torch.nn.Module model) => model.Parameter("logits").softmax(0).ToArray<double>();

    // Three clusters in turn; every tenth point is one that was there before.
    private static float[] Clusters(int count)
    {
        var x = new Rng(11).Normal(count, 2).ToArray<float>();
        for (var n = 0; n < count; n++)
        {
            var (a, b) = (n % 3) switch { 0 => (-6f, 0f), 1 => (5f, 4f), _ => (3f, -6f) };
            (x[2 * n], x[(2 * n) + 1]) = n >= 30 && n % 10 == 0 ? (x[2 * (n - 30)], x[(2 * (n - 30)) + 1]) : ((0.6f * x[2 * n]) + a, (0.9f * x[(2 * n) + 1]) + b);
        }

        return x;
    }
}
