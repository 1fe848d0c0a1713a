using Likeness.Torch;

namespace Likeness.Nn;

/// <summary>[n, …] to [n, features].</summary>
public sealed class Flatten : Layer
{
    protected override Tensor Forward(Tensor x, Rng? rng) => x.flatten(1);
}

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

/// <summary>Makes images [n, channels, height, width] smaller by averaging squares of a whole factor's side.</summary>
public sealed class AveragePool(int factor = 2) : Layer
{
    protected override Tensor Forward(Tensor x, Rng? rng) => torch.nn.functional.avg_pool2d(x, [factor, factor]);
}

/// <summary>Makes images [n, channels, height, width] smaller by the greatest value of windows; as PyTorch without padding.</summary>
/// <param name="kernel">Size of a window.</param>
/// <param name="stride">From one window to the next; the window's size where null.</param>
public sealed class MaxPool(Extent kernel, Extent? stride = null) : Layer
{
    private readonly Extent _stride = stride ?? kernel;

    protected override Tensor Forward(Tensor x, Rng? rng) => torch.nn.functional.max_pool2d(x, [kernel.Height, kernel.Width], [_stride.Height, _stride.Width]);
}

/// <summary>Continues images [n, channels, height, width] beyond their edges by their mirror image; as PyTorch's ReflectionPad2d.</summary>
/// <param name="width">Pixels on each side; fewer than the image has.</param>
public sealed class ReflectionPad(int width) : Layer
{
    protected override Tensor Forward(Tensor x, Rng? rng) => torch.nn.functional.pad(x, [width, width, width, width], PaddingModes.Reflect);
}
