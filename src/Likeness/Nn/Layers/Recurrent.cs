namespace Likeness;

/// <summary>What an LSTM carries from step to step, each [n, hidden].</summary>
public readonly record struct LstmState(Tensor Hidden, Tensor Cell);

/// <summary>
/// One step of a long short-term memory (Hochreiter and Schmidhuber 1997, with a forget gate); parameters weight_ih [4·hidden, inputs],
/// weight_hh [4·hidden, hidden], bias_ih, bias_hh in the gates' order i, f, g, o, as in PyTorch.
/// </summary>
public sealed class LstmCell : Module
{
    private readonly RecurrentWeights _weights;

    public LstmCell(int inputs, int hidden, Rng rng) => _weights = RecurrentWeights.Of(Parameter, 4, inputs, hidden, rng);

    /// <summary>The state before the first step: zeros.</summary>
    public LstmState Start(long count)
    {
        var zeros = _weights.Start(count);
        return new(zeros, zeros);
    }

    /// <param name="x">The inputs of this step [n, inputs].</param>
    /// <param name="state">The state after the step before.</param>
    public LstmState Call(Tensor x, LstmState state)
    {
        using var scope = torch.NewDisposeScope();
        var sums = _weights.OfInput(x) + _weights.OfHidden(state.Hidden);
        var (hidden, cell) = Recurrent.Lstm(sums, state.Cell);
        return new(scope.MoveToOuter(hidden), scope.MoveToOuter(cell));
    }
}

/// <summary>
/// One step of a gated recurrent unit (Cho et al. 2014); parameters weight_ih [3·hidden, inputs], weight_hh [3·hidden, hidden],
/// bias_ih, bias_hh in the gates' order r, z, n, as in PyTorch.
/// </summary>
public sealed class GruCell : Module
{
    private readonly RecurrentWeights _weights;

    public GruCell(int inputs, int hidden, Rng rng) => _weights = RecurrentWeights.Of(Parameter, 3, inputs, hidden, rng);

    /// <summary>The state before the first step: zeros [n, hidden].</summary>
    public Tensor Start(long count) => _weights.Start(count);

    /// <param name="x">The inputs of this step [n, inputs].</param>
    /// <param name="hidden">The state after the step before [n, hidden].</param>
    public Tensor Call(Tensor x, Tensor hidden)
    {
        using var scope = torch.NewDisposeScope();
        var (here, before) = (_weights.OfInput(x).chunk(3, 1), _weights.OfHidden(hidden).chunk(3, 1)); // r, z, n
        var reset = (here[0] + before[0]).sigmoid();
        var kept = (here[1] + before[1]).sigmoid();
        var proposed = (here[2] + reset * before[2]).tanh();
        return scope.MoveToOuter(proposed + kept * (hidden - proposed));
    }
}

/// <summary>The parameters of a recurrent cell, named as PyTorch's.</summary>
/// <param name="Input">weight_ih [gates·hidden, inputs].</param>
/// <param name="Hidden">weight_hh [gates·hidden, hidden].</param>
/// <param name="InputBias">bias_ih [gates·hidden].</param>
/// <param name="HiddenBias">bias_hh [gates·hidden].</param>
internal readonly record struct RecurrentWeights(Tensor Input, Tensor Hidden, Tensor InputBias, Tensor HiddenBias)
{
    /// <summary>New ones, which become parameters of a cell.</summary>
    /// <param name="parameter">Adds a parameter to the cell.</param>
    /// <param name="gates">Of the cell.</param>
    /// <param name="inputs">Values that enter at each step.</param>
    /// <param name="hidden">Values of the state.</param>
    /// <param name="rng">Where they are drawn.</param>
    public static RecurrentWeights Of(Func<string, Tensor, Tensor> parameter, int gates, int inputs, int hidden, Rng rng) => new(
        parameter("weight_ih", Recurrent.Uniform(rng, hidden, gates * hidden, inputs)),
        parameter("weight_hh", Recurrent.Uniform(rng, hidden, gates * hidden, hidden)),
        parameter("bias_ih", Recurrent.Uniform(rng, hidden, gates * hidden)),
        parameter("bias_hh", Recurrent.Uniform(rng, hidden, gates * hidden)));

    /// <summary>The state before the first step: zeros [n, hidden].</summary>
    public Tensor Start(long count) => torch.zeros([count, Hidden.shape[1]], Hidden.dtype, Hidden.device);

    /// <summary>What a step's inputs [n, inputs] add to the gates' sums, [n, gates·hidden].</summary>
    public Tensor OfInput(Tensor x) => ExampleGradients.Linear(x, Input, InputBias);

    /// <summary>What the state [n, hidden] adds to them.</summary>
    public Tensor OfHidden(Tensor hidden) => ExampleGradients.Linear(hidden, Hidden, HiddenBias);
}

/// <summary>What recurrent cells share.</summary>
internal static class Recurrent
{
    /// <summary>PyTorch's start for recurrent cells: U(−1/√hidden, 1/√hidden) for weights and biases alike.</summary>
    public static Tensor Uniform(Rng rng, int hidden, params ReadOnlySpan<long> shape)
    {
        var bound = 1 / Math.Sqrt(hidden);
        return rng.Uniform(shape).mul_(2 * bound).sub_(bound);
    }

    /// <summary>What an LSTM carries after the gates' sums [n, 4·hidden], in the order i, f, g, o, and its memory before.</summary>
    public static LstmState Lstm(Tensor sums, Tensor before)
    {
        var gates = sums.chunk(4, 1);
        var cell = gates[1].sigmoid() * before + gates[0].sigmoid() * gates[2].tanh();
        return new(gates[3].sigmoid() * cell.tanh(), cell);
    }
}
