namespace Likeness;

/// <summary>Generated examples, from wherever they come.</summary>
/// <param name="Examples">They.</param>
/// <param name="Description">What they are and what was done to them, such as "2000 drawn from runs/dcgan with seed 0".</param>
/// <param name="Note">What the user should know of before the scores; null for nothing.</param>
public sealed record SampleSource(ExampleSet Examples, string Description, string? Note = null)
{
    /// <summary>Whether a model has just drawn them.</summary>
    internal bool AreDrawn { get; private init; }

    /// <summary>Draws from a model, of the classes of the real examples where it can be told a class.</summary>
    /// <param name="trained">What draws.</param>
    /// <param name="real">Real examples, of whose classes there will be as many.</param>
    /// <param name="classes">How many classes the data has.</param>
    /// <param name="count">How many.</param>
    /// <param name="options">How many at once, and progress.</param>
    /// <param name="seed">Of the draws.</param>
    /// <exception cref="UsageException">The model cannot sample.</exception>
    public static SampleSource Draw(TrainedModel trained, ExampleSet real, int classes, int count, MeasureOptions options, ulong seed)
    {
        var rng = new Rng(seed, trained.Model.Device).Fork("samples");
        if (trained.Model is IGenerative<ClassCondition> conditional && real.Labels is { } labels && classes == trained.Spec.Classes)
        {
            var chosen = Enumerable.Range(0, count).Select(i => labels[i % labels.Length]).ToArray();
            var drawn = Draws.Generate(new OfClasses(conditional, chosen), count, options, rng);
            return new(new(drawn, count, chosen), $"{count} drawn from {trained.Folder.Path} with seed {seed}, of the classes of the real ones") { AreDrawn = true };
        }

        var model = trained.Require<IGenerative>();
        return new(new(Draws.Generate(model, count, options, rng), count), $"{count} drawn from {trained.Folder.Path} with seed {seed}") { AreDrawn = true };
    }

    /// <summary>Reads what another program has made: a folder or an archive of images, a file of numbers, or a mixed table.</summary>
    /// <param name="path">It.</param>
    /// <param name="against">The data that it will be compared with, to whose kind it is brought.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="dataRoot">Where data files are looked for first.</param>
    /// <exception cref="LikenessException">It cannot be read, or is not of that kind.</exception>
    public static SampleSource Read(string path, IDataset against, int limit, string? dataRoot = null)
    {
        var spec = against.Spec;
        var (data, resized) = Open();
        if (spec.IsImage && data.Spec.IsImage && data.Spec.Domain == spec.Domain && data.Spec.Shape.Skip(1).SequenceEqual(spec.Shape.Skip(1)) is false && Side(spec) is { } side)
        {
            resized = $"brought from {data.Spec.Height}×{data.Spec.Width} to {side}×{side} pixels (centre square, triangle filter)";
            data = Load(side);
        }

        var examples = ExampleSet.Of(data, Split.Test, limit, 100);
        string? coloured = null;
        if (spec.IsImage && data.Spec.IsImage && data.Spec.Channels != spec.Channels)
        {
            coloured = spec.Channels == 3 ? "grey repeated as three colours" : "the mean of three colours taken for grey";
            examples = examples with { Values = Recoloured(examples, data.Spec, spec.Channels) };
        }
        else if (!data.Spec.Shape.SequenceEqual(spec.Shape))
        {
            throw new DataException($"'{path}' has examples of {data.Spec}, and '{against.Name}' is {spec}: give examples of that kind.");
        }

        if (data.Spec.Domain != spec.Domain)
        {
            throw new DataException($"'{path}' has {data.Spec.Domain} values, and '{against.Name}' {spec.Domain} ones: give examples of that kind.");
        }

        var done = string.Join(", ", new[] { resized, coloured }.OfType<string>());
        return new(
            examples with { Labels = Renumbered(examples.Labels, data, against) },
            $"{examples.Count} of {path}{(done.Length > 0 ? $", {done}" : "")}",
            done.Length > 0 ? $"The images of '{path}' were {done}: scores depend on how that is done." : null);

        (IDataset Data, string? Resized) Open()
        {
            try
            {
                return (Load(null), null);
            }
            catch (ImageSizesException) when (Side(spec) is { } side)
            {
                return (Load(side), $"brought from different sizes to {side}×{side} pixels (centre square, triangle filter)");
            }
        }

        IDataset Load(int? size)
        {
            if (against.Origin.Fit.Schema is not null)
            {
                // By the columns, the words and the units of the real rows.
                return DatasetCatalog.Open(path, new(dataRoot, against.Protocol, Whole: true) { For = RunData.Of(against), Table = against.Origin.Table is { } table ? table.ForOthers with { Query = null } : null });
            }

            var protocol = Protocols.OfImages.Contains(against.Protocol) || Protocols.OfTables.Contains(against.Protocol) ? against.Protocol : null;
            try
            {
                return DatasetCatalog.Open(path, new(dataRoot, protocol, size, Whole: true) { Like = spec });
            }
            catch (UsageException e) when (protocol is not null)
            {
                throw new DataException($"'{path}' cannot be read as '{against.Name}' is, whose examples are {spec} ({protocol}): give examples of that kind.", e);
            }
        }
    }

    private static int? Side(DataSpec spec) => spec.IsImage && spec.Height == spec.Width ? spec.Height : null;

    private static float[] Recoloured(ExampleSet examples, DataSpec from, int channels)
    {
        var area = from.Height * from.Width;
        var values = new float[examples.Count * channels * area];
        for (var i = 0; i < values.Length; i++)
        {
            var (image, within) = Math.DivRem(i, channels * area);
            var first = (image * from.Channels * area) + (within % area);
            values[i] = channels == 3
                ? examples.Values[first]
                : MathF.Round((examples.Values[first] + examples.Values[first + area] + examples.Values[first + (2 * area)]) / 3);
        }

        return values;
    }

    // By the names of classes, as the folders of another program may be some or in another order; null where a name is unknown.
    private static int[]? Renumbered(int[]? labels, IDataset data, IDataset against)
    {
        if (labels is null || data.ClassNames.Count == 0)
        {
            return null;
        }

        var places = data.ClassNames.Select(name => against.ClassNames.ToList().IndexOf(name)).ToArray();
        return places.Contains(-1) ? null : Array.ConvertAll(labels, label => places[label]);
    }

    // Examples of given classes, one after the other.
    private sealed class OfClasses(IGenerative<ClassCondition> model, int[] labels) : IGenerative
    {
        private int _drawn;

        public Tensor Sample(int count, Rng rng)
        {
            var some = Array.ConvertAll(labels[_drawn..(_drawn += count)], label => (long)label);
            return model.Sample(new(Tensor.From(some, count).to(rng.Device)), count, rng);
        }
    }
}
