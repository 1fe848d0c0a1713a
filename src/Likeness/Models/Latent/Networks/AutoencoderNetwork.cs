namespace Likeness;

/// <summary>The networks of an encoder and of its mirror image, sized from the data.</summary>
public abstract record AutoencoderNetwork
{
    private AutoencoderNetwork() { }

    /// <summary>From a batch in the data's shape to [n, outputs].</summary>
    public abstract Sequential Encoder(DataSpec spec, int outputs, Rng rng);

    /// <summary>From [n, latent] to [n, multiple·dimensions].</summary>
    public abstract Sequential Decoder(DataSpec spec, int latent, int multiple, Rng rng);

    /// <summary>How codes of so many values are small images; null where they are plain vectors.</summary>
    public virtual CodeGrid? GridOf(DataSpec spec, int latent) => null;

    /// <summary>Networks of your own, as modules of TorchSharp. They are given in a program, and are no part of a run's options.</summary>
    /// <param name="MakeEncoder">From the data and a number of outputs to a module from [n, …], in the data's shape, to [n, outputs].</param>
    /// <param name="MakeDecoder">From the data, the latent values and a number of outputs to a module from [n, latent] to [n, outputs].</param>
    public sealed record Own(
        [property: JsonIgnore] Func<DataSpec, int, torch.nn.Module<Tensor, Tensor>> MakeEncoder,
        [property: JsonIgnore] Func<DataSpec, int, int, torch.nn.Module<Tensor, Tensor>> MakeDecoder) : AutoencoderNetwork
    {
        public override Sequential Encoder(DataSpec spec, int outputs, Rng rng) => OwnNetwork.Of(MakeEncoder(spec, outputs), outputs, "the encoder");

        public override Sequential Decoder(DataSpec spec, int latent, int multiple, Rng rng) =>
            OwnNetwork.Of(MakeDecoder(spec, latent, multiple * spec.Dimensions), multiple * spec.Dimensions, "the decoder");
    }

    /// <summary>Fully connected layers; Burda et al. 2016 use 200, 200 with tanh.</summary>
    [Kind("mlp")]
    public sealed record Mlp : AutoencoderNetwork
    {
        private static readonly int[] s_hidden = [200, 200];

        /// <summary>Units of the encoder's hidden layers; the decoder's are the same in reverse.</summary>
        [AtLeast(1)]
        public IReadOnlyList<int> Hidden { get; init; } = s_hidden;

        /// <summary>Activation after each hidden layer.</summary>
        public Nonlinearity Nonlinearity { get; init; } = Nonlinearity.Tanh;

        /// <summary>Whether the hidden layers of the encoder are batch-normalised, as in Makhzani et al. 2016; those of the decoder never are.</summary>
        public bool BatchNorm { get; init; }

        public override Sequential Encoder(DataSpec spec, int outputs, Rng rng) =>
            Stack([spec.Dimensions, .. Hidden, outputs], [torch.nn.Flatten()], BatchNorm, rng);

        public override Sequential Decoder(DataSpec spec, int latent, int multiple, Rng rng) =>
            Stack([latent, .. Hidden.Reverse(), multiple * spec.Dimensions], [], false, rng);

        private Sequential Stack(IReadOnlyList<int> sizes, List<torch.nn.Module<Tensor, Tensor>> layers, bool normalised, Rng rng)
        {
            for (var i = 1; i < sizes.Count - 1; i++)
            {
                layers.Add(new Linear(sizes[i - 1], Nonlinearity.Values * sizes[i], rng, Nonlinearity.Weights, Init.Zeros, hasBias: !normalised));
                if (normalised)
                {
                    layers.Add(new BatchNorm(Nonlinearity.Values * sizes[i], rng));
                }

                layers.Add(Nonlinearity.Layer());
            }

            return new([.. layers, new Linear(sizes[^2], sizes[^1], rng, new Init.Xavier(), Init.Zeros)]);
        }
    }

