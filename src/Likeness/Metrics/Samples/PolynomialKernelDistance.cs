using Likeness.Core;
using Likeness.Torch;

namespace Likeness.Metrics.Samples;

/// <summary>
/// The squared maximum mean discrepancy of features under the kernel k(x, y) = (x·y/d + 1)³, estimated without bias as the mean over random subsets
/// (Bińkowski et al. 2018). The name KID belongs to the features of Inception-v3 alone. It may be negative.
/// </summary>
public sealed class PolynomialKernelDistance : ISampleMetric
{
    private const int Subsets = 100;
    private const int MostPerSubset = 1000;

    public string Name => "kernel-distance";

    public string Summary => "unbiased kernel distance (polynomial of degree 3) between the features of generated and real examples";

    public string? Missing(Comparison samples) => Math.Min(samples.Generated.Count, samples.Real.Count) < 4 ? "there are fewer than 4 examples on a side: take more" : null;

    public IReadOnlyList<NamedScore> Measure(Comparison samples, Rng rng)
    {
        using var scope = torch.NewDisposeScope();
        var (a, b) = (samples.Features(samples.Generated).Points.To(ScalarType.Float64), samples.Features(samples.Real).Points.To(ScalarType.Float64));
        var count = (int)Math.Min(a.Shape[0], b.Shape[0]);
        var size = Math.Min(MostPerSubset, count / 2);
        var values = Enumerable.Range(0, Subsets).Select(_ =>
        {
            using var one = torch.NewDisposeScope();
            return Squared(Subset(a), Subset(b));
        }).ToArray();

        // Subsets of a share size/count of the examples vary by count/size as much in variance (Politis and Romano 1994).
        var mean = values.Average();
        var spread = Math.Sqrt((double)size / count);
        return [Bootstrap.Score(Name, mean, "squared", count, values.Select(v => mean + ((v - mean) * spread)))];

        Tensor Subset(Tensor x) => x.IndexSelect(0, rng.Permutation(x.Shape[0]).Narrow(0, 0, size));
    }

    /// <summary>The unbiased estimate from two sets of features [n, d], at least two each.</summary>
    public static double Squared(Tensor a, Tensor b)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        return (Within(a) + Within(b) - 2 * Kernel(a, b).Mean()).Item();

        static Tensor Kernel(Tensor x, Tensor y) => (x.Matmul(y.T()) / (double)x.Shape[1] + 1).Pow(3);

        static Tensor Within(Tensor x)
        {
            var (k, n) = (Kernel(x, x), (double)x.Shape[0]);
            return (k.Sum() - k.Diagonal().Sum()) / (n * (n - 1));
        }
    }
}
