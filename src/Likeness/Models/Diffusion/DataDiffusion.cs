namespace Likeness;

/// <summary>What diffusion models of the data itself share: they sample in its units, and follow the flow to its likelihood.</summary>
public abstract class DataDiffusion : DiffusionModel, IQuickSampler, IDenoiser, IBound, IFlowLikelihood
{
    /// <summary>Steps of the sampler for pictures on the way.</summary>
    public const int QuickSteps = 20;

    /// <summary>Levels at which one evaluation of the bound is made.</summary>
    public const int BoundDraws = 32;

    // Levels of a few examples go through the network together: a call of a few rows costs what it costs with more.
    private const int RowsAtOnce = 64;

    private readonly DiffusionSampler _sampler;

    private protected DataDiffusion(DataSpec spec, NoiseProcess process, DiffusionSampler sampler, double emaDecay, string name, int told, Func<ConditionedLayer> network)
        : base(process, emaDecay, name, told, network) => (Spec, _sampler) = (spec, sampler);

    /// <inheritdoc/>
    public double Bound => Spec.Domain is Domain.Real ? double.PositiveInfinity : 1;

    internal DataSpec Spec { get; }

    /// <inheritdoc/>
    public IReadOnlyList<double> NoiseLevels(int? steps) => Process.Levels(steps);

    /// <inheritdoc/>
    public Tensor Denoise(Tensor x, Tensor sigma) => Reverse(x, sigma).Clean;

    /// <inheritdoc/>
    public Denoised Reverse(Tensor x, Tensor sigma) => Reverse(x, sigma, null);

    public Tensor Sample(int count, Rng rng) => Sample(this, _sampler, count, rng);

    /// <summary>By DPM-Solver++ in <see cref="QuickSteps"/> steps.</summary>
    public Tensor SampleQuickly(int count, Rng rng) => Sample(this, new DiffusionSampler.DpmSolver(QuickSteps), count, rng);

    /// <summary>
    /// The variational bound in continuous time (Kingma et al. 2021, equation 12), nats: with s the smallest level and S the largest,
    /// <code>log p(x) ≥ E log p(x | x_s) − KL(N(x_0, S²) ‖ N(0, 1 + S²)) − E ∫ ‖x_0 − D(x_0 + σ·ε; σ)‖²/σ² d ln σ</code>
    /// where p(x | x_s) is Normal around D(x_s; s) with the deviation s, over the bins of data in levels. The integral is estimated at
    /// <see cref="BoundDraws"/> levels, one from each equal part of ln σ.
    /// </summary>
    public virtual Tensor LogProbBound(Tensor x, Rng rng)
    {
        using var noGrad = torch.no_grad();
        var x0 = Unit(x);
        var levels = NoiseLevels(null);
        var (n, low, high) = ((int)x0.shape[0], Math.Log(levels[^1]), Math.Log(levels[0]));
        var part = (high - low) / BoundDraws;
        var (bound, variance) = (Chain.Kept(() =>
        {
            var clean = Clean(x0, [.. Enumerable.Repeat(levels[^1], n)], rng.Normal(x0.shape));
            return LogBins(x, x0, clean, clean.full_like(low));
        }), levels[0] * levels[0]);
        bound -= 0.5 * (x0.square() / (1 + variance) + variance / (1 + variance) - 1 + Math.Log((1 + variance) / variance)).flatten(1).sum([1]);
        return Chain.Run(bound, Enumerable.Range(0, BoundDraws).Chunk(Math.Max(1, RowsAtOnce / n)), (sum, parts) =>
        {
            var drawn = Array.ConvertAll(parts, i => (Logs: Array.ConvertAll(rng.Uniform(n).ToArray<double>(), u => low + (i + u) * part), Noise: rng.Normal(x0.shape)));
            double[] logs = [.. drawn.SelectMany(d => d.Logs)];
            var weight = Tensor.From(Array.ConvertAll(logs, l => part * Math.Exp(-2 * l)), logs.Length).to(x0.dtype).to(x0.device);
            var clean = torch.cat([.. parts.Select(_ => x0)]);
            var error = (clean - Clean(clean, Array.ConvertAll(logs, Math.Exp), torch.cat([.. drawn.Select(d => d.Noise)]))).square().flatten(1).sum([1]);
            return sum - (weight * error).reshape(parts.Length, n).sum([0]);
        });
    }

    /// <inheritdoc/>
    public Tensor EstimateLogProb(Tensor x, double tolerance, Rng rng)
    {
        // Values in levels are the intervals around them, over which a density is spread evenly.
        var width = Spec.Domain switch { Domain.Byte => 2 / 255.0, Domain.Binary => 2.0, _ => 0 };
        var y = Unit(x);
        y = width == 0 ? y : y + (rng.Uniform(y.shape).to(y.dtype) - 0.5) * width;
        var density = ProbabilityFlow.LogDensity(this, y, tolerance, rng);
        return width > 0 ? density + Spec.Dimensions * Math.Log(width) : LogScale is { } scale ? density + scale : density;
    }

    /// <summary>Examples in the units of the process.</summary>
    internal virtual Tensor Unit(Tensor x) => Spec.Normalise(x);

    /// <summary>The way back.</summary>
    internal virtual Tensor FromUnit(Tensor y) => Spec.Denormalise(y);

    /// <summary>What a value of the units is worth in log-density: ln |du/dx| of an example, in nats.</summary>
    internal virtual Tensor? LogScale => null;

    // log p(x | x_s): of bins for data in levels, of a density for real data.
    private protected Tensor LogBins(Tensor x, Tensor x0, Tensor mean, Tensor logStd) => (Spec.Domain switch
    {
        Domain.Byte => new DiscretizedNormal(mean, logStd, 256).LogProb(x),
        Domain.Binary => new DiscretizedNormal(mean, logStd, 2).LogProb(x),
        _ => new Normal(mean, logStd).LogProb(x0),
    }).flatten(1).sum([1]) + (LogScale ?? torch.zeros([1], mean.dtype, mean.device));

    private Tensor Clean(Tensor x0, double[] sigma, Tensor draws)
    {
        var levels = Tensor.From(sigma, sigma.Length);
        var noise = levels.to(x0.dtype).to(x0.device).reshape([sigma.Length, .. Enumerable.Repeat(1L, (int)x0.ndim - 1)]) * draws.to(x0.dtype);
        var clean = Denoise(x0 + noise, levels);
        return double.IsFinite(Bound) ? clean.clamp(-Bound, Bound) : clean;
    }

    /// <summary>Samples of this model or of one that sees through its eyes.</summary>
    private protected Tensor Sample(IDenoiser denoiser, int count, Rng rng) => Sample(denoiser, _sampler, count, rng);

    private protected Tensor Sample(IDenoiser denoiser, DiffusionSampler sampler, int count, Rng rng)
    {
        rng = rng.PerExample();
        return FromUnit(sampler.Sample(denoiser, rng.Normal(Spec.BatchShape(count)).to(ScalarType), rng));
    }
}
