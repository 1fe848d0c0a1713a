namespace Likeness.Tests.Models;

/// <summary>NADE is the recurrence of Larochelle and Murray 2011, in any order of the variables.</summary>
public sealed class NadeTests
{
    private const int Inputs = 9, Hidden = 13, Count = 21;

    private static readonly DataSpec s_spec = new([1, 3, 3], new Domain.Binary());

    public static TheoryData<bool> Orders => [false, true];

    [Theory]
    [MemberData(nameof(Orders))]
    public void The_density_is_the_papers_recurrence(bool shuffled)
    {
        using var scope = torch.NewDisposeScope();
        var nade = Make(shuffled);
        var x = Bits(Count);
        var expected = Recurrence(nade, x);

        // fp32: nine logits of order one, each a sum of thirteen products.
        Near.Equal(expected, nade.LogProb(x).ToArray<double>(), 1e-5);
        nade.to(ScalarType.Float64);
        Near.Equal(expected, nade.LogProb(x.to(ScalarType.Float64)).ToArray<double>(), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void The_kernels_gradient_is_the_twins(bool shuffled)
    {
        using var scope = torch.NewDisposeScope();
        var nade = Make(shuffled);
        var x = Bits(Count);
        var parameters = nade.parameters().ToArray();
        var weights = new Rng(8).Normal(Count);
        var fused = Autograd.Grad([(nade.LogProb(x) * weights).sum()], parameters).Select(g => g!.ToArray<double>()).ToArray();
        nade.to(ScalarType.Float64);
        var twin = Autograd.Grad([(nade.LogProb(x.to(ScalarType.Float64)) * weights).sum()], parameters);
        for (var i = 0; i < parameters.Length; i++)
        {
            Near.Equal(twin[i]!.ToArray<double>(), fused[i], 2e-5, nade.Parameters().ElementAt(i).Name);
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Conditionals_stand_at_their_variables(bool shuffled)
    {
        using var scope = torch.NewDisposeScope();
        var nade = Make(shuffled);
        var x = Bits(Count);
        var flat = x.reshape(Count, Inputs);
        var logits = nade.Conditionals(x).squeeze(2);
        var sum = (flat * logits - logits.softplus()).sum([1]);
        Near.Equal(sum, nade.LogProb(x), 1e-5);

        // The first variable of the order is predicted from nothing.
        Assert.Single(logits.select(1, nade.Order[0]).ToArray<float>().Distinct());
    }

    [Fact]
    public void A_gradient_with_respect_to_the_example_goes_through_the_twin()
    {
        using var scope = torch.NewDisposeScope();
        var nade = Make(false);
        var x = Bits(4).clone().requires_grad_();
        var gradient = Autograd.Grad(nade.LogProb(x).sum(), x).ToArray<double>();

        // The last variable enters its own term only: ∂ log p/∂x_d = logit_d.
        var logits = nade.Conditionals(x.detach()).ToArray<double>();
        for (var n = 1; n <= 4; n++)
        {
            Assert.Equal(logits[(n * Inputs) - 1], gradient[(n * Inputs) - 1], 1e-5);
        }
    }

    [Fact]
    public void Completion_keeps_what_is_known_and_draws_the_rest_from_its_conditional()
    {
        using var scope = torch.NewDisposeScope();
        const int many = 20_000;
        var nade = Make(false);
        Tensor P(string name) => nade.Parameter(name);
        var known = Tensor.From<bool>([true, true, true, true, true, true, false, false, false], 1, Inputs).expand(many, Inputs).contiguous();
        float[] start = [1, 0, 1, 1, 0, 0];
        var x = Tensor.From<float>([.. start, 0, 0, 0], 1, Inputs).expand(many, Inputs).contiguous();
        var uniforms = new Rng(3).Uniform(many, Inputs);
        var drawn = NadeFunction.Sample(uniforms, P("W"), P("c"), P("V"), P("b"), x, known).ToArray<float>();

        var counts = new double[8];
        for (var n = 0; n < many; n++)
        {
            var example = drawn.AsSpan(n * Inputs, Inputs);
            Assert.True(example[..6].SequenceEqual(start));
            counts[(int)((4 * example[6]) + (2 * example[7]) + example[8])]++;
        }

        // p(x_7 x_8 x_9 | start) by Bayes' rule over the eight completions.
        var all = Enumerable.Range(0, 8).SelectMany(k => (float[])[.. start, k >> 2 & 1, k >> 1 & 1, k & 1]).ToArray();
        var joint = nade.LogProb(Tensor.From(all, s_spec.BatchShape(8))).ToArray<double>().Select(Math.Exp).ToArray();
        for (var k = 0; k < 8; k++)
        {
            var p = joint[k] / joint.Sum();
            Assert.Equal(p, counts[k] / many, 4.5 * Math.Sqrt(p * (1 - p) / many));
        }

        // The twin draws the same from the same uniform numbers.
        nade.to(ScalarType.Float64);
        var twin = NadeFunction.Sample(uniforms.to(ScalarType.Float64), P("W"), P("c"), P("V"), P("b"), x.to(ScalarType.Float64), known).ToArray<float>();
        var different = twin.Zip(drawn).Count(p => p.First != p.Second);
        Assert.InRange(different, 0, 3);
    }

    [Fact]
    public void The_biases_start_at_the_logits_of_the_frequencies()
    {
        using var scope = torch.NewDisposeScope();
        var nade = Make(true);
        float[] x = [.. Bits(Count).ToArray<float>()];
        var still = new NadeOptions { Optimizer = new Sgd(1e-30) };
        using var training = Weights.Training(Nade.Recipe.Objective(nade, still, new Rng(1)), Weights.Data(s_spec, x), Count);
        Assert.Single(training.Run());
        var b = nade.Get("b");
        for (var i = 0; i < Inputs; i++)
        {
            var ones = Enumerable.Range(0, Count).Sum(n => x[(n * Inputs) + nade.Order[i]]);
            Assert.Equal(Math.Log((ones + 0.5) / (Count - ones + 0.5)), b[i], 1e-5);
        }
    }

    private static Nade Make(bool shuffled)
    {
        TorchRuntime.Threads = 1;
        var nade = new Nade(s_spec, new() { Hidden = Hidden, Order = shuffled ? new VariableOrder.Random(4) : new VariableOrder.Raster() }, new Rng(1));
        nade.Scatter(0.8, 7);
        Assert.Equal(shuffled, !nade.Order.SequenceEqual(Enumerable.Range(0, Inputs)));
        return nade;
    }

    private static Tensor Bits(int count) => new Rng(5).Bernoulli(torch.full(s_spec.BatchShape(count), 0.4, ScalarType.Float32));

    // Equations 8 to 11, one number at a time.
    private static double[] Recurrence(Nade nade, Tensor examples)
    {
        var (w, c, v, b) = (nade.Get("W"), nade.Get("c"), nade.Get("V"), nade.Get("b"));
        var x = examples.ToArray<double>();
        static double Sigmoid(double a) => 1 / (1 + Math.Exp(-a));
        return [.. Enumerable.Range(0, x.Length / Inputs).Select(n =>
        {
            var (a, sum) = ((double[])c.Clone(), 0.0);
            for (var i = 0; i < Inputs; i++)
            {
                var bit = x[(n * Inputs) + nade.Order[i]];
                var p = Sigmoid(b[i] + Enumerable.Range(0, Hidden).Sum(j => v[(i * Hidden) + j] * Sigmoid(a[j])));
                sum += Math.Log(bit == 1 ? p : 1 - p);
                for (var j = 0; j < Hidden; j++)
                {
                    a[j] += w[(i * Hidden) + j] * bit;
                }
            }

            return sum;
        })];
    }
}
