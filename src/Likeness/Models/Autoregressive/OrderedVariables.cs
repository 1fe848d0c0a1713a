namespace Likeness;

/// <summary>The variables of examples in the order in which a model predicts them, and back. The order is saved with the model.</summary>
internal sealed class OrderedVariables : Module
{
    private readonly DataSpec _spec;
    private readonly Tensor? _order, _inverse; // none in the order of memory

    public OrderedVariables(DataSpec spec, VariableOrder order, Rng rng)
    {
        _spec = spec;
        var places = order.Indices(spec.Dimensions);
        Order = places;
        if (order is VariableOrder.Raster)
        {
            return;
        }

        var inverse = new int[places.Length];
        for (var i = 0; i < places.Length; i++)
        {
            inverse[places[i]] = i;
        }

        _order = Buffer("order", Tensor.From(Array.ConvertAll(places, i => (long)i), places.Length).to(rng.Device));
        _inverse = Buffer("inverse", Tensor.From(Array.ConvertAll(inverse, i => (long)i), places.Length).to(rng.Device));
    }

    /// <summary>Indices into the flattened example, first predicted first.</summary>
    public IReadOnlyList<int> Order { get; }

    /// <summary>Examples [n, …] as a table [n, d] in the model's order.</summary>
    public Tensor Of(Tensor x) => _order is null ? _spec.Flat(x) : _spec.Flat(x).index_select(1, _order);

    /// <summary>Columns [n, d, …] in the model's order, put where they lie in the flattened example.</summary>
    public Tensor Back(Tensor columns) => _inverse is null ? columns : columns.index_select(1, _inverse);
}
