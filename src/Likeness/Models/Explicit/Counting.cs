namespace Likeness;

/// <summary>A model whose maximum-likelihood estimate follows from how often things occur.</summary>
internal interface ICounted<in TBatch>
{
    /// <summary>How many different things are counted.</summary>
    long Cells { get; }

    /// <summary>How often each occurs in a batch, int64 [cells].</summary>
    Tensor Count(TBatch batch);

    /// <summary>Sets every parameter from such counts, of any number of batches.</summary>
    void Estimate(Tensor counts);

    /// <summary>The log-likelihood of each example, in nats [n].</summary>
    Tensor LogLikelihood(TBatch batch);
}

/// <summary>
/// Learns by counting: every round adds the batch's counts to all before and sets the parameters from the sums. One round on
/// the whole training split is the whole training; mini-batches end at the same estimate after a pass.
/// </summary>
internal sealed class Counting<TModel, TBatch> : Objective<TBatch> where TModel : Module, ICounted<TBatch>
{
    private readonly TModel _model;
    private readonly Tensor _counts;

    public Counting(TModel model)
    {
        _model = Add("model", model);
        _counts = Buffer("counts", torch.zeros([model.Cells], ScalarType.Int64, model.Device));
    }

    public override IReadOnlyList<Player> Players => [];

    public override IEnumerable<Turn> Round(IFeed<TBatch> feed, Rng rng)
    {
        var batch = feed.Next();
        yield return Turn.Do("model", _ =>
        {
            _counts.add_(_model.Count(batch));
            _model.Estimate(_counts);
            // What is logged is what the estimate has reached.
            return [("nll", -_model.LogLikelihood(batch).mean())];
        });
    }
}
