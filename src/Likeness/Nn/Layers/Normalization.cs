namespace Likeness;

/// <summary>
/// Batch normalisation over [n, channels, …]: the batch's statistics while training, the running ones otherwise. Parameters
/// weight and bias, buffers running_mean, running_var and num_batches_tracked as in PyTorch.
/// </summary>
public sealed class BatchNorm : Layer
{
    private readonly Tensor? _weight, _bias;
    private readonly Tensor _mean, _variance, _batches;
    private readonly double _momentum, _epsilon;

    /// <param name="channels">Size of the second dimension.</param>
    /// <param name="rng">Where initial weights are drawn; its device holds the parameters.</param>
    /// <param name="momentum">Weight of the newest batch in the running statistics.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="weight">How the scale starts; ones unless said.</param>
    /// <param name="affine">Whether a scale and an offset are learned.</param>
    public BatchNorm(int channels, Rng rng, double momentum = 0.1, double epsilon = 1e-5, Init? weight = null, bool affine = true)
    {
        (_momentum, _epsilon) = (momentum, epsilon);
        DependsOnCall();
        if (affine)
        {
            _weight = Parameter("weight", (weight ?? Init.Ones).Make(rng, channels));
            _bias = Parameter("bias", Init.Zeros.Make(rng, channels));
        }

        _mean = Buffer("running_mean", Init.Zeros.Make(rng, channels));
        _variance = Buffer("running_var", Init.Ones.Make(rng, channels));
        _batches = Buffer("num_batches_tracked", torch.zeros([], ScalarType.Int64, rng.Device));
    }

    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        if (training)
        {
            _batches.add_(1);
        }

        return torch.nn.functional.batch_norm(x, _mean, _variance, _weight, _bias, training, _momentum, _epsilon);
    }
}

/// <summary>Group normalisation over [n, channels, …] (Wu and He 2018); parameters weight and bias [channels] as in PyTorch.</summary>
public sealed class GroupNorm : Layer
{
    private readonly Tensor _weight, _bias;
    private readonly int _groups;
    private readonly double _epsilon;

    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    public GroupNorm(int groups, int channels, Rng rng, double epsilon = 1e-5)
    {
        if (groups < 1 || channels % groups != 0)
        {
            throw new ArgumentException($"{channels} channels do not fall into {groups} equal groups: choose groups that divide the channels.", nameof(groups));
        }

        (_groups, _epsilon) = (groups, epsilon);
        _weight = Parameter("weight", Init.Ones.Make(rng, channels));
        _bias = Parameter("bias", Init.Zeros.Make(rng, channels));
    }

    // Reduced precision ends here: libtorch's autocast leaves normalisation alone, and its kernels want one type.
    protected override Tensor Forward(Tensor x, Rng? rng) => ExampleGradients.Current is null
        ? torch.nn.functional.group_norm(x.to(_weight.dtype), _groups, _weight, _bias, _epsilon)
        : torch.nn.functional.group_norm(x.to(_weight.dtype), _groups, null, null, _epsilon) * OfExamples(_weight, x) + OfExamples(_bias, x);

    /// <summary>With SiLU behind it, in one pass where that is possible.</summary>
    internal Tensor CallSilu(Tensor x) => ExampleGradients.Current is not null ? Forward(x, null).silu() : GroupNormSiluFunction.Call(x.to(_weight.dtype), _groups, _weight, _bias, _epsilon);

    // A parameter of each channel of each example, [n, channels, 1, …].
    private static Tensor OfExamples(Tensor parameter, Tensor x) => ExampleGradients.Of(parameter).reshape([-1, x.shape[1], .. Enumerable.Repeat(1L, (int)x.ndim - 2)]);
}

/// <summary>Layer normalisation over the last dimensions (Ba et al. 2016); parameters weight and bias of their shape as in PyTorch.</summary>
public sealed class LayerNorm : Layer
{
    private readonly Tensor _weight, _bias;
    private readonly double _epsilon;

    public LayerNorm(int features, Rng rng, double epsilon = 1e-5) : this([features], rng, epsilon)
    {
    }

    /// <param name="shape">The last dimensions of the input.</param>
    /// <param name="rng">Its device holds the parameters.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public LayerNorm(ReadOnlySpan<long> shape, Rng rng, double epsilon = 1e-5)
    {
        _epsilon = epsilon;
        _weight = Parameter("weight", Init.Ones.Make(rng, shape));
        _bias = Parameter("bias", Init.Zeros.Make(rng, shape));
    }

    protected override Tensor Forward(Tensor x, Rng? rng) => torch.nn.functional.layer_norm(x.to(_weight.dtype), _weight.shape, _weight, _bias, _epsilon);
}

/// <summary>
/// Instance normalisation over [n, channels, height, width] (Ulyanov et al. 2016): each example's own statistics, in training
/// and after it; parameters weight and bias [channels] where they are learned, as in PyTorch.
/// </summary>
public sealed class InstanceNorm : Layer
{
    private readonly Tensor? _weight, _bias;
    private readonly double _epsilon;

    /// <param name="channels">Size of the second dimension.</param>
    /// <param name="rng">Its device holds the parameters.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="affine">Whether a scale and an offset are learned.</param>
    public InstanceNorm(int channels, Rng rng, double epsilon = 1e-5, bool affine = false)
    {
        _epsilon = epsilon;
        if (affine)
        {
            _weight = Parameter("weight", Init.Ones.Make(rng, channels));
            _bias = Parameter("bias", Init.Zeros.Make(rng, channels));
        }
    }

    protected override Tensor Forward(Tensor x, Rng? rng) => torch.nn.functional.instance_norm(_weight is null ? x : x.to(_weight.dtype), null, null, _weight, _bias, true, 0.1, _epsilon);
}
