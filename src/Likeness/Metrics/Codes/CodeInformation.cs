namespace Likeness;

/// <summary>
/// How much of each part of a code shows in what is generated from it: the variational bound on their mutual information (Chen et al. 2016, equation 4), which is
/// at most the part's entropy: log k for one of k categories.
/// </summary>
public sealed class CodeInformation() : Metric("information",
    "lower bound on the mutual information between each part of the code and the example generated from it, in nats")
{
    // Without a limit of the user's own.
    private const int MostDraws = 5000;

    public override bool Applies(Module model, IDataset data) => model is IFactored;

    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        var factored = (IFactored)model;
        var draws = factored.Factors.Select(_ => new List<double>()).ToArray();
        var total = options.Limit == int.MaxValue ? MostDraws : options.Limit;
        Chain.Parts(total, options.BatchSize, (done, some) =>
        {
            var values = factored.CodeInformation(some, rng).ToArray<double>();
            for (var i = 0; i < values.Length; i++)
            {
                draws[i % draws.Length].Add(values[i]);
            }

            options.Progress?.Invoke((double)done / total);
        });

        return [.. factored.Factors.Select((factor, i) => new NamedScore($"{Name}-{factor.Name}", Score.Mean([.. draws[i]], "nats", Evidence.LowerBound)))];
    }
}
