namespace Likeness.Tests.Models;

/// <summary>Series: regressions recover what made the data, walks and roll-outs say what the density says, actions steer.</summary>
public sealed class SequenceTests
{
    private const int Steps = 6, Many = 4000;

    // Two values and one action.
    private static readonly DataSpec s_spec = new([Steps, 3], new Domain.Real(), Actions: 1);

    // x_t = A x_{t−1} + B u_t + L e, from noise.
    private static readonly double[,] s_a = { { 0.8, 0.3 }, { -0.4, 0.5 } };
    private static readonly double[] s_b = [1.0, -0.5];

    [Fact]
    public void Least_squares_recover_the_system_that_made_the_series()
    {
        using var scope = torch.NewDisposeScope();
        var model = Fitted(out _);
        var weight = model.Get("weight"); // [lags + 1, values, features], features: 1, lag 1, lag 2, action, values
        const int features = 1 + 4 + 1 + 2;
        double At(int value, int feature) => weight[(2 * 2 * features) + (value * features) + feature];

        // Standard errors are about 0.1/√(4·4000): 0.001.
        for (var i = 0; i < 2; i++)
        {
            // The second value is regressed on the first of its step as well: that part is undone.
            var onFirst = i == 1 ? At(1, 6) : 0;
            for (var j = 0; j < 2; j++)
            {
                Assert.Equal(s_a[i, j], At(i, 1 + j) + (onFirst * At(0, 1 + j)), 0.02);
                Assert.Equal(0, At(i, 3 + j) + (onFirst * At(0, 3 + j)), 0.02);
            }

            Assert.Equal(s_b[i], At(i, 5) + (onFirst * At(0, 5)), 0.02);
        }

        // ε has deviations 0.1 and √(0.05² + 0.1²), with the second following half of the first.
        Assert.Equal(0.5, At(1, 6), 0.03);
        var logStd = model.Get("log_std");
        Assert.Equal(Math.Log(0.1), logStd[4], 0.03);
        Assert.Equal(Math.Log(0.1), logStd[5], 0.03);
    }

    [Fact]
    public void Least_squares_are_where_the_likelihood_is_greatest()
    {
        using var scope = torch.NewDisposeScope();
        var model = Fitted(out var x);
        model.to(ScalarType.Float64);
        var slopes = Autograd.Grad([model.LogProb(x.to(ScalarType.Float64)).mean()], [model.Parameter("weight"), model.Parameter("log_std")]);
        var features = model.Parameter("weight").shape[2];

        // Coefficients of features that a value may not use stay at zero and have slopes.
        var weight = model.Get("weight");
        var used = slopes[0]!.ToArray<double>().Where((_, i) => weight[i] != 0).ToArray();
        Assert.True(used.Length > 2 * features);
        // The ridge of 1e-9 and single precision of the weights leave slopes of about 1e-4 where those of one unit are 1e2.
        Assert.All(used, s => Assert.Equal(0, s, 5e-3));
        Assert.All(slopes[1]!.ToArray<double>(), s => Assert.Equal(0, s, 5e-3));
    }

    [Fact]
    public void A_start_that_is_the_same_in_all_training_series_does_not_forbid_another()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([5, 1], new Domain.Real());
        var x = new Rng(1).Normal(200, 5, 1).cumsum(1) * 0.1;
        x.select(1, 0).fill_(0);
        var model = new LinearAutoregression(spec, new() { Lags = 2 }, new Rng(2));
        using var training = Weights.Training(LinearAutoregression.Recipe.Objective(model, new() { Lags = 2 }, new Rng(3)), Weights.Data(spec, x.ToArray<float>()), 200);
        Assert.Single(training.Run());

