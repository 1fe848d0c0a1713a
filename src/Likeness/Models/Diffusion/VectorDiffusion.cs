namespace Likeness;

/// <summary>Options of a diffusion model of vectors.</summary>
public sealed record VectorDiffusionOptions
{
    /// <summary>Diffusion process: edm, ddpm or flow-matching.</summary>
    public NoiseProcess Process { get; init; } = new NoiseProcess.Karras();

    /// <summary>Width of the network.</summary>
    [AtLeast(4)]
    public int Width { get; init; } = 128;

    /// <summary>Residual blocks of the network.</summary>
    [AtLeast(1)]
    public int Blocks { get; init; } = 3;

    /// <summary>Sampler.</summary>
    [Later]
    public DiffusionSampler Sampler { get; init; } = new DiffusionSampler.Heun(18);

    /// <summary>Decay of the exponential moving average of the weights, which is used for sampling and scoring.</summary>
    [AtLeast(0, Below = 1)]
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Optimiser of the network.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { ClipNorm = 1, Schedule = new Schedule.Linear() };
}

/// <summary>
/// Diffusion of vectors of numbers: a multilayer perceptron with residual blocks, told the time, is the denoiser, under the objective of EDM (Karras et al. 2022),
/// DDPM or flow matching. The data is brought to the mean 0 and the deviation ½ of each value, measured on the first training batches.
/// </summary>
public sealed class VectorDiffusion : DataDiffusion
{
    private readonly Tensor _centre, _scale;

    public VectorDiffusion(DataSpec spec, VectorDiffusionOptions options, Rng rng)
        : base(spec, OptionRanges.Checked(options).Process, options.Sampler, options.EmaDecay, "net", 0,
            () => new VectorDenoiser(spec.Dimensions, options.Width, options.Blocks, rng))
    {
        _centre = Buffer("centre", Init.Zeros.Make(rng, spec.Dimensions));
        _scale = Buffer("scale", Init.Ones.Make(rng, spec.Dimensions));
    }

    public static Recipe<VectorDiffusionOptions, VectorDiffusion, Batch> Recipe { get; } = new(
        "diffusion",
        "Diffusion for vectors of numbers, such as table rows: samples, bounds the likelihood, and estimates it by the probability-flow ODE.",
        Edm.Recipe.Paper,
        (model, options, _) => new Denoising<Batch>(model, options.Optimizer, (batch, _) => (model.Unit(batch.X), null), model.Measure),
        new(Steps: 10_000, BatchSize: 256),
        DataNeed.Reals)
    {
        Smallest = new() { Width = 32, Blocks = 1, Sampler = new DiffusionSampler.Heun(8), EmaDecay = 0.9, Optimizer = new Adam(5e-3) { ClipNorm = 1 } },
    };

    internal override Tensor? LogScale => _scale.log().sum();

    internal override Tensor Unit(Tensor x) => ((Spec.Flat(x) - _centre) * _scale).reshape(x.shape);

    internal override Tensor FromUnit(Tensor y) => (Spec.Flat(y) / _scale + _centre).reshape(y.shape);

    private void Measure(Batch first, IFeed<Batch> feed) => UnitScale.Measure(first, feed, batch => Spec.Flat(batch.X), _centre, _scale);
}
