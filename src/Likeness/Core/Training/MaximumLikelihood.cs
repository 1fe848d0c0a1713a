namespace Likeness;

/// <summary>Minimises the mean negative log-likelihood: the training of every model with an exact density.</summary>
public sealed class MaximumLikelihood<TModel> : ExampleObjective<Batch> where TModel : Module, IDensity
{
    private readonly TModel _model;
    private readonly Action<Tensor>? _initialise;
    private readonly Func<Tensor>? _penalty;
    private readonly Ema? _mean;

    /// <param name="model">What learns.</param>
    /// <param name="optimizer">How it descends.</param>
    /// <param name="initialise">Sets parameters from the first batch before the first descent, where the paper does so.</param>
    /// <param name="penalty">What is descended beside it: minus the log of a prior on the parameters, divided by the number of examples.</param>
    /// <param name="average">A model of the same kind that is kept at the running mean of the learning one, starting from it, and is the one that is asked; null where that is the learning one itself.</param>
    /// <param name="emaDecay">How much of that mean is kept per step.</param>
    public MaximumLikelihood(TModel model, OptimizerOptions optimizer, Action<Tensor>? initialise = null, Func<Tensor>? penalty = null, TModel? average = null, double emaDecay = 0)
        : base(model, new("model", optimizer, model))
    {
        (_model, _initialise, _penalty) = (model, initialise, penalty);
        if (average is not null)
        {
            _mean = Include("mean", new Ema(model, Add("average", average), emaDecay, warmUp: true));
        }
    }

    public override void Begin(Batch first, IFeed<Batch> feed, Rng rng) => _initialise?.Invoke(first.X);

    public override IReadOnlyList<Term> Losses(Batch batch, Rng examples, Rng round) => [("nll", -_model.LogProb(batch.X))];

    public override IReadOnlyList<Term> Penalties(int count, Rng rng) => _penalty is null ? [] : [("penalty", _penalty())];

    public override void Follow() => _mean?.Update();
}
