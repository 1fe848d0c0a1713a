namespace Likeness;

/// <summary>By a model that completes any part, or predicts value by value: draws from p(missing | given), as <see cref="Completion"/> has them.</summary>
internal sealed class ExactRestoring : IRestoringMethod
{
    private readonly Completion _completion;
    private readonly Mask _mask;

    /// <exception cref="UsageException">Something else than pixels was taken away.</exception>
    public ExactRestoring(Module model, DataSpec spec, LinearMeasurement measurement, int particles)
    {
        _mask = measurement as Mask ?? throw Capabilities.Unable(model, null, $"undo '{measurement}'", "denoises, decodes, or has learned to", "use a mask, which is all that models by values can complete");
        _completion = new(model, spec, particles);
    }

    public string Name => "exact";

    public bool IsRandom => true;

    public Tensor Restore(Tensor y, Rng rng, Action<double>? progress = null) => _completion.Draw(_mask.Invert(y), [.. _mask.Given], 1, rng, progress).X.to(y.device);
}
