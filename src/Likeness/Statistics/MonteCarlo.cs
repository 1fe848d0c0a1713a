namespace Likeness;

/// <summary>Integrals as means over draws, each with its standard error.</summary>
public static class MonteCarlo
{
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
}
