namespace Likeness;

/// <summary>
/// What is seen of an image, y = A x, with the pseudo-inverse A⁺, for which A A⁺ y = y. Of an image whose values are all the same it sees that value, so
/// it measures in the data's units as well as in a model's.
/// </summary>
public abstract class LinearMeasurement
{
    private protected LinearMeasurement(IReadOnlyList<int> input, IReadOnlyList<int> output, string text) => (Input, Output, _text) = (input, output, text);

    private readonly string _text;

    /// <summary>Channels, height and width of what is measured.</summary>
    public IReadOnlyList<int> Input { get; }

    /// <summary>The shape of y.</summary>
    public IReadOnlyList<int> Output { get; }

    /// <summary>y = A x, [n, …], of images [n, channels, height, width].</summary>
    public abstract Tensor Measure(Tensor x);

    /// <summary>A⁺ y: the smallest image [n, channels, height, width] of which y is seen.</summary>
    public abstract Tensor Invert(Tensor y);

    /// <summary>A⁺ y + (I − A⁺A) x: the image next to x of which y is seen.</summary>
    public Tensor Project(Tensor x, Tensor y) => Invert(y) + (x - Invert(Measure(x)));

    /// <summary>A picture of y: A⁺ y, with a value of one's own where nothing is known; of colours that were taken away the grey that is seen.</summary>
    /// <param name="y">[n, …].</param>
    /// <param name="unknown">What is shown where nothing is known, such as the middle of the range.</param>
    public Tensor Picture(Tensor y, double unknown) => Input is [3, ..] && Output is [1, var height, var width]
        ? y.repeat_interleave(Input[1] / height, 2).repeat_interleave(Input[2] / width, 3).expand(-1, 3, -1, -1)
        : Invert(y - unknown) + unknown;

    /// <summary>As it is written: <see cref="Measurements.Parse"/> reads it.</summary>
    public override string ToString() => _text;
}

/// <summary>Some pixels are seen, in all their channels, and the others are not; or some values.</summary>
public sealed class Mask : LinearMeasurement
{
    private readonly long[] _places;
    private readonly int _dimensions;

    /// <param name="shape">Channels, height and width; or those of other examples, such as steps and values.</param>
    /// <param name="given">For each pixel, row by row, whether it is seen; or for each value.</param>
    /// <param name="text">How it is written.</param>
    /// <exception cref="UsageException">Another number of pixels, or none is seen.</exception>
    public Mask(IReadOnlyList<int> shape, IReadOnlyList<bool> given, string text)
        : base(shape, [Wide(shape, given).Count(g => g)], text)
    {
        Given = Wide(shape, given);
        _dimensions = Given.Count;
        _places = [.. Enumerable.Range(0, _dimensions).Where(i => Given[i]).Select(i => (long)i)];
    }

    /// <summary>For each value of the flattened image, whether it is seen.</summary>
    public IReadOnlyList<bool> Given { get; }

    public override Tensor Measure(Tensor x) => x.flatten(1).index_select(1, Places(x));

    public override Tensor Invert(Tensor y) =>
        torch.zeros([y.size(0), _dimensions], y.dtype, y.device).index_copy(1, Places(y), y).reshape([y.size(0), .. Input.Select(d => (long)d)]);

    private Tensor Places(Tensor like) => Tensor.From(_places, _places.Length).to(like.device);

    private static IReadOnlyList<bool> Wide(IReadOnlyList<int> shape, IReadOnlyList<bool> given)
    {
        var dimensions = shape.Aggregate(1, (a, b) => a * b);
        var pixels = shape.Count == 3 ? shape[1] * shape[2] : dimensions;
        if (given.Count != pixels && given.Count != dimensions)
        {
            throw new UsageException($"A mask of {given.Count} pixels does not fit images of {string.Join('x', shape)}, which have {pixels}: give one of their size.");
        }

        return given.Contains(true) ? [.. Enumerable.Range(0, dimensions).Select(i => given[i % given.Count])]
            : throw new UsageException("A mask that keeps no pixel leaves nothing to go by: keep some.");
    }
}

