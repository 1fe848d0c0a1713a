namespace Likeness;

/// <summary>
/// Gated recurrent units (Cho et al. 2014) over whole series, layers on top of each other, and a linear head for each step. What enters a layer is multiplied by its
/// weights for all steps at once. Parameters of layer k: gru_k.weight_ih [3·hidden, inputs], weight_hh, bias_ih, bias_hh, in the gates' order r, z, n as in PyTorch; and head.weight, head.bias.
/// </summary>
internal sealed class GatedRecurrent : Module
{
    private readonly Cells[] _layers;
    private readonly Linear _head;

    public GatedRecurrent(int inputs, int hidden, int layers, int outputs, Rng rng)
    {
        _layers = [.. Enumerable.Range(0, layers).Select(k => Add($"gru_{k}", new Cells(k == 0 ? inputs : hidden, hidden, rng)))];
        _head = Add("head", new Linear(hidden, outputs, rng));
    }

    /// <summary>What the head says of each step, [n, steps, outputs], of series [n, steps, inputs].</summary>
    public Tensor Call(Tensor x) => _head.Call(States(x)).transpose(0, 1);

    /// <summary>What it says after the last step, [n, outputs].</summary>
    public Tensor Last(Tensor x) => _head.Call(States(x).select(0, -1));

    // [steps, n, hidden].
    private Tensor States(Tensor x)
    {
        var h = x.transpose(0, 1);
        foreach (var layer in _layers)
        {
            h = layer.States(h);
        }

        return h;
    }

    private sealed class Cells : Module
    {
        private readonly RecurrentWeights _weights;

        public Cells(int inputs, int hidden, Rng rng) => _weights = RecurrentWeights.Of(Parameter, 3, inputs, hidden, rng);

        // From [steps, n, inputs] to [steps, n, hidden].
        public Tensor States(Tensor x)
        {
            using var scope = torch.NewDisposeScope();
            return scope.MoveToOuter(GruFunction.Call(torch.nn.functional.linear(x, _weights.Input, _weights.InputBias), _weights.Hidden, _weights.HiddenBias));
        }
    }
}
