namespace Likeness;

/// <summary>
/// A linear layer on the codes of an encoder, in two parts: the layer first, by logistic regression on the codes as they are; then the encoder with it, down the same total, at a
/// smaller rate. It begins where the frozen codes end.
/// </summary>
internal sealed class FineTuning : Objective<LabelledBatch>
{
    private readonly Module _encoder;
    private readonly LinearReadout _head;
    private readonly Player _moves, _follows;
    private readonly int _labels;

    /// <param name="encoder">A model that encodes.</param>
    /// <param name="probe">The linear layer that was fitted to its codes.</param>
    /// <param name="labels">How many examples it was fitted to.</param>
    /// <param name="rate">Step size of the layer.</param>
    /// <param name="encoderRate">Step size of the encoder.</param>
    public FineTuning(Module encoder, LogisticRegression probe, int labels, double rate, double encoderRate)
    {
        _encoder = Add("encoder", encoder);
        _head = Add("head", new LinearReadout((int)probe.Mean.shape[0], (int)probe.Bias.shape[0], new Rng(0, encoder.Device)));
        _head.Take(probe);
        _labels = labels;
        _moves = new Player("encoder", new Adam(encoderRate) { Schedule = new Schedule.Linear() }, encoder);
        _follows = new Player("head", new Adam(rate) { Schedule = new Schedule.Linear() }, _head);
    }

    public override IReadOnlyList<Player> Players => [_moves, _follows];

    /// <summary>Unnormalised log-probabilities of the classes, [n, classes].</summary>
    public Tensor Logits(Tensor x) => _head.Call(Codes(x));

    public override IEnumerable<Turn> Round(IFeed<LabelledBatch> feed, Rng rng)
    {
        // Normalisation keeps the statistics of the data that the encoder learned from: a handful of examples has poorer ones.
        _encoder.train(false);
        var batch = feed.Next();
        var codes = Codes(batch.X);
        yield return _moves.Minimise(("cross-entropy", Loss(codes, batch.Labels)));
        yield return _follows.Minimise(("cross-entropy", Loss(codes.detach(), batch.Labels)), ("penalty", _head.Weight.square().sum() / (2.0 * _labels)));
    }

    private Tensor Codes(Tensor x) => ((IEncoder)_encoder).Encode(x).to(ScalarType.Float32);

    private Tensor Loss(Tensor codes, Tensor labels) => -_head.Call(codes).log_softmax(1).gather(1, labels.unsqueeze(1)).mean();
}
