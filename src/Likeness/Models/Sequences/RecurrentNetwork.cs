namespace Likeness;

/// <summary>The recurrent unit of a network.</summary>
/// <param name="Name">The name in options.</param>
[JsonConverter(typeof(RecurrentUnitChoice))]
public sealed record RecurrentUnit(string Name)
{
    /// <summary>Long short-term memory (Hochreiter and Schmidhuber 1997).</summary>
    public static RecurrentUnit Lstm { get; } = new("lstm");

    /// <summary>Gated recurrent unit (Cho et al. 2014).</summary>
    public static RecurrentUnit Gru { get; } = new("gru");

    public override string ToString() => Name;
}

internal sealed class RecurrentUnitChoice() : NamedChoice<RecurrentUnit>("recurrent unit", u => u.Name, RecurrentUnit.Lstm, RecurrentUnit.Gru);

/// <summary>Layers of recurrent cells on top of each other; the state of all of them is one tensor [n, layers · parts, hidden].</summary>
internal sealed class RecurrentNetwork : Module
{
    private readonly LstmCell[] _lstm;
    private readonly GruCell[] _gru;
    private readonly int _hidden;

    public RecurrentNetwork(RecurrentUnit unit, int inputs, int hidden, int layers, Rng rng)
    {
        _hidden = hidden;
        var sizes = Enumerable.Range(0, layers).Select(i => i == 0 ? inputs : hidden).ToArray();
        _lstm = unit == RecurrentUnit.Lstm ? [.. sizes.Select((size, i) => Add($"{i}", new LstmCell(size, hidden, rng)))] : [];
        _gru = unit == RecurrentUnit.Gru ? [.. sizes.Select((size, i) => Add($"{i}", new GruCell(size, hidden, rng)))] : [];
    }

    /// <summary>The state before the first step: zeros.</summary>
    public Tensor Start(long count) =>
        torch.zeros([count, (2 * _lstm.Length) + _gru.Length, _hidden], ScalarType, Device);

    /// <summary>The state after one more step; its last layer's output is <see cref="Output"/>.</summary>
    public Tensor Next(Tensor x, Tensor state)
    {
        var parts = new List<Tensor>();
        for (var i = 0; i < _lstm.Length; i++)
        {
            var next = _lstm[i].Call(x, new(state.select(1, 2 * i), state.select(1, (2 * i) + 1)));
            parts.AddRange([next.Hidden, next.Cell]);
            x = next.Hidden;
        }

        for (var i = 0; i < _gru.Length; i++)
        {
            x = _gru[i].Call(x, state.select(1, i));
            parts.Add(x);
        }

        return torch.stack(parts.ToArray(), 1);
    }

    /// <summary>What the last layer says, [n, hidden].</summary>
    public Tensor Output(Tensor state) => state.select(1, _gru.Length > 0 ? _gru.Length - 1 : (2 * _lstm.Length) - 2);
}
