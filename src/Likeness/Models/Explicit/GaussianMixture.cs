using System.Numerics;

namespace Likeness;

/// <summary>Options of a Gaussian mixture.</summary>
public sealed record GaussianMixtureOptions
{
    /// <summary>Number of components.</summary>
    [AtLeast(1)]
    public int Components { get; init; } = 10;

    /// <summary>Form of the covariances: full, tied (one for all components), diagonal or spherical.</summary>
    public Covariance Covariance { get; init; } = Covariance.Full;

    /// <summary>Smallest variance of a component in any direction, as a share of the variables' own variances.</summary>
    [AtLeast(0, Below = 1)]
    public double VarianceFloor { get; init; } = 1e-4;

    /// <summary>Restarts and convergence of EM.</summary>
    public EmOptions Em { get; init; } = new();
}

/// <summary>
/// A mixture of Normal distributions, fitted by EM (Dempster, Laird and Rubin 1977):
/// <code>
/// p(x) = Σ_k π_k N(x | μ_k, Σ_k)                                                      (1)
/// r_ik = p(k|x_i) = π_k N(x_i | μ_k, Σ_k) / p(x_i)                                     (2, E step)
/// N_k = Σ_i r_ik,  π_k = N_k/n,  μ_k = Σ_i r_ik x_i/N_k,
/// Σ_k = Σ_i r_ik (x_i − μ_k)(x_i − μ_k)ᵀ/N_k                                           (3, M step)
/// </code>
/// The likelihood has no upper limit where a component may shrink onto one example, so variances have a floor. The M step takes the best
/// covariance that keeps it, and EM still never loses.
/// </summary>
public sealed class GaussianMixture : Model<GaussianMixtureOptions>, IMixture, IStepwise, IGenerative, IMarginal, ICompleter, IClustering, IFreeParameters
{
    private readonly Tensor _logits, _means, _factor;

    public GaussianMixture(DataSpec spec, GaussianMixtureOptions options, Rng rng)
        : base(spec, options)
    {
        var (k, d) = (options.Components, spec.Dimensions);
        _logits = Parameter("logits", torch.zeros([k], ScalarType.Float64).to(rng.Device));
        _means = Parameter("means", rng.Normal(k, d).to(ScalarType.Float64));
        _factor = Parameter("factor", options.Covariance.Identity(k, d).to(rng.Device));
        Order = [.. Enumerable.Range(0, d)];
    }

    public static Recipe<GaussianMixtureOptions, GaussianMixture, Batch> Recipe { get; } = new(
        "gaussian-mixture",
        "Exact density of real-valued data: a mixture of Normal distributions, fitted by EM; also gives soft clusters.",
        new("dempster1977em", "Maximum Likelihood from Incomplete Data via the EM Algorithm", "Dempster, Arthur P. and Laird, Nan M. and Rubin, Donald B.",
            "Journal of the Royal Statistical Society B", 1977, "39(1):1-38", Publication.Article),
        (model, options, _) => new ExpectationMaximisation<GaussianMixture>(model, options.Em),
        new(Steps: 200, BatchSize: 0),
        DataNeed.Reals)
    {
        Smallest = new() { Components = 2, VarianceFloor = 0.1, Em = new(Restarts: 2, Trial: 2) },
        Parameters = Count,
    };

    public IReadOnlyList<int> Order { get; }

    public BigInteger FreeParameters => Count(Spec, Options);

    int IMixture.Components => Options.Components;

    // Four million numbers of double precision: tens of megabytes.
    int IMixture.RowsAtOnce => Math.Max(1, (1 << 22) / (Options.Covariance.NeedsMatrices ? Options.Components * Spec.Dimensions : Options.Components + Spec.Dimensions));

    /// <summary>Equation 1.</summary>
    public Tensor LogProb(Tensor x) => LogJoint(Rows(x)).logsumexp(1);

    /// <summary>Equation 2.</summary>
    public Tensor Responsibilities(Tensor x) => LogJoint(Rows(x)).softmax(1);

    public Tensor LogMarginal(Tensor x, ReadOnlySpan<bool> given)
    {
        var (known, _) = Parts.Of(given, Spec);
        return Distribution.Marginal(known).LogJoint(Parts.Choose(Rows(x), known)).logsumexp(1);
    }

    public Tensor Complete(Tensor x, ReadOnlySpan<bool> given, Rng rng)
    {
        var (known, missing) = Parts.Of(given, Spec);
        return Examples(Distribution.Complete(Rows(x), known, missing, rng));
    }

    public IWalk Walk(int count) => Distribution.Walk(count);

    public Tensor Sample(int count, Rng rng) => Examples(Distribution.Sample(count, rng));

    public Tensor Rows(Tensor x) => Spec.Flat(x).to(_means.dtype);

    public Tensor LogJoint(Tensor rows) => Distribution.LogJoint(rows);

    Tensor IMixture.Comparable(Tensor rows) => InUnits(rows).Rows;

    Tensor IMixture.NegativeLogPrior() => torch.zeros([1], _means.dtype, _means.device);

    // Equation 3, in the variables' own units so that the floor means the same for all of them.
    void IMixture.Maximise(Tensor rows, Tensor r)
    {
        var (x, mean, units) = InUnits(rows);
        var covariance = Options.Covariance;
        var counts = r.sum([0]); // N_k
        var shares = counts / r.shape[0];
        var means = r.t().matmul(x) / counts.unsqueeze(1);
        var moments = covariance.NeedsMatrices
            ? Chain.Concat(Enumerable.Range(0, Options.Components), k =>
            {
                var centred = x - means.select(0, k);
                return ((centred * r.narrow(1, k, 1)).t().matmul(centred) / counts.select(0, k)).unsqueeze(0);
            })
            : r.t().matmul(x.square()) / counts.unsqueeze(1) - means.square();
        _logits.copy_(shares.log());
        _means.copy_(mean + means * units);
        _factor.copy_(covariance.Scaled(covariance.Fit(moments, shares, Options.VarianceFloor), units));
    }

    private NormalComponents Distribution
    {
        get
        {
            var (scales, lower) = Options.Covariance.Expand(_factor, Options.Components, Spec.Dimensions);
            return new(_logits.log_softmax(0), _means, scales, lower);
        }
    }

    private static BigInteger Count(DataSpec spec, GaussianMixtureOptions options) =>
        options.Components - 1 + ((BigInteger)options.Components * spec.Dimensions) + options.Covariance.FreeParameters(options.Components, spec.Dimensions);

    private (Tensor Rows, Tensor Mean, Tensor Units) InUnits(Tensor rows)
    {
        var mean = rows.mean([0]);
        var centred = rows - mean;
        var units = Options.Covariance.Units(centred.square().mean([0]));
        return (centred / units, mean, units);
    }

    private Tensor Examples(Tensor rows) => rows.to(ScalarType.Float32).reshape(Spec.BatchShape(rows.shape[0]));
}
