namespace Likeness;

/// <summary>
/// Null-space steps (DDNM; Wang et al. 2023): at every noise level the estimate x̂₀ of a denoiser is brought to what was measured, A⁺y + (I − A⁺A) x̂₀, and walked on from
/// there, with the resampling of RePaint (Lugmayr et al. 2022): back to more noise, and down again.
/// </summary>
internal sealed class NullSpaceRestoring : IRestoringMethod
{
    private readonly IDenoiser _model;
    private readonly DataSpec _spec;
    private readonly LinearMeasurement _measurement;
    private readonly NullSpaceWalk _walk;

    public NullSpaceRestoring(IDenoiser model, DataSpec spec, LinearMeasurement measurement, NullSpaceWalk walk) =>
        (_model, _spec, _measurement, _walk) = (model, spec, measurement, walk);

    public string Name => "null-space";

    public bool IsRandom => true;

    public Tensor Restore(Tensor y, Rng rng, Action<double>? progress = null)
    {
        if (_measurement is Mask && _spec.IsSeries && _model is DataDiffusion own)
        {
            // Values are seen one by one, so they are in the process's units as well.
            var seen = _measurement.Measure(own.Unit(_measurement.Invert(y)));
            return own.FromUnit(NoiseWalk.Down(new MeasuredDenoiser(_model, _measurement, seen, _walk.Solves), _spec.BatchShape(y.size(0)), _walk, rng, progress));
        }

        var units = ValueRange.Of(_spec);
        var target = units.ToModel(y);
        return units.ToData(NoiseWalk.Down(new MeasuredDenoiser(_model, _measurement, target, _walk.Solves), _spec.BatchShape(y.size(0)), _walk, rng, progress));
    }
}
