namespace Likeness;

/// <summary>
/// Options of a DDPM. The defaults are the paper's mathematics on a smaller network, for images of 28 to 32 pixels: its base width is 32 and not
/// 128, it halves the resolution twice, and normalises in 8 groups and not in 32.
/// </summary>
public sealed record DdpmOptions
{
    /// <summary>Number of diffusion steps T.</summary>
    [AtLeast(2)]
    public int Steps { get; init; } = 1000;

    /// <summary>Noise schedule: linear or cosine.</summary>
    public NoiseSchedule Noise { get; init; } = new NoiseSchedule.LinearBeta();

    /// <summary>What the network predicts: epsilon, x0 or v.</summary>
    public Prediction Prediction { get; init; } = Prediction.Epsilon;

    /// <summary>Variance of the reverse steps, in the bound and in ancestral sampling: fixed-large, fixed-small or learned (Nichol and Dhariwal 2021).</summary>
    public ReverseVariance Variance { get; init; } = ReverseVariance.FixedLarge;

    /// <summary>
    /// Training loss with a learned variance: hybrid (equation 16 of Nichol and Dhariwal 2021, the squared error plus a thousandth of the bound), or vlb (the
    /// bound alone, for better likelihood).
    /// </summary>
    public VarianceLoss VarianceLoss { get; init; } = VarianceLoss.Hybrid;

    /// <summary>The network.</summary>
    public UNetOptions Network { get; init; } = new();

    /// <summary>Sampler: ancestral or ddim, with a number of steps.</summary>
    [Later]
    public DiffusionSampler Sampler { get; init; } = new DiffusionSampler.Ancestral();

    /// <summary>Decay of the exponential moving average of the weights, which is used for sampling and scoring.</summary>
    [AtLeast(0, Below = 1)]
    public double EmaDecay { get; init; } = 0.9999;

    /// <summary>Number of random diffusion steps used for one evaluation of the bound.</summary>
    [AtLeast(1), Later]
    public int BoundDraws { get; init; } = 16;

    /// <summary>Optimiser of the network.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(2e-4) { ClipNorm = 1, Schedule = new Schedule.Warmup(500) };
}

/// <summary>
/// Denoising diffusion probabilistic model (Ho et al. 2020): a fixed process turns data into noise,
/// <code>q(x_t | x_0) = N(√ᾱ_t·x_0, (1 − ᾱ_t)·I)      (equation 4)</code>
/// and a U-Net learns to take the noise away. It samples, and it bounds the likelihood. With a learned variance it is that of Nichol and Dhariwal (2021): the
/// network also says for each value where the log-variance lies between log β̃_t and log β_t (their equation 15).
/// </summary>
/// <remarks>Weights for sampling and scoring are the running mean ("ema.") of those that are trained ("unet.").</remarks>
public sealed class Ddpm : DataDiffusion
{
    private readonly DdpmOptions _options;
    private readonly double[] _logPosterior, _logNoise;

    /// <param name="spec">The data.</param>
    /// <param name="options">The process, the network and how it learns.</param>
    /// <param name="rng">Where initial weights are drawn.</param>
    /// <param name="denoiser">
    /// Makes a network of your own, from images [n, channels, height, width] in −1 … 1 and times [n], int64, to as many numbers; it is called
    /// twice, since the weights have a running average.
    /// </param>
    public Ddpm(DataSpec spec, DdpmOptions options, Rng rng, Func<Rng, torch.nn.Module<Tensor, Tensor, Tensor>>? denoiser = null)
        : base(spec, ProcessOf(OptionRanges.Checked(options)), options.Sampler, options.EmaDecay, "unet", 0, () => Network(spec, options, rng, denoiser))
    {
        _options = options;
        Diffusion = ((NoiseProcess.VariancePreserving)Process).Diffusion;
        (_logPosterior, _logNoise) = (Diffusion.LogPosteriorVariance, Diffusion.LogNoiseVariance(options.Variance));
    }

    public static Recipe<DdpmOptions, Ddpm, Batch> Recipe { get; } = new(
        "ddpm",
        "Learns to remove noise step by step; samples from noise, and bounds the likelihood.",
        new("ho2020ddpm", "Denoising Diffusion Probabilistic Models", "Ho, Jonathan and Jain, Ajay and Abbeel, Pieter", "NeurIPS", 2020, "arXiv:2006.11239"),
        (model, options, _) => new DdpmObjective(model, options.Optimizer),
        new(Steps: 4_000, BatchSize: 64),
        DataNeed.Images)
    {
        Model = (spec, options, rng) => new(spec, options, rng),
        Smallest = new() { Steps = 20, Network = UNetOptions.Smallest, EmaDecay = 0.9, BoundDraws = 4, Optimizer = new Adam(5e-3) { ClipNorm = 1 } },
    };

    internal DdpmOptions Options => _options;

    internal Diffusion Diffusion { get; }

