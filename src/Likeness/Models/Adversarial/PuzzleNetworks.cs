namespace Likeness;

/// <summary>What a part encoder sees in the patches of each example, all of them together.</summary>
/// <param name="Levels">Features after each halving, the largest first.</param>
/// <param name="Code">[n, code].</param>
internal sealed record PartFeatures(Tensor[] Levels, Tensor Code);

/// <summary>
/// The part encoder of Lee et al. 2018: the same convolutions see each patch (Siamese), and at every level the features of the patches of an
/// example are summed. Parts levels.L (a halving each) and code.
/// </summary>
internal sealed class PartEncoder : Module
{
    private readonly DataSpec _spec;
    private readonly Sequential[] _levels;
    private readonly Sequential _code;

    public PartEncoder(DataSpec spec, int width, int code, Rng rng)
    {
        _spec = spec;
        _levels = [.. PuzzleLayers.Halvings(spec, width, rng).Select((layers, i) => Add($"level{i}", new Sequential([.. layers])))];
        var (halvings, h, w) = PuzzleLayers.Pyramid(spec);
        _code = Add("code", new Sequential(torch.nn.Flatten(), new Linear((width << (halvings - 1)) * h * w, code, rng, PuzzleLayers.Weights, Init.Zeros), Activation.LeakyRelu()));
    }

    /// <summary>
    /// The features of patches [n, patches, channels, height, width] on −1 … 1. A sum does not depend on the order of what is added, but its rounding does, and
    /// so may what a matrix product makes of its rows. Hence the patches of an example first take an order of their own, that of their bytes: in
    /// whatever order they come, the very same numbers are computed.
    /// </summary>
    public PartFeatures Call(Tensor patches) => Summed(InOrder(patches), (int)patches.shape[1]);

    /// <summary>The same without the order, of patches [patches · n, channels, height, width], the first ones of all examples first.</summary>
    internal PartFeatures Summed(Tensor rows, int count)
    {
        var levels = new Tensor[_levels.Length];
        for (var i = 0; i < levels.Length; i++)
        {
            rows = _levels[i].Call(rows);
            levels[i] = Sum(rows, count);
        }

        return new(levels, Sum(_code.Call(rows), count));
    }

    private static Tensor Sum(Tensor rows, int count)
    {
        var n = rows.shape[0] / count;
        var sum = rows.narrow(0, 0, n);
        for (var k = 1; k < count; k++)
        {
            sum += rows.narrow(0, k * n, n);
        }

        return sum;
    }

    private Tensor InOrder(Tensor patches)
    {
        var (n, count) = ((int)patches.shape[0], (int)patches.shape[1]);
        var rows = patches.reshape(_spec.BatchShape(n * count)).contiguous();
        var size = _spec.Dimensions;
        var host = rows.detach().to(torch.CPU);
        long[] order = rows.dtype == ScalarType.Float64 ? Order(host.AsSpan<double>()) : Order(host.to(ScalarType.Float32).AsSpan<float>());
        return rows.index_select(0, Tensor.From(order, order.Length).to(rows.device));

        long[] Order<T>(ReadOnlySpan<T> values) where T : unmanaged
        {
            var places = new long[n * count];
            var own = new int[count];
            for (var i = 0; i < n; i++)
            {
                // Insertion: there are a handful of patches.
                for (var k = 0; k < count; k++)
                {
                    var at = k;
                    for (; at > 0 && Bytes(values, (i * count) + k).SequenceCompareTo(Bytes(values, (i * count) + own[at - 1])) < 0; at--)
                    {
                        own[at] = own[at - 1];
                    }

                    own[at] = k;
                }

                for (var k = 0; k < count; k++)
                {
                    places[(k * n) + i] = (i * count) + own[k];
                }
            }

            return places;
        }

        ReadOnlySpan<byte> Bytes<T>(ReadOnlySpan<T> values, int row) where T : unmanaged =>
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.Slice(row * size, size));
    }
}

/// <summary>
/// A decoder of Lee et al. 2018: a vector, then doublings to the data's size, each of which also sees other features of its resolution. With the part
/// encoder's it is the other half of a U-Net (masks); with the mask decoder's beside them, of a doubled one (images). Parts start and levels.L.
/// </summary>
internal sealed class PuzzleDecoder : Module
{
    private readonly Sequential _start;
    private readonly Sequential[] _levels;

