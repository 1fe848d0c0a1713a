namespace Likeness;

/// <summary>The squared maximum mean discrepancy of two samples under a kernel of the distance (Gretton et al. 2012); gradients reach the points.</summary>
public static class KernelDistance
{
    private static readonly double[] s_scales = [0.1, 0.2, 0.5, 1, 2, 5, 10];

    /// <summary>
    /// The unbiased estimate of equation 3: the mean of k over pairs of different points within each sample, less twice that over pairs of one
    /// of each.
    /// </summary>
    /// <param name="a">Points [n, d], at least two.</param>
    /// <param name="b">Points [m, d], at least two.</param>
    /// <param name="kernel">From squared distances to k.</param>
    public static Tensor Squared(Tensor a, Tensor b, Func<Tensor, Tensor> kernel)
    {
        return Within(a) + Within(b) - 2 * kernel(Transport.SquaredDistances(a, b)).mean();

        Tensor Within(Tensor x)
        {
            var k = kernel(Transport.SquaredDistances(x, x));
            double n = x.shape[0];
            return (k.sum() - k.diagonal().sum()) / (n * (n - 1));
        }
    }

    /// <summary>
    /// The sum of inverse multiquadrics C/(C + d²), C = 2·d_z·σ²·s for s = 0.1, 0.2, 0.5, 1, 2, 5, 10 (Tolstikhin et al. 2018, appendix C): its
    /// heavy tails reach codes that are still far from the prior.
    /// </summary>
    /// <param name="dimensions">Values of a code, d_z.</param>
    /// <param name="variance">Of one value under the prior, σ².</param>
    public static Func<Tensor, Tensor> InverseMultiquadrics(int dimensions, double variance) => squares =>
    {
        Tensor? sum = null;
        foreach (var scale in s_scales)
        {
            var c = 2 * dimensions * variance * scale;
            var k = (squares + c).reciprocal() * c;
            sum = sum is null ? k : sum + k;
        }

        return sum!;
    };
}
