namespace Likeness;

/// <summary>Minimises the mean cross-entropy of the classes of labelled examples: the training of classifiers.</summary>
internal sealed class CrossEntropy : Objective<LabelledBatch>, IExampleLosses<LabelledBatch>
{
    private readonly Player _player;
    private readonly Func<Tensor, Rng, Tensor> _logits;

    /// <param name="model">What learns.</param>
    /// <param name="optimizer">How it descends.</param>
    /// <param name="logits">Unnormalised log-probabilities of the classes, [n, classes].</param>
    public CrossEntropy(Module model, OptimizerOptions optimizer, Func<Tensor, Rng, Tensor> logits) =>
        (_player, _logits) = (new Player("model", optimizer, Add("model", model)), logits);

    public override IReadOnlyList<Player> Players => [_player];

    public Player Player => _player;

    public override IEnumerable<Turn> Round(IFeed<LabelledBatch> feed, Rng rng) => this.Descend(feed, rng);

    public IReadOnlyList<Term> Losses(LabelledBatch batch, Rng examples, Rng round) =>
        [("cross-entropy", -_logits(batch.X, examples).log_softmax(1).gather(1, batch.Labels.unsqueeze(1)).squeeze(1))];
}
