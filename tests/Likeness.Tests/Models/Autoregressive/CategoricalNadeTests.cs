namespace Likeness.Tests.Models;

/// <summary>A categorical NADE is NADE's recurrence with a row of weights for each value and a softmax for each variable.</summary>
public sealed class CategoricalNadeTests
{
    private const int Inputs = 5, Levels = 4, Hidden = 7, Count = 30;

    private static readonly DataSpec s_spec = new([Inputs], new Domain.Categorical(Levels));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_density_is_the_recurrence(bool shuffled)
    {
        using var scope = torch.NewDisposeScope();
        var nade = Make(shuffled);
        var x = Values(Count);
        var expected = Recurrence(nade, x);

        // fp32: five log-probabilities of order one.
        Near.Equal(expected, nade.LogProb(x).ToArray<double>(), 1e-5);
        nade.to(ScalarType.Float64);
        Near.Equal(expected, nade.LogProb(x.to(ScalarType.Float64)).ToArray<double>(), 1e-12);
    }

    [Fact]
    public void Bits_give_the_binary_nade()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([Inputs], new Domain.Binary());
        var binary = new Nade(spec, new() { Hidden = Hidden }, new Rng(1));
        binary.Scatter(0.8, 7);
        var categorical = new CategoricalNade(spec, new() { Hidden = Hidden }, new Rng(1));

        // A bit that is 0 adds nothing and has logit 0.
        double[] Beside(string name, int width) => [.. binary.Get(name).Chunk(width).SelectMany(row => new double[width].Concat(row))];
        categorical.Set("W", Beside("W", Hidden));
        categorical.Set("c", binary.Get("c"));
        categorical.Set("V", Beside("V", Hidden));
        categorical.Set("b", Beside("b", 1));
        var x = new Rng(5).Bernoulli(torch.full([Count, Inputs], 0.4, ScalarType.Float32));
        Near.Equal(binary.LogProb(x), categorical.LogProb(x), 1e-5);
    }

    [Fact]
    public void Biases_start_at_the_marginals_of_the_first_batch()
    {
        using var scope = torch.NewDisposeScope();
        var nade = new CategoricalNade(s_spec, new() { Hidden = Hidden, Order = new VariableOrder.Random(4) }, new Rng(1));
        var values = Values(Count).ToArray<float>();
        using var noGrad = torch.no_grad();
        using var feed = Weights.Data(s_spec, values).Open(Split.Train, Count, 1);
        CategoricalNade.Recipe.Objective(nade, new(), new Rng(2)).Begin(feed.Next(), feed, new Rng(3));
        var b = nade.Get("b");
        for (var i = 0; i < Inputs; i++)
        {
            for (var v = 0; v < Levels; v++)
            {
                var occurs = Enumerable.Range(0, Count).Count(n => values[(n * Inputs) + nade.Order[i]] == v);
                Assert.Equal(Math.Log((occurs + 0.5) / (Count + (0.5 * Levels))), b[(i * Levels) + v], 1e-5);
            }
        }
    }

    [Fact]
    public void Real_data_and_bytes_are_refused()
    {
        foreach (var domain in new Domain[] { new Domain.Real(), new Domain.Byte() })
        {
            Assert.False(CategoricalNade.Recipe.Need.Accepts(new([3], domain)));
            var e = Assert.Throws<UsageException>(() => new CategoricalNade(new([3], domain), new(), new Rng(1)));
            Assert.Contains("discrete values of at most 64 levels", e.Message, StringComparison.Ordinal);
        }
    }

    private static CategoricalNade Make(bool shuffled)
    {
        TorchRuntime.Threads = 1;
        var nade = new CategoricalNade(s_spec, new() { Hidden = Hidden, Order = shuffled ? new VariableOrder.Random(4) : new VariableOrder.Raster() }, new Rng(1));
        nade.Scatter(0.8, 7);
        Assert.Equal(shuffled, !nade.Order.SequenceEqual(Enumerable.Range(0, Inputs)));
        return nade;
    }

    private static Tensor Values(int count) => (new Rng(5).Uniform(count, Inputs) * Levels).floor();

    // The equations, one number at a time.
    private static double[] Recurrence(CategoricalNade nade, Tensor examples)
    {
        var (w, c, v, b) = (nade.Get("W"), nade.Get("c"), nade.Get("V"), nade.Get("b"));
        var x = examples.ToArray<double>();
        return [.. Enumerable.Range(0, x.Length / Inputs).Select(n =>
        {
            var (a, sum) = ((double[])c.Clone(), 0.0);
            for (var i = 0; i < Inputs; i++)
            {
                var value = (int)x[(n * Inputs) + nade.Order[i]];
                var logits = Enumerable.Range(0, Levels).Select(l =>
                    b[(i * Levels) + l] + Enumerable.Range(0, Hidden).Sum(j => v[(((i * Levels) + l) * Hidden) + j] / (1 + Math.Exp(-a[j])))).ToArray();
                sum += logits[value] - Math.Log(logits.Sum(Math.Exp));
                for (var j = 0; j < Hidden; j++)
                {
                    a[j] += w[(((i * Levels) + value) * Hidden) + j];
                }
            }

            return sum;
        })];
    }
}
