namespace Likeness.Tests.Models;

/// <summary>The orderless NADE of Uria, Murray and Larochelle 2014 is one network for every order of the variables.</summary>
public sealed class OrderlessNadeTests
{
    private const int Inputs = 9, Count = 21;

    private static readonly DataSpec s_spec = new([1, 3, 3], new Domain.Binary());

    public static TheoryData<int[]> Depths => [[13], [13, 7, 5]];

    [Theory]
    [MemberData(nameof(Depths))]
    public void The_density_in_an_order_is_the_product_of_the_networks_predictions(int[] hidden)
    {
        using var scope = torch.NewDisposeScope();
        var nade = Make(hidden);
        nade.to(ScalarType.Float64);
        var x = Bits(Count).to(ScalarType.Float64);
        var flat = x.flatten(1);
        int[] order = [4, 8, 0, 2, 6, 1, 5, 3, 7];

        // One evaluation of the whole network per variable, as the definition says.
        var given = torch.zeros([Count, Inputs], ScalarType.Float64);
        var sum = torch.zeros([Count], ScalarType.Float64);
        foreach (var i in order)
        {
            var (logit, bit) = (nade.Logits(flat, given).select(1, i), flat.select(1, i));
            sum += bit * logit - logit.softplus();
            given.select(1, i).copy_(torch.ones([Count], ScalarType.Float64));
        }

        Near.Equal(sum, nade.LogProb(x, order), 1e-12);
    }

    [Fact]
    public void The_density_is_the_average_over_its_orders()
    {
        using var scope = torch.NewDisposeScope();
        var nade = Make([13], orders: 3, seed: 7);
        var x = Bits(Count);
        var each = Enumerable.Range(0, 3).Select(k => nade.LogProb(x, new VariableOrder.Random(7 + k).Indices(Inputs)).ToArray<double>()).ToArray();
        Near.Equal([.. Enumerable.Range(0, Count).Select(n => Math.Log(each.Average(p => Math.Exp(p[n]))))], nade.LogProb(x).ToArray<double>(), 1e-5);
    }

    [Fact]
    public void Any_part_can_be_missing()
    {
        using var scope = torch.NewDisposeScope();
        const int many = 20_000;
        var nade = Make([13, 7]);
        bool[] known = [true, false, true, true, true, true, true, true, true];
        var x = Bits(1).repeat(many, 1, 1, 1);
        var before = x.ToArray<float>();
        x.flatten(1).select(1, 1).copy_(torch.full([many], float.NaN, ScalarType.Float32));
        var drawn = nade.Complete(x, known, new Rng(3)).ToArray<float>();
        Assert.All(Enumerable.Range(0, many * Inputs).Where(k => k % Inputs != 1), k => Assert.Equal(before[k], drawn[k]));

        // With one variable missing every order that has it last agrees: p = σ(logit given all others).
        var given = Tensor.From(Array.ConvertAll(known, g => g ? 1f : 0f), 1, Inputs);
        var p = nade.Logits(Tensor.From(before.AsSpan(0, Inputs), 1, Inputs), given).sigmoid().ToArray<double>()[1];
        Assert.Equal(p, Enumerable.Range(0, many).Average(n => drawn[(n * Inputs) + 1]), 4.5 * Math.Sqrt(p * (1 - p) / many));

        Assert.Contains("mark each", Assert.Throws<UsageException>(() => nade.Complete(x, new bool[3], new Rng(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_estimates_the_negative_log_likelihood_without_bias()
    {
        using var scope = torch.NewDisposeScope();
        var options = new OrderlessNadeOptions { Hidden = [13], Optimizer = new Sgd(1e-30) };
        var nade = Make([13]);
        var x = Bits(Count);
        using var training = Weights.Training(OrderlessNade.Recipe.Objective(nade, options, new Rng(1)), Weights.Data(s_spec, x.ToArray<float>()), Count, 4000);
        var losses = training.Run().Select(r => r.Terms[^1].Value).ToArray();
        var deviation = Math.Sqrt(losses.Average(l => l * l) - Math.Pow(losses.Average(), 2)) / Math.Sqrt(losses.Length);

        // The mean over all orders, here over 400 random ones.
        var orders = Enumerable.Range(0, 400).Select(k => -nade.LogProb(x, new VariableOrder.Random(100 + k).Indices(Inputs)).mean().ToDouble()).ToArray();
        var spread = Math.Sqrt(orders.Average(l => l * l) - Math.Pow(orders.Average(), 2)) / Math.Sqrt(orders.Length);
        Assert.Equal(orders.Average(), losses.Average(), 4 * (deviation + spread));
    }

    [Fact]
    public void An_ensemble_of_orders_is_more_likely_than_its_members()
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        var spec = new DataSpec([16], new Domain.Binary());
        var (train, test) = (Prototypes(300, 1), Prototypes(1000, 2));
        var options = new OrderlessNadeOptions { Hidden = [64], Orders = 16, Optimizer = new Adam(3e-3) { Schedule = new Schedule.Linear() } };
        var nade = new OrderlessNade(spec, options, new Rng(1));
        using var training = Weights.Training(OrderlessNade.Recipe.Objective(nade, options, new Rng(1)), Weights.Data(spec, train.ToArray<float>()), 50, 1500);
        foreach (var _ in training.Run())
        {
        }

        var members = Enumerable.Range(0, 16).Select(k => nade.LogProb(test, new VariableOrder.Random(k).Indices(16)).mean().ToDouble()).ToArray();
        var ensemble = nade.LogProb(test).mean().ToDouble();

        // Better than the mean it must be (Jensen); here it is better than the best of the sixteen, and by 0.1 nats than their mean.
        Assert.InRange(ensemble, members.Max(), 0);
        Assert.InRange(ensemble - members.Average(), 0.1, 5);
    }

    private static OrderlessNade Make(int[] hidden, int orders = 2, int seed = 0)
    {
        TorchRuntime.Threads = 1;
        var nade = new OrderlessNade(s_spec, new() { Hidden = hidden, Orders = orders, Seed = seed }, new Rng(1));
        nade.Scatter(0.7, 3);
        return nade;
    }

    private static Tensor Bits(int count) => new Rng(5).Bernoulli(torch.full(s_spec.BatchShape(count), 0.4, ScalarType.Float32));

    // Six patterns of sixteen bits, of which each bit is turned with a probability of 0.1.
    private static Tensor Prototypes(int count, ulong seed)
    {
        var patterns = new Rng(11).Bernoulli(torch.full([6, 16], 0.5, ScalarType.Float32));
        var rng = new Rng(seed);
        var turned = rng.Uniform(count, 16).lt(0.1).to(ScalarType.Float32);
        return (patterns.index_select(0, rng.Integers(0, 6, count)) - turned).abs();
    }
}
