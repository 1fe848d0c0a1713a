namespace Likeness;

/// <summary>The networks of Radford et al. 2016, sized from the data.</summary>
internal static class DcganNetworks
{
    /// <summary>How weights start: N(0, 0.02²).</summary>
    public static Init Weights { get; } = new Init.Normal(0.02);

    private static Init Scale { get; } = new Init.Normal(0.02, 1);

    /// <summary>Noise [n, inputs] → [n, channels, h, w] by a product, then doublings to the data's size, on −1 … 1.</summary>
    public static Sequential Generator(DataSpec spec, int inputs, int width, Rng rng)
    {
        var (halvings, h, w) = Pyramid(spec);
        var channels = width << (halvings - 1);
        var layers = new List<torch.nn.Module<Tensor, Tensor>>
        {
            new Linear(inputs, channels * h * w, rng, Weights, hasBias: false),
            new Reshape(channels, h, w),
            new ChannelsLast(),
            new BatchNorm(channels, rng, weight: Scale),
            Activation.Relu(),
        };
        for (var i = 1; i < halvings; i++, channels /= 2)
        {
            layers.AddRange([
                new ConvTranspose2d(channels, channels / 2, 4, rng, 2, 1, weight: Weights, hasBias: false), new BatchNorm(channels / 2, rng, weight: Scale), Activation.Relu(),
            ]);
        }

        return new([.. layers, new ConvTranspose2d(channels, spec.Channels, 4, rng, 2, 1, weight: Weights, bias: Init.Zeros), Activation.Tanh()]);
    }

    /// <summary>Images → [n, features], the same halvings the other way.</summary>
    public static IEnumerable<torch.nn.Module<Tensor, Tensor>> Features(DataSpec spec, int width, CriticNorm norm, Rng rng, double slope = 0.2)
    {
        var (halvings, _, _) = Pyramid(spec);
        var layers = new List<torch.nn.Module<Tensor, Tensor>> { new ChannelsLast(), Convolution(spec.Channels, width, hasBias: true), Activation.LeakyRelu(slope) };
        for (var i = 1; i < halvings; i++, width *= 2)
        {
            // A bias before batch normalisation would be taken off again.
            layers.AddRange([Convolution(width, width * 2, hasBias: norm != CriticNorm.Batch), .. norm.After(width * 2, rng, Scale), Activation.LeakyRelu(slope)]);
        }

        return [.. layers, torch.nn.Flatten()];

        Conv2d Convolution(int inputs, int outputs, bool hasBias) =>
            new(inputs, outputs, 4, rng, 2, 1, weight: Weights, bias: Init.Zeros, hasBias: hasBias, spectralNorm: norm.IsSpectral);
    }

    /// <summary>Features → the critic's raw output.</summary>
    public static Linear Head(DataSpec spec, int width, CriticNorm norm, Rng rng) =>
        new(FeatureCount(spec, width), 1, rng, Weights, Init.Zeros, spectralNorm: norm.IsSpectral);

    /// <summary>How many features there are of an image.</summary>
    public static int FeatureCount(DataSpec spec, int width)
    {
        var (halvings, h, w) = Pyramid(spec);
        return (width << (halvings - 1)) * h * w;
    }

    /// <exception cref="UsageException">The size does not halve.</exception>
    public static ImagePyramid Pyramid(DataSpec spec, string model = "A DCGAN") => ImagePyramid.Of(spec) is { Halvings: > 0, Height: <= 16, Width: <= 16 } pyramid
        ? pyramid
        : throw new UsageException($"{model} cannot make images of {spec.Height}x{spec.Width}: both sides must halve evenly until they are at most 16; resize the data, for example with {new Remedy.Option("Size", 32)}.");
}
