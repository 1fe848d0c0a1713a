using System.Text.Json;
using System.Text.Json.Serialization;

namespace Likeness;

/// <summary>
/// What a DDPM is made of. The defaults are the paper's mathematics on a smaller network, for images of 28 to 32 pixels: its base width is 32 and not
/// 128, it halves the resolution twice, and normalises in 8 groups and not in 32.
/// </summary>
public sealed record DdpmOptions
{
    /// <summary>Steps T of the diffusion.</summary>
    [AtLeast(2)]
    public int Steps { get; init; } = 1000;

    /// <summary>How fast noise is added: linear or cosine.</summary>
    public NoiseSchedule Noise { get; init; } = new NoiseSchedule.LinearBeta();

    /// <summary>What the network predicts: epsilon, x0 or v.</summary>
    public Prediction Prediction { get; init; } = Prediction.Epsilon;

    /// <summary>Variance of the reverse steps, in the bound and in ancestral sampling: fixed-large or fixed-small.</summary>
    public ReverseVariance Variance { get; init; } = ReverseVariance.FixedLarge;

    /// <summary>The network.</summary>
    public UNetOptions Network { get; init; } = new();

    /// <summary>How samples are drawn: ancestral or ddim, with a number of steps.</summary>
    public DiffusionSampler Sampler { get; init; } = new DiffusionSampler.Ancestral();

    /// <summary>How much of the weights' running mean is kept per step.</summary>
    [AtLeast(0, Below = 1)]
    public double EmaDecay { get; init; } = 0.9999;

    /// <summary>Random steps of the diffusion at which one evaluation of the bound is made.</summary>
    [AtLeast(1)]
    public int BoundDraws { get; init; } = 16;

    /// <summary>How the network descends.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(2e-4) { ClipNorm = 1, Schedule = new Schedule.Warmup(500) };
}

/// <summary>
/// Denoising diffusion probabilistic model (Ho et al. 2020): a fixed process turns data into noise,
/// <code>q(x_t | x_0) = N(√ᾱ_t·x_0, (1 − ᾱ_t)·I)      (equation 4)</code>
/// and a U-Net learns to take the noise away. It samples, and it bounds the likelihood.
/// </summary>
/// <remarks>Weights for sampling and scoring are the running mean ("ema.") of those that are trained ("unet.").</remarks>
public sealed class Ddpm : Module, IQuickSampler, IDenoiser, IBound
{
    /// <summary>Steps of the sampler for pictures on the way.</summary>
    public const int QuickSteps = 20;

    private readonly DataSpec _spec;
    private readonly DdpmOptions _options;
    private readonly Diffusion _diffusion;
    private readonly double[] _variance; // σ_t² of the reverse steps
    private readonly ConditionedLayer _unet, _shadow;
    private readonly Ema _ema;

    /// <param name="spec">The data.</param>
    /// <param name="options">The process, the network and how it learns.</param>
    /// <param name="rng">Where initial weights are drawn.</param>
    /// <param name="denoiser">
    /// Makes a network of your own, from images [n, channels, height, width] in −1 … 1 and times [n], int64, to as many numbers; it is called
    /// twice, since the weights have a running average.
    /// </param>
    public Ddpm(DataSpec spec, DdpmOptions options, Rng rng, Func<Rng, torch.nn.Module<Tensor, Tensor, Tensor>>? denoiser = null)
    {
        OptionRanges.Check(options, DdpmJson.Default.DdpmOptions);
        (_spec, _options) = (spec, options);
        _diffusion = new(options.Noise, options.Steps);
        _variance = _diffusion.ReverseVariance(options.Variance);
        _unet = Add("unet", Denoiser());
        _shadow = Add("ema", Denoiser());
        _ema = new Ema(_unet, _shadow, options.EmaDecay, warmUp: true);
        Include("average", _ema);

        ConditionedLayer Denoiser() => denoiser is null ? Network(spec, options.Network, rng) : OwnNetwork.OfTime(denoiser(rng), "the denoiser");
    }

