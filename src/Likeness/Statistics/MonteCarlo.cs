namespace Likeness;

/// <summary>Integrals as means over draws, each with its standard error.</summary>
public static class MonteCarlo
{
    // Pairs of an example and a draw that are looked at side by side: tens of megabytes.
    private const int PairsAtOnce = 1 << 21;

    /// <summary>
    /// log of the mean of n weights w = exp(log w), computed without overflow. By the delta method its standard error is that of the
    /// mean over the mean, s(w)/(√n·w̄). The logarithm of an unbiased estimate is biased downwards, by half the square of that.
    /// </summary>
    /// <param name="logWeights">log w of each draw; −∞ for a weight of zero.</param>
    public static Estimate LogMeanExp(ReadOnlySpan<double> logWeights)
    {
        if (logWeights.IsEmpty)
        {
            throw new ArgumentException("A mean needs at least one draw; there are none.", nameof(logWeights));
        }

        var largest = double.NegativeInfinity;
        foreach (var log in logWeights)
        {
            largest = Math.Max(largest, log);
        }

        if (double.IsNegativeInfinity(largest))
        {
            return new(largest, double.NaN);
        }

        var weights = new double[logWeights.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Exp(logWeights[i] - largest);
        }

        var mean = Estimate.Mean(weights);
        return new(largest + Math.Log(mean.Value), mean.StandardError / mean.Value);
    }

    /// <summary>
    /// The density of an infinite mixture, log p(x) = log ∫ p(x|z) p(z) dz, with z drawn from its prior. It works where the prior often
    /// hits what explains x; where it does not, the standard error says so, and a variational posterior is needed.
    /// </summary>
    /// <param name="x">Examples [n, …].</param>
    /// <param name="samples">Draws of z, the same ones for all examples.</param>
    /// <param name="prior">Draws so many z.</param>
    /// <param name="logLikelihood">log p(x|z) of every pair, [n, draws], from x and z.</param>
    /// <param name="rng">Where the draws come from.</param>
    /// <returns>One estimate for each example, in nats.</returns>
    public static Estimate[] InfiniteMixture(Tensor x, int samples, Func<int, Rng, Tensor> prior, Func<Tensor, Tensor, Tensor> logLikelihood, Rng rng)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        using var noGrad = torch.no_grad();
        var logs = new List<double>[x.shape[0]];
        for (var i = 0; i < logs.Length; i++)
        {
            logs[i] = new(samples);
        }

        var atOnce = (int)Math.Clamp(PairsAtOnce / x.shape[0], 1, samples);
        for (var done = 0; done < samples; done += atOnce)
        {
            using var scope = torch.NewDisposeScope();
            var count = Math.Min(atOnce, samples - done);
            var pairs = logLikelihood(x, prior(count, rng)).ToArray<double>();
            for (var i = 0; i < logs.Length; i++)
            {
                logs[i].AddRange(pairs.AsSpan(i * count, count));
            }
        }

        return Array.ConvertAll(logs, l => LogMeanExp(l.ToArray()));
    }
}
