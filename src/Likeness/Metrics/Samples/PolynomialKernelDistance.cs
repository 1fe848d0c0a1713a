namespace Likeness;

/// <summary>
/// The squared maximum mean discrepancy of features under the kernel k(x, y) = (x·y/d + 1)³, estimated without bias as the mean over random subsets
/// (Bińkowski et al. 2018). The name KID belongs to the features of Inception-v3 alone. It may be negative.
/// </summary>
public sealed class PolynomialKernelDistance() : SampleMetric("kernel-distance",
    "unbiased squared MMD with a polynomial kernel of degree 3 between the features of generated and real examples (kernel Inception distance)")
{
    private const int Subsets = 100;
    private const int MostPerSubset = 1000;

    public override string? Missing(Comparison samples) => samples.FewerThan(4);

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        var (a, b) = samples.BothFeatures();
        var count = (int)Math.Min(a.shape[0], b.shape[0]);
        var size = Math.Min(MostPerSubset, count / 2);
        var values = Enumerable.Range(0, Subsets).Select(_ => Chain.Value(() => Squared(Subset(a), Subset(b)))).ToArray();

        // Subsets of a share size/count of the examples vary by count/size as much in variance (Politis and Romano 1994).
        var mean = values.Average();
        var spread = Math.Sqrt((double)size / count);
        return [Bootstrap.Score(Name, mean, "squared", count, values.Select(v => mean + ((v - mean) * spread)))];

        Tensor Subset(Tensor x) => x.index_select(0, rng.Permutation(x.shape[0]).narrow(0, 0, size));
    }

    /// <summary>The unbiased estimate from two sets of features [n, d], at least two each.</summary>
    public static double Squared(Tensor a, Tensor b)
    {
        return Chain.Value(() =>
        {
            using var noGrad = torch.no_grad();
            return (Within(a) + Within(b) - 2 * Kernel(a, b).mean()).ToDouble();

            static Tensor Kernel(Tensor x, Tensor y) => (x.matmul(y.t()) / (double)x.shape[1] + 1).pow(3);

            static Tensor Within(Tensor x)
            {
                var (k, n) = (Kernel(x, x), (double)x.shape[0]);
                return (k.sum() - k.diagonal().sum()) / (n * (n - 1));
            }
        });
    }
}
