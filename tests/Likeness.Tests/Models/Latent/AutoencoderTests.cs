namespace Likeness.Tests.Models;

/// <summary>The autoencoder: its losses by hand, its corruptions, and what a linear one must find.</summary>
public sealed class AutoencoderTests
{
    private static readonly DataSpec s_bytes = new([1, 2, 2], new Domain.Byte());

    [Fact]
    public void Squared_error_is_of_values_on_zero_to_one_and_bytes_come_back_in_their_range()
    {
        using var scope = torch.NewDisposeScope();
        var readout = new Reconstruction.SquaredError(0.05).For(s_bytes);
        var outputs = Tensor.From<double>([0, 0, 0, 0], 1, 4); // a sigmoid of one half
        var x = Tensor.From<double>([255, 0, 127.5, 51], 1, 1, 2, 2);
        Assert.Equal(0.05 * (0.25 + 0.25 + 0 + 0.09), readout.Loss(outputs, x).ToDouble(), 1e-12);
        Assert.Equal([127.5, 127.5, 127.5, 127.5], readout.Mean(outputs).ToArray<double>());
    }

    [Fact]
    public void Cross_entropy_is_the_papers()
    {
        using var scope = torch.NewDisposeScope();
        var readout = new Reconstruction.CrossEntropy().For(s_bytes);
        double[] p = [0.3, 0.9, 0.5, 0.2], v = [1, 0, 0.5, 0.2];
        var outputs = Tensor.From(Array.ConvertAll(p, q => Math.Log(q / (1 - q))), 1, 4);
        var x = Tensor.From(Array.ConvertAll(v, u => u * 255), 1, 1, 2, 2);
        var expected = -p.Zip(v, (q, u) => (u * Math.Log(q)) + ((1 - u) * Math.Log(1 - q))).Sum(); // equation 2 of Vincent et al. 2008
        Assert.Equal(expected, readout.Loss(outputs, x).ToDouble(), 1e-9);
        Assert.Throws<UsageException>(() => new Reconstruction.CrossEntropy().For(new DataSpec([2], new Domain.Real())));
    }

    [Fact]
    public void Likelihood_is_that_of_the_decoders_distribution()
    {
        using var scope = torch.NewDisposeScope();
        var readout = new Reconstruction.Likelihood(new DecoderHead.Gaussian(0.5)).For(new DataSpec([2], new Domain.Real()));
        // −log N(1; 0, ½²) − log N(0; 0, ½²)
        var expected = (2 * Math.Log(0.5 * Math.Sqrt(2 * Math.PI))) + 2;
        Assert.Equal(expected, readout.Loss(Tensor.From<double>([0, 0], 1, 2), Tensor.From<double>([1, 0], 1, 2)).ToDouble(), 1e-12);
    }

    [Fact]
    public void Corruptions_do_what_they_say()
    {
        using var scope = torch.NewDisposeScope();
        var x = Tensor.From([.. Enumerable.Repeat(0.8f, 40_000)], 100, 400);
        var masked = new Corruption.Masking(0.3).Of(x, new Rng(1)).ToArray<float>();
        // √(0.3·0.7/40000) = 0.0023
        Assert.Equal(0.3, masked.Count(v => v == 0) / 40_000.0, 0.01);
        Assert.All(masked, v => Assert.True(v == 0 || Math.Abs(v - 0.8f) < 1e-6f, $"A value became {v}."));

        var noisy = new Corruption.Noise(0.5).Of(x, new Rng(1)).ToArray<double>();
        Assert.Equal(0.8, noisy.Average(), 0.01); // 0.5/200 = 0.0025
        Assert.Equal(0.5, Math.Sqrt(noisy.Average(v => Math.Pow(v - 0.8, 2))), 0.01);
    }

    // The best linear code of k values are the first k principal components (Baldi and Hornik 1989): the error that remains is the sum of
    // the other variances.
    [Fact]
    public void A_linear_autoencoder_finds_the_principal_components()
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        const int count = 500;
        double[] deviations = [2, 1, 0.3];
        var (u, c) = (new Rng(3).Normal(count, 3).ToArray<double>(), Math.Sqrt(0.5));
        var rows = Enumerable.Range(0, count).Select(i =>
        {
            var (a, b, d) = (u[3 * i] * deviations[0], u[(3 * i) + 1] * deviations[1], u[(3 * i) + 2] * deviations[2]);
            return new[] { (float)(c * (a - d)), (float)b, (float)(c * (a + d)) }; // turned by 45° in a plane
        }).ToArray();
        var spec = new DataSpec([3], new Domain.Real());
        var options = new AutoencoderOptions { Latent = 2, Network = new AutoencoderNetwork.Mlp { Hidden = [] }, Optimizer = new Adam(0.02) { Schedule = new Schedule.Linear() } };
        var model = new Autoencoder(spec, options, new Rng(1));
        Autoencoder.Recipe.Train(model, options, Weights.Data(spec, [.. rows.SelectMany(r => r)]), 600, count);

        var x = Tensor.From(rows.SelectMany(r => r).ToArray(), count, 3);
        var error = (model.Decode(model.Encode(x)) - x).square().sum([1]).mean().ToDouble();
        // The data's own smallest variance about its mean, near 0.3² = 0.09, is what the first two components leave.
        Assert.Equal(SmallestVariance(rows), error, 0.002);
    }

    [Fact]
    public void It_can_not_be_sampled_and_codes_of_another_width_are_refused()
    {
        using var scope = torch.NewDisposeScope();
        var model = new Autoencoder(new DataSpec([3], new Domain.Real()), new AutoencoderOptions { Latent = 2, Network = new AutoencoderNetwork.Mlp { Hidden = [4] } }, new Rng(1));
        Assert.Equal(["encode", "decode"], Capabilities.Of(Autoencoder.Recipe.ModelType));
        Assert.Contains("5 values", Assert.Throws<DataException>(() => model.Decode(Tensor.From(new float[5], 1, 5))).Message, StringComparison.Ordinal);
    }

    // By power iteration on (trace·I − covariance), whose greatest eigenvalue belongs to the least variance.
    private static double SmallestVariance(float[][] rows)
    {
        var mean = Enumerable.Range(0, 3).Select(i => rows.Average(r => (double)r[i])).ToArray();
        double Covariance(int i, int j) => rows.Average(r => (r[i] - mean[i]) * (r[j] - mean[j]));
        var trace = Covariance(0, 0) + Covariance(1, 1) + Covariance(2, 2);
        double[] v = [1, 0.3, -0.5];
        var length = 0.0;
        for (var round = 0; round < 2000; round++)
        {
            var w = Enumerable.Range(0, 3).Select(i => (trace * v[i]) - Enumerable.Range(0, 3).Sum(j => Covariance(i, j) * v[j])).ToArray();
            length = Math.Sqrt(w.Sum(a => a * a));
            v = Array.ConvertAll(w, a => a / length);
        }

        return trace - length;
    }
}
