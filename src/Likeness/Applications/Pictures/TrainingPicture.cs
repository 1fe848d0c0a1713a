namespace Likeness;

/// <summary>What a model can show of itself while it learns: samples, translations there and back, what it puts back, or wholes made of patches.</summary>
public static class TrainingPicture
{
    private const int Samples = 64;

    // Even quick ways of drawing step by step take as long as some training steps.
    private const int SlowSamples = 16;
    private const int Points = 2000;
    private const int Rows = 12;

    // Of so many examples those are chosen that are not in the wanted domain yet.
    private const int Candidates = 64;

    /// <summary>The picture, or null of a model that has nothing to show and of data that cannot be drawn. Always shows the same examples.</summary>
    /// <param name="model">As trained so far.</param>
    /// <param name="data">What it learns from.</param>
    /// <param name="rng">Where that is drawn from which a model leaves open; pass one of the picture's own, so looking does not change what is learned.</param>
    public static Image? Draw(Module model, IDataset data, Rng rng)
    {
        using var noGrad = torch.no_grad();
        return Chain.Value<Image?>(() =>
        {
            return Sampling.DefaultExtension(data.Spec) != ".png" ? null : model switch
            {
                IQuickSampler quick => Sampling.Picture(quick.SampleQuickly(SlowSamples, rng).to(torch.CPU), data.Spec),
                IGenerative => Sampling.Picture(Sampling.Draw(model, data.Spec.IsImage ? Samples : Points, rng, means: Sampling.HasNoise(model, data.Spec)), data.Spec),
                IReconstructor { Measurement: { } measurement } reconstructor when data.TryAs<Batch>() is { } plain => Reconstructed(reconstructor, measurement, plain, model.Device, rng),
                ITranslator translator when data.TryAs<AttributedBatch>() is { } attributed => ThereAndBack(translator, attributed, data.Spec.Attributes, model.Device),
                IRestorer restorer when data.TryAs<Batch>() is { } plain => Puzzles(restorer, plain, model.Device, rng),
                _ => null,
            };
        });
    }

    // In each row an example, what it would be in one of the domains that it is not in, and that as it was before; the domains take turns.
    private static Image? ThereAndBack(ITranslator translator, IDataset<AttributedBatch> data, IReadOnlyList<DataAttribute> known, Device device)
    {
        var examples = Some(data, Candidates);
        var own = examples.Attributes.ToArray<long>();
        var names = known.Select(a => a.Name).ToList();
        var groups = translator.Domains.Select(g => names.IndexOf(g.Name)).ToArray();
        var targets = groups.SelectMany((column, g) => translator.Domains[g].Values.Select((_, d) => (Group: g, Column: column, Domain: (long)d))).Where(t => t.Column >= 0).ToArray();
        var rows = new List<(int Example, int Group, long There, long Back)>();
        for (var row = 0; row < Rows && targets.Length > 0; row++)
        {
            var (group, column, there) = targets[row % targets.Length];
            rows.AddRange(Enumerable.Range(0, examples.Count).Select(i => (Example: i, Group: group, There: there, Back: own[(i * known.Count) + column]))
                .Where(r => r.Back >= 0 && r.Back != there && !rows.Exists(o => o.Example == r.Example)).Take(1).ToList());
        }

        if (rows.Count == 0)
        {
            return null;
        }

        var x = examples.X.index_select(0, Tensor.From([.. rows.Select(r => (long)r.Example)], rows.Count)).to(device);
        var y = translator.Translate(x, Targets(r => r.There));
        Tensor[] columns = [x, y, translator.Translate(y, Targets(r => r.Back))];
        return ImageGrid.Draw(torch.cat([.. columns.Select(c => c.to(torch.CPU).unsqueeze(1))], 1).reshape([-1, .. x.shape[1..]]), data.Spec, columns.Length);

        Tensor Targets(Func<(int Example, int Group, long There, long Back), long> domain) =>
            Tensor.From([.. rows.SelectMany(r => groups.Select((_, g) => g == r.Group ? domain(r) : -1))], rows.Count, groups.Length).to(device);
    }

    private static Image Reconstructed(IReconstructor model, LinearMeasurement measurement, IDataset<Batch> data, Device device, Rng rng)
    {
        var x = Some(data, Rows).X;
        var y = measurement.Measure(x);
        return RestorationPicture.Draw(measurement, y, model.Reconstruct(y.to(device), rng).to(torch.CPU), x, data.Spec);
    }

    private static Image Puzzles(IRestorer restorer, IDataset<Batch> data, Device device, Rng rng)
    {
        var x = Some(data, Rows).X;
        var (puzzle, whole) = PatchPuzzle.Solve(restorer, x.to(device), rng);
        return PatchPuzzle.Picture(x, puzzle, whole, data.Spec);
    }

    // Examples that training has not seen, where some are held out for it.
    private static T Some<T>(IDataset<T> data, int most)
        where T : IBatch
    {
        var part = data.Count(Split.Validation) > 0 ? Split.Validation : Split.Train;
        using var feed = data.Open(part, Math.Min(most, data.Count(part)), seed: 0);
        return feed.Next();
    }
}
