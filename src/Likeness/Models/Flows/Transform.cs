namespace Likeness;

/// <summary>An invertible function of tables [n, d] whose change of volume is known.</summary>
public abstract class Transform : Module
{
    /// <summary>z = f(x), [n, d], and log |det ∂f/∂x| of each example, [n].</summary>
    public abstract (Tensor Z, Tensor LogDeterminant) Forward(Tensor x);

    /// <summary>x = f⁻¹(z), [n, d].</summary>
    public abstract Tensor Inverse(Tensor z);
}

/// <summary>
/// z = (x − shift) ⊙ exp(−logScale), with both learned and set so that the first batch has mean 0 and deviation 1 (Kingma and
/// Dhariwal 2018, section 3.1). Stands where older flows have batch normalisation, and does not make examples depend on each other.
/// </summary>
internal sealed class ActNorm : Transform
{
    private readonly Tensor _shift, _logScale;

    public ActNorm(int dimensions, Rng rng)
    {
        _shift = Parameter("shift", Init.Zeros.Make(rng, dimensions));
        _logScale = Parameter("log_scale", Init.Zeros.Make(rng, dimensions));
    }

    public override (Tensor Z, Tensor LogDeterminant) Forward(Tensor x)
    {
        if (ExampleGradients.Current is null)
        {
            return ActNormFunction.Call(x, _shift, _logScale);
        }

        var (shift, logScale) = (ExampleGradients.Of(_shift), ExampleGradients.Of(_logScale)); // [n, d]
        return ((x - shift) * (-logScale).exp(), -logScale.sum([1]));
    }

    public override Tensor Inverse(Tensor z) => z * _logScale.exp() + _shift;

    /// <summary>Makes these examples have mean 0 and deviation 1.</summary>
    internal void Start(Tensor x)
    {
        _shift.copy_(x.mean([0]));

        // A variable that hardly changes in the batch is not blown up: the first other value would be a thousand deviations away.
        _logScale.copy_(x.std([0], unbiased: false).clamp_min(0.1).log());
    }
}
