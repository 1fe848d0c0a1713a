namespace Likeness;

/// <summary>
/// How often images that are generated from captions have the attributes that the captions ask for, as read by a classifier that has learned
/// from real images: those of the training split, and every other batch of the split that is judged, whose combinations the training split may
/// lack. The rest of the split is what is judged. The classifier's accuracy on its real images says how far it can be believed.
/// </summary>
public sealed class AttributeAccuracy() : Metric("attributes",
    "how often a classifier finds the attributes of captions in images generated from them, for each attribute and for all at once; it is trained on real images, including half of the split, and the captions are from the other half; -real: the same for the captions' real images")
{
    private const int Steps = 1500;

    // Real images of the judged split that are learned from, at once.
    private const int Block = 16;

    /// <summary>The classifier is trained first.</summary>
    public override bool OnRequest => true;

    public override bool Applies(Module model, IDataset data) =>
        model is IGenerative<TextCondition> && data.Has<CaptionedBatch>() && data.Has<AttributedBatch>() && data.Spec is { IsImage: true, Attributes.Count: > 0 };

    public override string? Missing(Module model, IDataset data, MeasureOptions options) => options.MissingTeaching(data);

    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        var (attributed, teaching) = (data.As<AttributedBatch>(), options.Teaching(data));
        var others = attributed.Read(options.Split, Block, options.Limit).Where((_, i) => i % 2 == 1).ToList();
        var reader = AttributeReader.Train(teaching.As<AttributedBatch>(), others, options.Samples ?? Steps, rng.Fork("reader"), share => options.Progress?.Invoke(0.8 * share));
        var names = data.Spec.Attributes.Select(a => a.Name).Append("all").ToArray();
        var (made, real) = (Columns(), Columns());
        var total = (Math.Min(options.Limit, data.Count(options.Split)) + 1) / 2;
        using var noGrad = torch.no_grad();
        Chain.Each(attributed.Read(options.Split, Block, options.Limit)
            .Zip(data.As<CaptionedBatch>().Read(options.Split, Block, options.Limit)).Where((_, i) => i % 2 == 0), batch =>
        {
            var (truth, captioned) = batch;
            var (attributes, device) = (truth.Attributes.to(model.Device), model.Device);
            Note(made, reader.Agrees(((IGenerative<TextCondition>)model).Sample(new(captioned.Captions), captioned.Count, rng), attributes));
            Note(real, reader.Agrees(truth.X.to(device), attributes));
            options.Progress?.Invoke(0.8 + (0.2 * Math.Min(1, (double)made[0].Count / total)));
        });

        return [.. Scores("", made), .. Scores("-real", real)];

        List<double>[] Columns() => [.. names.Select(_ => new List<double>())];

        IEnumerable<NamedScore> Scores(string suffix, List<double>[] columns) =>
            names.Select((name, a) => new NamedScore($"{Name}-{name}{suffix}", Score.Mean([.. columns[a]], "%", Evidence.Exact)) { JudgedBy = TrainingPart.Source(teaching, data) });
    }

    private static void Note(List<double>[] columns, bool[][] agrees)
    {
        for (var i = 0; i < agrees[0].Length; i++)
        {
            for (var a = 0; a < agrees.Length; a++)
            {
                columns[a].Add(agrees[a][i] ? 100 : 0);
            }

            columns[^1].Add(Array.TrueForAll(agrees, a => a[i]) ? 100 : 0);
        }
    }
}
