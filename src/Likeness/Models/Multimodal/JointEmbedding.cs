namespace Likeness;

/// <summary>
/// A network for images beside one for texts, whose codes are compared by F(v, t) = θ(v)ᵀφ(t) (Reed, Akata, Lee and Schiele 2016,
/// section 3). θ is strided convolutions as in a DCGAN's critic; the paper's is a GoogLeNet trained on ImageNet.
/// </summary>
internal sealed class JointEmbedding : Module
{
    private readonly DataSpec _spec;
    private readonly Sequential _image;
    private readonly TextNetwork _text;

    public JointEmbedding(DataSpec spec, TextEncoderOptions options, Rng rng)
    {
        var (halvings, h, w) = ImagePyramid.Of(spec);
        var width = options.Width;
        if (halvings < 1)
        {
            throw new UsageException($"A network for images of {spec.Height}x{spec.Width} cannot be made: both sides must be even and at least 8; resize the data, for example with {new Remedy.Option("Size", 32)}.");
        }

        (_spec, _text) = (spec, Add("text", new TextNetwork(options.Network, rng)));
        var layers = new List<torch.nn.Module<Tensor, Tensor>> { new ChannelsLast() };
        var channels = spec.Channels;
        for (var i = 0; i < halvings; i++, channels = width, width *= 2)
        {
            layers.AddRange([new Conv2d(channels, width, 4, rng, 2, 1, hasBias: false), new BatchNorm(width, rng), Activation.LeakyRelu()]);
        }

        _image = Add("image", new Sequential([.. layers, torch.nn.Flatten(), new Linear(channels * h * w, options.Network.Code, rng)]));
    }

    /// <summary>The network for texts.</summary>
    public TextNetwork Reader => _text;

    /// <summary>Numbers that stand for a text.</summary>
    public int Places => _text.Places;

    /// <summary>θ(v) of images in the data's units, [n, code].</summary>
    public Tensor Image(Tensor x) => _image.Call(_spec.Normalise(x));

    /// <summary>The numbers of the texts' characters, int64 [n, length].</summary>
    public Tensor Read(IReadOnlyList<string> texts) => _text.Read(texts);

    /// <summary>φ(t) of texts that have been read, [n, code].</summary>
    public Tensor Text(Tensor characters) => _text.Call(characters);

    /// <summary>φ(t), [n, code].</summary>
    public Tensor Text(IReadOnlyList<string> texts) => Text(Read(texts));

    /// <summary>
    /// The symmetric structured joint embedding loss (equations 5 and 6), each caption a class of its own:
    /// <code>ℓ_v = Σ_y max(0, Δ + F(v_n, t_y) − F(v_n, t_n)),    ℓ_t = Σ_y max(0, Δ + F(v_y, t_n) − F(v_n, t_n))</code>
    /// with Δ = 1 for another caption; what has the same caption is no mistake. As in the authors' training every mistake counts, where
    /// the equations take the largest one only; a mean over all pairs of the batch.
    /// </summary>
    public (Tensor Image, Tensor Text) Losses(CaptionedBatch batch)
    {
        var scores = Image(batch.X).matmul(Text(batch.Captions).t()); // [n images, n texts]
        var other = Tensor.From(Others(batch.Captions), batch.Count, batch.Count).to(scores.device).to(scores.dtype);
        var own = scores.diagonal();
        return (
            ((1 + scores - own.unsqueeze(1)).relu() * other).mean(),
            ((1 + scores - own.unsqueeze(0)).relu() * other).mean());
    }

    private static float[] Others(IReadOnlyList<string> captions)
    {
        var others = new float[captions.Count * captions.Count];
        for (var i = 0; i < others.Length; i++)
        {
            others[i] = captions[i / captions.Count] == captions[i % captions.Count] ? 0 : 1;
        }

        return others;
    }
}
