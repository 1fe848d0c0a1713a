namespace Likeness;

/// <summary>Two feeds side by side, whose batches are joined; each is saved under its name.</summary>
internal sealed class JointFeed<TA, TB, TBatch>((string Name, IFeed<TA> Feed) a, (string Name, IFeed<TB> Feed) b, Func<TA, TB, TBatch> join) : IFeed<TBatch>
{
    public int BatchSize => a.Feed.BatchSize;

    public TBatch Next() => join(a.Feed.Next(), b.Feed.Next());

    public void State(IStateCursor cursor)
    {
        a.Feed.State(cursor.In(a.Name));
        b.Feed.State(cursor.In(b.Name));
    }

    public void Dispose()
    {
        a.Feed.Dispose();
        b.Feed.Dispose();
    }
}
