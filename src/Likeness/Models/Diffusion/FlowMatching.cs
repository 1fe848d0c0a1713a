namespace Likeness;

/// <summary>Options of a flow-matching model: the papers' paths, on a small U-Net.</summary>
public sealed record FlowMatchingOptions
{
    /// <summary>The paths between noise and data.</summary>
    public NoiseProcess.Straight Process { get; init; } = new();

    /// <summary>The network, which predicts the velocity along the paths.</summary>
    public UNetOptions Network { get; init; } = new();

    /// <summary>Sampler: euler, midpoint, adaptive or another.</summary>
    [Later]
    public DiffusionSampler Sampler { get; init; } = new DiffusionSampler.Midpoint(25);

    /// <summary>Decay of the exponential moving average of the weights, which is used for sampling and scoring.</summary>
    [AtLeast(0, Below = 1)]
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Optimiser of the network.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { ClipNorm = 1, Schedule = new Schedule.Warmup(500) };
}

/// <summary>
/// Flow matching (Lipman et al. 2023) on the straight paths of rectified flow (Liu et al. 2023):
/// <code>x_t = (1 − t)·ε + t·x_0,   min_v E‖v(x_t, t) − (x_0 − ε)‖²      (equation 23 with σ_min = 0)</code>
/// A sample follows dx/dt = v from noise at t = 0 to data at t = 1; the likelihood follows it back.
/// </summary>
public sealed class FlowMatching : DataDiffusion
{
    public FlowMatching(DataSpec spec, FlowMatchingOptions options, Rng rng)
        : base(spec, OptionRanges.Checked(options).Process, options.Sampler, options.EmaDecay, "unet", 0, () => UNetOf(spec, options.Network, rng, called: "flow-matching model"))
    {
    }

    public static Recipe<FlowMatchingOptions, FlowMatching, Batch> Recipe { get; } = new(
        "flow-matching",
        "Learns the velocity along straight paths from noise to data and integrates it to sample; estimates the likelihood by integrating backwards.",
        new("lipman2023flow", "Flow Matching for Generative Modeling", "Lipman, Yaron and Chen, Ricky T. Q. and Ben-Hamu, Heli and Nickel, Maximilian and Le, Matt", "ICLR", 2023, "arXiv:2210.02747"),
        (model, options, _) => new Denoising<Batch>(model, options.Optimizer, (batch, _) => (model.Spec.Normalise(batch.X), null)),
        new(Steps: 4_000, BatchSize: 64),
        DataNeed.Images)
    {
        Smallest = new() { Network = UNetOptions.Smallest, Sampler = new DiffusionSampler.Midpoint(5), EmaDecay = 0.9, Optimizer = new Adam(5e-3) { ClipNorm = 1 } },
    };
}
