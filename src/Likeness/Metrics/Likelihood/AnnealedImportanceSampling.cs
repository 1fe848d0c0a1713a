namespace Likeness;

/// <summary>
/// log p(x) of a model with latents by annealed importance sampling (Neal 2001; Wu et al. 2017): codes go from the prior to the posterior
/// through the distributions f_t(z) = p(z) p(x|z)^β_t with 0 = β_0 &lt; … &lt; β_T = 1, moved at each by Hamiltonian Monte Carlo, and
/// <code>w = Π_t f_t(z_{t−1}) / f_{t−1}(z_{t−1}),    E w = p(x).</code>
/// By Jensen's inequality the logarithm of the mean weight is a bound from below, in expectation. The same path backwards from an exact
/// draw of the posterior gives E 1/w = 1/p(x), and so a bound from above (bidirectional Monte Carlo, Grosse et al. 2015); such a draw is at hand
/// for examples that the model itself has made up.
/// </summary>
/// <param name="Steps">T: distributions on the way. More of them bring the bounds together.</param>
/// <param name="Chains">Independent paths for each example.</param>
/// <param name="Leapfrogs">Steps of each Hamiltonian trajectory.</param>
public sealed record AnnealedImportanceSampling(int Steps = 500, int Chains = 16, int Leapfrogs = 10)
{
    // Codes that go through the decoder at once.
    private const int RowsAtOnce = 1600;

    // δ of the schedule: how much of the way is spent near its ends, where the distributions change most (Wu et al. 2017, section 4).
    private const double Steepness = 4;

    // What the lengths of leapfrog steps are made to reach (Neal 2011, section 5.4.4), and how fast, in the logarithm, they change for it.
    private const double TargetAcceptance = 0.65;
    private const double Adaptation = 0.3;
    private const double FirstStep = 0.2;

    /// <summary>β_t = (σ(δ(2t/T − 1)) − σ(−δ)) / (σ(δ) − σ(−δ)), from 0 to 1.</summary>
    public static double Beta(double share)
    {
        static double Sigmoid(double v) => 1 / (1 + Math.Exp(-v));
        return (Sigmoid(Steepness * ((2 * share) - 1)) - Sigmoid(-Steepness)) / (Sigmoid(Steepness) - Sigmoid(-Steepness));
    }

    /// <summary>A bound from below on log p(x) in expectation, nats, for each example.</summary>
    /// <param name="model">A model with latents.</param>
    /// <param name="x">Examples [n, …].</param>
    /// <param name="rng">Where all randomness comes from.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    public double[] LowerBounds(ILatentVariable model, Tensor x, Rng rng, Action<double>? progress = null) =>
        InParts(x.shape[0], progress, (first, count, report) => Walk(model, x.narrow(0, first, count), model.SampleLatent((int)count * Chains, rng), false, rng, report));

    /// <summary>Bounds from below and above on log p(x), nats, for each of some examples that the model makes up.</summary>
    /// <param name="model">A model with latents.</param>
    /// <param name="spec">What its examples are.</param>
    /// <param name="count">How many.</param>
    /// <param name="rng">Where all randomness comes from.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    public (double[] Lower, double[] Upper) Sandwich(ILatentVariable model, DataSpec spec, int count, Rng rng, Action<double>? progress = null)
    {
        using var noGrad = torch.no_grad();
        return Chain.Value(() =>
        {
            var z = model.SampleLatent(count, rng);
            var x = model.Likelihood(z).Sample(rng).reshape(spec.BatchShape(count));
            var lower = LowerBounds(model, x, rng, share => progress?.Invoke(share / 2));
            var upper = InParts(count, share => progress?.Invoke((1 + share) / 2),
                (first, n, report) => Walk(model, x.narrow(0, first, n), Repeated(z.narrow(0, first, n)), true, rng, report));
            return (lower, upper);
        });
    }

