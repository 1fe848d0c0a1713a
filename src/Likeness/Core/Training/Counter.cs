namespace Likeness;

/// <summary>A count that is saved with the training.</summary>
public sealed class Counter : IStateful
{
    private long _value;

    public long Value => _value;

    /// <summary>The count so far, and one more from now on.</summary>
    public long Next() => _value++;

    public void State(IStateCursor cursor) => cursor.Visit("value", ref _value);
}
