namespace Likeness;

/// <summary>[n, …] to [n, shape…]: the shape of one example changes, the number of examples does not.</summary>
public sealed class Reshape(params ReadOnlySpan<int> shape) : Layer
{
    private readonly long[] _shape = Array.ConvertAll(shape.ToArray(), d => (long)d);

    protected override Tensor Forward(Tensor x, Rng? rng) => x.reshape([x.size(0), .. _shape]);
}

/// <summary>
/// Lays images out pixel by pixel instead of channel by channel; the values and the shape stay. Convolutions and batch normalisation
/// keep the layout and are faster in it (group normalisation is slower): put it in front of a stack of them.
/// </summary>
public sealed class ChannelsLast : Layer
{
    protected override Tensor Forward(Tensor x, Rng? rng) => x.ChannelsLast();
}

/// <summary>Makes images [n, channels, height, width] larger by a whole factor.</summary>
public sealed class Upsample : Layer
{
    private readonly int _factor;
    private readonly bool _smooth;

    private Upsample(int factor, bool smooth) => (_factor, _smooth) = (factor, smooth);

    internal bool IsNearestDouble => _factor == 2 && !_smooth;

    /// <summary>Repeats each value.</summary>
    public static Upsample Nearest(int factor = 2) => new(factor, false);

    /// <summary>Interpolates between the centres of values; as PyTorch with align_corners=False.</summary>
    public static Upsample Bilinear(int factor = 2) => new(factor, true);

    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        long[] size = [x.size(2) * _factor, x.size(3) * _factor];
        return _smooth ? torch.nn.functional.interpolate(x, size, mode: TorchSharp.torch.InterpolationMode.Bilinear, align_corners: false) : torch.nn.functional.upsample_nearest2d(x, size);
    }
}