    public static Recipe<DdpmOptions, Ddpm, Batch> Recipe { get; } = new(
        "ddpm",
        "Learns to take noise away step by step; samples from noise, and bounds the likelihood.",
        new("ho2020ddpm", "Denoising Diffusion Probabilistic Models", "Ho, Jonathan and Jain, Ajay and Abbeel, Pieter", "NeurIPS", 2020, "arXiv:2006.11239"),
        new(),
        DdpmJson.Default.DdpmOptions,
        (spec, options, rng) => new Ddpm(spec, options, rng),
        (model, options, _) => new Denoising(model, options.Optimizer),
        new(Steps: 4_000, BatchSize: 64),
        DataNeed.Images)
    {
        Smallest = new()
        {
            Steps = 20,
            Network = new(8) { Multipliers = [1, 2], ResidualBlocks = 1, AttentionSizes = [4], Groups = 4, TimeFeatures = 16 },
            EmaDecay = 0.9,
            BoundDraws = 4,
            Optimizer = new Adam(5e-3) { ClipNorm = 1 },
        },
    };

    public IReadOnlyList<double> AlphaBar => _diffusion.AlphaBar;

    public double Bound => _spec.Domain is Domain.Real ? double.PositiveInfinity : 1;

    double IDenoiser.StepVariance(double beta, double posterior) => _options.Variance.Of(beta, posterior);

    public Tensor PredictNoise(Tensor xt, Tensor t) => Noise(_shadow.Call(xt, t), xt, t);

    public Tensor Sample(int count, Rng rng) => Sample(_options.Sampler, count, rng);

    /// <summary>By DDIM in <see cref="QuickSteps"/> steps.</summary>
    public Tensor SampleQuickly(int count, Rng rng) => Sample(new DiffusionSampler.Ddim(QuickSteps), count, rng);

    /// <summary>
    /// The variational bound (equation 5), nats: the term of the first step (a probability of the data's own values) and the prior's
    /// are always evaluated, the T − 1 between at <see cref="DdpmOptions.BoundDraws"/> random steps, one from each equal part of them.
    /// </summary>
    public Tensor LogProbBound(Tensor x, Rng rng)
    {
        using var noGrad = torch.no_grad();
        var x0 = _spec.Normalise(x);
        var n = x0.shape[0];
        var t0 = torch.zeros([n], ScalarType.Int64, x0.device);
        var first = Chain.Run(torch.zeros([n], x0.dtype, x0.device), [0], (sum, _) => sum + Decoder(x, x0, t0, rng));
        var draws = Math.Min(_options.BoundDraws, _diffusion.Steps - 1);
        var between = Chain.Run(first.zeros_like(), Enumerable.Range(0, draws), (sum, part) =>
        {
            // Steps 1 … T − 1 in equal parts; the weight makes the estimate unbiased.
            var low = 1 + part * (_diffusion.Steps - 1L) / draws;
            var high = 1 + (part + 1) * (_diffusion.Steps - 1L) / draws;
            return sum + (double)(high - low) * StepKl(x0, rng.Integers(low, high, n), rng);
        });
        return first - between - PriorKl(x0);
    }

    private Tensor Sample(DiffusionSampler sampler, int count, Rng rng)
    {
        rng = rng.PerExample();
        return _spec.Denormalise(sampler.Sample(this, rng.Normal(_spec.BatchShape(count)).to(_shadow.ScalarType), rng));
    }

    private static UNet Network(DataSpec spec, UNetOptions options, Rng rng)
    {
        var divisor = 1 << (options.Multipliers.Count - 1);
        if (spec.Height % divisor != 0 || spec.Width % divisor != 0)
        {
            throw new UsageException(
                $"A DDPM with {options.Multipliers.Count} resolutions cannot make images of {spec.Height}x{spec.Width}: {divisor} must divide both sides; resize the data, for example with {new Remedy.Option("Size", 32)}, or give fewer multipliers.");
        }

        try
        {
            return new UNet(spec.Channels, spec.Channels, spec.Height, options, rng);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"A DDPM cannot have this network: {e.Message.Split(" (Parameter")[0]}", e);
        }
    }

    // L_T: KL(q(x_T | x_0) ‖ N(0, I)), which learns nothing.
    private Tensor PriorKl(Tensor x0)
    {
        var aBar = _diffusion.AlphaBar[^1];
        return 0.5 * ((1 - aBar) + aBar * x0.square() - 1 - Math.Log(1 - aBar)).flatten(1).sum([1]);
    }

