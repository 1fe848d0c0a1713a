namespace Likeness.Tests.Models;

/// <summary>
/// DDPM against closed forms. A new network answers zero, so its reverse process is a chain of Normals whose law is known; for
/// v-prediction and standard Normal data that answer is even the best one.
/// </summary>
public sealed class DdpmTests
{
    private const int Steps = 40;

    private static readonly DataSpec s_spec = new([1, 2, 4], new Domain.Real());

    public static TheoryData<string> Predictions => ["epsilon", "x0", "v"];

    [Fact]
    public void The_schedules_end_where_the_papers_end()
    {
        // Ho et al. 2020: β from 1e-4 to 0.02 in 1000 steps leaves ᾱ_T = Π(1 − β_t) = 4.0358e-5 of the signal.
        var linear = new Diffusion(new NoiseSchedule.LinearBeta(), 1000);
        Assert.Equal(1e-4, linear.Beta[0], 1e-15);
        Assert.Equal(0.02, linear.Beta[^1], 1e-15);
        Assert.Equal(0.9999, linear.AlphaBar[0], 1e-12);
        Assert.Equal(4.0358e-5, linear.AlphaBar[^1], 1e-9);
        Assert.Equal(0, linear.PosteriorVariance[0]);

        // Nichol and Dhariwal 2021: ᾱ_t = cos²((t/T + s)/(1 + s)·π/2) over its value at 0, with s = 0.008; the last β is cut at 0.999.
        var cosine = new Diffusion(new NoiseSchedule.SquaredCosine(), 1000);
        static double F(double t) => Math.Pow(Math.Cos((t + 0.008) / 1.008 * Math.PI / 2), 2);
        Assert.Equal(F(0.5) / F(0), cosine.AlphaBar[499], 1e-12);
        Assert.Equal(0.999, cosine.Beta[^1], 1e-15);
        Assert.Equal(F(0.999) / F(0) * 0.001, cosine.AlphaBar[^1], 1e-15);

        // Other numbers of steps end at about the same place.
        Assert.InRange(new Diffusion(new NoiseSchedule.LinearBeta(), 100).AlphaBar[^1], 1e-5, 5e-5);
    }

    [Fact]
    public void Noise_added_step_by_step_is_noise_added_at_once()
    {
        using var scope = torch.NewDisposeScope();
        var model = Make();
        var diffusion = new Diffusion(new NoiseSchedule.LinearBeta(), Steps);
        var (mean, variance) = (1.0, 0.0);
        for (var t = 0; t < Steps; t++)
        {
            // q(x_t | x_{t−1}) = N(√(1 − β_t)·x_{t−1}, β_t), equation 2.
            (mean, variance) = (mean * Math.Sqrt(1 - diffusion.Beta[t]), (variance * (1 - diffusion.Beta[t])) + diffusion.Beta[t]);
            Assert.Equal(Math.Sqrt(diffusion.AlphaBar[t]), mean, 1e-12);
            Assert.Equal(1 - diffusion.AlphaBar[t], variance, 1e-12);
        }

        // What the training does, at one step: x_0 = 0.7 spreads to N(√ᾱ·0.7, 1 − ᾱ). The target of ε-prediction is the noise that was added.
        const int many = 20_000, at = 12;
        var x0 = torch.full([many, 1, 2, 4], 0.7, ScalarType.Float32);
        var sigma = model.SigmaOf([.. Enumerable.Repeat((long)at, many)]);
        var (levels, eps, _, target) = model.Learn(x0, sigma, null, new Rng(2));
        Near.Equal(eps, target, 1e-6);
        var xt = (levels.Of(p => p.Input) * (x0 + levels.Of((_, s) => s) * eps)).ToArray<double>();
        var (expected, spread) = (0.7 * Math.Sqrt(diffusion.AlphaBar[at]), 1 - diffusion.AlphaBar[at]);
        Assert.Equal(expected, xt.Average(), 4 * Math.Sqrt(spread / xt.Length));
        Assert.Equal(spread, xt.Average(v => Math.Pow(v - expected, 2)), 4 * spread * Math.Sqrt(2.0 / xt.Length));
    }

