namespace Likeness.Tests.Models;

/// <summary>RNADE is the recurrence and the mixtures of Uria, Murray and Larochelle 2013, in any order of the variables.</summary>
public sealed class RnadeTests
{
    private const int Inputs = 6, Hidden = 7, Components = 3, Count = 21;

    private static readonly DataSpec s_spec = new([Inputs], new Domain.Real());

    public static TheoryData<bool, bool> Kinds => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_density_is_the_papers(bool laplace, bool shuffled)
    {
        using var scope = torch.NewDisposeScope();
        var rnade = Make(laplace, shuffled);
        var x = new Rng(5).Normal(Count, Inputs);
        var expected = Recurrence(rnade, x, laplace);

        // fp32: six log-densities of some nats, whose standardised distances are squared.
        Near.Equal(expected, rnade.LogProb(x).ToArray<double>(), 2e-5);
        rnade.to(ScalarType.Float64);
        Near.Equal(expected, rnade.LogProb(x.to(ScalarType.Float64)).ToArray<double>(), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_conditional_depends_on_all_earlier_variables_and_on_no_others(bool laplace, bool shuffled)
    {
        using var scope = torch.NewDisposeScope();
        var rnade = Make(laplace, shuffled);
        rnade.to(ScalarType.Float64);
        var x = new Rng(5).Normal(Count, Inputs).to(ScalarType.Float64).requires_grad_();
        var conditionals = rnade.Conditionals(x);
        Assert.Equal([Count, Inputs, 3 * Components], conditionals.shape);
        for (var i = 0; i < Inputs; i++)
        {
            var slopes = Autograd.Grad([conditionals.select(1, rnade.Order[i]).sum()], [x], retainGraph: true, allowUnused: true)[0]?.abs().amax([0]).ToArray<double>() ?? new double[Inputs];
            for (var j = 0; j < Inputs; j++)
            {
                Assert.Equal(j < i, slopes[rnade.Order[j]] > 0);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_density_of_two_variables_integrates_to_one(bool laplace)
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([2], new Domain.Real());
        var rnade = new Rnade(spec, new() { Hidden = 5, Components = 2, Density = laplace ? RnadeDensity.Laplace : RnadeDensity.Normal }, new Rng(1));
        rnade.Scatter(0.2, 3);
        rnade.to(ScalarType.Float64);
        const int steps = 700;
        const double half = 20;
        var line = Enumerable.Range(0, steps).Select(i => -half + ((i + 0.5) * 2 * half / steps)).ToArray();
        var grid = Tensor.From([.. line.SelectMany(a => line.SelectMany(b => new[] { a, b }))], steps * steps, 2);
        var total = rnade.LogProb(grid).exp().sum().ToDouble() * Math.Pow(2 * half / steps, 2);

        // The midpoint rule at 0.06: a Laplacian's cusp costs (0.06/σ)²/24 for σ of about 1; the tails beyond 20 hold e^-15.
        Assert.Equal(1, total, laplace ? 5e-3 : 1e-5);
    }

    [Fact]
    public void Draws_follow_the_density()
    {
        using var scope = torch.NewDisposeScope();
        var rnade = Make(false, true);
        var x = rnade.Sample(20_000, new Rng(9));
        var first = x.select(1, rnade.Order[0]);
        var z = rnade.Conditionals(x.narrow(0, 0, 1)).select(1, rnade.Order[0]).ToArray<double>();
        var weights = z[..Components].Select(Math.Exp).ToArray();
        var mean = weights.Zip(z[Components..], (w, m) => w * m).Sum() / weights.Sum();

        // Standard error of a mean over 20,000 draws of deviation about 2.
        Assert.Equal(mean, first.mean().ToDouble(), 0.06);
        // What is drawn is as likely as other draws: the mean log-density is minus the entropy for both halves.
        var likely = rnade.LogProb(x);
        Assert.Equal(likely.narrow(0, 0, 10_000).mean().ToDouble(), likely.narrow(0, 10_000, 10_000).mean().ToDouble(), 0.2);
    }

    [Fact]
    public void Means_start_evenly_over_the_range_of_the_first_batch()
    {
        using var scope = torch.NewDisposeScope();
        var rnade = new Rnade(s_spec, new() { Hidden = Hidden, Components = 4, Order = new VariableOrder.Random(4) }, new Rng(1));
        float[] values = [.. new Rng(5).Normal(Count, Inputs).ToArray<float>()];
        var objective = Rnade.Recipe.Objective(rnade, new(), new Rng(2));
        using var training = Weights.Training(objective, Weights.Data(s_spec, values), Count);
        using var noGrad = torch.no_grad();
        using var feed = Weights.Data(s_spec, values).Open(Split.Train, Count, 1);
        objective.Begin(feed.Next(), feed, new Rng(3));
        var b = rnade.Get("b");
        for (var i = 0; i < Inputs; i++)
        {
            var column = Enumerable.Range(0, Count).Select(n => values[(n * Inputs) + rnade.Order[i]]).ToArray();
            var step = (column.Max() - column.Min()) / 4;
            for (var k = 0; k < 4; k++)
            {
                Assert.Equal(0, b[(i * 12) + k]);
                Assert.Equal(column.Min() + ((k + 0.5) * step), b[(i * 12) + 4 + k], 1e-5);
                Assert.Equal(Math.Log(step), b[(i * 12) + 8 + k], 1e-5);
            }
        }
    }

    [Fact]
    public void A_bent_dependence_is_learned_better_than_any_gaussian()
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        var spec = new DataSpec([2], new Domain.Real());
        var noise = new Rng(4).Normal(2000, 2).ToArray<float>();
        // x_2 = x_1² + noise of deviation 0.1, about its mean.
        float[] values = [.. Enumerable.Range(0, 2000).SelectMany(n => new[] { noise[2 * n], (noise[2 * n] * noise[2 * n]) - 1 + (0.1f * noise[(2 * n) + 1]) })];
        var rnade = new Rnade(spec, new() { Hidden = 20, Components = 5 }, new Rng(1));
        var objective = Rnade.Recipe.Objective(rnade, new() { Optimizer = new Adam(0.01) { Schedule = new Schedule.Linear() } }, new Rng(2));
        using var training = Weights.Training(objective, Weights.Data(spec, values), 100, 800);
        foreach (var _ in training.Run())
        {
        }

        // The truth has 1.419 − 0.884 nats of entropy, 0.535; the best Gaussian of independent columns, 1.419 + 1.767 = 3.19.
        var score = rnade.LogProb(Tensor.From(values, 2000, 2)).mean().ToDouble();
        Assert.InRange(score, -0.8, -0.45);
    }

    [Fact]
    public void What_is_asked_is_the_running_mean_of_the_weights()
    {
        using var scope = torch.NewDisposeScope();
        var options = new RnadeOptions { Hidden = Hidden, Components = 2, EmaDecay = 0.2, Optimizer = new Adam(0.01) };
        var rnade = new Rnade(s_spec, options, new Rng(1));
        float[] values = [.. new Rng(5).Normal(Count, Inputs).ToArray<float>()];
        var objective = Rnade.Recipe.Objective(rnade, options, new Rng(2));
        var live = objective.Parameters().Single(p => p.Name == "model.W").Value;
        var mean = live.ToArray<double>();
        Assert.Equal(mean, rnade.Get("W"));
        using var training = Weights.Training(objective, Weights.Data(s_spec, values), Count, 5);
        var step = 0;
        foreach (var _ in training.Run())
        {
            // 1/10, 2/11, then 0.2.
            var keep = Math.Min(0.2, (1.0 + step) / (10.0 + step));
            step++;
            var now = live.ToArray<double>();
            mean = [.. mean.Select((m, i) => (keep * m) + ((1 - keep) * now[i]))];

            // fp32 weights of about 1, rounded a few times.
            Near.Equal(mean, rnade.Get("W"), 1e-6);
        }

        Assert.Equal(5, step);
        Assert.NotEqual(mean, live.ToArray<double>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_background_is_a_share_of_every_conditional(bool laplace)
    {
        using var scope = torch.NewDisposeScope();
        const double share = 0.05;
        var plain = Make(laplace, true);
        var options = new RnadeOptions { Hidden = Hidden, Components = Components, Density = laplace ? RnadeDensity.Laplace : RnadeDensity.Normal, Order = new VariableOrder.Random(4), Background = share };
        var backed = new Rnade(s_spec, options, new Rng(1));
        foreach (var name in new[] { "W", "c", "rho", "V", "b" })
        {
            backed.Set(name, plain.Get(name));
        }

        double[] centre = [0.5, 0, 0, -1, 0, 2], logWidth = [0, 1, 2, 0.5, 1, 1];
        foreach (var (name, values) in new[] { ("centre", centre), ("logWidth", logWidth) })
        {
            backed.Buffers().Single(p => p.Name == name).Value.copy_(Tensor.From([.. values.Select(v => (float)v)], Inputs));
        }

        // The last row is far from everything.
        float[] rows = [.. new Rng(5).Normal(Count - 1, Inputs).ToArray<float>(), .. Enumerable.Repeat(40f, Inputs)];
        var x = Tensor.From(rows, Count, Inputs);
        var z = plain.Conditionals(x).ToArray<double>();
        var expected = Enumerable.Range(0, Count).Select(n => Enumerable.Range(0, Inputs).Sum(i =>
        {
            var at = ((n * Inputs) + plain.Order[i]) * 3 * Components;
            double value = rows[(n * Inputs) + plain.Order[i]];
            var total = z[at..(at + Components)].Sum(Math.Exp);
            var p = Enumerable.Range(0, Components).Sum(k => Math.Exp(z[at + k]) / total * Pdf(value, z[at + Components + k], z[at + (2 * Components) + k]));
            return Math.Log(((1 - share) * p) + (share * Pdf(value, centre[i], logWidth[i])));
        })).ToArray();

        // fp32, with log-densities down to -1000.
        Near.Equal(expected, backed.LogProb(x).ToArray<double>(), 2e-4);
        Assert.True(laplace || plain.LogProb(x).ToArray<double>()[^1] < expected[^1] - 100);
        Assert.Equal([Count, Inputs, 3 * (Components + 1)], backed.Conditionals(x).shape);

        double Pdf(double x, double mean, double logScale)
        {
            var t = (x - mean) / Math.Exp(logScale);
            return (laplace ? Math.Exp(-Math.Abs(t)) / 2 : Math.Exp(-t * t / 2) / Math.Sqrt(2 * Math.PI)) / Math.Exp(logScale);
        }
    }

    private static Rnade Make(bool laplace, bool shuffled)
    {
        TorchRuntime.Threads = 1;
        var rnade = new Rnade(s_spec, new()
        {
            Hidden = Hidden,
            Components = Components,
            Density = laplace ? RnadeDensity.Laplace : RnadeDensity.Normal,
            Order = shuffled ? new VariableOrder.Random(4) : new VariableOrder.Raster(),
        }, new Rng(1));
        rnade.Scatter(0.5, 7);
        return rnade;
    }

    // The equations, one number at a time.
    private static double[] Recurrence(Rnade rnade, Tensor examples, bool laplace)
    {
        var (w, c, rho, v, b) = (rnade.Get("W"), rnade.Get("c"), rnade.Get("rho"), rnade.Get("V"), rnade.Get("b"));
        var x = examples.ToArray<double>();
        return [.. Enumerable.Range(0, Count).Select(n =>
        {
            var (a, sum) = ((double[])c.Clone(), 0.0);
            for (var i = 0; i < Inputs; i++)
            {
                var value = x[(n * Inputs) + rnade.Order[i]];
                var z = Enumerable.Range(0, 3 * Components).Select(o =>
                    b[(i * 3 * Components) + o] + Enumerable.Range(0, Hidden).Sum(j => v[(((i * 3 * Components) + o) * Hidden) + j] * Math.Max(0, rho[i] * a[j]))).ToArray();
                var total = z[..Components].Sum(Math.Exp);
                var p = Enumerable.Range(0, Components).Sum(k =>
                {
                    var (mean, deviation) = (z[Components + k], Math.Exp(z[(2 * Components) + k]));
                    var t = (value - mean) / deviation;
                    return Math.Exp(z[k]) / total * (laplace ? Math.Exp(-Math.Abs(t)) / 2 : Math.Exp(-t * t / 2) / Math.Sqrt(2 * Math.PI)) / deviation;
                });
                sum += Math.Log(p);
                for (var j = 0; j < Hidden; j++)
                {
                    a[j] += w[(i * Hidden) + j] * value;
                }
            }

            return sum;
        })];
    }
}