        // A start one unit away is ten of the deviations, 0.1, of what comes after: 50 nats. With a variance of nothing it was millions.
        var (same, other) = (torch.zeros([1, 5, 1]), torch.ones([1, 5, 1]));
        Assert.InRange((model.LogProb(same) - model.LogProb(other)).ToDouble(), 10, 200);
    }

    public static TheoryData<string> Kinds => ["linear", "lstm", "gru", "differences"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Actions_are_given_and_cost_nothing(string kind)
    {
        using var scope = torch.NewDisposeScope();
        var model = Model(kind);
        var x = Series(3, 5);
        var everything = Enumerable.Repeat(true, s_spec.Dimensions).ToArray();
        Near.Equal(((IDensity)model).LogProb(x), ((IStepwise)model).LogMarginal(x.flatten(1), everything), 1e-4);

        // p(x | u) of two values integrates to one whatever the action: by quadrature over the last step.
        using var noGrad = torch.no_grad();
        const int side = 241;
        const double wide = 20;
        var grid = torch.arange(0, side, ScalarType.Float32) * (wide / (side - 1)) - (wide / 2);
        var series = x.narrow(0, 0, 1).repeat(side * side, 1, 1);
        series.select(1, Steps - 1).select(1, 0).copy_(grid.unsqueeze(1).expand(side, side).flatten(0));
        series.select(1, Steps - 1).select(1, 1).copy_(grid.unsqueeze(0).expand(side, side).flatten(0));
        series.select(1, Steps - 1).select(1, 2).fill_(0.7);
        var given = Enumerable.Range(0, s_spec.Dimensions).Select(i => i / 3 < Steps - 1).ToArray();
        var before = ((IStepwise)model).LogMarginal(series.narrow(0, 0, 1).flatten(1), given).ToDouble();
        var mass = (((IDensity)model).LogProb(series) - before).exp().to(ScalarType.Float64).sum().ToDouble() * Math.Pow(wide / (side - 1), 2);

        // A grid of 0.083 under deviations of 0.1 and more is exact to e^(−2π²·1.4); what lies beyond ±10 is missing.
        Assert.Equal(1, mass, 0.02);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_roll_out_is_distributed_as_the_density_says(string kind)
    {
        using var scope = torch.NewDisposeScope();
        var model = Model(kind);
        var past = Series(4, 1).narrow(1, 0, Steps - 1).repeat(Many, 1, 1);
        var action = torch.full([Many, 1, 1], 0.4, ScalarType.Float32);
        var drawn = ((IForecaster)model).RollOut(past, 1, new Rng(8), action);
        Assert.Equal([Many, 1, 2], drawn.shape);

        // E[−log p(x_T | past)] over draws of x_T, and the same from the model's own density.
        var whole = torch.cat([past, torch.cat([drawn, action], 2)], 1);
        var given = Enumerable.Range(0, s_spec.Dimensions).Select(i => i / 3 < Steps - 1).ToArray();
        var conditional = (((IDensity)model).LogProb(whole) - ((IStepwise)model).LogMarginal(whole.flatten(1), given)).ToArray<double>();
        var other = ((IForecaster)model).RollOut(past, 1, new Rng(9), action);
        var (a, b) = (Moments(drawn), Moments(other));
        Assert.All(a.Zip(b), p => Assert.Equal(p.First.Mean, p.Second.Mean, 6 * p.First.Deviation / Math.Sqrt(Many)));

        // The entropy of a Normal of the drawn deviations bounds that of the draws from above.
        Assert.True(-conditional.Average() <= a.Sum(m => Math.Log(m.Deviation * Math.Sqrt(2 * Math.PI * Math.E))) + 0.1);
    }

    [Fact]
    public void What_is_done_changes_what_follows()
    {
        using var scope = torch.NewDisposeScope();
        var model = Fitted(out var x);
        var past = x.narrow(0, 0, 1).narrow(1, 0, 3).repeat(Many, 1, 1);
        double Mean(double action) =>
            model.RollOut(past, 2, new Rng(2), torch.full([Many, 2, 1], action, ScalarType.Float32)).select(1, 1).select(1, 0).mean().ToDouble();

        // x_2 − x_2' = (A + 1) B (u − u') in its first value: (0.8 + 1)·1 − 0.3·0.5 = 1.65.
        Assert.Equal(1.65, Mean(0.5) - Mean(-0.5), 0.05);
        Assert.Equal(Mean(0), model.RollOut(past, 2, new Rng(2)).select(1, 1).select(1, 0).mean().ToDouble(), 1e-6);
    }

    [Fact]
    public void Roll_outs_that_do_not_fit_are_refused()
    {
        using var scope = torch.NewDisposeScope();
        var model = Model("lstm");
        Assert.Throws<UsageException>(() => ((IForecaster)model).RollOut(torch.zeros([2, 3, 2]), 2, new Rng(1)));
        Assert.Throws<UsageException>(() => ((IForecaster)model).RollOut(torch.zeros([2, 0, 3]), 2, new Rng(1)));
        Assert.Throws<UsageException>(() => ((IForecaster)model).RollOut(torch.zeros([2, 3, 3]), 2, new Rng(1), torch.zeros([2, 1, 1])));
    }

    [Fact]
    public void The_score_of_forecasts_is_that_of_a_normal_distribution_in_closed_form()
    {
        using var scope = torch.NewDisposeScope();
        var draws = new Rng(1).Normal(20_000, 1);
        foreach (var y in new[] { -1.5, 0, 0.7 })
        {
            // Gneiting and Raftery 2007, section 4.2: y(2Φ(y) − 1) + 2φ(y) − 1/√π.
            var cdf = Math.Exp(Special.LogNdtr(Tensor.From([y], 1)).ToDouble());
            var exact = (y * ((2 * cdf) - 1)) + (2 * Math.Exp(-y * y / 2) / Math.Sqrt(2 * Math.PI)) - (1 / Math.Sqrt(Math.PI));
            Assert.Equal(exact, ForecastScore.Crps(draws, Tensor.From([(float)y], 1)).ToDouble(), 0.015);
        }
    }

    [Fact]
    public void A_network_of_differences_that_says_nothing_is_a_random_walk()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([4, 2], new Domain.Real());
        var model = new RecurrentDensity(spec, new() { Hidden = 3, Components = 2, Differences = true }, new Rng(1));
        using (torch.no_grad())
        {
            model.Parameter("head.weight").zero_();
            model.Parameter("head.bias").zero_();
        }

        var x = new Rng(2).Normal(3, 4, 2) * 5;
        var steps = x - torch.cat([torch.zeros([3, 1, 2]), x.narrow(1, 0, 3)], 1);
        Near.Equal(((steps.square() * -0.5) - (0.5 * Math.Log(2 * Math.PI))).sum([1, 2]), model.LogProb(x), 1e-3);
        Assert.Contains("differences", Assert.Throws<UsageException>(() => new RecurrentDensity(new DataSpec([4, 2], new Domain.Binary()), new() { Differences = true }, new Rng(1))).Message, StringComparison.Ordinal);
    }

    private static Module Model(string kind)
    {
        TorchRuntime.Threads = 1;
        if (kind == "linear")
        {
            return Fitted(out _);
        }

        var model = new RecurrentDensity(s_spec, new() { Unit = kind == "gru" ? RecurrentUnit.Gru : RecurrentUnit.Lstm, Hidden = 12, Layers = 2, Components = 3, Differences = kind == "differences" }, new Rng(1));
        model.Scatter(0.3, 5);
        return model;
    }

    private static LinearAutoregression Fitted(out Tensor x)
    {
        TorchRuntime.Threads = 1;
        x = Series(1, Many);
        var model = new LinearAutoregression(s_spec, new() { Lags = 2, Ridge = 0 }, new Rng(1));
        using var training = Weights.Training(LinearAutoregression.Recipe.Objective(model, new() { Lags = 2, Ridge = 0 }, new Rng(1)), Weights.Data(s_spec, x.ToArray<float>()), Many);
        Assert.Single(training.Run().Take(1));
        return model;
    }

    private static Tensor Series(int seed, int count)
    {
        var random = new Random(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var values = new float[count * Steps * 3];
        for (var n = 0; n < count; n++)
        {
            var (p, q) = (Normal(), Normal());
            for (var t = 0; t < Steps; t++)
            {
                var (u, e) = ((2 * random.NextDouble()) - 1, 0.1 * Normal());
                (p, q) = ((s_a[0, 0] * p) + (s_a[0, 1] * q) + (s_b[0] * u) + e, (s_a[1, 0] * p) + (s_a[1, 1] * q) + (s_b[1] * u) + (0.5 * e) + (0.1 * Normal()));
                (values[(((n * Steps) + t) * 3) + 0], values[(((n * Steps) + t) * 3) + 1], values[(((n * Steps) + t) * 3) + 2]) = ((float)p, (float)q, (float)u);
            }
        }

        return Tensor.From(values, count, Steps, 3);
    }

    private static (double Mean, double Deviation)[] Moments(Tensor draws) =>
        [.. Enumerable.Range(0, 2).Select(j => draws.select(2, j).ToArray<double>()).Select(v => (v.Average(), Math.Sqrt(v.Average(d => Math.Pow(d - v.Average(), 2)))))];
}
