namespace Likeness;

/// <summary>Minimises the mean cross-entropy of the classes of labelled examples: the training of classifiers.</summary>
internal sealed class CrossEntropy : Objective<LabelledBatch>
{
    private readonly Player _player;
    private readonly Func<Tensor, Rng, Tensor> _logits;

    /// <param name="model">What learns.</param>
    /// <param name="optimizer">How it descends.</param>
    /// <param name="logits">Unnormalised log-probabilities of the classes, [n, classes].</param>
    public CrossEntropy(Module model, OptimizerOptions optimizer, Func<Tensor, Rng, Tensor> logits) =>
        (_player, _logits) = (new Player("model", optimizer, Add("model", model)), logits);

    public override IReadOnlyList<Player> Players => [_player];

    public override IEnumerable<Turn> Round(IFeed<LabelledBatch> feed, Rng rng)
    {
        var batch = feed.Next();
        var logProbs = _logits(batch.X, rng).log_softmax(1);
        yield return _player.Minimise(("cross-entropy", -logProbs.gather(1, batch.Labels.unsqueeze(1)).mean()));
    }
}
