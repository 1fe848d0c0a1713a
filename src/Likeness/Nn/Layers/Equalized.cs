namespace Likeness;

/// <summary>
/// Run-time weight scaling (Karras et al. 2018, section 4.1): weights start as N(0, 1) and are multiplied with c = gain/√fan_in of He et
/// al. at each call. An optimiser whose steps do not depend on the gradient's scale then moves every layer at the same relative speed.
/// </summary>
public static class Equalized
{
    /// <summary>He's constant c for weights of so many inputs.</summary>
    public static double Scale(double gain, double fanIn) => gain / Math.Sqrt(fanIn);
}

/// <summary>y = x·(c·W)ᵀ + b over the last dimension; parameters weight [outputs, inputs] and bias [outputs]. See <see cref="Equalized"/>.</summary>
public sealed class EqualizedLinear : Layer, IRectified
{
    private readonly Tensor _weight, _bias;
    private readonly double _scale;

    public EqualizedLinear(int inputs, int outputs, Rng rng, double gain = 1.4142135623730951)
    {
        _scale = Equalized.Scale(gain, inputs);
        _weight = Parameter("weight", new Init.Normal(1).Make(rng, outputs, inputs));
        _bias = Parameter("bias", Init.Zeros.Make(rng, outputs));
    }

    Tensor IRectified.Rectified(Tensor x, double slope) => RectifiedLinearFunction.Call(x, _weight * _scale, _bias, slope);

    protected override Tensor Forward(Tensor x, Rng? rng) => torch.nn.functional.linear(x, _weight * _scale, _bias);
}

/// <summary>A convolution that keeps height and width, with weights c·W; parameters weight [outputs, inputs, k, k] and bias [outputs]. See <see cref="Equalized"/>.</summary>
public sealed class EqualizedConv2d : Layer, IRectified, IEnlarging
{
    private readonly Tensor _weight, _bias;
    private readonly double _scale;
    private readonly int _padding;

    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Its side; odd.</param>
    /// <param name="rng">Where initial weights are drawn; its device holds the parameters.</param>
    /// <param name="gain">√2 before a rectifier, 1 where none follows.</param>
    public EqualizedConv2d(int inputs, int outputs, int kernel, Rng rng, double gain = 1.4142135623730951)
    {
        (_scale, _padding) = (Equalized.Scale(gain, (double)inputs * kernel * kernel), kernel / 2);
        _weight = Parameter("weight", new Init.Normal(1).Make(rng, outputs, inputs, kernel, kernel));
        _bias = Parameter("bias", Init.Zeros.Make(rng, outputs));
    }

    Tensor IRectified.Rectified(Tensor x, double slope) => Call(x, slope);

    // Of the kernel's values, those that meet the same pixel are added first: with a kernel of 3×3 for each pixel of the result 4
    // products instead of 9. The authors' code has it as "fused_scale".
    Tensor IEnlarging.Enlarged(Tensor x, double? slope)
    {
        var (outputs, inputs, k) = (_weight.size(0), _weight.size(1), _weight.size(2));
        var spread = (_weight * _scale).transpose(0, 1).reshape(inputs * outputs, k * k).mm(Spread((int)k).to(_weight.dtype).to(_weight.device));
        return ConvolutionFunction.Transposed(x, spread.reshape(inputs, outputs, k + 1, k + 1), _bias, 2, _padding, slope);
    }

    protected override Tensor Forward(Tensor x, Rng? rng) => Call(x, null);

    private Tensor Call(Tensor x, double? slope) => ConvolutionFunction.Call(x, _weight * _scale, _bias, [_padding, _padding], slope: slope);

    // Row i of a kernel of side k goes to the rows k − 1 − i and k − i of the transposed one of side k + 1; columns alike.
    private static Tensor Spread(int k)
    {
        var values = new float[k * k * (k + 1) * (k + 1)];
        for (var i = 0; i < k * k; i++)
        {
            foreach (var (down, across) in new[] { (0, 0), (0, 1), (1, 0), (1, 1) })
            {
                values[(i * (k + 1) * (k + 1)) + ((k - 1 - (i / k) + down) * (k + 1)) + k - 1 - (i % k) + across] = 1;
            }
        }

        return Tensor.From(values, k * k, (k + 1) * (k + 1));
    }
}

/// <summary>
/// Pixelwise feature normalisation (Karras et al. 2018, section 4.2): b = a / √(mean of a² over the channels + ε), the second dimension.
/// </summary>
public sealed class PixelNorm(double epsilon = 1e-8) : Layer
{
    protected override Tensor Forward(Tensor x, Rng? rng) => x * (x.square().mean([1], true) + epsilon).pow(-0.5);
}

/// <summary>
/// Minibatch standard deviation (Karras et al. 2018, section 3): one more channel that holds, for each group of examples, the standard
/// deviation over the group, averaged over channels and places. What it says lets a critic see that samples are too much alike.
/// </summary>
public sealed class MinibatchDeviation : Layer
{
    private readonly int _group;

    /// <param name="group">Examples in a group; the largest divisor of the batch that is not above it is taken.</param>
    public MinibatchDeviation(int group = 4)
    {
        _group = group;
        DependsOnCall();
    }

    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        var (n, c, h, w) = (x.size(0), x.size(1), x.size(2), x.size(3));
        var size = (long)_group;
        while (n % size != 0)
        {
            size--;
        }

        // As in the authors' code, the members of a group lie n/size apart. Small differences drown in reduced precision, so it ends here.
        var y = (x.dtype == ScalarType.Float64 ? x : x.to(ScalarType.Float32)).reshape(size, n / size, c, h, w);
        var variance = (y - y.mean([0], true)).square().mean([0]); // [n/size, c, h, w]
        var deviation = (variance + 1e-8).sqrt().mean([1, 2, 3], true); // [n/size, 1, 1, 1]
        return torch.cat([x, deviation.repeat(size, 1, h, w).to(x.dtype)], 1); // [n, c + 1, h, w]
    }
}
