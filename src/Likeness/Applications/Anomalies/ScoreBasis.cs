namespace Likeness;

/// <summary>What the score of a single example is made of. A lower score is less ordinary, whatever the basis.</summary>
public abstract class ScoreBasis
{
    private ScoreBasis(string name, string column) => (Name, Column) = (name, column);

    /// <summary>log p(x), exactly.</summary>
    public static ScoreBasis Density { get; } = new ByDensity();

    /// <summary>The tightest bound from below on log p(x).</summary>
    public static ScoreBasis Bound { get; } = new ByBound();

    /// <summary>The negative of the squared error of an example that was encoded and decoded.</summary>
    public static ScoreBasis Reconstruction { get; } = new ByReconstruction();

    /// <summary>The best first.</summary>
    public static IReadOnlyList<ScoreBasis> All { get; } = [Density, Bound, Reconstruction];

    /// <summary>As people type it.</summary>
    public string Name { get; }

    /// <summary>As a column of a table is called.</summary>
    public string Column { get; }

    /// <summary>Whether scores are logarithms of probabilities, in nats.</summary>
    public bool InNats => this != Reconstruction;

    /// <summary>The basis of a name, or the best that a model has where the name is null.</summary>
    /// <param name="model">What shall score.</param>
    /// <param name="name">Of the basis.</param>
    /// <param name="called">What people call the model.</param>
    /// <exception cref="UsageException">The model has no such basis, or none.</exception>
    public static ScoreBasis Of(Module model, string? name = null, string? called = null)
    {
        var can = All.Where(b => b.Applies(model)).ToList();
        if (can.Count == 0)
        {
            throw Capabilities.Unable(model, called, "score", "knows the likelihood of an example, or reconstructs it");
        }

        return name is null ? can[0] : can.Find(b => b.Name == name)
            ?? throw new UsageException($"A {(object?)called ?? new Remedy.Model(model.GetType())} cannot score by '{name}': use {string.Join(" or ", can.Select(b => b.Name))}.");
    }

    /// <summary>Whether a model can be asked for it.</summary>
    public abstract bool Applies(Module model);

    /// <summary>Scores examples.</summary>
    internal abstract double[] Measure(Module model, IDataset<Batch> data, MeasureOptions options, Rng rng);

    private sealed class ByDensity() : ScoreBasis("density", "log_likelihood")
    {
        public override bool Applies(Module model) => model is IDensity;

        internal override double[] Measure(Module model, IDataset<Batch> data, MeasureOptions options, Rng rng) =>
            PerExample.Measure(data, options, model.Device, ((IDensity)model).LogProb);
    }

    private sealed class ByBound() : ScoreBasis("bound", "log_likelihood_lower_bound")
    {
        public override bool Applies(Module model) => model is IBound;

        internal override double[] Measure(Module model, IDataset<Batch> data, MeasureOptions options, Rng rng) => model is IImportanceWeighted weighted
            ? PerExample.MeasureEach(data, options, model.Device, x => ImportanceWeightedBound.LogMeanWeights(weighted, x, options.Samples ?? MeasureOptions.UsualSamples, rng))
            : PerExample.Measure(data, options, model.Device, x => ((IBound)model).LogProbBound(x, rng));
    }

    private sealed class ByReconstruction() : ScoreBasis("reconstruction", "reconstruction_error")
    {
        public override bool Applies(Module model) => model is IAutoencoder;

        internal override double[] Measure(Module model, IDataset<Batch> data, MeasureOptions options, Rng rng) =>
            Array.ConvertAll(ReconstructionError.Errors((IAutoencoder)model, data, options), error => -error);
    }
}
