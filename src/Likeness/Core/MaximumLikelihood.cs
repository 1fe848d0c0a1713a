using Likeness.Nn;
using Likeness.Nn.Optim;
using Likeness.Torch;

namespace Likeness.Core;

/// <summary>Minimises the mean negative log-likelihood: the training of every model with an exact density.</summary>
public sealed class MaximumLikelihood<TModel> : Objective<Batch> where TModel : Module, IDensity
{
    private readonly TModel _model;
    private readonly Player _player;
    private readonly Action<Tensor>? _initialise;
    private readonly Counter _rounds;

    /// <param name="model">What learns.</param>
    /// <param name="optimizer">How it descends.</param>
    /// <param name="initialise">Sets parameters from the first batch before the first descent, where the paper does so.</param>
    public MaximumLikelihood(TModel model, OptimizerOptions optimizer, Action<Tensor>? initialise = null)
    {
        _model = Add("model", model);
        _player = new Player("model", optimizer, model);
        _initialise = initialise;
        _rounds = Include("rounds", new Counter());
    }

    public override IReadOnlyList<Player> Players => [_player];

    public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
    {
        var x = feed.Next().X;
        if (_rounds.Next() == 0 && _initialise is not null)
        {
            yield return _player.Assign(() => _initialise(x));
        }

        yield return _player.Minimise(("nll", -_model.LogProb(x).Mean()));
    }
}