    /// <summary>
    /// The variational bound (equation 5), nats: the term of the first step (a probability of the data's own values) and the prior's
    /// are always evaluated, the T − 1 between at <see cref="DdpmOptions.BoundDraws"/> random steps, one from each equal part of them.
    /// </summary>
    public override Tensor LogProbBound(Tensor x, Rng rng)
    {
        using var noGrad = torch.no_grad();
        var x0 = Spec.Normalise(x);
        var n = (int)x0.shape[0];
        var first = Chain.Run(torch.zeros([n], x0.dtype, x0.device), [0], (sum, _) => sum - Term(x, x0, new long[n], rng));
        var draws = Math.Min(_options.BoundDraws, Diffusion.Steps - 1);
        var between = Chain.Run(first.zeros_like(), Enumerable.Range(0, draws), (sum, part) =>
        {
            // Steps 1 … T − 1 in equal parts; the weight makes the estimate unbiased.
            var low = 1 + part * (Diffusion.Steps - 1L) / draws;
            var high = 1 + (part + 1) * (Diffusion.Steps - 1L) / draws;
            return sum + (double)(high - low) * Term(x, x0, rng.Integers(low, high, n).ToArray<long>(), rng);
        });
        return first - between - PriorKl(x0);
    }

    internal override Denoised Read(AtLevels levels, Tensor x, Tensor output)
    {
        if (_options.Variance.Blend is { } blend)
        {
            return new(levels.Clean(x, output), blend == 0 ? null : torch.full([1], blend, x.dtype, x.device));
        }

        var parts = output.chunk(2, 1);
        return new(levels.Clean(x, parts[0]), (parts[1] + 1) / 2);
    }

    private static NoiseProcess.VariancePreserving ProcessOf(DdpmOptions o) => new(o.Steps, o.Noise, o.Prediction);

    private static ConditionedLayer Network(DataSpec spec, DdpmOptions options, Rng rng, Func<Rng, torch.nn.Module<Tensor, Tensor, Tensor>>? own)
    {
        var learns = options.Variance.Blend is null;
        return own is null ? UNetOf(spec, options.Network, rng, outputs: learns ? 2 : 1, called: "DDPM")
            : learns ? throw new UsageException($"A network of your own says no variances: choose the variance '{ReverseVariance.FixedLarge}' or '{ReverseVariance.FixedSmall}'.")
            : OwnNetwork.OfTime(own(rng), "the denoiser");
    }

    // L_T: KL(q(x_T | x_0) ‖ N(0, I)), which learns nothing.
    private Tensor PriorKl(Tensor x0)
    {
        var aBar = Diffusion.AlphaBar[^1];
        return 0.5 * ((1 - aBar) + aBar * x0.square() - 1 - Math.Log(1 - aBar)).flatten(1).sum([1]);
    }

    // A term of the bound at one step for each example, [n], nats.
    private Tensor Term(Tensor x, Tensor x0, long[] steps, Rng rng)
    {
        var sigma = SigmaOf(steps);
        var levels = new AtLevels(this, sigma, x0);
        var noisy = x0 + levels.Of((_, s) => s) * rng.Normal(x0.shape).to(x0.dtype);
        return Term(x, x0, steps, noisy, Reverse(noisy, Tensor.From(sigma, sigma.Length)));
    }

    /// <summary>
    /// L_{t−1} of equation 5, the KL between two Normals whose means differ by the error of x̂_0 (equations 7 and 8), and at the first step L_0, a Normal over the
    /// bins of the data's values (equation 13).
    /// </summary>
    internal Tensor Term(Tensor x, Tensor x0, long[] steps, Tensor noisy, Denoised said)
    {
        Tensor At(Func<int, double> value) => Tensor.From(Array.ConvertAll(steps, t => value((int)t)), [steps.Length, 1, 1, 1]).to(x0.dtype).to(x0.device);
        var d = Diffusion;
        var posterior = At(t => _logPosterior[t]);
        var logVariance = said.Blend is { } v ? v * At(t => _logNoise[t]) + (1 - v) * posterior : posterior;

        // The posterior's mean weighs x_0 by √ᾱ_{t−1}·β_t/(1 − ᾱ_t).
        var weight = At(t => t == 0 ? 1 : Math.Sqrt(d.AlphaBar[t - 1]) * d.Beta[t] / (1 - d.AlphaBar[t]));
        var kl = 0.5 * (logVariance - posterior + (posterior - logVariance).exp() - 1 + (weight * (x0 - said.Clean)).square() * (-logVariance).exp());
        if (!Array.Exists(steps, t => t == 0))
        {
            return kl.flatten(1).sum([1]);
        }

        var logStd = (0.5 * logVariance).expand_as(said.Clean);
        var logProb = Spec.Domain switch
        {
            Domain.Byte => new DiscretizedNormal(said.Clean, logStd, 256).LogProb(x),
            Domain.Binary => new DiscretizedNormal(said.Clean, logStd, 2).LogProb(x),
            _ => new Normal(said.Clean, logStd).LogProb(x0),
        };
        return torch.where(At(t => t == 0 ? 1 : 0) > 0.5, -logProb, kl).flatten(1).sum([1]);
    }

    internal double[] SigmaOf(long[] steps) => Array.ConvertAll(steps, t => ((NoiseProcess.VariancePreserving)Process).SigmaAt((int)t));
}
