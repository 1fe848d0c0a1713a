namespace Likeness;

/// <summary>Options of a diffusion model conditioned on captions.</summary>
public sealed record TextDiffusionOptions
{
    /// <summary>Diffusion process: edm, ddpm or flow-matching. The training noise levels of edm are higher than the paper's: captions matter most at high noise.</summary>
    public NoiseProcess Process { get; init; } = new NoiseProcess.Karras(LogMean: 0.5);

    /// <summary>The denoising network.</summary>
    public UNetOptions Network { get; init; } = new();

    /// <summary>The text network: characters read, dimension of the code, channels of the convolutions. By word by default, so that words generalise to new combinations.</summary>
    public TextNetworkOptions Text { get; init; } = new() { ByWord = true };

    /// <summary>Folder of a text encoder's run whose text network is trained further; null starts from random weights.</summary>
    public string? Reader { get; init; }

    /// <summary>Share of the training examples whose caption is hidden, so that the network also learns to work without it.</summary>
    [AtLeast(0, Below = 1)]
    public double Dropped { get; init; } = 0.1;

    /// <summary>w, classifier-free guidance towards the text; 0 samples the text's learned distribution, and larger values give clearer but less varied images.</summary>
    [AtLeast(0), Later]
    public double Guidance { get; init; } = 1;

    /// <summary>Sampler.</summary>
    [Later]
    public DiffusionSampler Sampler { get; init; } = new DiffusionSampler.DpmSolver(20);

    /// <summary>Decay of the exponential moving average of the weights, which is used for sampling and scoring.</summary>
    [AtLeast(0, Below = 1)]
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Optimiser of both networks.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { ClipNorm = 1, Schedule = new Schedule.Warmup(500) };
}

/// <summary>
/// Diffusion from captions with classifier-free guidance (Nichol et al. 2022, section 2.3): a network that reads the words one by one, or the characters in a
/// row as the text encoder does (Reed et al. 2016), learns together with the denoiser, which is told its code beside the time. The paper reads word pieces with a
/// transformer of a thousand times the size.
/// </summary>
public sealed class TextDiffusion : DataDiffusion, IGenerative<TextCondition>, ITextEncoder
{
    private readonly TextDiffusionOptions _options;
    private readonly TextNetwork _text;

    public TextDiffusion(DataSpec spec, TextDiffusionOptions options, Rng rng)
        : base(spec, OptionRanges.Checked(options).Process, options.Sampler, options.EmaDecay, "unet", options.Text.Code,
            () => UNetOf(spec, options.Network, rng, options.Text.Code, called: "text-to-image diffusion model"))
    {
        _options = options;
        _text = Add("text", new TextNetwork(options.Text, rng, spread: true));
    }

    public static Recipe<TextDiffusionOptions, TextDiffusion, CaptionedBatch> Recipe { get; } = new(
        "text-diffusion",
        "Diffusion conditioned on captions, with classifier-free guidance: generates images from a caption, or without one.",
        new("nichol2022glide", "GLIDE: Towards Photorealistic Image Generation and Editing with Text-Guided Diffusion Models",
            "Nichol, Alexander Quinn and Dhariwal, Prafulla and Ramesh, Aditya and Shyam, Pranav and Mishkin, Pamela and McGrew, Bob and Sutskever, Ilya and Chen, Mark", "ICML", 2022, "arXiv:2112.10741"),
        (model, options, _) => options.Reader is null ? Learning(model, options) : new FromReader(model, options),
        new(Steps: 8_000, BatchSize: 64),
        new("captioned images", DataNeed.Images.Accepts))
    {
        Former = new() { ["text.byWord"] = false },
        Smallest = new()
        {
            Network = UNetOptions.Smallest, Text = new(Length: 16, Code: 6) { Channels = [8], ByWord = true }, Sampler = new DiffusionSampler.DpmSolver(5),
            EmaDecay = 0.9, Optimizer = new Adam(5e-3) { ClipNorm = 1 },
        },
    };

    /// <summary>What the denoiser is told of each text, [n, code].</summary>
    public Tensor EncodeText(IReadOnlyList<string> texts) => _text.Call(_text.Read(texts));

    /// <summary>New images of these texts: one for all, or one for each.</summary>
    public Tensor Sample(TextCondition condition, int count, Rng rng) => Sample(new Guided(this, EncodeText(condition.Of(count)), _options.Guidance), count, rng);

    private static Denoising<CaptionedBatch> Learning(TextDiffusion model, TextDiffusionOptions options) => new(model, options.Optimizer,
        (batch, rng) => (model.Spec.Normalise(batch.X), Guided.Drop(model.EncodeText(batch.Captions), options.Dropped, rng)), others: model._text);

    /// <summary>The same from another run's weights, which have seen data of their own: no losses by example, so nothing private is promised.</summary>
    private sealed class FromReader : Objective<CaptionedBatch>
    {
        private readonly TextDiffusion _model;
        private readonly Denoising<CaptionedBatch> _denoising;
        private readonly string _run;

        public FromReader(TextDiffusion model, TextDiffusionOptions options) =>
            (_model, _denoising, _run) = (model, Add("denoising", Learning(model, options)), options.Reader!);

        public override IReadOnlyList<Player> Players => _denoising.Players;

        public override void Begin(CaptionedBatch first, IFeed<CaptionedBatch> feed, Rng rng) => ReaderWeights.Copy(_run, _model._text, "text");

        public override IEnumerable<Turn> Round(IFeed<CaptionedBatch> feed, Rng rng) => _denoising.Round(feed, rng);
    }
}
