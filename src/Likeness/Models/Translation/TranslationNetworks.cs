namespace Likeness;

/// <summary>Generators from image to image and critics of patches, sized from the image.</summary>
internal static class TranslationNetworks
{
    /// <summary>How weights start: N(0, 0.02²).</summary>
    public static Init Weights { get; } = new Init.Normal(0.02);

    /// <summary>Residual blocks that suit an image: 9 from 256 pixels on, 6 from 64 on, 4 below.</summary>
    public static int Blocks(DataSpec spec) => Math.Min(spec.Height, spec.Width) switch { >= 256 => 9, >= 64 => 6, _ => 4 };

    /// <summary>Refuses images that the generators cannot halve twice and make whole again.</summary>
    /// <param name="spec">The images.</param>
    /// <param name="model">Who asks, as the beginning of a sentence: "A CycleGAN".</param>
    public static void CheckSides(DataSpec spec, string model)
    {
        if (spec.Height % 4 != 0 || spec.Width % 4 != 0 || Math.Min(spec.Height, spec.Width) < 8)
        {
            throw new UsageException($"{model} cannot translate images of {spec.Height}x{spec.Width}: both sides must be at least 8 and divisible by 4; resize the data, for example with {new Remedy.Option("Size", 32)}.");
        }
    }

    /// <summary>
    /// Zhu et al. 2017, appendix 7.2: c7s1-w, d2w, d4w, residual blocks, u2w, uw, c7s1-channels, on −1 … 1. Biases before instance normalisation,
    /// which takes them off again, are left out.
    /// </summary>
    public static Sequential ReflectingGenerator(DataSpec spec, int width, int blocks, Rng rng)
    {
        List<torch.nn.Module<Tensor, Tensor>> layers =
        [
            new ChannelsLast(), torch.nn.ReflectionPad2d(3), new Conv2d(spec.Channels, width, 7, rng, weight: Weights, hasBias: false), .. Normalised(width),
            .. Down(width), .. Down(2 * width),
        ];
        for (var i = 0; i < blocks; i++)
        {
            layers.Add(new Residual(new Sequential(
                torch.nn.ReflectionPad2d(1), new Conv2d(4 * width, 4 * width, 3, rng, weight: Weights, hasBias: false), new InstanceNorm(4 * width, rng), Activation.Relu(),
                torch.nn.ReflectionPad2d(1), new Conv2d(4 * width, 4 * width, 3, rng, weight: Weights, hasBias: false), new InstanceNorm(4 * width, rng))));
        }

        return new([
            .. layers, .. Up(4 * width), .. Up(2 * width),
            torch.nn.ReflectionPad2d(3), new Conv2d(width, spec.Channels, 7, rng, weight: Weights, bias: Init.Zeros), Activation.Tanh(),
        ]);

        torch.nn.Module<Tensor, Tensor>[] Normalised(int channels) => [new InstanceNorm(channels, rng), Activation.Relu()];

        torch.nn.Module<Tensor, Tensor>[] Down(int inputs) => [new Conv2d(inputs, 2 * inputs, 3, rng, 2, 1, weight: Weights, hasBias: false), .. Normalised(2 * inputs)];

        torch.nn.Module<Tensor, Tensor>[] Up(int inputs) =>
            [new ConvTranspose2d(inputs, inputs / 2, 3, rng, 2, 1, 1, weight: Weights, hasBias: false), .. Normalised(inputs / 2)];
    }

    /// <summary>
    /// Choi et al. 2018, table 4: image and maps through a 7×7 convolution, two halvings, residual blocks, two doublings and a 7×7 convolution, with instance normalisation
    /// that has a scale and an offset, on −1 … 1.
    /// </summary>
    public static Sequential LabelledGenerator(DataSpec spec, int maps, int width, int blocks, Rng rng)
    {
        List<torch.nn.Module<Tensor, Tensor>> layers =
        [
            new ChannelsLast(), Convolution(spec.Channels + maps, width, 7), .. Normalised(width), .. Down(width), .. Down(2 * width),
        ];
        for (var i = 0; i < blocks; i++)
        {
            layers.Add(new Residual(new Sequential([Convolution(4 * width, 4 * width, 3), .. Normalised(4 * width), Convolution(4 * width, 4 * width, 3), new InstanceNorm(4 * width, rng, affine: true)])));
        }

        return new([.. layers, .. Up(4 * width), .. Up(2 * width), Convolution(width, spec.Channels, 7), Activation.Tanh()]);

        Conv2d Convolution(int inputs, int outputs, int kernel) => new(inputs, outputs, kernel, rng, padding: kernel / 2, hasBias: false);

        torch.nn.Module<Tensor, Tensor>[] Normalised(int channels) => [new InstanceNorm(channels, rng, affine: true), Activation.Relu()];

        torch.nn.Module<Tensor, Tensor>[] Down(int inputs) => [new Conv2d(inputs, 2 * inputs, 4, rng, 2, 1, hasBias: false), .. Normalised(2 * inputs)];

        torch.nn.Module<Tensor, Tensor>[] Up(int inputs) => [new ConvTranspose2d(inputs, inputs / 2, 4, rng, 2, 1, hasBias: false), .. Normalised(inputs / 2)];
    }

    /// <summary>Halvings of a critic of patches that suit an image: the most of 1 to 3 whose patches (16, 34 or 70 pixels) are not much wider than half of it.</summary>
    public static int CriticHalvings(DataSpec spec)
    {
        var side = Math.Min(spec.Height, spec.Width);
        return PatchSide(3) <= 0.55 * side ? 3 : PatchSide(2) <= 0.55 * side ? 2 : 1;
    }

    /// <summary>How wide a patch is that one output of a critic sees: 70 pixels with three halvings, as in Isola et al. 2017.</summary>
    public static int PatchSide(int halvings)
    {
        // Two last convolutions of 4×4 see 7 pixels; each halving doubles that and adds 2.
        var side = 7;
        for (var i = 0; i < halvings; i++)
        {
            side = (2 * side) + 2;
        }

        return side;
    }

    /// <summary>Zhu et al. 2017, appendix 7.2: C64-C128-C256-C512 and a last convolution; one raw output for each patch.</summary>
    /// <param name="spec">The images.</param>
    /// <param name="width">Channels of the first layer.</param>
    /// <param name="halvings">Of the resolution.</param>
    /// <param name="rng">Where initial weights are drawn.</param>
    /// <param name="images">Images that it sees at once, one behind the other.</param>
    public static Sequential PatchCritic(DataSpec spec, int width, int halvings, Rng rng, int images = 1)
    {
        var layers = new List<torch.nn.Module<Tensor, Tensor>> { new ChannelsLast(), new Conv2d(images * spec.Channels, width, 4, rng, 2, 1, weight: Weights, bias: Init.Zeros), Activation.LeakyRelu() };
        var channels = width;
        for (var i = 1; i <= halvings; i++)
        {
            var next = Math.Min(2 * channels, 8 * width);
            layers.AddRange([new Conv2d(channels, next, 4, rng, i < halvings ? 2 : 1, 1, weight: Weights, hasBias: false), new InstanceNorm(next, rng), Activation.LeakyRelu()]);
            channels = next;
        }

        return new([.. layers, new Conv2d(channels, 1, 4, rng, 1, 1, weight: Weights, bias: Init.Zeros)]);
    }
}
