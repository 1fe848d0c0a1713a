namespace Likeness.Tests.Models;

/// <summary>
/// The VAE on a linear-Gaussian model, where everything is known: x = Wz + b + σε has log p(x) = log N(x; b, WWᵀ + σ²I) and, for
/// orthogonal columns of W, a diagonal posterior.
/// </summary>
public sealed class VaeTests
{
    private const double Sigma = 0.5;

    private static readonly DataSpec s_spec = new([3], new Domain.Real());

    // Orthogonal columns w₁ = (1, 2, −2)/2 with |w₁|² = 9/4, w₂ = (2, 1, 2)/5 with |w₂|² = 9/25.
    private static readonly double[][] s_columns = [[0.5, 1, -1], [0.4, 0.2, 0.4]];

    private static readonly double[] s_offset = [0.3, -0.2, 0.1];

    [Fact]
    public void With_the_exact_posterior_every_weight_is_the_exact_probability()
    {
        using var scope = torch.NewDisposeScope();
        var (vae, x) = (Exact(), Points());
        var expected = x.Select(LogProb).ToArray();
        var weights = vae.LogWeights(Table(x), 7, new Rng(1)).ToArray<double>();
        for (var n = 0; n < x.Length; n++)
        {
            Near.Equal([.. Enumerable.Repeat(expected[n], 7)], weights.AsSpan(n * 7, 7), 1e-10);
        }
    }

    [Fact]
    public void The_bound_lies_below_the_likelihood_by_the_divergence_of_the_posteriors()
    {
        using var scope = torch.NewDisposeScope();
        double[] shift = [0.3, -0.5];
        double[] stretch = [0.2, -0.4]; // of log σ
        foreach (var wrong in new[] { false, true })
        {
            var vae = Exact();
            if (wrong)
            {
                var bias = vae.Get("encoder.1.bias");
                vae.Set("encoder.1.bias", bias[0] + shift[0], bias[1] + shift[1], bias[2] + stretch[0], bias[3] + stretch[1]);
            }

            // KL(q ‖ p(z|x)) of Normals with the posterior's means and deviations disturbed; the same for every x.
            var gap = wrong
                ? Enumerable.Range(0, 2).Sum(i => (0.5 * ((Math.Pow(shift[i], 2) / Variance(i)) + Math.Exp(2 * stretch[i]) - 1)) - stretch[i])
                : 0;
            foreach (var x in Points())
            {
                const int many = 100_000;
                var bounds = vae.LogProbBound(Table(x).expand(many, 3), new Rng(2)).ToArray<double>();
                var score = Score.Mean(bounds, "nats", Evidence.LowerBound);
                Assert.Equal(LogProb(x) - gap, score.Value, 4 * score.StandardError);
                Assert.InRange(score.StandardError, 0, 0.02);
            }
        }
    }

    [Fact]
    public void The_bound_is_the_reconstruction_less_the_divergence_term_by_term()
    {
        using var scope = torch.NewDisposeScope();
        var (vae, points) = (Exact(), Points());
        var means = vae.Encode(Table(points)).ToArray<double>();
        vae.to(ScalarType.Float32);
        using var training = Weights.Training(Vae.Recipe.Objective(vae, Options, new Rng(1)), Weights.Data(s_spec, [.. points.SelectMany(p => p).Select(v => (float)v)]), points.Length);
        var turn = ((IRehearsal)training).Rehearse(new Rng(5)).Single(t => t.Descends);
        var terms = turn.Terms.ToDictionary(t => t.Name, t => t.Value.ToDouble());
        Assert.Equal(["reconstruction", "kl"], turn.Terms.Select(t => t.Name));

        var kl = Enumerable.Range(0, points.Length).Average(n => Enumerable.Range(0, 2).Sum(i =>
            0.5 * (Math.Pow(means[(2 * n) + i], 2) + Variance(i) - 1 - Math.Log(Variance(i)))));
        Assert.Equal(kl, terms["kl"], 1e-5);

        // With the noise known the reconstruction is known too; one example, so there is no order.
        using var single = Weights.Training(Vae.Recipe.Objective(vae, Options, new Rng(1)), Weights.Data(s_spec, [.. points[0].Select(v => (float)v)]), 1);
        var reconstruction = ((IRehearsal)single).Rehearse(new Rng(5)).Single(t => t.Descends).Terms[0].Value.ToDouble();
        var eps = new Rng(5).Normal(1, 2).ToArray<double>();
        var log = 0.0;
        for (var j = 0; j < 3; j++)
        {
            var mean = s_offset[j] + Enumerable.Range(0, 2).Sum(i => s_columns[i][j] * (means[i] + (Math.Sqrt(Variance(i)) * eps[i])));
            log -= (0.5 * Math.Pow((points[0][j] - mean) / Sigma, 2)) + Math.Log(Sigma) + (0.5 * Math.Log(2 * Math.PI));
        }

        Assert.Equal(-log, reconstruction, 1e-5);
        Assert.Equal(-vae.LogProbBound(Table(points[0]).to(ScalarType.Float32), new Rng(5)).ToDouble(), ((IRehearsal)single).Rehearse(new Rng(5)).Single(t => t.Descends).Terms.Sum(t => t.Value.ToDouble()), 1e-5);
    }