    private double[] InParts(long count, Action<double>? progress, Func<long, long, Action<double>, double[]> measure)
    {
        if (Steps < 1 || Chains < 1 || Leapfrogs < 1)
        {
            throw new UsageException($"Annealing with {Steps} steps, {Chains} chains and {Leapfrogs} leapfrog steps is not possible: each must be at least 1.");
        }

        var atOnce = Math.Max(RowsAtOnce / Chains, 1);
        var all = new List<double>();
        Chain.Parts(count, atOnce, (first, n) => all.AddRange(measure(first, n, share => progress?.Invoke((first + (share * n)) / count))));
        return [.. all];
    }

    // One way or the other along the path. Backwards, the weights are those of the forward path that visits the same codes.
    private double[] Walk(ILatentVariable model, Tensor x, Tensor z, bool backwards, Rng rng, Action<double> report)
    {
        var examples = Repeated(x);
        var sampler = new HamiltonianMonteCarlo(z => (model.LogPrior(z), model.LogLikelihood(examples, z)), Leapfrogs, rng);
        var lengths = StepLengths(model, sampler, x.shape[0], rng);
        var logWeights = new double[x.shape[0] * Chains];
        Chain.Run(sampler.At(z).Rows, Enumerable.Range(0, Steps), (rows, done) =>
        {
            var point = new LatentPoint(rows);
            var t = backwards ? Steps - done : done + 1;
            var (before, beta) = (Beta((t - 1.0) / Steps), Beta((double)t / Steps));
            var logLikelihood = point.LogLikelihood.ToArray<double>();
            for (var i = 0; i < logWeights.Length; i++)
            {
                logWeights[i] += (beta - before) * logLikelihood[i];
            }

            report((done + 1.0) / Steps);
            var at = backwards ? t - 1 : t;
            return done == Steps - 1 ? rows : sampler.Move(point, backwards ? before : beta, Length(lengths[Math.Min(at * lengths.Length / Steps, lengths.Length - 1)], rows)).To.Rows;
        });

        // log of the mean over chains of w, or the negative log of that of 1/w.
        var sign = backwards ? -1 : 1;
        return [.. logWeights.Chunk(Chains).Select(chains => sign * MonteCarlo.LogMeanExp(Array.ConvertAll(chains, w => sign * w)).Value)];
    }

    // A trial run with a tenth of the distributions finds a length for each of them and each example. The lengths are then fixed: if they followed the
    // very chains that are weighed, the transitions would not leave their distributions invariant, and the bounds would be none.
    private double[][] StepLengths(ILatentVariable model, HamiltonianMonteCarlo sampler, long examples, Rng rng)
    {
        var lengths = new double[Math.Clamp(Steps / 10, 30, 200)][];
        var now = Enumerable.Repeat(FirstStep, (int)examples).ToArray();
        Chain.Run(sampler.At(model.SampleLatent((int)examples * Chains, rng)).Rows, Enumerable.Range(0, lengths.Length), (rows, t) =>
        {
            lengths[t] = [.. now];
            var (to, acceptance) = sampler.Move(new(rows), Beta((t + 1.0) / lengths.Length), Length(now, rows));
            var accepted = acceptance.reshape(examples, Chains).mean([1]).ToArray<double>();
            for (var i = 0; i < now.Length; i++)
            {
                now[i] *= Math.Exp(Adaptation * (accepted[i] - TargetAcceptance));
            }

            return to.Rows;
        });
        return lengths;
    }

    // One length for each chain, [rows, 1].
    private Tensor Length(double[] ofExamples, Tensor like) =>
        Repeated(Tensor.From(ofExamples, ofExamples.Length, 1).to(like.dtype).to(like.device));

    // Each row as many times as there are chains.
    private Tensor Repeated(Tensor rows)
    {
        long[] each = [.. rows.shape[1..]];
        return rows.unsqueeze(1).expand([rows.shape[0], Chains, .. each]).reshape([rows.shape[0] * Chains, .. each]);
    }
}