    /// <summary>Stride-2 convolutions that halve the image while it halves evenly and is larger than 7, then one hidden layer; all ReLU.</summary>
    /// <param name="Width">Channels after the first halving; doubled at each further one.</param>
    /// <param name="Hidden">Units of the hidden layer.</param>
    [Kind("conv")]
    public sealed record Convolutional([property: AtLeast(1)] int Width = 32, [property: AtLeast(1)] int Hidden = 256) : AutoencoderNetwork
    {
        public override Sequential Encoder(DataSpec spec, int outputs, Rng rng)
        {
            var (halvings, h, w) = Pyramid(spec);
            var layers = new List<torch.nn.Module<Tensor, Tensor>> { new ChannelsLast() };
            var (from, to) = (spec.Channels, Width);
            for (var i = 0; i < halvings; i++, (from, to) = (to, to * 2))
            {
                layers.AddRange([new Conv2d(from, to, 4, rng, 2, 1), Activation.Relu()]);
            }

            return new([.. layers, torch.nn.Flatten(), new Linear(from * h * w, Hidden, rng), Activation.Relu(), new Linear(Hidden, outputs, rng)]);
        }

        public override Sequential Decoder(DataSpec spec, int latent, int multiple, Rng rng)
        {
            var (halvings, h, w) = Pyramid(spec);
            var channels = Width << (halvings - 1);
            var layers = new List<torch.nn.Module<Tensor, Tensor>>
            {
                new Linear(latent, Hidden, rng), Activation.Relu(), new Linear(Hidden, channels * h * w, rng), Activation.Relu(), new Reshape(channels, h, w), new ChannelsLast(),
            };
            for (var i = 1; i < halvings; i++, channels /= 2)
            {
                layers.AddRange([new ConvTranspose2d(channels, channels / 2, 4, rng, 2, 1), Activation.Relu()]);
            }

            return new([.. layers, new ConvTranspose2d(channels, multiple * spec.Channels, 4, rng, 2, 1), torch.nn.Flatten()]);
        }
    }

    /// <summary>
    /// Strided convolutions and residual blocks without a layer that sees all places at once, so codes are small images: of `latent` values, each place has its equal part.
    /// What a model of codes is to be a network of images for (Rombach et al. 2022).
    /// </summary>
    /// <param name="Halvings">Largest number of times that the image is halved: with 2, the code of a 64×64 image has 16×16 positions.</param>
    /// <param name="Width">Channels of the convolutions.</param>
    /// <param name="Blocks">Residual blocks of the encoder, and as many of the decoder.</param>
    [Kind("grid")]
    public sealed record Grid([property: AtLeast(1)] int Halvings = 2, [property: AtLeast(2)] int Width = 64, [property: AtLeast(0)] int Blocks = 2) : AutoencoderNetwork
    {
        private MapNetworks Networks => new(Width, Blocks, Math.Max(1, Width / 2));

        public override CodeGrid GridOf(DataSpec spec, int latent)
        {
            var (_, h, w) = Places(spec);
            return latent % (h * w) == 0
                ? new(latent / (h * w), h, w)
                : throw new UsageException($"A code of {h}x{w} places cannot have {latent} values: choose a multiple of {h * w} for the latent, or the network 'conv'.");
        }

        public override Sequential Encoder(DataSpec spec, int outputs, Rng rng) =>
            new([.. Networks.Encoder(spec.Channels, Places(spec).Halvings, GridOf(spec, outputs).Channels, rng), torch.nn.Flatten()]);

        public override Sequential Decoder(DataSpec spec, int latent, int multiple, Rng rng)
        {
            var grid = GridOf(spec, latent);
            return new([new Reshape(grid.Channels, grid.Height, grid.Width), .. Networks.Decoder(grid.Channels, Places(spec).Halvings, multiple * spec.Channels, rng)]);
        }

        private (int Halvings, int Height, int Width) Places(DataSpec spec)
        {
            var halvings = Math.Min(Halvings, Pyramid(spec).Halvings);
            return (halvings, spec.Height >> halvings, spec.Width >> halvings);
        }
    }

    private static ImagePyramid Pyramid(DataSpec spec) => !spec.IsImage
        ? throw new UsageException($"A convolutional network needs images, and the data is {spec}: use the network 'mlp'.")
        : ImagePyramid.Of(spec) is { Halvings: > 0 } pyramid
        ? pyramid
        : throw new UsageException($"A convolutional network needs an even image larger than 7x7, and the data is {spec}: resize it, or use the network 'mlp'.");
}
