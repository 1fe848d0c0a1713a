namespace Likeness;

/// <summary>
/// The mean multi-scale structural similarity of pairs of generated images (Wang et al. 2003; used so by Odena et al. 2017): a model that always draws the
/// same comes to 1. Beside it stands that of pairs of real images, which is what it should be; lower is no virtue, as noise has 0.
/// </summary>
public sealed class StructuralSimilarity() : SampleMetric("ms-ssim",
    "mean multi-scale structural similarity of pairs of generated images, compared with pairs of real ones: higher means less diverse")
{
    private const int MostPairs = 2000;
    private const int PairsAtOnce = 100;
    private const int SmallestSide = 8;
    private const int FilterSide = 11;
    private const double FilterDeviation = 1.5;

    // Of Wang et al. 2003, section 3.2, from the finest scale.
    private static readonly double[] s_weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

    public override string? Missing(Comparison samples) =>
        !samples.Spec.IsImage || Range(samples.Spec.Domain) is null ? "it needs images whose values have a range: bytes or bits"
        : Math.Min(samples.Spec.Height, samples.Spec.Width) < SmallestSide ? $"it needs images of at least {SmallestSide}×{SmallestSide}: judge such"
        : Math.Min(samples.Generated.Count, samples.Real.Count) < 4 ? "there are fewer than 4 images on a side: take more" : null;

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        return [Pairs(Name, samples.Generated), Pairs($"{Name}-of-real", samples.Real)];

        // Each image is in one pair at most, so pairs are independent.
        NamedScore Pairs(string name, ExampleSet examples)
        {
            var (order, size) = (rng.Permutation(examples.Count).ToArray<long>(), samples.Spec.Dimensions);
            var values = new List<double>();
            Chain.Each(order.Take(2 * MostPairs).Chunk(2).Where(p => p.Length == 2).Chunk(PairsAtOnce), pairs =>
            {
                values.AddRange(Of(Images(0), Images(1), Range(samples.Spec.Domain)!.Value));

                Tensor Images(int side) => Tensor.From(
                    pairs.SelectMany(p => examples.Values.Skip((int)p[side] * size).Take(size)).ToArray(), samples.Spec.BatchShape(pairs.Length));
            });

            return Bootstrap.Mean(name, [.. values], "out of 1", rng);
        }
    }

    /// <summary>
    /// The multi-scale structural similarity of images a and b [n, c, h, w], [n]. As many of the five scales as have a side of 8, with their weights brought
    /// to a sum of 1; a filter that is larger than the image shrinks to it. Negative contrast terms count as 0, as they have no fractional power.
    /// </summary>
    /// <param name="a">One of each pair.</param>
    /// <param name="b">The other.</param>
    /// <param name="range">Difference between the largest and the smallest possible value.</param>
    public static double[] Of(Tensor a, Tensor b, double range)
    {
        return Chain.Value(() =>
        {
            using var noGrad = torch.no_grad();
            (a, b) = (a.to(ScalarType.Float64), b.to(ScalarType.Float64));
            var side = Math.Min(a.size(2), a.size(3));
            var scales = Enumerable.Range(0, s_weights.Length).Count(s => s == 0 || side >> s >= SmallestSide);
            var total = s_weights.Take(scales).Sum();
            Tensor? product = null;
            for (var scale = 0; scale < scales; scale++)
            {
                var (similarity, contrast) = Single(a, b, range);
                var factor = (scale == scales - 1 ? similarity : contrast).clamp_min(0).pow(s_weights[scale] / total);
                product = product is null ? factor : product * factor;
                (a, b) = (torch.nn.functional.avg_pool2d(a, [2, 2]), torch.nn.functional.avg_pool2d(b, [2, 2]));
            }

            return product!.ToArray<double>();
        });
    }

    /// <summary>The structural similarity at one scale of images a and b [n, c, h, w], [n] (Wang et al. 2004): what restorations are judged by. 1 for the same image.</summary>
    /// <param name="a">One of each pair.</param>
    /// <param name="b">The other.</param>
    /// <param name="range">Difference between the largest and the smallest possible value.</param>
    public static double[] OfOneScale(Tensor a, Tensor b, double range)
    {
        return Chain.Value(() =>
        {
            using var noGrad = torch.no_grad();
            return Single(a.to(ScalarType.Float64), b.to(ScalarType.Float64), range).Similarity.ToArray<double>();
        });
    }

    // Equations 6 and (its contrast and structure part) 3 and 4 of Wang et al. 2003, averaged over places and colours.
    private static (Tensor Similarity, Tensor Contrast) Single(Tensor a, Tensor b, double range)
    {
        var (c1, c2) = (Math.Pow(0.01 * range, 2), Math.Pow(0.03 * range, 2));
        var size = (int)Math.Min(FilterSide, Math.Min(a.size(2), a.size(3)));
        var deviation = FilterDeviation * size / FilterSide;
        var line = Enumerable.Range(0, size).Select(i => Math.Exp(-Math.Pow(i - ((size - 1) / 2.0), 2) / (2 * deviation * deviation))).ToArray();
        var weight = line.Sum() * line.Sum();
        var filter = Tensor.From(line.SelectMany(u => line.Select(v => u * v / weight)).ToArray(), 1, 1, size, size);

        var (ma, mb) = (Blur(a), Blur(b));
        var (va, vb, covariance) = (Blur(a * a) - ma * ma, Blur(b * b) - mb * mb, Blur(a * b) - ma * mb);
        var contrast = (2 * covariance + c2) / (va + vb + c2);
        var luminance = (2 * ma * mb + c1) / (ma * ma + mb * mb + c1);
        return ((luminance * contrast).mean([1, 2, 3]), contrast.mean([1, 2, 3]));

        Tensor Blur(Tensor x)
        {
            var y = torch.nn.functional.conv2d(x.reshape(x.size(0) * x.size(1), 1, x.size(2), x.size(3)), filter);
            return y.reshape(x.size(0), x.size(1), y.size(2), y.size(3));
        }
    }

    private static double? Range(Domain domain) => domain switch
    {
        Domain.Byte => 255,
        Domain.Binary => 1,
        _ => null,
    };
}
