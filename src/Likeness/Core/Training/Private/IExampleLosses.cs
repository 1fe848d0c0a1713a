namespace Likeness;

/// <summary>
/// What an objective says whose loss is a mean of losses of single examples: each is the example's own, whatever others there are in its batch. That is what private
/// training asks, which limits how far an example can move the parameters. The descent of the mean is then the same for all such objectives: <see cref="ExampleLosses.Descend"/>.
/// </summary>
public interface IExampleLosses<in TBatch>
{
    /// <summary>Who descends by the examples; the only one who sees them.</summary>
    Player Player { get; }

    /// <summary>What examples go through: none of its layers may let them depend on each other. By default all of the objective.</summary>
    torch.nn.Module Network => (torch.nn.Module)this;

    /// <summary>The terms of the loss of each example, [n].</summary>
    /// <param name="batch">The examples.</param>
    /// <param name="examples">For what is drawn for each example by itself: the first dimension of a draw counts examples.</param>
    /// <param name="round">For what is drawn once for all of them.</param>
    IReadOnlyList<Term> Losses(TBatch batch, Rng examples, Rng round);

    /// <summary>What is descended beside them and depends on no example, such as a prior of the parameters, or a game's generated examples; by default nothing.</summary>
    /// <param name="count">How many examples a batch has, on average.</param>
    /// <param name="rng">For what is drawn.</param>
    IReadOnlyList<Term> Penalties(int count, Rng rng) => [];

    /// <summary>The turns of other players after a descent, who see no example, such as a game's generator; by default none.</summary>
    /// <param name="descents">Descents so far, with this one.</param>
    /// <param name="count">How many examples a batch has, on average.</param>
    /// <param name="rng">For what is drawn.</param>
    IEnumerable<Turn> Reply(long descents, int count, Rng rng) => [];

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
        yield return objective.Player.Minimise([.. losses.Select(t => new Term(t.Name, t.Value.mean())), .. objective.Penalties(feed.BatchSize, rng)]);
        objective.Follow();
    }
}
