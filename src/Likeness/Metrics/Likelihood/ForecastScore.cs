namespace Likeness;

/// <summary>
/// The continuous ranked probability score of forecasts (Gneiting and Raftery 2007): E|X − y| − ½ E|X − X′| for each value of the second
/// half of a series, forecast from the first half by many draws X; in the data's units, lower is better. Beside it stands that of
/// taking the last known values for all that follow, which is their mean absolute error.
/// </summary>
public sealed class ForecastScore() : Metric<IForecaster>("crps",
    "error of probabilistic forecasts of the second half of each series: the continuous ranked probability score, which also judges their spread")
{
    public override string? Missing(Module model, IDataset data, MeasureOptions options) => data.Spec.Shape[0] >= 2 ? null
        : $"a series of {data.Spec.Shape[0]} step has no second half to forecast: give series of at least 2";

    protected override IReadOnlyList<NamedScore> Compute(IForecaster model, IDataset<Batch> data, MeasureOptions options, Rng rng)
    {
        var (steps, values) = (data.Spec.Shape[0], data.Spec.Shape[1] - data.Spec.Actions);
        var known = steps / 2;
        var pairs = PerExample.MeasureEach(data, options, rng.Device, x =>
        {
            var (past, future) = (x.narrow(1, 0, known), x.narrow(1, known, steps - known));
            var (truth, actions) = (future.narrow(2, 0, values), future.narrow(2, values, data.Spec.Actions));
            var draws = Chain.Concat(Enumerable.Range(0, options.Samples ?? MeasureOptions.UsualSamples), _ => model.RollOut(past, steps - known, rng, actions).unsqueeze(0));
            var persistence = (past.narrow(1, known - 1, 1).narrow(2, 0, values) - truth).abs();
            return Both(Crps(draws, truth).mean([1, 2]), persistence.mean([1, 2]));
        });
        double[] Of(int which) => [.. pairs.Where((_, i) => i % 2 == which)];
        return
        [
            new(Name, Score.Mean(Of(0), "data units", Evidence.Estimate)),
            new("crps-of-persistence", Score.Mean(Of(1), "data units", Evidence.Exact)),
        ];
    }

    /// <summary>The score of each value, in the shape of <paramref name="truth"/>, from draws [m, …].</summary>
    public static Tensor Crps(Tensor draws, Tensor truth)
    {
        var m = draws.shape[0];
        var (sorted, _) = draws.sort(0);
        // Of m sorted draws the mean distance is 2/m² Σ_i (2i − m − 1) x_i, i = 1 … m; m(m − 1) pairs make it unbiased.
        var weights = (torch.arange(1, m + 1, draws.dtype, draws.device) * 2 - (m + 1)) * (2.0 / (m * Math.Max(m - 1, 1)));
        var spread = (sorted * weights.reshape([m, .. Enumerable.Repeat(1L, (int)draws.ndim - 1)])).sum([0]);
        return (draws - truth).abs().mean([0]) - spread * 0.5;
    }

    // One after the other for each example, as the measurement is one list of numbers.
    private static double[] Both(Tensor a, Tensor b) => torch.stack([a, b], 1).ToArray<double>();
}
