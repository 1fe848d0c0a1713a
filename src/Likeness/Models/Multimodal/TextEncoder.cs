namespace Likeness;

/// <summary>Options of a text encoder.</summary>
public sealed record TextEncoderOptions
{
    /// <summary>The text network: characters read, dimension of the code, and channels of the convolutions; the paper's are 201, 1024 and [384,512,512].</summary>
    public TextNetworkOptions Network { get; init; } = new();

    /// <summary>Channels of the image network after the first halving; doubled at each further one.</summary>
    [AtLeast(1)]
    public int Width { get; init; } = 32;

    /// <summary>Optimiser of both networks.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3);
}

/// <summary>
/// Character CNN-RNN with a joint embedding (Reed, Akata, Lee and Schiele 2016): texts and images become codes of one space in which a text
/// lies nearer to its own image than to others, and an image to its own text. Knows no words: it reads characters.
/// </summary>
public sealed class TextEncoder : Model<TextEncoderOptions>, IJointEncoder
{
    private readonly JointEmbedding _embedding;

    public TextEncoder(DataSpec spec, TextEncoderOptions options, Rng rng)
        : base(spec, options)
    {
        _embedding = Add("embedding", new JointEmbedding(spec, options, rng));
    }

    public static Recipe<TextEncoderOptions, TextEncoder, CaptionedBatch> Recipe { get; } = new(
        "text-encoder",
        "Embeds captions, read character by character, and images in one space: finds the caption of an image, and the image of a caption.",
        new("reed2016representations", "Learning Deep Representations of Fine-Grained Visual Descriptions",
            "Reed, Scott and Akata, Zeynep and Lee, Honglak and Schiele, Bernt", "CVPR", 2016, "arXiv:1605.05395"),
        (model, options, _) => new Structured(model, options),
        new(Steps: 3_000, BatchSize: 64),
        new("captioned images", DataNeed.Images.Accepts))
    {
        Smallest = new() { Network = new(Length: 16, Code: 6) { Channels = [8] }, Width = 4, Optimizer = new Adam(5e-3) },
    };

    public Tensor Encode(Tensor x) => _embedding.Image(x);

    public Tensor EncodeText(IReadOnlyList<string> texts) => _embedding.Text(texts);

    private sealed class Structured : Objective<CaptionedBatch>
    {
        private readonly TextEncoder _model;
        private readonly Player _player;

        public Structured(TextEncoder model, TextEncoderOptions options)
        {
            _model = Add("model", model);
            _player = new Player("model", options.Optimizer, model);
        }

        public override IReadOnlyList<Player> Players => [_player];

        public override IEnumerable<Turn> Round(IFeed<CaptionedBatch> feed, Rng rng)
        {
            var (image, text) = _model._embedding.Losses(feed.Next());
            yield return _player.Minimise(("image", image), ("text", text));
        }
    }
}
