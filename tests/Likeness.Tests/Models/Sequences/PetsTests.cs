namespace Likeness.Tests.Models;

/// <summary>An ensemble with variances: it knows chance from ignorance, is the mixture of its members, and rewards lead to nothing.</summary>
public sealed class PetsTests
{
    // One state, one reward, one action.
    private static readonly DataSpec s_spec = new([2, 3], new Domain.Real(), Actions: 1) { Rewards = 1 };

    private static readonly PetsOptions s_options = new() { Hidden = 32, Layers = 2, Optimizer = new Adam(3e-3) };

    [Fact]
    public void Chance_is_told_from_ignorance()
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        var model = Trained();
        // s' = s + a + 0.1·e for a below 0, with five times that above: what chance does, in the middle of what was seen.
        var (quiet, loud) = (Spread(model, 0, -0.5), Spread(model, 0, 0.5));
        Assert.InRange(quiet.Within, 0.07, 0.14);
        Assert.InRange(loud.Within, 0.38, 0.62);
        Assert.InRange(quiet.Mean, -0.57, -0.43);
        // Far from all that was seen, the members differ by more.
        Assert.True(Spread(model, 12, -0.5).Between > 5 * quiet.Between, $"{Spread(model, 12, -0.5).Between} and {quiet.Between}.");
    }

    [Fact]
    public void The_density_is_the_mean_of_the_members_and_of_whole_series_as_particles_go()
    {
        using var scope = torch.NewDisposeScope();
        var spec = s_spec with { Shape = [4, 3] };
        var x = new Rng(3).Normal(5, 4, 3);
        double[] Of(Propagation way, int steps) => Made(spec with { Shape = [steps, 3] }, way).LogProb(x.narrow(1, 0, steps)).ToArray<double>();
        // Of one transition it is the same; of more, keeping a member is another distribution.
        Assert.All(Of(Propagation.Ts1, 2).Zip(Of(Propagation.TsInfinity, 2)), p => Assert.Equal(p.First, p.Second, 1e-4));
        Assert.Contains(Of(Propagation.Ts1, 4).Zip(Of(Propagation.TsInfinity, 4)), p => Math.Abs(p.First - p.Second) > 0.01);
        // A walk over either, variable by variable, says the same as the whole.
        foreach (var way in new[] { Propagation.Ts1, Propagation.TsInfinity })
        {
            var model = Made(spec, way);
            Near.Equal(model.LogProb(x), ((IStepwise)model).LogMarginal(x.flatten(1), Enumerable.Repeat(true, 12).ToArray()), 1e-3);
        }
    }

    [Theory]
    [InlineData("ts1")]
    [InlineData("ts-inf")]
    public void Roll_outs_are_draws_from_the_density(string name)
    {
        using var scope = torch.NewDisposeScope();
        const int many = 20_000;
        var way = name == "ts1" ? Propagation.Ts1 : Propagation.TsInfinity;
        var model = Made(s_spec with { Shape = [3, 3] }, way);
        var past = new Rng(4).Normal(1, 1, 3).repeat(many, 1, 1);
        var actions = torch.full([many, 2, 1], 0.3, ScalarType.Float32);
        var rolled = model.RollOut(past, 2, new Rng(5), actions);
        // The same two steps variable by variable: by a walk, which is tied to the density elsewhere.
        var walk = ((IStepwise)model).Walk(many);
        var (rng, drawn) = (new Rng(6), new List<Tensor>());
        foreach (var place in model.Order)
        {
            var (t, i) = (place / 3, place % 3);
            var next = walk.Next();
            var value = t == 0 ? past.select(1, 0).select(1, i) : i == 2 ? actions.select(1, t - 1).select(1, 0) : next.Sample(rng);
            if (t > 0 && i < 2)
            {
                drawn.Add(value);
            }

            walk.Observe(value);
        }

        var walked = torch.stack(drawn, 1);
        var (a, b) = (rolled.flatten(1), walked);
        var error = (a.var(0) / many + b.var(0) / many).sqrt();
        // Means within five standard errors, deviations to five of theirs (about 1/√(2·20000), and more for heavy tails).
        Assert.All(((a.mean([0]) - b.mean([0])) / error).ToArray<double>(), z => Assert.InRange(z, -5, 5));
        Assert.All((a.std(0) / b.std(0)).ToArray<double>(), r => Assert.InRange(r, 0.93, 1.07));
        // Both steps of one particle go together as they do in a walk.
        double Product(Tensor t) => ((t.select(1, 0) - t.select(1, 0).mean()) * (t.select(1, 2) - t.select(1, 2).mean())).mean().ToDouble() / (t.select(1, 0).std() * t.select(1, 2).std()).ToDouble();
        Assert.Equal(Product(b), Product(a), 0.05);
    }

    [Fact]
    public void Rewards_lead_to_nothing()
    {
        using var scope = torch.NewDisposeScope();
        var model = Made(s_spec, Propagation.Ts1);
        var past = new Rng(7).Normal(50, 1, 3);
        var paid = past.clone();
        paid.select(2, 1).add_(5);
        Assert.Equal(model.RollOut(past, 3, new Rng(8)).ToArray<float>(), model.RollOut(paid, 3, new Rng(8)).ToArray<float>());
    }

    [Fact]
    public void Variances_stay_between_bounds_that_are_learned()
    {
        using var scope = torch.NewDisposeScope();
        var model = new Pets(s_spec, s_options with { Members = 1 }, new Rng(1));
        model.Scatter(3, 9);
        model.Set("max_logvar", 0.5, 0.5);
        model.Set("min_logvar", -4, -4);
        for (var i = 0UL; i < 20; i++)
        {
            var deviation = model.RollOut((new Rng(i).Normal(1, 1, 3) * 5).repeat(5000, 1, 1), 1, new Rng(2)).squeeze(1).std(0).ToArray<double>();
            // e^−2 = 0.135, and e^½(−4 + softplus(4.5)) = 1.29; the deviation of 5000 draws is known to 1 %, here to five times that.
            Assert.All(deviation, d => Assert.InRange(d, 0.135 * 0.95, 1.29 * 1.05));
        }
    }

    private static Pets Made(DataSpec spec, Propagation way)
    {
        var model = new Pets(spec, s_options with { Propagation = way, Members = 3 }, new Rng(1));
        model.Scatter(0.4, 2);
        model.Set("max_logvar", 0.5, 0.5);
        model.Set("min_logvar", -3, -3);
        return model;
    }

    private static Pets Trained()
    {
        const int count = 3000;
        var random = new Random(1);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var values = new float[count * 6];
        for (var i = 0; i < count; i++)
        {
            var (s, a) = ((2 * random.NextDouble()) - 1, (2 * random.NextDouble()) - 1);
            var next = s + a + ((a < 0 ? 0.1 : 0.5) * Normal());
            float[] rows = [(float)s, 0, 0, (float)next, (float)(-s * s), (float)a];
            rows.CopyTo(values, i * 6);
        }

        var model = new Pets(s_spec, s_options, new Rng(1));
        Pets.Recipe.Train(model, s_options, Weights.Data(s_spec, values), 1500, 256);
        return model;
    }

    // Of the next state after s and a: its mean, the deviation that chance makes, and that between the means of members; the variance of draws is the sum of both.
    private static (double Mean, double Within, double Between) Spread(Pets model, double s, double a)
    {
        var past = torch.zeros([20_000, 1, 3]);
        past.select(2, 0).fill_(s);
        var draws = model.RollOut(past, 1, new Rng(4), torch.full([20_000, 1, 1], a, ScalarType.Float32)).select(2, 0).ToArray<double>();
        var mean = draws.Average();
        var total = draws.Average(d => Math.Pow(d - mean, 2));
        var members = Members(model, s, a);
        var between = members.Average(m => Math.Pow(m - members.Average(), 2));
        return (mean, Math.Sqrt(Math.Max(0, total - between)), Math.Sqrt(between));
    }

    // The mean of each member: an ensemble of that one alone.
    private static double[] Members(Pets model, double s, double a)
    {
        var (inputs, result) = (Tensor.From([(float)s, (float)a], 1, 2), new List<double>());
        Tensor Of(string name) => model.state_dict()[name];
        for (var b = 0; b < 5; b++)
        {
            var h = (inputs - Of("input_mean")) / Of("input_std");
            for (var k = 0; k < 3; k++)
            {
                h = (k == 0 ? h : h.silu()).matmul(Of($"weight_{k}").select(0, b)) + Of($"bias_{k}").select(0, b);
            }

            result.Add(s + (Of("target_mean") + Of("target_std") * h.narrow(1, 0, 2)).select(1, 0).ToDouble());
        }

        return [.. result];
    }
}
