namespace Likeness.Tests;

/// <summary>
/// x = Wz + σε with orthogonal columns of W, in double precision: log p(x) = log N(x; 0, WWᵀ + σ²I), and the posterior is Normal with variances
/// v_i = 1/(1 + |w_i|²/σ²) and means v_i w_i·x/σ².
/// </summary>
/// <param name="sigma">σ.</param>
/// <param name="columns">Of W.</param>
/// <param name="shift">By how many deviations the means of q(z|x) are off: KL(q ‖ p(z|x)) is half its square for each latent.</param>
/// <param name="prior">The deviation of p(z), which the formulas take for 1.</param>
internal sealed class LinearGaussian(double sigma, double[][] columns, double shift = 0, double prior = 1) : Module, ILatentVariable, IAutoencoder
{
    private readonly int _latent = columns.Length, _dimensions = columns[0].Length;

    public double Variance(int i) => 1 / (1 + (columns[i].Sum(w => w * w) / (sigma * sigma)));

    public Tensor SampleLatent(int count, Rng rng) => rng.Normal(count, _latent).to(ScalarType.Float64) * prior;

    public Tensor LogPrior(Tensor z) => new Normal(z.zeros_like(), z.full_like(Math.Log(prior))).LogProb(z).sum([1]);

    public Tensor LogLikelihood(Tensor x, Tensor z) => Likelihood(z).LogProb(x).sum([1]);

    public Density Likelihood(Tensor z)
    {
        var mean = z.matmul(Matrix(columns.SelectMany(w => w), _latent));
        return new Normal(mean, mean.full_like(Math.Log(sigma)));
    }

    public Density Posterior(Tensor x)
    {
        var mean = x.to(ScalarType.Float64).matmul(Matrix(columns.SelectMany((w, i) => w.Select(v => v * Variance(i) / (sigma * sigma))), _latent).transpose(0, 1));
        var logStd = Matrix(Enumerable.Range(0, _latent).Select(i => 0.5 * Math.Log(Variance(i))), 1).expand(x.shape[0], _latent);
        return new Normal(mean + (logStd.exp() * shift), logStd);
    }

    public Tensor Encode(Tensor x) => ((Normal)Posterior(x)).Mean;

    public Tensor Decode(Tensor z) => ((Normal)Likelihood(z)).Mean;

    public Tensor LogProbBound(Tensor x, Rng rng) => LogWeights(x, 1, rng).squeeze(1);

    public Tensor LogWeights(Tensor x, int samples, Rng rng) => torch.stack([.. Enumerable.Range(0, samples).Select(_ =>
    {
        var q = Posterior(x);
        var z = q.Sample(rng);
        return LogPrior(z) + LogLikelihood(x, z) - q.LogProb(z).sum([1]);
    })], 1);

    /// <summary>Exact, of examples [n, d].</summary>
    public double[] LogProb(Tensor x) => [.. x.ToArray<double>().Chunk(_dimensions).Select(LogProb)];

    // WWᵀ + σ²I has eigenvalues |w_i|² + σ² along the columns and σ² elsewhere.
    private double LogProb(double[] x)
    {
        var (rest, log) = (x.Sum(v => v * v), -0.5 * _dimensions * Math.Log(2 * Math.PI * sigma * sigma));
        foreach (var w in columns.Where(w => w.Any(v => v != 0)))
        {
            var length = w.Sum(v => v * v);
            var along = Math.Pow(w.Zip(x, (a, b) => a * b).Sum(), 2) / length;
            rest -= along;
            log -= 0.5 * ((along / (length + (sigma * sigma))) + Math.Log((length / (sigma * sigma)) + 1));
        }

        return log - (0.5 * rest / (sigma * sigma));
    }

    private static Tensor Matrix(IEnumerable<double> values, int rows)
    {
        double[] all = [.. values];
        return Tensor.From(all, rows, all.Length / rows);
    }
}
