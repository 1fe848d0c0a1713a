namespace Likeness;

/// <summary>Options of a latent diffusion.</summary>
public sealed record LatentDiffusionOptions
{
    /// <summary>Source of the encoder and decoder: train (train them in the first steps) or run (take them from any run that encodes and decodes, given by path).</summary>
    public CoderSource Coder { get; init; } = new CoderSource.Trained();

    /// <summary>Diffusion process of the codes: edm, ddpm or flow-matching.</summary>
    public NoiseProcess Process { get; init; } = new NoiseProcess.Karras();

    /// <summary>The denoising network for codes that are small images.</summary>
    public UNetOptions Network { get; init; } = new();

    /// <summary>Width of the denoising network for codes that are vectors.</summary>
    [AtLeast(4)]
    public int Width { get; init; } = 256;

    /// <summary>Residual blocks of the denoising network for codes that are vectors.</summary>
    [AtLeast(1)]
    public int Blocks { get; init; } = 4;

    /// <summary>Sampler of the codes.</summary>
    [Later]
    public DiffusionSampler Sampler { get; init; } = new DiffusionSampler.Heun(18);

    /// <summary>Decay of the exponential moving average of the weights, which is used for sampling and scoring.</summary>
    [AtLeast(0, Below = 1)]
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Optimiser of the network.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { ClipNorm = 1, Schedule = new Schedule.Linear() };
}

/// <summary>
/// Latent diffusion (Rombach et al. 2022, section 3.2): an autoencoder makes codes of examples, and a diffusion learns the codes' law, scaled by what was
/// measured on training examples to the deviation ½. Where the coder's codes are small images (<see cref="IAutoencoder.Grid"/>), as the paper's are, the denoiser
/// is a U-Net, and each channel has one scale; codes that are vectors have a multilayer perceptron, and each value its own. The paper's attention to a text is not here.
/// </summary>
public sealed class LatentDiffusion : DiffusionModel, IQuickSampler, ILatentPrior, IAutoencoder
{
    private readonly DataSpec _spec;
    private readonly LatentDiffusionOptions _options;
    private readonly Module _coder;
    private readonly Tensor _centre, _scale;
    private readonly int _size;

    private LatentDiffusion(DataSpec spec, LatentDiffusionOptions options, Rng rng, Module coder, int size)
        : base(options.Process, options.EmaDecay, "net", 0, () => Denoiser(((IAutoencoder)coder).Grid, options, size, rng))
    {
        (_spec, _options, _size) = (spec, options, size);
        _coder = Add("coder", coder);
        _centre = Buffer("centre", Init.Zeros.Make(rng, size));
        _scale = Buffer("scale", Init.Ones.Make(rng, size));
    }

    /// <summary>The coder's.</summary>
    public CodeGrid? Grid => Coder.Grid;

    private IAutoencoder Coder => (IAutoencoder)_coder;

    /// <summary>The recipe, with a way to find the coder's.</summary>
    /// <param name="find">The recipe of a name.</param>
    public static Recipe<LatentDiffusionOptions, LatentDiffusion, Batch> RecipeFor(Func<string, IRecipe> find) => new(
        "latent-diffusion",
        "Diffusion in the latent space of an autoencoder: large images at a low computational cost.",
        new("rombach2022latent", "High-Resolution Image Synthesis with Latent Diffusion Models",
            "Rombach, Robin and Blattmann, Andreas and Lorenz, Dominik and Esser, Patrick and Ommer, Björn", "CVPR", 2022, "arXiv:2112.10752"),
        (model, options, rng) => new CodesLearned(model, find, rng),
        new(Steps: 10_000, BatchSize: 128),
        DataNeed.Numbers)
    {
        Model = (spec, options, rng) => Create(spec, options, rng, find),
        Smallest = new()
        {
            Coder = new CoderSource.Trained("vae", "{\"latent\":2}", 3), Width = 16, Blocks = 1, Sampler = new DiffusionSampler.Heun(6), EmaDecay = 0.9, Optimizer = new Adam(5e-3) { ClipNorm = 1 },
        },
        Prepare = options => options with { Coder = options.Coder.Prepared() },
    };

    /// <summary>Codes of examples, by the autoencoder: [n, latent].</summary>
    public Tensor Encode(Tensor x) => Coder.Encode(x);

    /// <summary>Examples of codes, by the autoencoder.</summary>
    public Tensor Decode(Tensor z) => Coder.Decode(z);

