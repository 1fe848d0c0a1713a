using Likeness.Nn;
using Likeness.Torch;

namespace Likeness.Core;

/// <summary>
/// A paper's algorithm box: a round is an iterator of turns. What only training needs (critics, image pools) lives here and
/// is saved with the training state, not with the model.
/// </summary>
public abstract class Objective<TBatch> : Module
{
    public abstract IReadOnlyList<Player> Players { get; }

    /// <summary>One round of turns; runs once per training step, in the trainer's precision.</summary>
    public abstract IEnumerable<Turn> Round(IFeed<TBatch> feed, Rng rng);
}

/// <summary>An objective some of whose gradients are estimates and not the slopes of what is logged: a step function in between has no slope.</summary>
public interface IEstimatedGradients
{
    /// <summary>Whether the gradient of a parameter is an estimate.</summary>
    bool Estimates(Tensor parameter);
}
