namespace Likeness;

/// <summary>The squared difference between examples and their reconstructions, summed over the values, bytes in units of their range.</summary>
public sealed class ReconstructionError() : Metric<IAutoencoder>("reconstruction",
    "squared reconstruction error, summed over an example's values (bytes scaled to 0 to 1)")
{
    protected override IReadOnlyList<NamedScore> Compute(IAutoencoder model, IDataset<Batch> data, MeasureOptions options, Rng rng)
    {
        return [new(Name, Score.Mean(Errors(model, data, options), "squared", Evidence.Exact))];
    }

    /// <summary>Of each example.</summary>
    internal static double[] Errors(IAutoencoder model, IDataset<Batch> data, MeasureOptions options)
    {
        var unit = data.Spec.Domain is Domain.Byte ? 1 / 255.0 : 1;
        return PerExample.Measure(data, options, ((Module)model).Device, x => ((model.Decode(model.Encode(x)) - x) * unit).square().SumEvent());
    }
}
