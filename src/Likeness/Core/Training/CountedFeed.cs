namespace Likeness;

/// <summary>Counts the examples that a training has drawn, brings them to where the model is, and mirrors some of them.</summary>
/// <param name="inner">Where they come from.</param>
/// <param name="device">Where the model is.</param>
/// <param name="flips">Decides which are mirrored; null where none is.</param>
internal sealed class CountedFeed<TBatch>(IFeed<TBatch> inner, Device device, Rng? flips = null) : IFeed<TBatch>
{
    private long _examples;
    private TBatch? _returned;
    private bool _hasReturned;

    public long Examples => _examples;

    public int BatchSize => inner.BatchSize;

    /// <summary>Puts a batch back, to be the next.</summary>
    public void Return(TBatch batch) => (_returned, _hasReturned) = (batch, true);

    public TBatch Next()
    {
        if (_hasReturned)
        {
            var returned = _returned!;
            (_returned, _hasReturned) = (default, false);
            return returned;
        }

        _examples += inner.BatchSize;
        var batch = inner.Next();
        batch = device.type != DeviceType.CPU && batch is IBatch examples ? (TBatch)examples.To(device) : batch;
        return flips is null ? batch : Mirror.Some(batch, flips);
    }

    public void State(IStateCursor cursor)
    {
        cursor.Visit("examples", ref _examples);
        inner.State(cursor);
        if (flips is not null)
        {
            cursor.Visit("flips", flips);
        }
    }

    public void Dispose() => inner.Dispose();
}