    [Fact]
    public void The_gradient_through_the_sample_is_the_score_functions_in_expectation()
    {
        using var scope = torch.NewDisposeScope();
        const int many = 200_000;
        var vae = Exact();
        var bias = vae.Get("encoder.1.bias");
        vae.Set("encoder.1.bias", bias[0] + 0.3, bias[1] - 0.5, bias[2] + 0.2, bias[3] - 0.4);
        double[] x = [0.9, -0.4, 0.6];
        var mean = vae.Encode(Table(x)).ToArray<double>();
        vae.to(ScalarType.Float32);
        var copies = Weights.Data(s_spec, [.. Enumerable.Repeat(x, many).SelectMany(v => v).Select(v => (float)v)]);
        using var training = Weights.Training(Vae.Recipe.Objective(vae, Options, new Rng(1)), copies, many);
        var turn = ((IRehearsal)training).Rehearse(new Rng(6)).Single(t => t.Descends);
        var index = turn.Player!.Parameters.Select(p => p.Name).ToList().IndexOf("encoder.1.bias");
        var through = turn.Player.Gradients(turn.Terms.AsSpan(0, 1))[index]!.ToArray<double>();

        // E[f·∇ log q] with f = −log p(x|z): ∇_μ log q = ε/σ_q and ∇_log σ log q = ε² − 1; f less its mean has the same expectation.
        double[] deviation = [Math.Sqrt(Variance(0)) * Math.Exp(0.2), Math.Sqrt(Variance(1)) * Math.Exp(-0.4)];
        var eps = new Rng(60).Normal(many, 2).ToArray<double>();
        var f = new double[many];
        for (var n = 0; n < many; n++)
        {
            for (var j = 0; j < 3; j++)
            {
                var decoded = s_offset[j] + Enumerable.Range(0, 2).Sum(i => s_columns[i][j] * (mean[i] + (deviation[i] * eps[(2 * n) + i])));
                f[n] += 0.5 * Math.Pow((x[j] - decoded) / Sigma, 2);
            }
        }

        var baseline = f.Average();
        for (var i = 0; i < 2; i++)
        {
            var toMean = Score.Mean([.. f.Select((v, n) => (v - baseline) * eps[(2 * n) + i] / deviation[i])], "", Evidence.Estimate);
            var toLog = Score.Mean([.. f.Select((v, n) => (v - baseline) * ((eps[(2 * n) + i] * eps[(2 * n) + i]) - 1))], "", Evidence.Estimate);

            // The gradient through the sample has an error of its own, smaller than the score function's.
            Assert.Equal(toMean.Value, through[i], 5 * toMean.StandardError);
            Assert.Equal(toLog.Value, through[2 + i], 5 * toLog.StandardError);
            Assert.InRange(toMean.StandardError, 0, 0.05);
        }
    }

    [Fact]
    public void Decoding_a_code_gives_the_mean_and_samples_spread_around_it()
    {
        using var scope = torch.NewDisposeScope();
        var vae = Exact();
        var decoded = vae.Decode(Tensor.From<double>([1, -2], 1, 2)).ToArray<double>();
        Near.Equal([.. Enumerable.Range(0, 3).Select(j => s_offset[j] + s_columns[0][j] - (2 * s_columns[1][j]))], decoded, 1e-12);

        const int many = 100_000;
        var samples = vae.Sample(many, new Rng(4)).ToArray<double>();
        for (var j = 0; j < 3; j++)
        {
            var values = Enumerable.Range(0, many).Select(n => samples[(3 * n) + j]).ToArray();
            var variance = Math.Pow(s_columns[0][j], 2) + Math.Pow(s_columns[1][j], 2) + (Sigma * Sigma);
            Assert.Equal(s_offset[j], values.Average(), 4 * Math.Sqrt(variance / many));
            Assert.Equal(variance, values.Average(v => Math.Pow(v - s_offset[j], 2)), 4 * variance * Math.Sqrt(2.0 / many));
        }
    }

