namespace Likeness;

/// <summary>
/// Whether the codes of a split, over all examples together, follow the prior that new examples are decoded from: the squared kernel distance of
/// codes of examples drawn at random and as many draws from the prior, and the p-value of their being alike (see <see cref="MaximumMeanDiscrepancy"/>). Codes are
/// drawn from the posterior where that is a distribution. A model without a prior of its own is held against N(0, I), which is what
/// one would try to draw its codes from.
/// </summary>
/// <remarks>
/// A large p-value means that so many codes (the score's count) do not show a difference to kernels as wide as the points are apart, not that
/// there is none: fine structure, such as the turns of a spiral, is better seen in a picture.
/// </remarks>
public sealed class AggregatedPosterior() : Metric("aggregated-posterior",
    "squared kernel distance (MMD) between the codes of the data and samples from their prior, with the p-value of a two-sample test")
{
    // Without a limit of the user's own: time and memory grow with the square.
    private const int MostExamples = 500;
    private const int Permutations = 500;

    public override bool Applies(Module model, IDataset data) => model is IEncoder or ILatentVariable && data.Has<Batch>();

    public override string? Missing(Module model, IDataset data, MeasureOptions options) => MaximumMeanDiscrepancy.TooFew(data, options);

    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        using var noGrad = torch.no_grad();
        var wanted = Math.Min(options.Limit == int.MaxValue ? MostExamples : options.Limit, data.Count(options.Split));
        var batchSize = Math.Max(1, Math.Min(options.BatchSize, wanted));
        var codes = new List<Tensor>();

        // Drawn at random: the first examples of a file may be of other people's hands than the rest.
        using var feed = data.As<Batch>().Open(options.Split, batchSize, rng.Fork("examples").Seed);
        for (var done = batchSize; done <= wanted; done += batchSize)
        {
            var x = feed.Next().X.to(model.Device);
            codes.Add(model is ILatentVariable latent ? latent.Posterior(x).Sample(rng) : ((IEncoder)model).Encode(x));
            options.Progress?.Invoke((double)done / wanted);
        }

        var points = torch.cat([.. codes], 0);
        var count = (int)points.shape[0];
        var prior = model is ILatentPrior known ? known.SampleLatent(count, rng) : rng.Normal(points.shape);
        (points, prior) = (points.to(torch.CPU).to(ScalarType.Float64), prior.to(torch.CPU).to(ScalarType.Float64));
        var (distance, chance) = MaximumMeanDiscrepancy.Test(points, prior, Permutations, rng);
        return [new(Name, distance), new($"{Name}-p-value", chance)];
    }
}