    [Theory]
    [MemberData(nameof(Predictions))]
    public void The_bound_lies_below_the_exact_likelihood(string name)
    {
        using var scope = torch.NewDisposeScope();
        var model = Make(name);
        var x = new Rng(3).Normal(6, 1, 2, 4) * 1.3;
        var exact = x.ToArray<double>().Chunk(8).Select(v => LogNormal(v, ChainVariance(name))).ToArray();
        var (bound, error) = Bound(model, x);
        for (var n = 0; n < exact.Length; n++)
        {
            Assert.True(bound[n] <= exact[n] + (4 * error[n]), $"The bound {bound[n]} ± {error[n]} is above {exact[n]}.");
        }

        // With x_0 a standard Normal, "v = 0" is the best answer and the reverse steps are exact: nothing is lost.
        if (name == "v")
        {
            Assert.Equal(1, ChainVariance(name), 1e-12);
            Assert.All(Enumerable.Range(0, exact.Length), n => Assert.Equal(exact[n], bound[n], (4 * error[n]) + 1e-3));
        }
        else
        {
            Assert.All(Enumerable.Range(0, exact.Length), n => Assert.True(bound[n] < exact[n] - (4 * error[n])));
        }
    }

    [Fact]
    public void Fewer_draws_estimate_the_same_bound()
    {
        using var scope = torch.NewDisposeScope();
        var x = new Rng(3).Normal(2, 1, 2, 4);
        var (all, allError) = Bound(Make("epsilon"), x);
        var (few, fewError) = Bound(Make("epsilon", draws: 3), x);
        for (var n = 0; n < all.Length; n++)
        {
            Assert.Equal(all[n], few[n], 4 * Math.Sqrt((allError[n] * allError[n]) + (fewError[n] * fewError[n])));
        }
    }

    [Fact]
    public void Reverse_variances_are_the_papers()
    {
        var d = new Diffusion(new NoiseSchedule.LinearBeta(), 1000);
        Assert.Equal((1 - d.AlphaBar[499]) / (1 - d.AlphaBar[500]) * d.Beta[500], Math.Exp(d.LogPosteriorVariance[500]), 1e-15);
        Assert.Equal(d.Beta[500], Math.Exp(d.LogNoiseVariance(ReverseVariance.FixedLarge)[500]), 1e-15);

        // The first step's, whose β̃ is zero, is the second's, as in the authors' program: log_variance = log(append(posterior_variance[1], betas[1:])).
        Assert.Equal(d.PosteriorVariance[1], Math.Exp(d.LogPosteriorVariance[0]), 1e-15);
        Assert.Equal(d.PosteriorVariance[1], Math.Exp(d.LogNoiseVariance(ReverseVariance.FixedLarge)[0]), 1e-15);

        // Learned ones reach from there to β_1 (Nichol and Dhariwal 2021).
        Assert.Equal(d.Beta[0], Math.Exp(d.LogNoiseVariance(ReverseVariance.Learned)[0]), 1e-15);
    }

    [Fact]
    public void A_new_networks_learned_variance_lies_halfway_between_its_ends()
    {
        using var scope = torch.NewDisposeScope();
        var model = new Ddpm(s_spec, Options("epsilon", Steps) with { Variance = ReverseVariance.Learned }, new Rng(1));
        var said = model.Reverse(new Rng(2).Normal(3, 1, 2, 4), torch.full([3], 0.7, ScalarType.Float64));
        Assert.Equal([3, 1, 2, 4], said.Blend!.shape);
        Assert.All(said.Blend.ToArray<double>(), v => Assert.Equal(0.5, v));
    }

    [Theory]
    [InlineData("hybrid")]
    [InlineData("vlb")]
    public void The_bound_teaches_the_variance_and_in_the_hybrid_loss_not_the_mean(string loss)
    {
        using var scope = torch.NewDisposeScope();
        var hybrid = loss == "hybrid";
        var options = Options("epsilon", Steps) with
        {
            Variance = ReverseVariance.Learned, VarianceLoss = hybrid ? VarianceLoss.Hybrid with { Simple = 1e-30 } : VarianceLoss.Vlb,
            Optimizer = new Sgd(1e-3), EmaDecay = 0,
        };
        var model = new Ddpm(s_spec, options, new Rng(1));
        using var training = Weights.Training(Ddpm.Recipe.Objective(model, options, new Rng(2)), Weights.Data(s_spec, [.. Enumerable.Range(0, 32).Select(i => i / 10f)]), 4);
        Assert.Single(training.Run());
        var after = model.Get("unet.conv_out.bias"); // the mean's channel, then the variance's
        Assert.Equal(hybrid, Math.Abs(after[0]) < 1e-12);
        Assert.True(Math.Abs(after[1]) > 1e-9);
    }

