namespace Likeness;

/// <summary>
/// Gated recurrent units (Cho et al. 2014) over whole series, layers on top of each other, and a linear head for each step: libtorch's own loop, which costs a
/// fraction of a loop over cells. Parameters as in PyTorch, gru.weight_ih_l0 and so on, and head.weight.
/// </summary>
internal sealed class GatedRecurrent : Module
{
    private readonly TorchSharp.Modules.GRU _gru;
    private readonly Linear _head;

    public GatedRecurrent(int inputs, int hidden, int layers, int outputs, Rng rng)
    {
        _gru = Add("gru", torch.nn.GRU(inputs, hidden, layers, batchFirst: true));
        using var noGrad = torch.no_grad();
        // Its own start comes from a source that nobody gave.
        foreach (var (_, weight) in _gru.named_parameters())
        {
            weight.copy_(Recurrent.Uniform(rng, hidden, weight.shape));
        }

        _gru.to(rng.Device);
        _head = Add("head", new Linear(hidden, outputs, rng));
    }

    /// <summary>What the head says of each step, [n, steps, outputs], of series [n, steps, inputs].</summary>
    public Tensor Call(Tensor x) => _head.Call(States(x));

    /// <summary>What it says after the last step, [n, outputs].</summary>
    public Tensor Last(Tensor x) => _head.Call(States(x).select(1, -1));

    private Tensor States(Tensor x) => _gru.call(x).Item1;
}
