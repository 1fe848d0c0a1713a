namespace Likeness;

/// <summary>What an LSTM carries from step to step, each [n, hidden].</summary>
public readonly record struct LstmState(Tensor Hidden, Tensor Cell);

/// <summary>
/// One step of a long short-term memory (Hochreiter and Schmidhuber 1997, with a forget gate); parameters weight_ih [4·hidden, inputs],
/// weight_hh [4·hidden, hidden], bias_ih, bias_hh in the gates' order i, f, g, o, as in PyTorch.
/// </summary>
public sealed class LstmCell : Module
{
    private readonly Tensor _weightInput, _weightHidden, _biasInput, _biasHidden;
    private readonly int _hidden;

    public LstmCell(int inputs, int hidden, Rng rng)
    {
        _hidden = hidden;
        (_weightInput, _weightHidden, _biasInput, _biasHidden) = (
            Parameter("weight_ih", Recurrent.Uniform(rng, hidden, 4 * hidden, inputs)),
            Parameter("weight_hh", Recurrent.Uniform(rng, hidden, 4 * hidden, hidden)),
            Parameter("bias_ih", Recurrent.Uniform(rng, hidden, 4 * hidden)),
            Parameter("bias_hh", Recurrent.Uniform(rng, hidden, 4 * hidden)));
    }

    /// <summary>The state before the first step: zeros.</summary>
    public LstmState Start(long count)
    {
        var zeros = torch.zeros([count, _hidden], _weightHidden.dtype, _weightHidden.device);
        return new(zeros, zeros);
    }

    /// <param name="x">The inputs of this step [n, inputs].</param>
    /// <param name="state">The state after the step before.</param>
    public LstmState Call(Tensor x, LstmState state)
    {
        using var scope = torch.NewDisposeScope();
        var sums = ExampleGradients.Linear(x, _weightInput, _biasInput) + ExampleGradients.Linear(state.Hidden, _weightHidden, _biasHidden);
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
    private readonly Tensor _weightInput, _weightHidden, _biasInput, _biasHidden;
    private readonly int _hidden;

    public GruCell(int inputs, int hidden, Rng rng)
    {
        _hidden = hidden;
        (_weightInput, _weightHidden, _biasInput, _biasHidden) = (
            Parameter("weight_ih", Recurrent.Uniform(rng, hidden, 3 * hidden, inputs)),
            Parameter("weight_hh", Recurrent.Uniform(rng, hidden, 3 * hidden, hidden)),
            Parameter("bias_ih", Recurrent.Uniform(rng, hidden, 3 * hidden)),
            Parameter("bias_hh", Recurrent.Uniform(rng, hidden, 3 * hidden)));
    }

    /// <summary>The state before the first step: zeros [n, hidden].</summary>
    public Tensor Start(long count) => torch.zeros([count, _hidden], _weightHidden.dtype, _weightHidden.device);

    /// <param name="x">The inputs of this step [n, inputs].</param>
    /// <param name="hidden">The state after the step before [n, hidden].</param>
    public Tensor Call(Tensor x, Tensor hidden)
    {
        using var scope = torch.NewDisposeScope();
        var (here, before) = (ExampleGradients.Linear(x, _weightInput, _biasInput).chunk(3, 1), ExampleGradients.Linear(hidden, _weightHidden, _biasHidden).chunk(3, 1)); // r, z, n
        var reset = (here[0] + before[0]).sigmoid();
        var kept = (here[1] + before[1]).sigmoid();
        var proposed = (here[2] + reset * before[2]).tanh();
        return scope.MoveToOuter(proposed + kept * (hidden - proposed));
    }
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
