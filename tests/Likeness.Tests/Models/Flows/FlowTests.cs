namespace Likeness.Tests.Models;

/// <summary>Flows are invertible, and the change of volume that they state is that of their Jacobian.</summary>
public sealed class FlowTests
{
    private const int Inputs = 5, Count = 12;

    private static readonly DataSpec s_spec = new([Inputs], new Domain.Real());

    public static TheoryData<string> Kinds => ["realnvp", "maf", "neural-spline"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_way_back_leads_back(string kind)
    {
        using var scope = torch.NewDisposeScope();
        var flow = Make(kind);
        var x = new Rng(5).Normal(Count, Inputs) * 1.5;

        // Four layers, each of which may stretch the rounding of the one before; where a spline is flat, by its slope of some hundredths.
        Near.Equal(x, flow.Decode(flow.Encode(x)), kind == "neural-spline" ? 2e-4 : 2e-5);
        flow.to(ScalarType.Float64);
        x = x.to(ScalarType.Float64);
        Near.Equal(x, flow.Decode(flow.Encode(x)), 1e-10);
        var z = new Rng(6).Normal(Count, Inputs).to(ScalarType.Float64);
        Near.Equal(z, flow.Encode(flow.Decode(z)), 1e-10);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_log_determinant_is_that_of_the_jacobian(string kind)
    {
        using var scope = torch.NewDisposeScope();
        var flow = Make(kind);
        flow.to(ScalarType.Float64);
        var x = (new Rng(5).Normal(Count, Inputs) * 1.5).to(ScalarType.Float64).requires_grad_();
        var (z, logDeterminant) = flow.Forward(x);
        var rows = Enumerable.Range(0, Inputs).Select(i => Autograd.Grad([z.select(1, i).sum()], [x], retainGraph: true)[0]!.ToArray<double>()).ToArray();
        var expected = Enumerable.Range(0, Count).Select(n => LogDeterminant([.. rows.Select(r => r.AsSpan(n * Inputs, Inputs).ToArray())])).ToArray();
        Near.Equal(expected, logDeterminant.ToArray<double>(), 1e-10);
        Assert.True(expected.Max() - expected.Min() > 0.1, "The volume changes everywhere alike: the test says nothing.");

        var logProb = z.square().sum([1]) * -0.5 - Inputs * 0.5 * Math.Log(2 * Math.PI) + logDeterminant;
        Near.Equal(logProb, flow.LogProb(x), 1e-12);
    }

    [Fact]
    public void A_spline_is_continuous_rises_and_ends_in_the_identity()
    {
        using var scope = torch.NewDisposeScope();
        const int points = 4001, bins = 5;
        const double bound = 2;
        var parameters = (new Rng(3).Normal(1, 1, (3 * bins) - 1) * 2).to(ScalarType.Float64).expand(points, 1, (3 * bins) - 1);
        var x = Enumerable.Range(0, points).Select(i => -3 + (6.0 * i / (points - 1))).ToArray();
        var (y, logSlope) = new RationalQuadratic(parameters, bins, bound).Forward(Tensor.From(x, points, 1));
        var (values, slopes) = (y.ToArray<double>(), logSlope.exp().ToArray<double>());
        for (var i = 1; i < points; i++)
        {
            Assert.True(values[i] > values[i - 1]);

            // The mean of the slopes at both ends is the slope between, but for the spline's third derivative and the kinks of its second.
            Assert.Equal((slopes[i] + slopes[i - 1]) / 2, (values[i] - values[i - 1]) / (x[i] - x[i - 1]), 0.02 * slopes.Max());
        }

        Assert.All(Enumerable.Range(0, points).Where(i => Math.Abs(x[i]) >= bound), i => Assert.Equal(x[i], values[i], 1e-12));
        Near.Equal(x, new RationalQuadratic(parameters, bins, bound).Inverse(y).ToArray<double>(), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_first_batch_sets_the_scales(string kind)
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        var x = new Rng(5).Normal(200, Inputs) * 40 + 1000;
        var still = new Sgd(1e-30);
        var (flow, objective) = kind switch
        {
            "realnvp" => Start(RealNvp.Recipe, RealNvp.Recipe.Smallest with { Optimizer = still }),
            "maf" => Start(Maf.Recipe, Maf.Recipe.Smallest with { Optimizer = still }),
            _ => Start(NeuralSpline.Recipe, NeuralSpline.Recipe.Smallest with { Optimizer = still }),
        };
        using var training = Weights.Training(objective, Weights.Data(s_spec, x.ToArray<float>()), 200);
        Assert.Single(training.Run());
        var z = flow.Encode(x);
        Assert.All(z.mean([0]).ToArray<double>(), m => Assert.Equal(0, m, 1e-3));
        Assert.All(z.std([0], unbiased: false).ToArray<double>(), s => Assert.Equal(1, s, 1e-3));
    }

    [Fact]
    public void A_row_far_from_all_others_costs_what_it_would_under_a_normal_or_nearly()
    {
        using var scope = torch.NewDisposeScope();
        var x = new Rng(3).Normal(500, Inputs);
        double Cost(double? reach)
        {
            var options = new MafOptions { Layers = 5, Hidden = [20], Reach = reach, Optimizer = new Adam(0.01) };
            var flow = Maf.Recipe.Model(s_spec, options, new Rng(1));
            using var training = Weights.Training(Maf.Recipe.Objective(flow, options, new Rng(2)), Weights.Data(s_spec, x.ToArray<float>()), 100, 150);
            foreach (var _ in training.Run())
            {
            }

            return -flow.LogProb(torch.full([1, Inputs], 1000)).ToDouble();
        }

        // A Normal takes half the square of a thousand deviations in each direction; layers that go on in a straight line multiply that by orders of magnitude.
        var normal = 0.5 * Inputs * 1e6;
        var bounded = Cost(8);
        Assert.InRange(bounded, normal / 100, normal * 100);
        Assert.True(Cost(null) > 10 * bounded, "Without a bound the row costs no more.");
    }

    [Fact]
    public void One_variable_alone_is_refused()
    {
        var one = new DataSpec([1], new Domain.Real());
        Assert.Contains("at least 2", Assert.Throws<UsageException>(() => Maf.Recipe.Model(one, new(), new Rng(1))).Message, StringComparison.Ordinal);
    }

    private static (NormalizingFlow Flow, Objective<Batch> Objective) Start<TOptions>(Recipe<TOptions, NormalizingFlow, Batch> recipe, TOptions options) where TOptions : class, new()
    {
        var flow = recipe.Model(s_spec, options, new Rng(1));
        return (flow, recipe.Objective(flow, options, new Rng(2)));
    }

    private static NormalizingFlow Make(string kind)
    {
        TorchRuntime.Threads = 1;
        var flow = kind switch
        {
            "realnvp" => RealNvp.Recipe.Model(s_spec, new() { Layers = 4, Hidden = [12] }, new Rng(1)),
            "maf" => Maf.Recipe.Model(s_spec, new() { Layers = 4, Hidden = [12, 9], Order = new VariableOrder.Random(2) }, new Rng(1)),
            _ => NeuralSpline.Recipe.Model(s_spec, new() { Layers = 4, Hidden = [12], Bins = 5 }, new Rng(1)),
        };
        flow.Scatter(0.3, 3);
        return flow;
    }

    // By Gaussian elimination with pivots.
    private static double LogDeterminant(double[][] rows)
    {
        var sum = 0.0;
        for (var k = 0; k < rows.Length; k++)
        {
            var pivot = Enumerable.Range(k, rows.Length - k).MaxBy(i => Math.Abs(rows[i][k]));
            (rows[k], rows[pivot]) = (rows[pivot], rows[k]);
            sum += Math.Log(Math.Abs(rows[k][k]));
            for (var i = k + 1; i < rows.Length; i++)
            {
                var factor = rows[i][k] / rows[k][k];
                for (var j = k; j < rows.Length; j++)
                {
                    rows[i][j] -= factor * rows[k][j];
                }
            }
        }

        return sum;
    }
}
