namespace Likeness;

/// <summary>
/// A paper's algorithm box: a round is an iterator of turns. What only training needs (critics, image pools) lives here and
/// is saved with the training state, not with the model.
/// </summary>
public abstract class Objective<TBatch> : Module
{
    /// <summary>Those who descend, in the order in which they are saved; none where every turn is an update in closed form.</summary>
    public abstract IReadOnlyList<Player> Players { get; }

    /// <summary>What is known to go wrong with the options that were chosen, and what to choose instead; by default nothing.</summary>
    public virtual IEnumerable<Sentence> Doubts => [];

    /// <summary>
    /// Sets what is to be set from data before the first round, without recording; by default nothing. The first round is given
    /// <paramref name="first"/> again, and what is drawn from <paramref name="feed"/> here comes after it.
    /// </summary>
    public virtual void Begin(TBatch first, IFeed<TBatch> feed, Rng rng)
    {
    }

    /// <summary>One round of turns; runs once per training step, in the trainer's precision.</summary>
    public abstract IEnumerable<Turn> Round(IFeed<TBatch> feed, Rng rng);
}

/// <summary>An objective some of whose gradients are estimates and not the slopes of what is logged: a step function in between has no slope.</summary>
public interface IEstimatedGradients
{
    /// <summary>Whether the gradient of a parameter is an estimate.</summary>
    bool Estimates(Tensor parameter);
}