    /// <summary>Codes from the diffusion, [count, latent].</summary>
    public Tensor SampleLatent(int count, Rng rng) => Codes(_options.Sampler, count, rng);

    public Tensor Sample(int count, Rng rng) => Whole(Decode(SampleLatent(count, rng)));

    /// <summary>By DPM-Solver++ in <see cref="DataDiffusion.QuickSteps"/> steps.</summary>
    public Tensor SampleQuickly(int count, Rng rng) => Whole(Decode(Codes(new DiffusionSampler.DpmSolver(DataDiffusion.QuickSteps), count, rng)));

    private static LatentDiffusion Create(DataSpec spec, LatentDiffusionOptions options, Rng rng, Func<string, IRecipe> find)
    {
        OptionRanges.Check(options);
        var coder = options.Coder.Create(spec, find, rng);
        var autoencoder = Capabilities.Require<IAutoencoder>(coder, options.Coder.ModelName);
        using var noGrad = torch.no_grad();
        var size = (int)autoencoder.Encode(torch.zeros(spec.BatchShape(1), ScalarType.Float32, rng.Device)).shape[1];
        return new(spec, options, rng, coder, size);
    }

    private Tensor Codes(DiffusionSampler sampler, int count, Rng rng)
    {
        rng = rng.PerExample();
        var z = sampler.Sample(new Scaled(this), Shaped(rng.Normal(count, _size).to(ScalarType)), rng);
        return (Grid?.FromMaps(z) ?? z) / _scale + _centre;
    }

    private static ConditionedLayer Denoiser(CodeGrid? grid, LatentDiffusionOptions options, int size, Rng rng) => grid is null
        ? new VectorDenoiser(size, options.Width, options.Blocks, rng)
        : UNetOf(grid.Channels, grid.Height, grid.Width, options.Network, rng, 0, 1, "diffusion of codes");

    // Codes as the process has them.
    private Tensor Shaped(Tensor z) => Grid?.ToMaps(z) ?? z;

    // Decoded means as values that data can have.
    private Tensor Whole(Tensor decoded) => _spec.Denormalise(_spec.Normalise(decoded));

    private sealed class Scaled(LatentDiffusion model) : IDenoiser
    {
        public IReadOnlyList<double> NoiseLevels(int? steps) => model.Process.Levels(steps);

        public Tensor Denoise(Tensor x, Tensor sigma) => model.Reverse(x, sigma, null).Clean;
    }

    /// <summary>The coder learns first, or comes from elsewhere; then the codes' moments are taken, and the diffusion learns them.</summary>
    private sealed class CodesLearned : Objective<Batch>
    {
        private readonly LatentDiffusion _model;
        private readonly Denoising<Batch> _denoising;
        private readonly Objective<Batch>? _coding;
        private readonly Counter _rounds;

        public CodesLearned(LatentDiffusion model, Func<string, IRecipe> find, Rng rng)
        {
            var o = model._options;
            _model = model;
            _denoising = Add("denoising", new Denoising<Batch>(model, o.Optimizer, (batch, _) => (model.Shaped((model.Encode(batch.X).detach() - model._centre) * model._scale), null)));
            _coding = o.Coder.Rounds == 0 ? null : Add("coding", o.Coder.Learning(model._coder, find, rng));
            _rounds = Include("rounds", new Counter());
        }

        public override IReadOnlyList<Player> Players => _coding is null ? _denoising.Players : [.. _coding.Players, .. _denoising.Players];

        public override void Begin(Batch first, IFeed<Batch> feed, Rng rng)
        {
            _model._options.Coder.Begin(_model._coder);
            _coding?.Begin(first, feed, rng);
            if (_model._options.Coder.Rounds == 0)
            {
                Measure(first, feed);
            }
        }

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var round = _rounds.Next();
            var learning = round < _model._options.Coder.Rounds;
            if (learning)
            {
                foreach (var turn in _coding!.Round(feed, rng))
                {
                    yield return turn;
                }

                if (round + 1 == _model._options.Coder.Rounds)
                {
                    yield return Turn.Do(() => Measure(feed.Next(), feed));
                }

                yield break;
            }

            foreach (var turn in _denoising.Round(feed, rng))
            {
                yield return turn;
            }
        }

        private void Measure(Batch first, IFeed<Batch> feed) => UnitScale.Measure(first, feed, batch => _model.Encode(batch.X), _model._centre, _model._scale, _model.Grid);
    }
}
