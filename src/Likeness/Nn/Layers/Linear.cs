namespace Likeness;

/// <summary>y = x·Wᵀ + b over the last dimension; parameters weight [outputs, inputs] and bias [outputs] as in PyTorch.</summary>
public sealed class Linear : Layer, IRectified
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;
    private readonly SpectralNorm? _norm;

    /// <param name="inputs">Size of the last dimension.</param>
    /// <param name="outputs">Size that it becomes.</param>
    /// <param name="rng">Where initial weights are drawn; its device holds the parameters.</param>
    /// <param name="weight">How the weight starts; as in PyTorch unless said.</param>
    /// <param name="bias">How the bias starts; as in PyTorch unless said.</param>
    /// <param name="hasBias">Whether there is a bias.</param>
    /// <param name="spectralNorm">Whether the weight is divided by its largest singular value (Miyato et al. 2018).</param>
    public Linear(int inputs, int outputs, Rng rng, Init? weight = null, Init? bias = null, bool hasBias = true, bool spectralNorm = false)
    {
        _weight = Parameter(spectralNorm ? "weight_orig" : "weight", (weight ?? Init.Default).Make(rng, outputs, inputs));
        // PyTorch's bias has the weight's fan-in.
        _bias = hasBias ? Parameter("bias", bias?.Make(rng, outputs) ?? Init.DefaultBias(rng, outputs, inputs)) : null;
        if (spectralNorm)
        {
            _norm = new(_weight, Buffer, rng);
            DependsOnCall();
        }
    }

    Tensor IRectified.Rectified(Tensor x, double slope) => ExampleGradients.Current is not null
        ? RectifierFunction.Call(Forward(x, null), slope)
        : RectifiedLinearFunction.Call(x, _norm?.Weight(training) ?? _weight, _bias, slope);

    protected override Tensor Forward(Tensor x, Rng? rng) => ExampleGradients.Linear(x, _norm?.Weight(training) ?? _weight, _bias);
}
