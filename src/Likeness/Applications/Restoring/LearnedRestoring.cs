namespace Likeness;

/// <summary>By a model that has learned to undo this very measurement.</summary>
internal sealed class LearnedRestoring : IRestoringMethod
{
    private readonly IReconstructor _model;

    /// <exception cref="UsageException">It has learned to undo another one.</exception>
    public LearnedRestoring(IReconstructor model, LinearMeasurement measurement)
    {
        if (model.Measurement is not { } learned || !Same(learned, measurement))
        {
            throw new UsageException(model.Measurement is { } other
                ? $"The model has learned to undo '{other}' and cannot undo '{measurement}': ask for that, or train another."
                : $"The model has learned from pairs and not to undo '{measurement}': train one that does, or translate.");
        }

        _model = model;
    }

    // Masks have several names.
    private static bool Same(LinearMeasurement a, LinearMeasurement b) => a.ToString() == b.ToString() || (a is Mask one && b is Mask other && one.Given.SequenceEqual(other.Given));

    public string Name => "learned";

    public bool IsRandom => true;

    public Tensor Restore(Tensor y, Rng rng, Action<double>? progress = null)
    {
        var x = _model.Reconstruct(y, rng);
        progress?.Invoke(1);
        return x;
    }
}
