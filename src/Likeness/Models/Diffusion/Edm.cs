namespace Likeness;

/// <summary>
/// Options of an EDM. The process and the sampler are the paper's; the network is the U-Net of DDPM on a small scale (the paper's networks have a hundred
/// times its weights), and the running mean forgets sooner, as trainings here are shorter.
/// </summary>
public sealed record EdmOptions
{
    /// <summary>Noise levels and preconditioning.</summary>
    public NoiseProcess.Karras Process { get; init; } = new();

    /// <summary>The network.</summary>
    public UNetOptions Network { get; init; } = new();

    /// <summary>Sampler.</summary>
    [Later]
    public DiffusionSampler Sampler { get; init; } = new DiffusionSampler.Heun(18);

    /// <summary>Decay of the exponential moving average of the weights, which is used for sampling and scoring.</summary>
    [AtLeast(0, Below = 1)]
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Optimiser of the network.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { ClipNorm = 1, Schedule = new Schedule.Warmup(500) };
}

/// <summary>
/// EDM (Karras et al. 2022): diffusion with inputs, targets and weights of unit variance at every level of noise,
/// <code>D(x; σ) = c_skip·x + c_out·F(c_in·x; c_noise)      (equation 7)</code>
/// and Heun's method on levels that are dense where there is little noise. The choice for quality among the diffusion models.
/// </summary>
public sealed class Edm : DataDiffusion
{
    public Edm(DataSpec spec, EdmOptions options, Rng rng)
        : base(spec, OptionRanges.Checked(options).Process, options.Sampler, options.EmaDecay, "unet", 0, () => UNetOf(spec, options.Network, rng, called: "EDM"))
    {
    }

    public static Recipe<EdmOptions, Edm, Batch> Recipe { get; } = new(
        "edm",
        "Diffusion with a preconditioned network and a second-order sampler: the best quality of the diffusion models here.",
        new("karras2022edm", "Elucidating the Design Space of Diffusion-Based Generative Models", "Karras, Tero and Aittala, Miika and Aila, Timo and Laine, Samuli", "NeurIPS", 2022, "arXiv:2206.00364"),
        (model, options, _) => new Denoising<Batch>(model, options.Optimizer, (batch, _) => (model.Spec.Normalise(batch.X), null)),
        new(Steps: 4_000, BatchSize: 64),
        DataNeed.Images)
    {
        Smallest = new() { Network = UNetOptions.Smallest, Sampler = new DiffusionSampler.Heun(6), EmaDecay = 0.9, Optimizer = new Adam(5e-3) { ClipNorm = 1 } },
    };
}
