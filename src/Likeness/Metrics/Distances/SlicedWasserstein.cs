namespace Likeness;

/// <summary>
/// The sliced 2-Wasserstein distance between samples of the model and a split (Rabin et al. 2012): the root of the mean, over
/// random directions, of the squared distance between sorted projections. Byte data is measured in units of its range, 0 … 1.
/// Beside it stands the same distance between training data and the split: what a perfect sampler would get.
/// </summary>
public sealed class SlicedWasserstein() : Metric<IGenerative>("sliced-wasserstein",
    "sliced Wasserstein distance between generated examples and data: the root mean square of the 2-Wasserstein distances along random directions")
{
    private const int Directions = 256;

    // Without a limit of the user's own: generating is the slow part, and the distance of finite samples is biased upwards anyway.
    private const int MostExamples = 1000;

    protected override IReadOnlyList<NamedScore> Compute(IGenerative model, IDataset<Batch> data, MeasureOptions options, Rng rng)
    {
        var draws = Draws.Of(model, data, options, MostExamples, rng);
        // Directions come from a source of their own: every model is measured along the same ones.
        var directions = new Rng(0).Fork(Name);
        return draws.Scores(Name, points => Distance(points, draws.Real, draws.Dimensions, directions) with { Unit = "rms" });
    }

    /// <summary>The distance between two sets of equally many points; its standard error is over directions.</summary>
    /// <param name="a">Points, one after the other.</param>
    /// <param name="b">As many points.</param>
    /// <param name="dimensions">Numbers per point.</param>
    /// <param name="rng">Where the directions come from.</param>
    internal static Score Distance(float[] a, float[] b, int dimensions, Rng rng)
    {
        return Chain.Value<Score>(() =>
        {
            using var noGrad = torch.no_grad();
            var count = a.Length / dimensions;
            var directions = rng.Fork("directions").Normal(dimensions, Directions);
            directions /= directions.square().sum([0], keepdim: true).sqrt(); // columns of length one

            var pa = Sorted(a);
            var pb = Sorted(b);
            var squares = new double[Directions];
            for (var k = 0; k < Directions; k++)
            {
                for (var i = 0; i < count; i++)
                {
                    var difference = pa[(k * count) + i] - pb[(k * count) + i];
                    squares[k] += difference * difference / count;
                }
            }

            // The root's standard error by the delta method.
            var mean = Score.Mean(squares, "", Evidence.Estimate);
            var root = Math.Sqrt(mean.Value);
            return new(root, root > 0 ? mean.StandardError / (2 * root) : 0, "", Evidence.Estimate, count);

            double[] Sorted(float[] points) => Tensor.From(points, count, dimensions).matmul(directions).t().sort().Values.ToArray<double>(); // [directions, n]
        });
    }
}
