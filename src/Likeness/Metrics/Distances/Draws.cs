namespace Likeness;

/// <summary>
/// Examples that a model generated and as many real ones, as points [n, d] one after the other: what distances between samples are
/// measured on. Bytes are in units of their range, 0 … 1; unordered values are one-hot, so all are equally far apart.
/// </summary>
/// <param name="Generated">Drawn from the model.</param>
/// <param name="Real">The first examples of the split.</param>
/// <param name="Training">As many training examples, what a perfect sampler would draw; null where the split is the training data or there are too few.</param>
/// <param name="Dimensions">Numbers per point.</param>
internal sealed record Draws(float[] Generated, float[] Real, float[]? Training, int Dimensions)
{
    public int Count => Real.Length / Dimensions;

    /// <summary>Draws from a model, as many as there are real examples.</summary>
    /// <param name="model">What draws.</param>
    /// <param name="data">Where real examples come from.</param>
    /// <param name="options">Which of them.</param>
    /// <param name="most">At most so many where the options name no limit.</param>
    /// <param name="rng">Where the draws come from.</param>
    public static Draws Of(IGenerative model, IDataset<Batch> data, MeasureOptions options, int most, Rng rng)
    {
        var real = Read(data, options.Split, options.Limit == int.MaxValue ? most : options.Limit, options.BatchSize);
        var count = real.Length / data.Spec.Dimensions;
        var generated = Generate(model, count, options, rng);
        var training = options.Split != Split.Train && data.Count(Split.Train) >= count ? Read(data, Split.Train, count, options.BatchSize) : null;
        var dimensions = data.Spec.Domain switch
        {
            Domain.Categorical c => data.Spec.Dimensions * c.Levels,
            Domain.Mixed m => m.Levels.Sum(k => Math.Max(k, 1)),
            _ => data.Spec.Dimensions,
        };
        return new(InUnits(generated, data.Spec.Domain), InUnits(real, data.Spec.Domain), training is null ? null : InUnits(training, data.Spec.Domain), dimensions);
    }

    /// <summary>As a tensor [n, d] in double precision.</summary>
    public Tensor Points(float[] values) => Tensor.From(values, values.Length / Dimensions, Dimensions).to(ScalarType.Float64);

    /// <summary>A distance of the generated points from the real ones, and beside it that of training data: what a perfect sampler would get.</summary>
    /// <param name="name">Of the score.</param>
    /// <param name="distance">Of points from the real ones.</param>
    public IReadOnlyList<NamedScore> Scores(string name, Func<float[], Score> distance) =>
        [new(name, distance(Generated)), .. Training is { } training ? [new($"{name}-of-training-data", distance(training))] : Array.Empty<NamedScore>()];

    /// <summary>New examples, a batch at a time.</summary>
    public static float[] Generate(IGenerative model, int count, MeasureOptions options, Rng rng)
    {
        var generated = new List<float>();
        Chain.Parts(count, options.BatchSize, (done, some) =>
        {
            generated.AddRange(model.Sample(some, rng).ToArray<float>());
            options.Progress?.Invoke((double)(done + some) / count);
        });

        return [.. generated];
    }

    /// <summary>The first examples of a split.</summary>
    public static float[] Read(IDataset<Batch> data, Split split, int limit, int batchSize)
    {
        var values = new List<float>();
        Chain.Each(data.Read(split, batchSize, limit), batch =>
        {
            values.AddRange(batch.X.ToArray<float>());
        });

        return [.. values];
    }

    /// <summary>Values in units that distances can be measured in.</summary>
    public static float[] InUnits(float[] values, Domain domain)
    {
        switch (domain)
        {
            case Domain.Byte:
                return Array.ConvertAll(values, v => v / 255);
            case Domain.Categorical c:
                var marks = new float[values.Length * c.Levels];
                for (var i = 0; i < values.Length; i++)
                {
                    // Two different values are then at distance 1.
                    marks[(i * c.Levels) + (int)values[i]] = MathF.Sqrt(0.5f);
                }

                return marks;
            case Domain.Mixed m:
                int[] places = [.. m.Levels.Select((_, i) => m.Levels.Take(i).Sum(k => Math.Max(k, 1)))];
                var width = m.Levels.Sum(k => Math.Max(k, 1));
                var mixed = new float[values.Length / m.Levels.Count * width];
                for (var i = 0; i < values.Length; i++)
                {
                    var (row, c) = Math.DivRem(i, m.Levels.Count);
                    mixed[(row * width) + places[c] + (m.Levels[c] > 0 ? (int)values[i] : 0)] = m.Levels[c] > 0 ? MathF.Sqrt(0.5f) : values[i];
                }

                return mixed;
            default:
                return values;
        }
    }
}
