namespace Likeness;

/// <summary>
/// What an objective says whose loss is a mean of losses of single examples: each is the example's own, whatever others there are in its batch. That is what private
/// training asks, which limits how far an example can move the parameters. The descent of the mean is then the same for all such objectives: <see cref="ExampleLosses.Descend"/>.
/// </summary>
public interface IExampleLosses<in TBatch>
{
    /// <summary>Who descends; the only one.</summary>
    Player Player { get; }

    /// <summary>The terms of the loss of each example, [n].</summary>
    /// <param name="batch">The examples.</param>
    /// <param name="examples">For what is drawn for each example by itself: the first dimension of a draw counts examples.</param>
    /// <param name="round">For what is drawn once for all of them.</param>
    IReadOnlyList<Term> Losses(TBatch batch, Rng examples, Rng round);

    /// <summary>What is descended beside them and depends on the parameters alone, such as a prior of theirs; by default nothing.</summary>
    IReadOnlyList<Term> Penalties() => [];

    /// <summary>What is done after a descent: a running mean of the parameters, a count of rounds; by default nothing. It sees no data.</summary>
    void Follow()
    {
    }

    /// <summary>Why, with the options that were chosen, examples are not independent of each other after all, as the end of a sentence; null where they are.</summary>
    string? Coupling => null;
}

/// <summary>What all such objectives share.</summary>
public static class ExampleLosses
{
    /// <summary>A round: one descent of the mean loss of the next batch.</summary>
    public static IEnumerable<Turn> Descend<TBatch>(this IExampleLosses<TBatch> objective, IFeed<TBatch> feed, Rng rng)
    {
        var losses = objective.Losses(feed.Next(), rng, rng);
        yield return objective.Player.Minimise([.. losses.Select(t => new Term(t.Name, t.Value.mean())), .. objective.Penalties()]);
        objective.Follow();
    }
}
