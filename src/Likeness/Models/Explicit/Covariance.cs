using System.Numerics;

namespace Likeness;

/// <summary>
/// The form of the covariances Σ_k of k Normal distributions of d variables. What is kept of each is a factor L with Σ = L·Lᵀ: the
/// lower Cholesky factor, or standard deviations where there is nothing beside the diagonal.
/// </summary>
[JsonConverter(typeof(CovarianceChoice))]
public abstract class Covariance
{
    private Covariance(string name) => Name = name;

    /// <summary>One matrix each.</summary>
    public static Covariance Full { get; } = new FullMatrix();

    /// <summary>One matrix for all components.</summary>
    public static Covariance Tied { get; } = new TiedMatrix();

    /// <summary>A variance of each variable in each component.</summary>
    public static Covariance Diagonal { get; } = new Variances();

    /// <summary>One variance for each component.</summary>
    public static Covariance Spherical { get; } = new OneVariance();

    /// <summary>The name in options.</summary>
    public string Name { get; }

    public override string ToString() => Name;

    /// <summary>Free parameters of the covariances.</summary>
    internal abstract BigInteger FreeParameters(int components, int dimensions);

    /// <summary>Factors of Σ = 1, in the shape that checkpoints keep.</summary>
    internal abstract Tensor Identity(int components, int dimensions);

    /// <summary>The same factors for every component: the diagonal of L [k, d], and L [k, d, d] where it has more than that.</summary>
    internal abstract (Tensor Scales, Tensor? Lower) Expand(Tensor factor, int components, int dimensions);

    /// <summary>Whether fitting takes covariances, or variances will do.</summary>
    internal abstract bool NeedsMatrices { get; }

    /// <summary>The factor of the best covariance of this form for data with these second moments, with no variance below the floor.</summary>
    /// <param name="moments">Of the data about each component's mean, as far as it belongs to it: covariances [k, d, d] where matrices are needed, else variances [k, d].</param>
    /// <param name="shares">The weight of each component [k]; they add up to one.</param>
    /// <param name="floor">The least variance in any direction.</param>
    internal abstract Tensor Fit(Tensor moments, Tensor shares, double floor);

    /// <summary>The factor after the variables' units were multiplied by <paramref name="scale"/> [d].</summary>
    internal abstract Tensor Scaled(Tensor factor, Tensor scale);

    /// <summary>
    /// The units in which the floor is measured: each variable's standard deviation [d], or for a form that knows one variance only
    /// their quadratic mean. Constant variables count as 1.
    /// </summary>
    internal abstract Tensor Units(Tensor variances);

    private static Tensor Deviations(Tensor variances) => torch.where(variances.gt(0), variances.sqrt(), 1.0);

    // Σ with eigenvalues of at least the floor is the best of all such matrices (the likelihood is maximised eigenvalue by
    // eigenvalue), so EM with a floor still never loses. Most matrices need none: their Cholesky factor is found at once.
    private static Tensor Cholesky(Tensor covariance, double floor)
    {
        var reduced = covariance.clone();
        reduced.diagonal(0, -2, -1).sub_(floor);
        if (torch.linalg.cholesky_ex(reduced).info.ne(0).any().ToDouble() != 0)
        {
            var (values, vectors) = torch.linalg.eigh(covariance);
            covariance = (vectors * values.clamp_min(floor).unsqueeze(-2)).matmul(vectors.transpose(-2, -1));
        }

        return torch.linalg.cholesky_ex(covariance).L;
    }

    private sealed class FullMatrix() : Covariance("full")
    {
        internal override BigInteger FreeParameters(int components, int dimensions) => (BigInteger)components * dimensions * (dimensions + 1) / 2;

        internal override Tensor Identity(int components, int dimensions) => Unit(dimensions).repeat(components, 1, 1);

        internal override (Tensor Scales, Tensor? Lower) Expand(Tensor factor, int components, int dimensions) => (factor.diagonal(0, -2, -1), factor);

        internal override bool NeedsMatrices => true;

        internal override Tensor Fit(Tensor moments, Tensor shares, double floor) => Cholesky(moments, floor);

        internal override Tensor Scaled(Tensor factor, Tensor scale) => factor * scale.unsqueeze(1);

        internal override Tensor Units(Tensor variances) => Deviations(variances);
    }

    private sealed class TiedMatrix() : Covariance("tied")
    {
        internal override BigInteger FreeParameters(int components, int dimensions) => (BigInteger)dimensions * (dimensions + 1) / 2;

        internal override Tensor Identity(int components, int dimensions) => Unit(dimensions);

        internal override (Tensor Scales, Tensor? Lower) Expand(Tensor factor, int components, int dimensions) =>
            (factor.diagonal(0, -2, -1).unsqueeze(0).expand(components, dimensions), factor.unsqueeze(0).expand(components, dimensions, dimensions));

        internal override bool NeedsMatrices => true;

        internal override Tensor Fit(Tensor moments, Tensor shares, double floor) => Cholesky((moments * shares.reshape(-1, 1, 1)).sum([0]), floor);

        internal override Tensor Scaled(Tensor factor, Tensor scale) => factor * scale.unsqueeze(1);

        internal override Tensor Units(Tensor variances) => Deviations(variances);
    }

    private sealed class Variances() : Covariance("diagonal")
    {
        internal override BigInteger FreeParameters(int components, int dimensions) => (BigInteger)components * dimensions;

        internal override Tensor Identity(int components, int dimensions) => torch.ones([components, dimensions], ScalarType.Float64);

        internal override (Tensor Scales, Tensor? Lower) Expand(Tensor factor, int components, int dimensions) => (factor, null);

        internal override bool NeedsMatrices => false;

        internal override Tensor Fit(Tensor moments, Tensor shares, double floor) => moments.clamp_min(floor).sqrt();

        internal override Tensor Scaled(Tensor factor, Tensor scale) => factor * scale;

        internal override Tensor Units(Tensor variances) => Deviations(variances);
    }

    private sealed class OneVariance() : Covariance("spherical")
    {
        internal override BigInteger FreeParameters(int components, int dimensions) => components;

        internal override Tensor Identity(int components, int dimensions) => torch.ones([components, 1], ScalarType.Float64);

        internal override (Tensor Scales, Tensor? Lower) Expand(Tensor factor, int components, int dimensions) => (factor.expand(components, dimensions), null);

        internal override bool NeedsMatrices => false;

        internal override Tensor Fit(Tensor moments, Tensor shares, double floor) => moments.mean([1], keepdim: true).clamp_min(floor).sqrt();

        internal override Tensor Scaled(Tensor factor, Tensor scale) => factor * scale.narrow(0, 0, 1);

        internal override Tensor Units(Tensor variances) => Deviations(variances.mean([0], keepdim: true)).expand(variances.shape[0]);
    }

    private static Tensor Unit(int dimensions)
    {
        var unit = torch.zeros([dimensions, dimensions], ScalarType.Float64);
        unit.diagonal().add_(1);
        return unit;
    }
}

internal sealed class CovarianceChoice()
    : NamedChoice<Covariance>("covariance", c => c.Name, Covariance.Full, Covariance.Tied, Covariance.Diagonal, Covariance.Spherical);
