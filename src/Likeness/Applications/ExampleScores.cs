using Likeness.Core;
using Likeness.Metrics;
using Likeness.Nn;
using Likeness.Torch;

namespace Likeness.Applications;

/// <summary>How likely each single example is, from the best that a model can be asked.</summary>
/// <param name="Nats">log p(x) or a bound from below on it, one per example.</param>
/// <param name="Evidence">Exact or a lower bound.</param>
public sealed record ExampleScores(double[] Nats, Evidence Evidence)
{
    /// <summary>Whether a model can be asked at all.</summary>
    public static bool CanMeasure(Module model) => model is IDensity or IBound;

    /// <summary>Scores the examples of a split: exactly where the model can, else by its tightest bound.</summary>
    /// <param name="model">A model with a density or a bound.</param>
    /// <param name="data">Whose examples.</param>
    /// <param name="options">Which of them; <see cref="MeasureOptions.Samples"/> draws where the bound takes many.</param>
    /// <param name="rng">Where a bound's draws come from.</param>
    /// <exception cref="UsageException">The model knows no likelihood, or the data is of another kind.</exception>
    public static ExampleScores Measure(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        var source = data as IDataset<Batch>
            ?? throw new UsageException($"The data set '{data.Name}' has no plain examples to score: choose another data set.");
        return model switch
        {
            IDensity density => new(Examples.Measure(source, options, model.Device, density.LogProb), Evidence.Exact),
            IImportanceWeighted weighted => new(
                Examples.Measure(source, options, model.Device, x => ImportanceWeightedBound.LogMeanWeights(weighted, x, options.Samples, rng)), Evidence.LowerBound),
            IBound bound => new(Examples.Measure(source, options, model.Device, x => bound.LogProbBound(x, rng)), Evidence.LowerBound),
            _ => throw new UsageException($"A {model.GetType().Name} knows no likelihood of an example, so it cannot score: choose a model that can (see 'likeness models')."),
        };
    }
}
