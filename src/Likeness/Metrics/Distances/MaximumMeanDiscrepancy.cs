namespace Likeness;

/// <summary>
/// The squared maximum mean discrepancy between samples of the model and a split (Gretton et al. 2012): the squared distance of their
/// means in the space of a kernel, here the mean of three Gaussian ones around the median distance. The estimate is unbiased
/// and so may be negative. Its p-value is the share of random divisions of all points into two that are as far apart.
/// </summary>
public sealed class MaximumMeanDiscrepancy() : Metric<IGenerative>("mmd",
    "squared maximum mean discrepancy (kernel distance) between generated examples and data, with the p-value of a two-sample test")
{
    // Without a limit of the user's own: time and memory grow with the square.
    private const int MostExamples = 500;
    private const int Permutations = 500;

    private static readonly double[] s_bandwidths = [0.5, 1, 2];

    public override string? Missing(Module model, IDataset data, MeasureOptions options) => TooFew(data, options);

    /// <summary>What is missing where a split has too few examples for two sides to differ; null where nothing is.</summary>
    internal static string? TooFew(IDataset data, MeasureOptions options) => Math.Min(options.Limit, data.Count(options.Split)) == 1
        ? "one example is too few for a distance of kernels: take at least 2" : null;

    protected override IReadOnlyList<NamedScore> Compute(IGenerative model, IDataset<Batch> data, MeasureOptions options, Rng rng)
    {
        var draws = Draws.Of(model, data, options, MostExamples, rng);
        var (distance, chance) = Test(draws.Points(draws.Generated), draws.Points(draws.Real), Permutations, rng);
        return [new(Name, distance), new($"{Name}-p-value", chance)];
    }

    /// <summary>The discrepancy of two sets of as many points and the p-value of the hypothesis that they come from one distribution.</summary>
    /// <param name="a">Points [n, d], at least two.</param>
    /// <param name="b">As many points.</param>
    /// <param name="permutations">Random divisions that it is compared with.</param>
    /// <param name="rng">Where they come from.</param>
    /// <exception cref="UsageException">The sets differ in size or have fewer than two points.</exception>
    public static (Score Squared, Score PValue) Test(Tensor a, Tensor b, int permutations, Rng rng)
    {
        var n = (int)a.shape[0];
        if (n < 2 || b.shape[0] != n)
        {
            throw new UsageException($"The kernel distance needs as many points on both sides, at least two, and there are {n} and {b.shape[0]}: draw as many as there are examples.");
        }

        return Chain.Value<(Score Squared, Score PValue)>(() =>
        {
            using var noGrad = torch.no_grad();
            var kernel = Kernel(torch.cat([a, b], 0).to(ScalarType.Float64));
            var (all, rows) = (kernel.sum().ToDouble(), kernel.sum([1], keepdim: true));
            var observed = Squared(Column(Enumerable.Range(0, 2 * n)));

            var labels = torch.stack([.. Enumerable.Range(0, permutations).Select(_ => Column(rng.Permutation(2 * n).ToArray<long>().Select(i => (int)i)).select(1, 0))], 1);
            var asFar = Squared(labels).Count(v => v >= observed[0]);
            var p = (1.0 + asFar) / (1 + permutations);
            return (
                new(observed[0], Error(kernel, n), "squared", Evidence.Estimate, n),
                new(p, Math.Sqrt(p * (1 - p) / (1 + permutations)), "probability", Evidence.Estimate, n));

            // 1 where a point is on the first side.
            Tensor Column(IEnumerable<int> order)
            {
                var mark = new double[2 * n];
                foreach (var i in order.Take(n))
                {
                    mark[i] = 1;
                }

                return Tensor.From(mark, 2 * n, 1).to(kernel.device);
            }

            // Equation 3 for every column of sides: the kernel's diagonal is zero, so pairs of a point with itself are left out.
            double[] Squared(Tensor sides)
            {
                var within = (sides * kernel.matmul(sides)).sum([0]);
                var touching = (sides * rows).sum([0]);
                double pairs = (double)n * (n - 1);
                var other = all - 2 * touching + within;
                return ((within + other) / pairs - (touching - within) * (2.0 / ((double)n * n))).ToArray<double>();
            }
        });
    }

    // The standard error of a U-statistic of the pairs' h = k(x, x') + k(y, y') − k(x, y') − k(x', y): both terms of its variance, as
    // the first vanishes when the distributions are the same.
    private static double Error(Tensor kernel, int n)
    {
        var xx = kernel.narrow(0, 0, n).narrow(1, 0, n);
        var yy = kernel.narrow(0, n, n).narrow(1, n, n);
        var xy = kernel.narrow(0, 0, n).narrow(1, n, n);
        var h = xx + yy - xy - xy.t();
        h.diagonal().mul_(0);
        var mean = h.sum().ToDouble() / ((double)n * (n - 1));
        var single = Score.Mean((h.sum([1]) / (n - 1.0)).ToArray<double>(), "", Evidence.Estimate);
        var second = (h.square().sum().ToDouble() / ((double)n * (n - 1))) - (mean * mean);
        // The means of rows vary also because each is a mean of n − 1 values.
        var first = Math.Max(0, (single.StandardError * single.StandardError * n) - (second / (n - 1)));
        return Math.Sqrt(((4 * (n - 2) * first) + (2 * second)) / ((double)n * (n - 1)));
    }

    // Gaussian kernels of bandwidths around the median distance of all points, without the diagonal.
    private static Tensor Kernel(Tensor points)
    {
        var squares = Transport.SquaredDistances(points, points);
        var sorted = squares.ToArray<double>().Where(v => v > 0).Order().ToArray();
        var median = sorted.Length > 0 ? sorted[sorted.Length / 2] : 1;
        var sum = squares.zeros_like();
        foreach (var bandwidth in s_bandwidths)
        {
            sum.add_((squares * (-0.5 / (bandwidth * bandwidth * median))).exp());
        }

        sum.diagonal().mul_(0);
        return sum / s_bandwidths.Length;
    }
}
