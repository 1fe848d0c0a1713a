namespace Likeness;

/// <summary>One number per example of a split, in double precision.</summary>
internal static class PerExample
{
    /// <summary>Measures every example, batch by batch, without recording gradients.</summary>
    /// <param name="data">Whose examples.</param>
    /// <param name="options">Which of them.</param>
    /// <param name="device">Where the measurement runs.</param>
    /// <param name="measure">From examples [n, …] to one number each.</param>
    public static double[] MeasureEach(IDataset<Batch> data, MeasureOptions options, Device device, Func<Tensor, IEnumerable<double>> measure)
    {
        var total = Math.Min(options.Limit, data.Count(options.Split));
        var values = new List<double>(Math.Max(total, 0));
        Chain.Each(data.Read(options.Split, options.BatchSize, options.Limit), batch =>
        {
            values.AddRange(measure(batch.X.to(device)));
            options.Progress?.Invoke((double)values.Count / total);
        });
        return [.. values];
    }

    /// <summary>One number per example where the whole batch is measured at once.</summary>
    public static double[] Measure(IDataset<Batch> data, MeasureOptions options, Device device, Func<Tensor, Tensor> measure) =>
        MeasureEach(data, options, device, x => measure(x).ToArray<double>());

    /// <summary>Nats per example, and the same in bits per dimension.</summary>
    public static IReadOnlyList<NamedScore> Likelihood(string name, double[] nats, Evidence evidence, DataSpec spec)
    {
        var score = Score.Mean(nats, "nats", evidence);
        return [new(name, score), new(name, score.Times(1 / (spec.Dimensions * Math.Log(2)), "bits/dim"))];
    }
}
