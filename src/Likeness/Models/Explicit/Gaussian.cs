using System.Numerics;

namespace Likeness;

/// <summary>Options of a Gaussian.</summary>
public sealed record GaussianOptions
{
    /// <summary>Form of the covariance: full, diagonal or spherical.</summary>
    public Covariance Covariance { get; init; } = Covariance.Full;

    /// <summary>Smallest variance in any direction, as a share of the variables' own variances.</summary>
    [AtLeast(0, Below = 1)]
    public double VarianceFloor { get; init; } = 1e-6;
}

/// <summary>
/// The multivariate Normal distribution with the parameters of maximum likelihood (Fisher 1922):
/// <code>
/// log p(x) = −½ (x − μ)ᵀ Σ⁻¹ (x − μ) − ½ log |2πΣ|                                 (1)
/// μ = 1/n Σ_i x_i,   Σ = 1/n Σ_i (x_i − μ)(x_i − μ)ᵀ                                (2)
/// p(x_m | x_g) = N(μ_m + Σ_mg Σ_gg⁻¹ (x_g − μ_g), Σ_mm − Σ_mg Σ_gg⁻¹ Σ_gm)           (3)
/// </code>
/// All of it goes through the Cholesky factor L of Σ = L·Lᵀ, in double precision.
/// </summary>
public sealed class Gaussian : Model<GaussianOptions>, IStepwise, IGenerative, IMarginal, ICompleter, IFreeParameters
{
    private readonly Tensor _mean, _factor, _weight;

    public Gaussian(DataSpec spec, GaussianOptions options, Rng rng)
        : base(spec, options)
    {
        _mean = Parameter("mean", torch.zeros([1, spec.Dimensions], ScalarType.Float64).to(rng.Device));
        _factor = Parameter("factor", options.Covariance.Identity(1, spec.Dimensions).to(rng.Device));
        _weight = Buffer("log_weight", torch.zeros([1], ScalarType.Float64).to(rng.Device));
        Order = [.. Enumerable.Range(0, spec.Dimensions)];
    }

    public static Recipe<GaussianOptions, Gaussian, Batch> Recipe { get; } = new(
        "gaussian",
        "Exact density of real-valued data: one Normal distribution, fitted in closed form.",
        new("fisher1922foundations", "On the Mathematical Foundations of Theoretical Statistics", "Fisher, Ronald A.",
            "Philosophical Transactions of the Royal Society of London A", 1922, "222:309-368", Publication.Article),
        (model, _, _) => new Moments(model),
        new(Steps: 1, BatchSize: 0),
        DataNeed.Reals)
    {
        Smallest = new() { VarianceFloor = 0.1 },
        Parameters = Count,
    };

    public IReadOnlyList<int> Order { get; }

    public BigInteger FreeParameters => Count(Spec, Options);

    /// <summary>Equation 1.</summary>
    public Tensor LogProb(Tensor x) => Distribution.LogJoint(Rows(x)).select(1, 0);

    public Tensor LogMarginal(Tensor x, ReadOnlySpan<bool> given)
    {
        var (known, _) = Parts.Of(given, Spec);
        return Distribution.Marginal(known).LogJoint(Parts.Choose(Rows(x), known)).select(1, 0);
    }

    /// <summary>Equation 3.</summary>
    public Tensor Complete(Tensor x, ReadOnlySpan<bool> given, Rng rng)
    {
        var (known, missing) = Parts.Of(given, Spec);
        return Examples(Distribution.Complete(Rows(x), known, missing, rng));
    }

    public IWalk Walk(int count) => Distribution.Walk(count);

    public Tensor Sample(int count, Rng rng) => Examples(Distribution.Sample(count, rng));

    private NormalComponents Distribution
    {
        get
        {
            var (scales, lower) = Options.Covariance.Expand(_factor, 1, Spec.Dimensions);
            return new(_weight, _mean, scales, lower);
        }
    }

    private static BigInteger Count(DataSpec spec, GaussianOptions options) => spec.Dimensions + options.Covariance.FreeParameters(1, spec.Dimensions);

    private Tensor Rows(Tensor x) => Spec.Flat(x).to(_mean.dtype);

    private Tensor Examples(Tensor rows) => rows.to(ScalarType.Float32).reshape(Spec.BatchShape(rows.shape[0]));

    // Equation 2 over everything seen so far, one batch after the other: the moments of two sets of examples are those of their union
    // (Chan, Golub and LeVeque 1983). With the whole training split as one batch, one round is the fit.
    private sealed class Moments : Objective<Batch>
    {
        private readonly Gaussian _gaussian;
        private readonly Tensor _count, _mean, _scatter, _nll;

        public Moments(Gaussian gaussian)
        {
            _gaussian = Add("model", gaussian);
            long d = gaussian.Spec.Dimensions;
            _count = Buffer("count", Zeros(1));
            _mean = Buffer("mean", Zeros(d));
            _scatter = Buffer("scatter", gaussian.Options.Covariance.NeedsMatrices ? Zeros(d, d) : Zeros(d));
            _nll = Buffer("nll", Zeros());
            Tensor Zeros(params long[] shape) => torch.zeros(shape, ScalarType.Float64).to(gaussian.Device);
        }

        public override IReadOnlyList<Player> Players => [];

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var x = _gaussian.Rows(feed.Next().X);
            yield return Turn.Do("model", () => Fit(x), ("nll", _nll));
        }

        private void Fit(Tensor x)
        {
            var (n, covariance) = (x.shape[0], _gaussian.Options.Covariance);
            var mean = x.mean([0]);
            var (centred, shift, all) = (x - mean, mean - _mean, _count + n);
            _scatter.add_(covariance.NeedsMatrices
                ? centred.t().matmul(centred) + shift.unsqueeze(1) * shift * (_count * n / all)
                : centred.square().sum([0]) + shift.square() * (_count * n / all));
            _mean.add_(shift * n / all);
            _count.copy_(all);

            var moments = _scatter / all;
            var units = covariance.Units(covariance.NeedsMatrices ? moments.diagonal() : moments);
            var inUnits = covariance.NeedsMatrices ? moments / units.unsqueeze(1) / units : moments / units.square();
            _gaussian._mean.copy_(_mean.unsqueeze(0));
            _gaussian._factor.copy_(covariance.Scaled(
                covariance.Fit(inUnits.unsqueeze(0), (_count * 0 + 1), _gaussian.Options.VarianceFloor), units));
            _nll.copy_(-_gaussian.Distribution.LogJoint(x).mean());
        }
    }
}
