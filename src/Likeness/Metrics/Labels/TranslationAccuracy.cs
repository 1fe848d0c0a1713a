namespace Likeness;

/// <summary>
/// Whether translations are what they were to become and are otherwise what they were, as read by a classifier of all attributes that has learned from real images of the
/// training split. In each group every image is translated to a domain that it is not in, drawn with equal chances.
/// </summary>
public sealed class TranslationAccuracy() : Metric("translation",
    "how often a classifier trained on real images assigns translated images to the target domain, for each group of domains, and how often it finds the other attributes unchanged (-kept); -real: the same for the images before translation")
{
    private const int Steps = 1500;

    /// <summary>The classifier is trained first.</summary>
    public override bool OnRequest => true;

    public override bool Applies(Module model, IDataset data) => model is ITranslator translator && data.Spec.IsImage
        && data.Has<AttributedBatch>() && data.Spec.Attributes is { Count: > 0 } known && known.All(a => a.Set == 0)
        && translator.Domains.All(d => known.Any(a => a.Name == d.Name && a.Values.SequenceEqual(d.Values)));

    public override string? Missing(Module model, IDataset data, MeasureOptions options) => options.MissingTeaching(data);

    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        var (translator, attributed, teaching) = ((ITranslator)model, data.As<AttributedBatch>(), options.Teaching(data));
        var known = data.Spec.Attributes;
        var places = translator.Domains.Select(d => known.Select(a => a.Name).ToList().IndexOf(d.Name)).ToArray();
        var reader = AttributeReader.Train(teaching.As<AttributedBatch>(), [], options.Samples ?? Steps, rng.Fork("reader"), share => options.Progress?.Invoke(0.8 * share));
        var (reached, kept, real) = (Columns(places.Length), Columns(places.Length), Columns(known.Count));
        using var noGrad = torch.no_grad();
        var total = Math.Min(options.Limit, data.Count(options.Split));
        Chain.Each(attributed.Read(options.Split, options.BatchSize, options.Limit), batch =>
        {
            var (x, own) = (batch.X.to(model.Device), batch.Attributes.to(model.Device));
            Note(real, reader.Agrees(x, own));
            for (var g = 0; g < places.Length; g++)
            {
                var values = translator.Domains[g].Values.Count;
                var wanted = (own.select(1, places[g]) + rng.Integers(1, values, own.size(0))).remainder(values);
                var target = torch.full([own.size(0), places.Length], -1, ScalarType.Int64, model.Device);
                target.select(1, g).copy_(wanted);
                var expected = own.clone();
                expected.select(1, places[g]).copy_(wanted);
                var agrees = reader.Agrees(translator.Translate(x, target), expected);
                reached[g].AddRange(agrees[places[g]].Select(a => a ? 100.0 : 0));
                // One number for each image: the share of its other attributes that are as they were.
                var others = agrees.Where((_, a) => a != places[g]).ToArray();
                kept[g].AddRange(Enumerable.Range(0, agrees[0].Length).Select(i => others.Length == 0 ? 100 : others.Average(o => o[i] ? 100.0 : 0)));
            }
            options.Progress?.Invoke(0.8 + (0.2 * real[0].Count / total));
        });

        return
        [
            .. Scores("", translator.Domains, reached),
            .. known.Count > 1 ? Scores("-kept", translator.Domains, kept) : [],
            .. Scores("-real", known, real),
        ];

        List<double>[] Columns(int number) => [.. Enumerable.Range(0, number).Select(_ => new List<double>())];

        IEnumerable<NamedScore> Scores(string suffix, IReadOnlyList<DataAttribute> groups, List<double>[] columns) =>
            groups.Zip(columns, (g, column) => new NamedScore($"{Name}-{g.Name}{suffix}", Score.Mean([.. column], "%", Evidence.Exact)) { JudgedBy = TrainingPart.Source(teaching, data) });
    }

    private static void Note(List<double>[] columns, bool[][] agrees)
    {
        for (var a = 0; a < agrees.Length; a++)
        {
            columns[a].AddRange(agrees[a].Select(v => v ? 100.0 : 0));
        }
    }
}
