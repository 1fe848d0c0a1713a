using Likeness.Nn;
using Likeness.Nn.Optim;
using Likeness.Torch;

namespace Likeness.Core;

/// <summary>Minimises the mean negative log-likelihood: the training of every model with an exact density.</summary>
public sealed class MaximumLikelihood<TModel> : Objective<Batch> where TModel : Module, IDensity
{
    private readonly TModel _model;
    private readonly Player _player;

    public MaximumLikelihood(TModel model, OptimizerOptions optimizer)
    {
        _model = Add("model", model);
        _player = new Player("model", optimizer, model);
    }

    public override IReadOnlyList<Player> Players => [_player];

    public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
    {
        yield return _player.Minimise(("nll", -_model.LogProb(feed.Next().X).Mean()));
    }
}
