namespace Likeness;

/// <summary>
/// The generator of Reed et al. 2016 (figure 2): the code of a text, compressed by a linear layer and a leaky ReLU, beside the noise; then
/// transposed convolutions as in a DCGAN, with residual bottlenecks at the two smallest resolutions. To images on −1 … 1.
/// </summary>
internal sealed class TextGenerator : Module
{
    private readonly Sequential _text, _image;

    public TextGenerator(DataSpec spec, TextToImageOptions options, Rng rng)
    {
        var (halvings, h, w) = TextLayers.Pyramid(spec);
        var channels = options.Width << (halvings - 1);
        _text = Add("text", new Sequential(new Linear(options.Encoder.Network.Code, options.Compressed, rng), Activation.LeakyRelu()));
        var layers = new List<torch.nn.Module<Tensor, Tensor>>
        {
            new Linear(options.Latent + options.Compressed, channels * h * w, rng, TextLayers.Weights, hasBias: false),
            new Reshape(channels, h, w),
            new ChannelsLast(),
            TextLayers.Norm(channels, rng),
            TextLayers.Bottleneck(channels, Activation.Relu, rng),
            Activation.Relu(),
        };
        for (var i = 1; i < halvings; i++)
        {
            layers.AddRange([new ConvTranspose2d(channels, channels /= 2, 4, rng, 2, 1, weight: TextLayers.Weights, hasBias: false), TextLayers.Norm(channels, rng)]);
            if (i == 1)
            {
                layers.Add(TextLayers.Bottleneck(channels, Activation.Relu, rng));
            }

            layers.Add(Activation.Relu());
        }

        _image = Add("image", new Sequential([.. layers,
            new ConvTranspose2d(channels, spec.Channels, 4, rng, 2, 1, weight: TextLayers.Weights, bias: Init.Zeros), Activation.Tanh()]));
    }

    /// <param name="noise">[n, latent].</param>
    /// <param name="code">Of texts, [n, code].</param>
    public Tensor Call(Tensor noise, Tensor code) => _image.Call(torch.cat([noise, _text.Call(code)], 1));
}

/// <summary>
/// The critic of Reed et al. 2016 (figure 2): strided convolutions and a residual bottleneck down to 4×4 or so, the compressed code of the
/// text repeated at every place of it, a 1×1 convolution over both and one over all places. Raw: the logit of real and matching.
/// </summary>
internal sealed class TextCritic : Module
{
    private readonly Sequential _image, _text, _joint;
    private readonly int _height, _width;

    public TextCritic(DataSpec spec, TextToImageOptions options, Rng rng)
    {
        (var halvings, _height, _width) = TextLayers.Pyramid(spec);
        var (inputs, channels) = (spec.Channels, options.Width);
        var layers = new List<torch.nn.Module<Tensor, Tensor>> { new ChannelsLast() };
        for (var i = 0; i < halvings; i++, inputs = channels, channels *= 2)
        {
            layers.Add(new Conv2d(inputs, channels, 4, rng, 2, 1, weight: TextLayers.Weights, bias: Init.Zeros, hasBias: i == 0));
            layers.AddRange(i == 0 ? [Activation.LeakyRelu()] : i < halvings - 1 ? [TextLayers.Norm(channels, rng), Activation.LeakyRelu()] : [TextLayers.Norm(channels, rng)]);
        }

        channels = inputs;
        _image = Add("image", new Sequential([.. layers, TextLayers.Bottleneck(channels, () => Activation.LeakyRelu(), rng), Activation.LeakyRelu()]));
        _text = Add("text", new Sequential(
            new Linear(options.Encoder.Network.Code, options.Compressed, rng, hasBias: false), TextLayers.Norm(options.Compressed, rng), Activation.LeakyRelu()));
        _joint = Add("joint", new Sequential(
            new Conv2d(channels + options.Compressed, channels, 1, rng, weight: TextLayers.Weights, hasBias: false), TextLayers.Norm(channels, rng), Activation.LeakyRelu(),
            new Conv2d(channels, 1, (_height, _width), rng, weight: TextLayers.Weights, bias: Init.Zeros), torch.nn.Flatten()));
    }

    /// <summary>What the critic sees in images on −1 … 1 before it knows their texts, [n, channels, h, w].</summary>
    public Tensor Look(Tensor x) => _image.Call(x);

    /// <summary>Whether what has been looked at is real and fits its text's code: logits [n, 1].</summary>
    public Tensor Judge(Tensor seen, Tensor code) =>
        _joint.Call(torch.cat([seen, _text.Call(code).unsqueeze(2).unsqueeze(3).expand(-1, -1, _height, _width)], 1));

    public Tensor Call(Tensor x, Tensor code) => Judge(Look(x), code);
}

/// <summary>What the generator and the critic share.</summary>
internal static class TextLayers
{
    public static Init Weights { get; } = new Init.Normal(0.02);

    public static BatchNorm Norm(int channels, Rng rng) => new(channels, rng, weight: new Init.Normal(0.02, 1));

    public static ImagePyramid Pyramid(DataSpec spec) => ImagePyramid.Of(spec) is { Halvings: > 0, Height: <= 16, Width: <= 16 } pyramid
        ? pyramid
        : throw new UsageException($"Images of {spec.Height}x{spec.Width} cannot be made from texts: both sides must halve evenly until they are at most 16; resize the data, for example with {new Remedy.Option("Size", 32)}.");

    /// <summary>x + f(x), f through a quarter of the channels: 1×1, 3×3, 3×3.</summary>
    public static Residual Bottleneck(int channels, Func<Layer> activation, Rng rng)
    {
        var narrow = Math.Max(1, channels / 4);
        return new(new Sequential(
            new Conv2d(channels, narrow, 1, rng, weight: Weights, hasBias: false), Norm(narrow, rng), activation(),
            new Conv2d(narrow, narrow, 3, rng, padding: 1, weight: Weights, hasBias: false), Norm(narrow, rng), activation(),
            new Conv2d(narrow, channels, 3, rng, padding: 1, weight: Weights, hasBias: false), Norm(channels, rng)));
    }
}