    [Fact]
    public void Samples_come_from_the_running_mean_of_the_weights()
    {
        using var scope = torch.NewDisposeScope();
        // The first update keeps (1 + 0)/(10 + 0) at most: early weights are soon forgotten.
        foreach (var (decay, kept) in new[] { (0.0, 0.0), (0.999, 0.1), (0.05, 0.05) })
        {
            var options = Options("epsilon", Steps) with { EmaDecay = decay };
            var model = new Ddpm(s_spec, options, new Rng(1));
            var before = model.Get("ema.conv_out.bias")[0];
            using var training = Weights.Training(Ddpm.Recipe.Objective(model, options, new Rng(2)), Weights.Data(s_spec, [.. Enumerable.Range(0, 32).Select(i => i / 10f)]), 4);
            Assert.Single(training.Run());
            var after = model.Get("unet.conv_out.bias")[0];
            Assert.NotEqual(before, after);
            Assert.Equal((kept * before) + ((1 - kept) * after), model.Get("ema.conv_out.bias")[0], 1e-9);
        }
    }

    [Fact]
    public void Networks_that_do_not_fit_are_refused()
    {
        var e = Assert.Throws<UsageException>(() => new Ddpm(new([1, 8, 8], new Domain.Byte()), new() { Network = new(30) }, new Rng(1)));
        Assert.Contains("30 channels do not fall into 8 equal groups", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<UsageException>(() => new Ddpm(s_spec, Options("epsilon", 4) with { Variance = ReverseVariance.Learned }, new Rng(1), _ => throw new InvalidOperationException()));
        Assert.Contains("says no variances", e.Message, StringComparison.Ordinal);
    }

    private static DdpmOptions Options(string prediction, int draws) => new()
    {
        Steps = Steps,
        Prediction = prediction switch { "x0" => Prediction.X0, "v" => Prediction.Velocity, _ => Prediction.Epsilon },
        Network = new(4) { Multipliers = [1, 2], ResidualBlocks = 1, AttentionSizes = [], Groups = 2, TimeFeatures = 8 },
        BoundDraws = draws,
    };

    private static Ddpm Make(string prediction = "epsilon", int draws = Steps)
    {
        TorchRuntime.Threads = 1;
        return new(s_spec, Options(prediction, draws), new Rng(1));
    }

    /// <summary>The variance of x_0 where the network answers zero: x_{t−1} = (x_t − β_t/√(1 − ᾱ_t)·ε̂)/√α_t + √β_t·z, from x_T ~ N(0, 1).</summary>
    private static double ChainVariance(string prediction)
    {
        var d = new Diffusion(new NoiseSchedule.LinearBeta(), Steps);
        var variance = 1.0;
        for (var t = Steps - 1; t >= 0; t--)
        {
            var s = Math.Sqrt(1 - d.AlphaBar[t]);
            var noise = prediction switch { "x0" => 1 / s, "v" => s, _ => 0 }; // ε̂/x_t of the answer zero
            var factor = (1 - (d.Beta[t] / s * noise)) / Math.Sqrt(1 - d.Beta[t]);
            variance = (factor * factor * variance) + d.Beta[t];
        }

        return variance;
    }

    private static double LogNormal(double[] x, double variance) => -0.5 * x.Sum(v => (v * v / variance) + Math.Log(2 * Math.PI * variance));

    private static (double[] Mean, double[] Error) Bound(Ddpm model, Tensor x)
    {
        var rng = new Rng(6);
        const int copies = 300;
        var n = (int)x.shape[0];
        var repeated = x.unsqueeze(1).expand(n, copies, 1, 2, 4).reshape(n * copies, 1, 2, 4);
        var values = model.LogProbBound(repeated, rng).ToArray<double>();
        var scores = Enumerable.Range(0, n).Select(i => Score.Mean(values.AsSpan(i * copies, copies), "nats", Evidence.LowerBound)).ToArray();
        return ([.. scores.Select(s => s.Value)], [.. scores.Select(s => s.StandardError)]);
    }
}