    [Fact]
    public void Before_its_first_descent_the_encoder_is_centred_and_the_decoder_is_at_the_marginals()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([2], new Domain.Binary());
        var options = Options with { Decoder = new DecoderHead.Auto(), Optimizer = new Sgd(1e-30) };
        var vae = new Vae(spec, options, new Rng(1));
        using var training = Weights.Training(Vae.Recipe.Objective(vae, options, new Rng(1)), Weights.Data(spec, 1, 0, 1, 1, 1, 0, 0, 0), 4, 2);
        Assert.Equal(2, training.Run().Count());
        var buffers = vae.Buffers().ToDictionary(b => b.Name, b => b.Value.ToArray<double>());
        Near.Equal([0.75, 0.25], buffers["centre"], 1e-6);

        // Half an example is added to the ones and to the zeros of each bit.
        Near.Equal([Math.Log(3.5 / 1.5), Math.Log(1.5 / 3.5)], buffers["offset"], 1e-6);
    }

    [Fact]
    public void A_decoder_refuses_data_that_it_is_no_distribution_of()
    {
        DecoderHead[] heads = [new DecoderHead.Bernoulli(), new DecoderHead.Gaussian(), new DecoderHead.DiscretizedLogistic()];
        Domain[] domains = [new Domain.Binary(), new Domain.Real(), new Domain.Byte()];
        for (var h = 0; h < heads.Length; h++)
        {
            for (var d = 0; d < domains.Length; d++)
            {
                var spec = new DataSpec([3], domains[d]);
                if (h == d)
                {
                    Assert.Same(heads[h], heads[h].For(spec));
                    Assert.Equal(heads[h], new DecoderHead.Auto().For(spec));
                    continue;
                }

                var e = Assert.Throws<UsageException>(() => heads[h].For(spec));
                Assert.Contains($"'{heads[h]}' is not a distribution of {domains[d]} data: use ", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_convolutional_network_refuses_what_does_not_halve()
    {
        var options = Options with { Network = new AutoencoderNetwork.Convolutional(), Decoder = new DecoderHead.Auto() };
        foreach (var shape in new int[][] { [6], [1, 7, 7], [1, 29, 29] })
        {
            var e = Assert.Throws<UsageException>(() => new Vae(new(shape, new Domain.Byte()), options, new Rng(1)));
            Assert.Contains("use the network 'mlp'", e.Message, StringComparison.Ordinal);
        }
    }

    private static VaeOptions Options { get; } = new()
    {
        Latent = 2,
        Network = new AutoencoderNetwork.Mlp { Hidden = [] },
        Decoder = new DecoderHead.Gaussian(Sigma),
    };

    // Of the posterior: 1/(1 + |w|²/σ²).
    private static double Variance(int i) => 1 / (1 + (s_columns[i].Sum(w => w * w) / (Sigma * Sigma)));

    private static Vae Exact()
    {
        TorchRuntime.Threads = 1;
        var vae = new Vae(s_spec, Options, new Rng(1));
        vae.to(ScalarType.Float64);
        vae.Set("decoder.0.weight", [.. Enumerable.Range(0, 3).SelectMany(j => (double[])[s_columns[0][j], s_columns[1][j]])]);
        vae.Set("decoder.0.bias", s_offset);

        // μ_i(x) = v_i·w_i·(x − b)/σ², log σ_i = ½ log v_i.
        var rows = Enumerable.Range(0, 2).Select(i => s_columns[i].Select(w => w * Variance(i) / (Sigma * Sigma)).ToArray()).ToArray();
        vae.Set("encoder.1.weight", [.. rows[0], .. rows[1], 0, 0, 0, 0, 0, 0]);
        vae.Set("encoder.1.bias", -rows[0].Zip(s_offset, (a, b) => a * b).Sum(), -rows[1].Zip(s_offset, (a, b) => a * b).Sum(), 0.5 * Math.Log(Variance(0)), 0.5 * Math.Log(Variance(1)));
        return vae;
    }

    private static double[][] Points() => [[0.9, -0.4, 0.6], [0.3, -0.2, 0.1], [-2, 1.5, 1]];

    private static Tensor Table(params double[][] rows) => Tensor.From(rows.SelectMany(r => r).ToArray(), rows.Length, 3);

    // log N(x; b, WWᵀ + σ²I): the covariance has eigenvalues |w_i|² + σ² along the columns and σ² elsewhere.
    private static double LogProb(double[] x)
    {
        var rest = x.Zip(s_offset, (a, b) => (a - b) * (a - b)).Sum();
        var log = -1.5 * Math.Log(2 * Math.PI);
        foreach (var w in s_columns)
        {
            var length = w.Sum(v => v * v);
            var along = Math.Pow(w.Zip(x.Zip(s_offset, (a, b) => a - b), (u, v) => u * v).Sum(), 2) / length;
            rest -= along;
            log -= 0.5 * ((along / (length + (Sigma * Sigma))) + Math.Log(length + (Sigma * Sigma)));
        }

        return log - (0.5 * ((rest / (Sigma * Sigma)) + Math.Log(Sigma * Sigma)));
    }
}