    // L_{t−1} of equation 5: KL between two Normals whose means differ by the network's error (equations 7, 8 and 11).
    private Tensor StepKl(Tensor x0, Tensor t, Rng rng)
    {
        var eps = rng.Normal(x0.shape);
        var xt = Diffuse(x0, t, eps);
        var error = (PredictNoise(xt, t) - eps).square().flatten(1).sum([1]);
        var d = _spec.Dimensions;
        var (error2, variance) = (Table(t, MeanError), Table(t, i => _diffusion.PosteriorVariance[i] / _variance[i]));
        return 0.5 * (error2 * error + (double)d * (variance - 1 - variance.log()));

        // (β_t/√(α_t(1 − ᾱ_t)))² / σ_t²: how an error in ε̂ weighs in units of the reverse variance.
        double MeanError(int i) => _diffusion.Beta[i] * _diffusion.Beta[i] / ((1 - _diffusion.Beta[i]) * (1 - _diffusion.AlphaBar[i])) / _variance[i];
    }

    // L_0: log p(x_0 | x_1), a Normal integrated over the bin of each of the data's values (equation 13).
    private Tensor Decoder(Tensor x, Tensor x0, Tensor t0, Rng rng)
    {
        var eps = rng.Normal(x0.shape);
        var x1 = Diffuse(x0, t0, eps);
        var predicted = PredictNoise(x1, t0);
        var beta = _diffusion.Beta[0];
        var mean = (x1 - predicted * (beta / Math.Sqrt(1 - _diffusion.AlphaBar[0]))) / Math.Sqrt(1 - beta);
        var logStd = mean.full_like(0.5 * Math.Log(_variance[0]));
        var logProb = _spec.Domain switch
        {
            Domain.Byte => new DiscretizedNormal(mean, logStd, 256).LogProb(x),
            Domain.Binary => new DiscretizedNormal(mean, logStd, 2).LogProb(x),
            _ => new Normal(mean, logStd).LogProb(x0),
        };
        return logProb.flatten(1).sum([1]);
    }

    // Equation 4.
    internal Tensor Diffuse(Tensor x0, Tensor t, Tensor eps) =>
        Wide(Table(t, i => Math.Sqrt(_diffusion.AlphaBar[i]))) * x0 + Wide(Table(t, i => Math.Sqrt(1 - _diffusion.AlphaBar[i]))) * eps;

    private Tensor Noise(Tensor output, Tensor xt, Tensor t) => _options.Prediction.ToNoise(
        output, xt, Wide(Table(t, i => Math.Sqrt(_diffusion.AlphaBar[i]))), Wide(Table(t, i => Math.Sqrt(1 - _diffusion.AlphaBar[i]))));

    // A constant of the diffusion at each example's step, [n].
    private Tensor Table(Tensor t, Func<int, double> value) =>
        Tensor.From(Array.ConvertAll(t.ToArray<long>(), i => value((int)i)), t.shape[0]).to(_unet.ScalarType).to(t.device);

    private static Tensor Wide(Tensor perExample) => perExample.reshape(-1, 1, 1, 1);

    /// <summary>Algorithm 1: L_simple, the squared error of the prediction at a random step.</summary>
    private sealed class Denoising : Objective<Batch>
    {
        private readonly Ddpm _model;
        private readonly Player _denoiser;

        public Denoising(Ddpm model, OptimizerOptions optimizer)
        {
            _model = Add("model", model);
            _denoiser = new Player("denoiser", optimizer, model._unet);
        }

        public override IReadOnlyList<Player> Players => [_denoiser];

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var x0 = _model._spec.Normalise(feed.Next().X);
            var t = rng.Integers(0, _model._diffusion.Steps, x0.shape[0]);
            var eps = rng.Normal(x0.shape).to(x0.dtype);
            var xt = _model.Diffuse(x0, t, eps);
            var target = _model._options.Prediction.Target(x0, eps,
                Wide(_model.Table(t, i => Math.Sqrt(_model.AlphaBar[i]))), Wide(_model.Table(t, i => Math.Sqrt(1 - _model.AlphaBar[i]))));
            yield return _denoiser.Minimise(("simple", torch.nn.functional.mse_loss(_model._unet.Call(xt, t, rng).to(target.dtype), target)));
            _model._ema.Update();
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(DdpmOptions))]
internal sealed partial class DdpmJson : JsonSerializerContext;
