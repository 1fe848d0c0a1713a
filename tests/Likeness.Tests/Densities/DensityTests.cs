namespace Likeness.Tests.Densities;

/// <summary>Densities against PyTorch, against sums over everything, and against their own samples.</summary>
public sealed class DensityTests
{
    private const int Many = 200_000;

    public static TheoryData<string> ReferenceCases => ["mixture_normal", "mixture_laplace", "logistic_mixture", "binary_cross_entropy_with_logits", "kl_normal", "kl_standard_normal"];

    [Theory]
    [MemberData(nameof(ReferenceCases))]
    public void Values_and_gradients_agree_with_PyTorch(string name)
    {
        using var scope = torch.NewDisposeScope();
        using var reference = Reference.Layers();
        var inputs = reference.Under($"{name}/input/").ToDictionary(n => n, n =>
        {
            var x = reference[$"{name}/input/{n}"];
            return x.dtype.IsFloatingPoint() ? x.to(ScalarType.Float64).requires_grad_() : x;
        });
        Tensor I(string n) => inputs[n];
        var value = name switch
        {
            "mixture_normal" => new MixtureOfNormals(I("logits"), I("means"), I("log_scales")).LogProb(I("x")),
            "mixture_laplace" => new MixtureOfLaplacians(I("logits"), I("means"), I("log_scales")).LogProb(I("x")),
            "logistic_mixture" => (I("logits").log_softmax(-1) + new DiscretizedLogistic(I("means"), I("log_scales")).LogProb(I("x").unsqueeze(-1))).logsumexp(-1),
            "binary_cross_entropy_with_logits" => -new Bernoulli(I("logits")).LogProb(I("target")),
            "kl_normal" => new Normal(I("mean_q"), I("log_variance_q") * 0.5).KlTo(new(I("mean_p"), I("log_variance_p") * 0.5)),
            _ => new Normal(I("mean"), I("log_variance") * 0.5).KlToStandard(),
        };
        Near.Equal(reference[$"{name}/output"], value, 1e-9, name);
        var wanted = inputs.Where(i => i.Value.requires_grad).ToList();
        var gradients = Autograd.Grad([(value * reference[$"{name}/w"]).sum()], wanted.Select(w => w.Value).ToArray());
        for (var i = 0; i < wanted.Count; i++)
        {
            // The reference's gradients are rounded to fp32.
            Near.Equal(reference[$"{name}/grad/input/{wanted[i].Key}"], gradients[i]!, 1e-6, wanted[i].Key);
        }
    }

