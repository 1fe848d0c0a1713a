namespace Likeness;

/// <summary>Minimises the mean cross-entropy of the classes of labelled examples: the training of classifiers.</summary>
internal sealed class CrossEntropy : ExampleObjective<LabelledBatch>
{
    private readonly Func<Tensor, Rng, Tensor> _logits;

    /// <param name="model">What learns.</param>
    /// <param name="optimizer">How it descends.</param>
    /// <param name="logits">Unnormalised log-probabilities of the classes, [n, classes].</param>
    public CrossEntropy(Module model, OptimizerOptions optimizer, Func<Tensor, Rng, Tensor> logits)
        : base(model, new("model", optimizer, model)) => _logits = logits;

    public override IReadOnlyList<Term> Losses(LabelledBatch batch, Rng examples, Rng round) =>
        [("cross-entropy", -_logits(batch.X, examples).log_softmax(1).gather(1, batch.Labels.unsqueeze(1)).squeeze(1))];
}
