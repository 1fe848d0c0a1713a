namespace Likeness;

/// <summary>
/// Where data has the same things in two domains: how often the translation of one is nearer to its true partner than to another image of the target
/// domain. 50 % is chance. The same for images as they are says what the translation adds.
/// </summary>
public sealed class PartnerRetrieval() : Metric("partners",
    "share of the other images of the target domain that are farther from a translation than its true partner is (chance is 50 %), and how often none is nearer, in each direction; -untranslated: the same for the untranslated images. Distances are between features of the network given, otherwise between pixel values")
{
    public override bool Applies(Module model, IDataset data) => model is ITranslator { Domains: [{ Values.Count: 2 }] } && data.TryAs<PairedBatch>() is { } pairs && Enum.GetValues<Split>().Any(s => pairs.Count(s) > 1);

    public override string? Missing(Module model, IDataset data, MeasureOptions options) => Math.Min(options.Limit, data.As<PairedBatch>().Count(options.Split)) > 1 ? null
        : $"the {options.Split.Word()} split of '{data.Name}' has no two pairs: choose another split, more examples, or data whose examples have partners by name";

    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        using var noGrad = torch.no_grad();
        var (translator, features) = ((ITranslator)model, options.Features ?? (x => x.flatten(1)));
        var seen = new (List<float> Made, List<float> Real)[] { ([], []), ([], []) };
        var pairs = data.As<PairedBatch>();
        var (count, total) = (0, Math.Min(options.Limit, pairs.Count(options.Split)));
        Chain.Each(pairs.Read(options.Split, options.BatchSize, options.Limit), batch =>
        {
            var pair = batch;
            Tensor[] sides = [pair.A.to(model.Device), pair.B.to(model.Device)];
            for (var to = 0; to < 2; to++)
            {
                seen[to].Made.AddRange(Numbers(features(translator.Translate(sides[1 - to], torch.full([pair.Count, 1], to, ScalarType.Int64, model.Device)))));
                seen[to].Real.AddRange(Numbers(features(sides[to])));
            }

            count += pair.Count;
            options.Progress?.Invoke(0.9 * count / total);
        });

        return
        [
            .. Enumerable.Range(0, 2).SelectMany(to => Scores(translator.Domains[0].Values[to], seen[to].Made, seen[to].Real)),
            .. Enumerable.Range(0, 2).SelectMany(to => Scores($"{translator.Domains[0].Values[to]}-untranslated", seen[1 - to].Real, seen[to].Real)),
        ];

        IEnumerable<NamedScore> Scores(string domain, List<float> from, List<float> to)
        {
            var (farther, first) = (new List<double>(), new List<double>());
            var reals = Tensor.From([.. to], count, to.Count / count);
            Chain.Each(from.Chunk(from.Count / count).Index(), pair =>
            {
                var (own, code) = pair;
                var distances = (reals - Tensor.From(code, 1, code.Length)).square().sum([1]).ToArray<float>();
                var nearer = distances.Count(d => d < distances[own]) + (0.5 * (distances.Count(d => d == distances[own]) - 1));
                farther.Add(100 * (1 - (nearer / Math.Max(1, count - 1))));
                first.Add(nearer == 0 ? 100 : 0);
            });

            yield return new($"{Name}-{domain}", Score.Mean([.. farther], "%", Evidence.Exact)) { JudgedBy = options.FeaturesBy };
            yield return new($"{Name}-{domain}-first", Score.Mean([.. first], "%", Evidence.Exact)) { JudgedBy = options.FeaturesBy };
        }
    }

    private static float[] Numbers(Tensor features) => features.to(torch.CPU).to(ScalarType.Float32).ToArray<float>();
}
