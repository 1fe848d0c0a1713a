namespace Likeness;

/// <summary>Options of a class-conditional diffusion model.</summary>
public sealed record ClassDiffusionOptions
{
    /// <summary>Diffusion process: edm, ddpm or flow-matching.</summary>
    public NoiseProcess Process { get; init; } = new NoiseProcess.Karras();

    /// <summary>The network.</summary>
    public UNetOptions Network { get; init; } = new();

    /// <summary>Share of the training examples whose class is hidden, so that the network also learns to work without it.</summary>
    [AtLeast(0, Below = 1)]
    public double Dropped { get; init; } = 0.1;

    /// <summary>w, classifier-free guidance towards the class; 0 samples the class's learned distribution, and larger values give clearer but less varied examples.</summary>
    [AtLeast(0), Later]
    public double Guidance { get; init; } = 0.5;

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
/// Diffusion that is told the class, with classifier-free guidance (Ho and Salimans 2022, algorithms 1 and 2): a part of the training examples come without
/// their class, so the same weights answer with and without it, and samples follow
/// <code>x̂_0 = (1 + w)·x̂_0(x, c) − w·x̂_0(x, ∅)      (equation 6)</code>
/// </summary>
public sealed class ClassDiffusion : DataDiffusion, IGenerative<ClassCondition>
{
    private readonly ClassDiffusionOptions _options;

    public ClassDiffusion(DataSpec spec, ClassDiffusionOptions options, Rng rng)
        : base(DataNeed.CheckClasses(spec, "A class-conditional diffusion model"), OptionRanges.Checked(options).Process, options.Sampler, options.EmaDecay, "unet", spec.Classes,
            () => UNetOf(spec, options.Network, rng, spec.Classes, called: "class-conditional diffusion model")) => _options = options;

    public static Recipe<ClassDiffusionOptions, ClassDiffusion, LabelledBatch> Recipe { get; } = new(
        "class-diffusion",
        "Diffusion conditioned on the class, with classifier-free guidance: samples any class, or without a class.",
        new("ho2022guidance", "Classifier-Free Diffusion Guidance", "Ho, Jonathan and Salimans, Tim", "arXiv", 2022, "arXiv:2207.12598", Publication.Preprint),
        (model, options, _) => new Denoising<LabelledBatch>(model, options.Optimizer,
            (batch, rng) => (model.Spec.Normalise(batch.X), Guided.Drop(model.Indicators(batch.Labels), options.Dropped, rng))),
        new(Steps: 4_000, BatchSize: 64),
        DataNeed.Images.WithClasses())
    {
        Smallest = new() { Network = UNetOptions.Smallest, Sampler = new DiffusionSampler.DpmSolver(5), EmaDecay = 0.9, Optimizer = new Adam(5e-3) { ClipNorm = 1 } },
    };

    /// <summary>New examples of these classes: one label for all, or one for each.</summary>
    public Tensor Sample(ClassCondition condition, int count, Rng rng) => Sample(new Guided(this, Indicators(condition.Of(count)), _options.Guidance), count, rng);

    private Tensor Indicators(Tensor labels) => torch.eye(Spec.Classes, dtype: ScalarType.Float32, device: labels.device).to(ScalarType).index_select(0, labels);
}
