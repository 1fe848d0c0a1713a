namespace Likeness;

/// <summary>
/// How weights start. A value is made on the generator's device; the fans are those of a weight [out, in, …] as PyTorch counts them.
/// </summary>
public abstract record Init
{
    private Init() { }

    /// <summary>PyTorch's default for linear and convolution layers: U(−1/√fan_in, 1/√fan_in).</summary>
    public static Init Default { get; } = new UniformFanIn();

    public static Init Zeros { get; } = new Constant(0);

    public static Init Ones { get; } = new Constant(1);

    /// <summary>PyTorch's default for biases: U(−1/√fan_in, 1/√fan_in) with the fan-in of the weight beside it.</summary>
    public static Tensor DefaultBias(Rng rng, long outputs, long fanIn) =>
        rng.Uniform(outputs).mul_(2 / Math.Sqrt(fanIn)).sub_(1 / Math.Sqrt(fanIn));

    /// <summary>The weight's values, fp32.</summary>
    public abstract Tensor Make(Rng rng, params ReadOnlySpan<long> shape);

    /// <summary>U(−1/√fan_in, 1/√fan_in).</summary>
    public sealed record UniformFanIn : Init
    {
        public override Tensor Make(Rng rng, params ReadOnlySpan<long> shape)
        {
            var bound = 1 / Math.Sqrt(FanIn(shape));
            return rng.Uniform(shape).mul_(2 * bound).sub_(bound);
        }
    }

    /// <summary>N(mean, deviation²).</summary>
    public sealed record Normal(double Deviation, double Mean = 0) : Init
    {
        public override Tensor Make(Rng rng, params ReadOnlySpan<long> shape) => rng.Normal(shape).mul_(Deviation).add_(Mean);
    }

    /// <summary>Glorot and Bengio 2010: U(−a, a), a = gain·√(6/(fan_in + fan_out)).</summary>
    public sealed record Xavier(double Gain = 1) : Init
    {
        public override Tensor Make(Rng rng, params ReadOnlySpan<long> shape)
        {
            var bound = Gain * Math.Sqrt(6 / (FanIn(shape) + FanOut(shape)));
            return rng.Uniform(shape).mul_(2 * bound).sub_(bound);
        }
    }

    /// <summary>He et al. 2015 for rectifiers: N(0, 2/fan_in).</summary>
    public sealed record Kaiming : Init
    {
        public override Tensor Make(Rng rng, params ReadOnlySpan<long> shape) => rng.Normal(shape).mul_(Math.Sqrt(2 / FanIn(shape)));
    }

    public sealed record Constant(double Value) : Init
    {
        public override Tensor Make(Rng rng, params ReadOnlySpan<long> shape) => torch.full(shape.ToArray(), Value, ScalarType.Float32, rng.Device);
    }

    private static double FanIn(ReadOnlySpan<long> shape) => shape.Length < 2 ? shape[0] : shape[1] * Receptive(shape);

    private static double FanOut(ReadOnlySpan<long> shape) => shape[0] * (shape.Length < 2 ? 1 : Receptive(shape));

    private static double Receptive(ReadOnlySpan<long> shape)
    {
        var product = 1.0;
        foreach (var d in shape[2..])
        {
            product *= d;
        }

        return product;
    }
}
