namespace Likeness;

/// <summary>What an encoder makes of the examples of a split, with their classes where the data has some.</summary>
/// <param name="Values">[n, width], one after the other.</param>
/// <param name="Width">Values per code.</param>
/// <param name="Labels">The class of each example; null where the data has none.</param>
public sealed record Codes(float[] Values, int Width, int[]? Labels)
{
    public int Count => Values.Length / Width;

    /// <summary>As a tensor [n, width], fp32.</summary>
    public Tensor Points => Tensor.From(Values, Count, Width);

    /// <summary>Encodes the examples of a split, a batch at a time.</summary>
    /// <param name="data">Whose examples.</param>
    /// <param name="options">Which of them.</param>
    /// <param name="device">Where the encoder is.</param>
    /// <param name="encode">From examples [n, …] to codes [n, …].</param>
    /// <exception cref="DataException">A code is not finite.</exception>
    public static Codes Of(IDataset data, MeasureOptions options, Device device, Func<Tensor, Tensor> encode)
    {
        var total = Math.Min(options.Limit, data.Count(options.Split));
        var (values, labels, count) = (new List<float>(), new List<int>(), 0);
        using var noGrad = torch.no_grad();
        Chain.Each(Read(data, options), batch =>
        {
            var (x, classes) = batch;
            values.AddRange(encode(x.to(device)).to(torch.CPU).to(ScalarType.Float32).ToArray<float>());
            labels.AddRange(classes?.ToArray<long>().Select(l => (int)l) ?? []);
            count += (int)x.shape[0];
            options.Progress?.Invoke((double)count / total);
        });

        var all = values.ToArray();
        var width = all.Length / Math.Max(count, 1);
        var odd = Array.FindIndex(all, v => !float.IsFinite(v));
        return odd < 0
            ? new(all, width, labels.Count > 0 ? [.. labels] : null)
            : throw new DataException($"The code of example {odd / width} (counted from 0) of '{data.Name}' has the value {all[odd]}: the model has not learned to encode such data; train it longer or with a lower learning rate.");
    }

    /// <summary>The examples themselves as codes: bytes in units of their range, unordered values one-hot.</summary>
    public static Codes Raw(IDataset data, MeasureOptions options)
    {
        var examples = Of(data, options, torch.CPU, x => x);
        var values = Draws.InUnits(examples.Values, data.Spec.Domain);
        return new(values, values.Length / examples.Count, examples.Labels);
    }

    /// <summary>Whether the data has classes.</summary>
    public static bool AreLabelled(IDataset data) => data.Spec.Classes > 1 && data.Has<LabelledBatch>();

    private static IEnumerable<(Tensor X, Tensor? Labels)> Read(IDataset data, MeasureOptions options) => AreLabelled(data)
        ? data.As<LabelledBatch>().Read(options.Split, options.BatchSize, options.Limit).Select(b => (b.X, (Tensor?)b.Labels))
        : data.As<Batch>().Read(options.Split, options.BatchSize, options.Limit).Select(b => (b.X, (Tensor?)null));
}