    /// <param name="spec">What images are.</param>
    /// <param name="inputs">Size of the vector.</param>
    /// <param name="outputs">Channels that are made.</param>
    /// <param name="width">Channels at the largest hidden resolution; doubled at each halving.</param>
    /// <param name="skips">How many other features of the same width there are at each level.</param>
    /// <param name="last">What brings the result into its range; nothing for logits.</param>
    /// <param name="rng">Where weights are drawn.</param>
    public PuzzleDecoder(DataSpec spec, int inputs, int outputs, int width, int skips, Activation? last, Rng rng)
    {
        var (halvings, h, w) = PuzzleLayers.Pyramid(spec);
        var channels = width << (halvings - 1);
        _start = Add("start", new Sequential(
            new Linear(inputs, channels * h * w, rng, PuzzleLayers.Weights, hasBias: false), new Reshape(channels, h, w), new ChannelsLast(), PuzzleLayers.Norm(channels, rng), Activation.Relu()));
        _levels = new Sequential[halvings];
        for (var i = halvings - 1; i >= 0; i--, channels /= 2)
        {
            var (from, to) = (channels * (1 + skips), i > 0 ? channels / 2 : outputs);
            var larger = new ConvTranspose2d(from, to, PuzzleLayers.Kernel, rng, 2, 2, 1, weight: PuzzleLayers.Weights, bias: Init.Zeros, hasBias: i == 0);
            _levels[i] = Add($"level{i}", i > 0 ? new Sequential(larger, PuzzleLayers.Norm(to, rng), Activation.Relu()) : last is null ? new Sequential(larger) : new Sequential(larger, last));
        }
    }

    /// <summary>What is made of vectors [n, inputs], and the decoder's own features at every level, the largest first.</summary>
    public (Tensor Result, Tensor[] Levels) Call(Tensor code, params ReadOnlySpan<Tensor[]> skips)
    {
        var own = new Tensor[_levels.Length];
        var x = _start.Call(code);
        for (var i = own.Length - 1; i >= 0; i--)
        {
            own[i] = x;
            var seen = new List<Tensor> { x };
            foreach (var skip in skips)
            {
                seen.Add(skip[i]);
            }

            x = _levels[i].Call(torch.cat([.. seen], 1));
        }

        return (x, own);
    }
}

/// <summary>What the networks share.</summary>
internal static class PuzzleLayers
{
    public const int Kernel = 5;

    /// <summary>How weights start: N(0, 0.02²).</summary>
    public static Init Weights { get; } = new Init.Normal(0.02);

    public static BatchNorm Norm(int channels, Rng rng) => new(channels, rng, weight: new Init.Normal(0.02, 1));

    public static ImagePyramid Pyramid(DataSpec spec) => DcganNetworks.Pyramid(spec, "A Puzzle-GAN");

    /// <summary>Strided convolutions, each with half the pixels and (but the first) twice the channels of the one before.</summary>
    public static IEnumerable<IReadOnlyList<torch.nn.Module<Tensor, Tensor>>> Halvings(DataSpec spec, int width, Rng rng)
    {
        var (inputs, outputs) = (spec.Channels, width);
        for (var i = 0; i < Pyramid(spec).Halvings; i++, inputs = outputs, outputs *= 2)
        {
            var halve = new Conv2d(inputs, outputs, Kernel, rng, 2, 2, weight: Weights, bias: Init.Zeros, hasBias: i == 0);
            yield return i == 0 ? [new ChannelsLast(), halve, Activation.LeakyRelu()] : [halve, Norm(outputs, rng), Activation.LeakyRelu()];
        }
    }

    /// <summary>A DCGAN's critic of the same halvings: images on −1 … 1 to logits [n, 1].</summary>
    public static Sequential Critic(DataSpec spec, int width, Rng rng)
    {
        var (halvings, h, w) = Pyramid(spec);
        return new([.. Halvings(spec, width, rng).SelectMany(layers => layers), torch.nn.Flatten(), new Linear((width << (halvings - 1)) * h * w, 1, rng, Weights, Init.Zeros)]);
    }
}
