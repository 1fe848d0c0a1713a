namespace Likeness;

/// <summary>From images to small maps and back, by strided convolutions and residual blocks (van den Oord et al. 2017, section 4.1); no layer sees all places at once.</summary>
/// <param name="Width">Maps of the convolutions; the halvings before the last have half of them.</param>
/// <param name="Blocks">Residual blocks of each way.</param>
/// <param name="Inner">Maps inside the blocks.</param>
internal sealed record MapNetworks(int Width, int Blocks, int Inner)
{
    /// <summary>From [n, channels, h, w] to [n, outputs, h/2^halvings, w/2^halvings].</summary>
    public List<torch.nn.Module<Tensor, Tensor>> Encoder(int channels, int halvings, int outputs, Rng rng)
    {
        var layers = new List<torch.nn.Module<Tensor, Tensor>> { new ChannelsLast() };
        for (var i = 0; i < halvings; i++)
        {
            var wide = i == halvings - 1 ? Width : Width / 2;
            layers.AddRange([new Conv2d(channels, wide, 4, rng, 2, 1), Activation.Relu()]);
            channels = wide;
        }

        return [.. layers, new Conv2d(channels, Width, 3, rng, padding: 1), .. Stack(rng), new Conv2d(Width, outputs, 1, rng)];
    }

    /// <summary>The way back, from [n, inputs, h, w] to [n, outputs·h·w·4^halvings].</summary>
    public List<torch.nn.Module<Tensor, Tensor>> Decoder(int inputs, int halvings, int outputs, Rng rng)
    {
        var layers = new List<torch.nn.Module<Tensor, Tensor>> { new ChannelsLast(), new Conv2d(inputs, Width, 3, rng, padding: 1) };
        layers.AddRange(Stack(rng));
        var channels = Width;
        for (var i = 0; i < halvings - 1; i++, channels = Width / 2)
        {
            layers.AddRange([new ConvTranspose2d(channels, Width / 2, 4, rng, 2, 1), Activation.Relu()]);
        }

        return [.. layers, new ConvTranspose2d(channels, outputs, 4, rng, 2, 1), torch.nn.Flatten()];
    }

    // Residual blocks: ReLU, 3×3, ReLU, 1×1; and a last ReLU.
    private torch.nn.Module<Tensor, Tensor>[] Stack(Rng rng) =>
    [
        .. Enumerable.Range(0, Blocks).Select(_ => new Residual(new Sequential(
            Activation.Relu(), new Conv2d(Width, Inner, 3, rng, padding: 1), Activation.Relu(), new Conv2d(Inner, Width, 1, rng)))),
        Activation.Relu(),
    ];
}
