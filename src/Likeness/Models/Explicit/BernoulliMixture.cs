using System.Numerics;

namespace Likeness;

/// <summary>Options of a Bernoulli mixture.</summary>
public sealed record BernoulliMixtureOptions
{
    /// <summary>Number of components.</summary>
    [AtLeast(1)]
    public int Components { get; init; } = 50;

    /// <summary>Pseudo-count of each variable being 1, and the same of its being 0, in each component.</summary>
    [Above(0)]
    public double Smoothing { get; init; } = 0.1;

    /// <summary>Restarts and convergence of EM.</summary>
    public EmOptions Em { get; init; } = new();
}

/// <summary>
/// A mixture of products of Bernoulli distributions, fitted by EM (Carreira-Perpiñán and Renals 2000):
/// <code>
/// p(x) = Σ_k π_k Π_i p_ki^x_i (1 − p_ki)^(1 − x_i)                                     (1)
/// r_nk = p(k|x_n)                                                                    (2, E step)
/// N_k = Σ_n r_nk,  π_k = N_k/n,  p_ki = (Σ_n r_nk x_ni + s)/(N_k + 2s)                   (3, M step)
/// </code>
/// The smoothing s is a prior Beta(1 + s, 1 + s) on every p_ki, whose maximum a posteriori EM climbs to; it keeps what was never seen
/// from being impossible.
/// </summary>
/// <remarks>The parameter theta holds the logits of the p_ki.</remarks>
public sealed class BernoulliMixture : Model<BernoulliMixtureOptions>, IMixture, IStepwise, IGenerative, IMarginal, ICompleter, IClustering, IFreeParameters
{
    private readonly Tensor _logits, theta;

    public BernoulliMixture(DataSpec spec, BernoulliMixtureOptions options, Rng rng)
        : base(spec, options)
    {
        _logits = Parameter("logits", Init.Zeros.Make(rng, options.Components));
        theta = Parameter("theta", new Init.Normal(0.1).Make(rng, options.Components, spec.Dimensions));
        Order = [.. Enumerable.Range(0, spec.Dimensions)];
    }

    public static Recipe<BernoulliMixtureOptions, BernoulliMixture, Batch> Recipe { get; } = new(
        "bernoulli-mixture",
        "Exact density of binary data: a mixture with independent bits within each component, fitted by EM; also gives soft clusters.",
        new("carreira2000identifiability", "Practical Identifiability of Finite Mixtures of Multivariate Bernoulli Distributions",
            "Carreira-Perpiñán, Miguel Á. and Renals, Steve", "Neural Computation", 2000, "12(1):141-152", Publication.Article),
        (model, options, _) => new ExpectationMaximisation<BernoulliMixture>(model, options.Em),
        new(Steps: 200, BatchSize: 0),
        DataNeed.Binary)
    {
        Smallest = new() { Components = 3, Em = new(Restarts: 2, Trial: 2) },
        Parameters = Count,
    };

    public IReadOnlyList<int> Order { get; }

    public BigInteger FreeParameters => Count(Spec, Options);

    int IMixture.Components => Options.Components;

    int IMixture.RowsAtOnce => Math.Max(1, (1 << 23) / (Options.Components + Spec.Dimensions));

    /// <summary>Equation 1.</summary>
    public Tensor LogProb(Tensor x) => LogJoint(Rows(x)).logsumexp(1);

    /// <summary>Equation 2.</summary>
    public Tensor Responsibilities(Tensor x) => LogJoint(Rows(x)).softmax(1);

    public Tensor LogMarginal(Tensor x, ReadOnlySpan<bool> given)
    {
        var (known, _) = Parts.Of(given, Spec);
        return LogJoint(Parts.Choose(Rows(x), known), Parts.Choose(theta, known)).logsumexp(1);
    }

    public Tensor Complete(Tensor x, ReadOnlySpan<bool> given, Rng rng)
    {
        using var noGrad = torch.no_grad();
        var (known, _) = Parts.Of(given, Spec);
        var rows = Rows(x);
        var posterior = LogJoint(Parts.Choose(rows, known), Parts.Choose(theta, known));
        var drawn = rng.Bernoulli(theta.index_select(0, new Categorical(posterior).Sample(rng)).sigmoid());
        var mask = Tensor.From(given, 1, given.Length).to(rows.device);
        return Examples(torch.where(mask, rows, drawn));
    }

    public IWalk Walk(int count) => new Posterior(this, count);

    public Tensor Sample(int count, Rng rng)
    {
        using var noGrad = torch.no_grad();
        rng = rng.PerExample();
        var component = new Categorical(_logits.unsqueeze(0).expand(count, Options.Components)).Sample(rng);
        return Examples(rng.Bernoulli(theta.index_select(0, component).sigmoid()));
    }

    public Tensor Rows(Tensor x) => Spec.Flat(x).to(theta.dtype);

    public Tensor LogJoint(Tensor rows) => LogJoint(rows, theta);

    Tensor IMixture.Comparable(Tensor rows) => rows;

    // Beta(1 + s, 1 + s) has the density p^s (1 − p)^s, less a constant.
    Tensor IMixture.NegativeLogPrior() => -Options.Smoothing * (theta.log_sigmoid() + (-theta).log_sigmoid()).sum().reshape(1);

    // Equation 3.
    void IMixture.Maximise(Tensor rows, Tensor r)
    {
        var (s, counts) = (Options.Smoothing, r.sum([0]));
        var ones = r.t().matmul(rows);
        theta.copy_((ones + s).log() - (counts.unsqueeze(1) - ones).clamp_min(0).add(s).log());
        _logits.copy_(counts.log());
    }

    private static BigInteger Count(DataSpec spec, BernoulliMixtureOptions options) => options.Components - 1 + ((BigInteger)options.Components * spec.Dimensions);

    // log π_k + Σ_i x_i·logit_ki + log(1 − p_ki)
    private Tensor LogJoint(Tensor rows, Tensor logits) => _logits.log_softmax(0) + (-logits).log_sigmoid().sum([1]) + rows.matmul(logits.t());

    private Tensor Examples(Tensor rows) => rows.to(ScalarType.Float32).reshape(Spec.BatchShape(rows.shape[0]));

    // The next bit by the components, each weighed by how well it explains the bits before.
    private sealed class Posterior(BernoulliMixture mixture, int count) : IWalk
    {
        private readonly Tensor _logWeights = mixture._logits.detach().log_softmax(0).unsqueeze(0).repeat(count, 1); // [n, k]
        private int i;

        public Density Next()
        {
            var (one, zero) = Bit();
            return new Bernoulli((_logWeights + one).logsumexp(1) - (_logWeights + zero).logsumexp(1));
        }

        public void Observe(Tensor values)
        {
            var (one, zero) = Bit();
            var x = values.to(_logWeights.dtype).unsqueeze(1);
            _logWeights.add_(x * one + (1 - x) * zero);
            i++;
        }

        // log p_ki and log(1 − p_ki) [k].
        private (Tensor One, Tensor Zero) Bit()
        {
            var logits = mixture.theta.detach().select(1, i);
            return (logits.log_sigmoid(), (-logits).log_sigmoid());
        }
    }
}