    [Theory]
    [InlineData(256, -3.0)]
    [InlineData(256, -30.0)]
    [InlineData(256, 4.0)]
    [InlineData(2, -1.0)]
    [InlineData(17, -2.0)]
    public void Probabilities_of_all_levels_sum_to_one(int levels, double logScale)
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.arange(0, levels, ScalarType.Float32).unsqueeze(1); // [levels, 1]
        var mean = Tensor.From<float>([-1.7f, -1, -0.31f, 0, 0.5f, 0.99f, 2.5f], 7);
        var scale = mean.full_like(logScale);
        foreach (var density in new Density[] { new DiscretizedLogistic(mean, scale, levels), new DiscretizedNormal(mean, scale, levels) })
        {
            var total = density.LogProb(x).to(ScalarType.Float64).exp().sum([0]);

            // fp32's log of a bin far narrower than the scale is known to 1e-4 for the Normal (a difference of two log Φ), so its sum at e⁴ is too.
            Near.Equal(Enumerable.Repeat(1.0, 7).ToArray(), total.ToArray<double>(), logScale > 0 ? 1e-3 : 1e-5, density.GetType().Name);
        }
    }

    [Fact]
    public void Continuous_densities_integrate_to_one()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(2);
        var (logits, means, scales) = (rng.Normal(4, 3).to(ScalarType.Float64), rng.Normal(4, 3).to(ScalarType.Float64), rng.Normal(4, 3).to(ScalarType.Float64) * 0.3);
        const double step = 1e-3;
        var x = torch.arange(-40, 40, step, ScalarType.Float64).unsqueeze(1);
        foreach (var density in new Density[]
        {
            new Normal(means.select(1, 0), scales.select(1, 0)), new MixtureOfNormals(logits, means, scales), new MixtureOfLaplacians(logits, means, scales),
        })
        {
            // The trapezoid rule's error is step² times the jump of slope at a Laplacian's peak, about 1e-6.
            Near.Equal([1, 1, 1, 1], (density.LogProb(x).exp().sum([0]) * step).ToArray<double>(), 1e-5, density.GetType().Name);
        }
    }

    [Fact]
    public void Extreme_parameters_give_finite_values_and_gradients()
    {
        using var scope = torch.NewDisposeScope();
        var far = Tensor.From<float>([-1e4f, -50, 0, 50, 1e4f], 5);
        foreach (var logScale in new[] { -60.0, -7, 0, 20, 60, 120, 1000 })
        {
            var mean = far.clone().requires_grad_();
            var scale = far.full_like(logScale).requires_grad_();
            foreach (var density in new Density[] { new DiscretizedLogistic(mean, scale), new DiscretizedNormal(mean, scale) })
            {
                foreach (var level in new[] { 0, 1, 128, 255 })
                {
                    var value = density.LogProb(far.full_like(level));
                    var gradients = Autograd.Grad([value.sum()], [mean, scale], allowUnused: true);
                    Assert.All(value.ToArray<double>(), v => Assert.True(v is <= 1e-6 and > double.NegativeInfinity, $"{density.GetType().Name} gives {v} at level {level}, log scale {logScale}."));
                    Assert.All(gradients.SelectMany(g => g!.ToArray<double>()), g => Assert.True(double.IsFinite(g), $"{density.GetType().Name} has gradient {g} at level {level}, log scale {logScale}."));
                }
            }
        }

        var logits = Tensor.From<float>([-1000, -100, 0, 100, 1000], 5);
        Near.Equal([0, 0, -Math.Log(2), -100, -1000], new Bernoulli(logits).LogProb(torch.zeros([5])).ToArray<double>(), 1e-6);
        Near.Equal([0, 0, Math.Log(2), 0, 0], new Bernoulli(logits).Entropy().ToArray<double>(), 1e-6);
    }

    [Fact]
    public void Samples_of_levels_have_the_frequencies_of_their_probabilities()
    {
        using var scope = torch.NewDisposeScope();
        const int levels = 9;
        var (mean, scale) = (torch.full([Many], 0.4, ScalarType.Float32), torch.full([Many], -1.2, ScalarType.Float32));
        var one = torch.arange(0, levels, ScalarType.Float32);
        var logits = Tensor.From<float>([0.3f, -1], 2);
        ChiSquared(new DiscretizedLogistic(mean, scale, levels), new DiscretizedLogistic(mean.narrow(0, 0, 1), scale.narrow(0, 0, 1), levels).LogProb(one));
        ChiSquared(new DiscretizedNormal(mean, scale, levels), new DiscretizedNormal(mean.narrow(0, 0, 1), scale.narrow(0, 0, 1), levels).LogProb(one));
        ChiSquared(new Bernoulli(mean), new Bernoulli(mean.narrow(0, 0, 1)).LogProb(torch.arange(0, 2, ScalarType.Float32)));
        ChiSquared(new Categorical(logits.expand(Many, 2)), logits.log_softmax(-1));
    }

    [Fact]
    public void Samples_of_continuous_densities_have_their_distribution_function()
    {
        using var scope = torch.NewDisposeScope();
        Tensor Wide(params float[] v) => Tensor.From(v, v.Length).expand(Many, v.Length);
        KolmogorovSmirnov(new Normal(Wide(0.5f).squeeze(1), Wide(0.7f).squeeze(1)));
        KolmogorovSmirnov(new MixtureOfNormals(Wide(0, 1), Wide(-2, 1), Wide(0.1f, -1)));
        KolmogorovSmirnov(new MixtureOfLaplacians(Wide(0, 1), Wide(-2, 1), Wide(0.1f, -1)));
    }

    [Fact]
    public void Entropies_and_divergences_are_the_expectations_that_they_are_named_for()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(4);
        var (p, q) = (new Categorical(rng.Normal(3, 6)), new Categorical(rng.Normal(3, 6)));
        var direct = (p.LogProbs.exp() * (p.LogProbs - q.LogProbs)).sum([1]);
        Near.Equal(direct, p.KlTo(q), 1e-6);
        Near.Equal(-(p.LogProbs.exp() * p.LogProbs).sum([1]), p.Entropy(), 1e-6);

        var (b, c) = (new Bernoulli(rng.Normal(8)), new Bernoulli(rng.Normal(8)));
        Tensor Expect(Func<Tensor, Tensor> f) => b.Mean * f(torch.ones([8])) + (1 - b.Mean) * f(torch.zeros([8]));
        Near.Equal(Expect(x => b.LogProb(x) - c.LogProb(x)), b.KlTo(c), 1e-6);
        Near.Equal(-Expect(b.LogProb), b.Entropy(), 1e-6);

        var (n, m) = (new Normal(rng.Normal(4).to(ScalarType.Float64), rng.Normal(4).to(ScalarType.Float64) * 0.3), new Normal(rng.Normal(4).to(ScalarType.Float64), rng.Normal(4).to(ScalarType.Float64) * 0.3));
        var grid = torch.arange(-30, 30, 1e-3, ScalarType.Float64).unsqueeze(1);
        var weights = n.LogProb(grid).exp() * 1e-3;
        Near.Equal((weights * (n.LogProb(grid) - m.LogProb(grid))).sum([0]), n.KlTo(m), 1e-9);
        Near.Equal(-(weights * n.LogProb(grid)).sum([0]), n.Entropy(), 1e-9);
        Near.Equal(n.KlTo(new(n.Mean * 0, n.LogStd * 0)), n.KlToStandard(), 1e-12);
    }

    [Fact]
    public void Gradients_reach_the_parameters_through_a_Normal_sample()
    {
        using var scope = torch.NewDisposeScope();
        var (mean, logStd) = (torch.zeros([1000]).requires_grad_(), torch.zeros([1000]).requires_grad_());
        var sample = new Normal(mean, logStd).Sample(new Rng(1));
        var gradients = Autograd.Grad([sample.sum()], [mean, logStd]);
        Near.Equal(torch.ones([1000]), gradients[0]!, 0);
        Near.Equal(sample, gradients[1]!, 1e-6);
    }

    [Fact]
    public void Log_probabilities_of_values_add_up_per_example()
    {
        using var scope = torch.NewDisposeScope();
        Near.Equal([6, 15], Tensor.From<float>([1, 2, 3, 4, 5, 6], 2, 3, 1).SumEvent().ToArray<double>(), 0);
        Near.Equal([1, 2], Tensor.From<float>([1, 2], 2).SumEvent().ToArray<double>(), 0);
    }

    private static void ChiSquared(Density density, Tensor logProbs) =>
        ChiSquared(density.Sample(new Rng(11)).ToArray<long>(), [.. logProbs.ToArray<double>().Select(Math.Exp)]);

    // χ² exceeds its mean k − 1 by more than five deviations √(2(k − 1)) with a probability below 1e-4 for these k; the seed is fixed.
    private static void ChiSquared(long[] drawn, double[] expected)
    {
        var counts = drawn.CountBy(v => v).ToDictionary();
        Assert.All(counts.Keys, k => Assert.InRange(k, 0, expected.Length - 1));
        var chi = Enumerable.Range(0, expected.Length).Sum(k => Math.Pow(counts.GetValueOrDefault(k) - Many * expected[k], 2) / (Many * expected[k]));
        Assert.InRange(chi, 0, expected.Length - 1 + 5 * Math.Sqrt(2 * (expected.Length - 1)) + 5);
    }

    // The largest distance of the empirical distribution function is above 1.95/√n with a probability of 0.001; the seed is fixed.
    private static void KolmogorovSmirnov(Density density)
    {
        const double step = 1e-3;
        var drawn = density.Sample(new Rng(12)).ToArray<double>();
        Array.Sort(drawn);
        var grid = Enumerable.Range(0, Many).Select(i => (float)(-100 + (i + 0.5) * step)).ToArray();
        var mass = density.LogProb(Tensor.From(grid, Many)).ToArray<double>().Select(l => Math.Exp(l) * step);
        var (at, cdf, worst) = (0, 0.0, 0.0);
        foreach (var (x, p) in grid.Zip(mass))
        {
            cdf += p;
            while (at < drawn.Length && drawn[at] <= x + step / 2)
            {
                at++;
            }

            worst = Math.Max(worst, Math.Abs(cdf - (double)at / drawn.Length));
        }

        Assert.InRange(worst, 0, 1.95 / Math.Sqrt(Many));
    }
}
