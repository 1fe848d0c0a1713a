namespace Likeness;

/// <summary>
/// An objective of one player whose loss is a mean of losses of single examples: what models learn by that have no opponent. A round is one descent of that mean.
/// </summary>
public abstract class ExampleObjective<TBatch> : Objective<TBatch>, IExampleLosses<TBatch>
{
    /// <param name="model">What learns; its state is the objective's part "model".</param>
    /// <param name="player">Who descends.</param>
    protected ExampleObjective(Module model, Player player)
    {
        Add("model", model);
        Player = player;
    }

    /// <inheritdoc/>
    public Player Player { get; }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Player> Players => [Player];

    /// <inheritdoc/>
    public virtual string? Coupling => null;

    /// <inheritdoc/>
    public sealed override IEnumerable<Turn> Round(IFeed<TBatch> feed, Rng rng) => this.Descend(feed, rng);

    /// <inheritdoc/>
    public abstract IReadOnlyList<Term> Losses(TBatch batch, Rng examples, Rng round);

    /// <inheritdoc/>
    public virtual IReadOnlyList<Term> Penalties(int count, Rng rng) => [];

    /// <inheritdoc/>
    public virtual void Follow()
    {
    }
}
