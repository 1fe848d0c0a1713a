using Likeness.Torch;

namespace Likeness.Nn;

/// <summary>y = x·Wᵀ + b over the last dimension; parameters weight [outputs, inputs] and bias [outputs] as in PyTorch.</summary>
public sealed class Linear : Layer
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;

    public Linear(int inputs, int outputs, Rng rng, Init? weight = null, Init? bias = null, bool hasBias = true)
    {
        _weight = Parameter("weight", (weight ?? Init.Default).Make(rng, outputs, inputs));
        // PyTorch's bias has the weight's fan-in.
        _bias = hasBias ? Parameter("bias", bias?.Make(rng, outputs) ?? Init.DefaultBias(rng, outputs, inputs)) : null;
    }

    protected override Tensor Forward(Tensor x, Rng? rng) => Ops.Linear(x, _weight, _bias);
}
