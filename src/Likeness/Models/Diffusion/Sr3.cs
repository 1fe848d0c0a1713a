namespace Likeness;

/// <summary>Options of a diffusion model conditioned on an image. The process is EDM's, as it needs a twentieth of the paper's steps; the network is that of the other diffusion models here.</summary>
public sealed record Sr3Options
{
    /// <summary>How images are degraded to make training pairs, such as downsample:4, grey or mask:half; null if the data consists of pairs, NAME::NAME.</summary>
    public string? Degrade { get; init; }

    /// <summary>Diffusion process: edm, ddpm or flow-matching.</summary>
    public NoiseProcess Process { get; init; } = new NoiseProcess.Karras();

    /// <summary>The network.</summary>
    public UNetOptions Network { get; init; } = new();

    /// <summary>Sampler.</summary>
    [Later]
    public DiffusionSampler Sampler { get; init; } = new DiffusionSampler.DpmSolver(20);

    /// <summary>Decay of the exponential moving average of the weights, which is used for sampling and scoring.</summary>
    [AtLeast(0, Below = 1)]
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Optimiser of the network.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { ClipNorm = 1, Schedule = new Schedule.Warmup(500) };
}

/// <summary>
/// SR3 (Saharia et al. 2022): diffusion that is shown the picture x to be restored beside the noisy image, as further channels, and learns
/// <code>E ‖F(x, √γ·y_0 + √(1 − γ)·ε, γ) − ε‖²      (equation 6)</code>
/// so that its samples follow p(y | x): the whole images that a low resolution, a grey picture, or a part could be of. With other pairs it translates.
/// </summary>
public sealed class Sr3 : DiffusionModel, ITranslator, IReconstructor
{
    private const int TranslationSteps = 20;

    private readonly DataSpec _spec;
    private readonly Sr3Options _options;
    private readonly Pairing _pairing;

    public Sr3(DataSpec spec, Sr3Options options, Rng rng)
        : base(OptionRanges.Checked(options).Process, options.EmaDecay, "unet", spec.Dimensions, () => new SeeingUNet(spec, options.Network, rng)) =>
        (_spec, _options, _pairing) = (spec, options, new(spec, options.Degrade, "An SR3"));

    public static Recipe<Sr3Options, Sr3, SourcedBatch> Recipe { get; } = new(
        "sr3",
        "Diffusion conditioned on an image: super-resolution, colourisation and inpainting by sampling full images that fit a degraded one; or translation learned from pairs.",
        new("saharia2022sr3", "Image Super-Resolution via Iterative Refinement",
            "Saharia, Chitwan and Ho, Jonathan and Chan, William and Salimans, Tim and Fleet, David J. and Norouzi, Mohammad", "IEEE Transactions on Pattern Analysis and Machine Intelligence", 2022, "arXiv:2104.07636", Publication.Article),
        (model, options, _) => new Denoising<SourcedBatch>(model, options.Optimizer, (batch, _) =>
        {
            var (x, y) = model._pairing.Of(batch);
            return (y, x.flatten(1));
        }),
        new(Steps: 4_000, BatchSize: 64),
        new("images of bytes or bits", s => DataNeed.Images.Accepts(s) && s.Domain is Domain.Byte or Domain.Binary))
    {
        Smallest = new() { Degrade = "mask:half", Network = UNetOptions.Smallest, Sampler = new DiffusionSampler.DpmSolver(5), EmaDecay = 0.9, Optimizer = new Adam(5e-3) { ClipNorm = 1 } },
    };

    public LinearMeasurement? Measurement => _pairing.Measurement;

    public IReadOnlyList<DataAttribute> Domains => [_pairing.Domain];

    /// <summary>One of the images that each could be of, by the flow from the same noise for all.</summary>
    public Tensor Translate(Tensor x, Tensor target)
    {
        using var noGrad = torch.no_grad();
        var wanted = target.select(1, 0).eq(1);
        if (wanted.any().ToDouble() == 0)
        {
            return _spec.Check(x);
        }

        var rng = new Rng(0, x.device);
        var noise = rng.Normal(_spec.BatchShape(1)).expand(x.shape);
        return torch.where(wanted.reshape(-1, 1, 1, 1), Draw(_spec.Normalise(x), noise, new DiffusionSampler.DpmSolver(TranslationSteps), rng), x);
    }

    public Tensor Reconstruct(Tensor y, Rng rng)
    {
        using var noGrad = torch.no_grad();
        rng = rng.PerExample();
        return Draw(_pairing.Picture(y), rng.Normal(_spec.BatchShape((int)y.shape[0])), _options.Sampler, rng);
    }

    private Tensor Draw(Tensor x, Tensor noise, DiffusionSampler sampler, Rng rng) =>
        _spec.Denormalise(sampler.Sample(new Seeing(this, x.flatten(1)), noise.to(ScalarType), rng));

    // The denoiser of images of which these pictures are seen.
    private sealed class Seeing(Sr3 model, Tensor picture) : IDenoiser
    {
        public double Bound => 1;

        public IReadOnlyList<double> NoiseLevels(int? steps) => model.Process.Levels(steps);

        public Tensor Denoise(Tensor x, Tensor sigma) => model.Reverse(x, sigma, picture).Clean;
    }
}

/// <summary>A U-Net that is told a picture beside the time, and sees it as further channels of its input.</summary>
internal sealed class SeeingUNet : ConditionedLayer
{
    private readonly UNet _unet;

    public SeeingUNet(DataSpec spec, UNetOptions options, Rng rng)
    {
        try
        {
            _unet = Add("net", new UNet(2 * spec.Channels, spec.Channels, spec.Height, spec.Width, options, rng));
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"An SR3 cannot have this network: {e.Message.Split(" (Parameter")[0]}", e);
        }
    }

    protected override Tensor Forward(Tensor x, Tensor condition, Rng? rng) =>
        _unet.Call(torch.cat([x, condition.narrow(1, 1, condition.size(1) - 1).reshape(x.shape).to(x.dtype)], 1), condition.select(1, 0), rng);
}
