namespace Likeness;

/// <summary>
/// The Sinkhorn divergence between samples of the model and a split (Feydy et al. 2019): OT_ε(a, b) − ½ OT_ε(a, a) − ½ OT_ε(b, b), zero
/// for equal distributions, with the distance of points as cost and ε a twentieth of the mean distance of real ones. Beside it stands
/// the same for training data. Byte data is measured in units of its range, 0 … 1.
/// </summary>
public sealed class SinkhornDivergence() : Metric<IGenerative>("sinkhorn",
    "Sinkhorn divergence (entropic optimal transport) between generated examples and data")
{
    private const double Blur = 0.05;

    // Without a limit of the user's own: time and memory grow with the square.
    private const int MostExamples = 500;

    protected override IReadOnlyList<NamedScore> Compute(IGenerative model, IDataset<Batch> data, MeasureOptions options, Rng rng)
    {
        var draws = Draws.Of(model, data, options, MostExamples, rng);
        var real = draws.Points(draws.Real);
        var blur = Blur * Math.Max(Transport.Distances(real, real).mean().ToDouble(), 1e-12);
        return draws.Scores(Name, points => Between(draws.Points(points), real, blur));
    }

    /// <summary>
    /// The divergence of two point sets [n, d] and [m, d]. Its standard error is that of the dual potentials' means, which is what
    /// the value moves by with other draws (del Barrio et al. 2022).
    /// </summary>
    internal static Score Between(Tensor a, Tensor b, double blur)
    {
        var (across, first, second) = (Transport.Sinkhorn(a, b, blur), Transport.Sinkhorn(a, a, blur), Transport.Sinkhorn(b, b, blur));
        var f = Score.Mean([.. across.First.Zip(first.First, (x, y) => x - y)], "", Evidence.Estimate);
        var g = Score.Mean([.. across.Second.Zip(second.First, (x, y) => x - y)], "", Evidence.Estimate);
        var error = Math.Sqrt((f.StandardError * f.StandardError) + (g.StandardError * g.StandardError));
        return new(across.Value - ((first.Value + second.Value) / 2), error, "distance", Evidence.Estimate, f.Count);
    }
}
