namespace Likeness;

/// <summary>How ordinary each single example is to a model.</summary>
/// <param name="Values">One per example; lower is less ordinary.</param>
/// <param name="Basis">What they are made of.</param>
public sealed record ExampleScores(double[] Values, ScoreBasis Basis)
{
    /// <summary>As people see it: nats, or the error, which grows where the score falls.</summary>
    public double Shown(int example) => Basis.InNats ? Values[example] : -Values[example];

    /// <summary>Scores the examples of a split.</summary>
    /// <param name="model">A model with a density, a bound or reconstructions.</param>
    /// <param name="data">Whose examples.</param>
    /// <param name="options">Which of them; <see cref="MeasureOptions.Samples"/> draws where a bound takes many.</param>
    /// <param name="rng">Where a bound's draws come from.</param>
    /// <param name="basis">What to score by; the best that the model has where null.</param>
    /// <exception cref="UsageException">The model cannot be asked for it, or the data is of another kind.</exception>
    public static ExampleScores Measure(Module model, IDataset data, MeasureOptions options, Rng rng, ScoreBasis? basis = null)
    {
        var source = data.TryAs<Batch>()
            ?? throw new UsageException($"The data set '{data.Name}' has no plain examples to score: choose another data set.");
        var by = ScoreBasis.Of(model, basis?.Name);
        return new(by.Measure(model, source, options, rng), by);
    }
}