/// <summary>Squares of pixels are seen as their means. The pseudo-inverse gives every pixel of a square its mean.</summary>
public sealed class Downsample : LinearMeasurement
{
    private readonly int _factor;

    /// <param name="shape">Channels, height and width.</param>
    /// <param name="factor">Sides of the squares.</param>
    /// <exception cref="UsageException">The sides of the image are no multiples of it.</exception>
    public Downsample(IReadOnlyList<int> shape, int factor)
        : base(shape, factor > 1 && shape[1] % factor == 0 && shape[2] % factor == 0 ? [shape[0], shape[1] / factor, shape[2] / factor] : throw Unfit(shape, factor), $"downsample:{factor}") => _factor = factor;

    public override Tensor Measure(Tensor x) => torch.nn.functional.avg_pool2d(x, [_factor, _factor]);

    public override Tensor Invert(Tensor y) => y.repeat_interleave(_factor, 2).repeat_interleave(_factor, 3);

    private static UsageException Unfit(IReadOnlyList<int> shape, int factor)
    {
        var fitting = Enumerable.Range(2, Math.Min(shape[1], shape[2])).Where(f => shape[1] % f == 0 && shape[2] % f == 0).ToList();
        return new($"Images of {shape[1]}x{shape[2]} pixels cannot be made smaller by the factor {factor}: {(fitting.Count > 0 ? $"choose {string.Join(", ", fitting)}" : "choose images of other sides")}.");
    }
}

/// <summary>Colours are seen as one weighted mean, y = w·x. The pseudo-inverse w/(w·w) spreads it over the colours.</summary>
public sealed class Grey : LinearMeasurement
{
    private readonly double[] _weights;
    private readonly double _square;

    /// <param name="shape">Channels, height and width.</param>
    /// <param name="luma">Whether colours are weighed as the eye does (ITU-R 601), or all alike.</param>
    /// <exception cref="UsageException">The image has no colours.</exception>
    public Grey(IReadOnlyList<int> shape, bool luma)
        : base(shape, shape[0] == 3 ? [1, shape[1], shape[2]] : throw new UsageException($"Images of {string.Join('x', shape)} have no colours that could be taken away: choose images in colour."), luma ? "luma" : "grey")
    {
        _weights = luma ? [0.299, 0.587, 0.114] : [1 / 3.0, 1 / 3.0, 1 / 3.0];
        _square = _weights.Sum(w => w * w);
    }

    public override Tensor Measure(Tensor x) => (x * Weights(x)).sum([1], keepdim: true);

    public override Tensor Invert(Tensor y) => y * (Weights(y) / _square);

    private Tensor Weights(Tensor like) => Tensor.From(_weights, 1, 3, 1, 1).to(like.dtype).to(like.device);
}

/// <summary>
/// One measurement after the other. The rows of all but a last one are orthogonal and of one length (A Aᵀ = c·I), so the pseudo-inverse of the whole is those
/// of the parts in the opposite order.
/// </summary>
public sealed class Composition : LinearMeasurement
{
    private readonly LinearMeasurement _first, _then;

    /// <param name="first">What is done first; no mask.</param>
    /// <param name="then">What is then done with what was seen.</param>
    /// <exception cref="UsageException">A mask comes first.</exception>
    public Composition(LinearMeasurement first, LinearMeasurement then)
        : base(first.Input, then.Output, $"{first}+{then}")
    {
        if (first is Mask || first.Output.Count != 3)
        {
            throw new UsageException($"Nothing can be done after '{first}': put a mask last, as in downsample:4+mask:half.");
        }

        (_first, _then) = (first, then);
    }

    public override Tensor Measure(Tensor x) => _then.Measure(_first.Measure(x));

    public override Tensor Invert(Tensor y) => _first.Invert(_then.Invert(y));
}
