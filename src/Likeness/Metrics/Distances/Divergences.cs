namespace Likeness;

/// <summary>
/// How far two distributions are apart, in nats: exactly where there is a closed form, else estimated from draws with a standard
/// error.
/// </summary>
public static class Divergences
{
    private const int AtOnce = 1000;

    /// <summary>KL(p ‖ q) = Σ p log p/q of probabilities; infinite where q is 0 and p is not.</summary>
    /// <exception cref="ArgumentException">The lists differ in length, or are no probabilities.</exception>
    public static Score Kl(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        Check(p, q);
        var sum = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            sum += p[i] > 0 ? p[i] * Math.Log(p[i] / q[i]) : 0;
        }

        return Exact(sum, "nats");
    }

    /// <summary>Jensen and Shannon's: the mean of KL(p ‖ m) and KL(q ‖ m) with m = (p + q)/2; from 0 to log 2.</summary>
    /// <exception cref="ArgumentException">The lists differ in length, or are no probabilities.</exception>
    public static Score JensenShannon(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        Check(p, q);
        var middle = new double[p.Length];
        for (var i = 0; i < middle.Length; i++)
        {
            middle[i] = (p[i] + q[i]) / 2;
        }

        return Exact((Kl(p, middle).Value + Kl(q, middle).Value) / 2, "nats");
    }

    /// <summary>½ Σ |p − q|: the largest difference in the probability of any event; from 0 to 1.</summary>
    /// <exception cref="ArgumentException">The lists differ in length, or are no probabilities.</exception>
    public static Score TotalVariation(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        Check(p, q);
        var sum = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            sum += Math.Abs(p[i] - q[i]) / 2;
        }

        return Exact(sum, "probability");
    }

    /// <summary>KL(p ‖ q) = E_p[log p − log q] from draws of p.</summary>
    public static Score Kl<TP>(TP p, IDensity q, int draws, Rng rng) where TP : IDensity, IGenerative => Kl(Logs(p, p, q, draws, rng));

    /// <summary>Jensen and Shannon's divergence from draws of both.</summary>
    public static Score JensenShannon<TP, TQ>(TP p, TQ q, int draws, Rng rng) where TP : IDensity, IGenerative where TQ : IDensity, IGenerative =>
        JensenShannon(Logs(p, p, q, draws, rng), Logs(q, q, p, draws, rng));

    /// <summary>The total variation from draws of both.</summary>
    public static Score TotalVariation<TP, TQ>(TP p, TQ q, int draws, Rng rng) where TP : IDensity, IGenerative where TQ : IDensity, IGenerative =>
        TotalVariation(Logs(p, p, q, draws, rng), Logs(q, q, p, draws, rng));

    /// <summary>The mean of log own − log other over draws of the own distribution.</summary>
    internal static Score Kl((double Own, double Other)[] logs) =>
        Score.Mean(Array.ConvertAll(logs, l => l.Own - l.Other), "nats", Evidence.Estimate);

    /// <summary>½ E_p[log p/m] + ½ E_q[log q/m] with m = (p + q)/2; every draw gives at most log 2.</summary>
    internal static Score JensenShannon((double Own, double Other)[] ofP, (double Own, double Other)[] ofQ)
    {
        return Half(Part(ofP), Part(ofQ), "nats");

        // log own/m = log 2 − log(1 + other/own)
        static double[] Part((double Own, double Other)[] logs) => Array.ConvertAll(logs, l => Math.Log(2) - Softplus(l.Other - l.Own));

        static double Softplus(double v) => v > 30 ? v : Math.Log(1 + Math.Exp(v));
    }

    /// <summary>½ E_p[(1 − q/p)₊] + ½ E_q[(1 − p/q)₊], both of which are the total variation; every draw gives 0 … 1.</summary>
    internal static Score TotalVariation((double Own, double Other)[] ofP, (double Own, double Other)[] ofQ)
    {
        return Half(Part(ofP), Part(ofQ), "probability");

        static double[] Part((double Own, double Other)[] logs) => Array.ConvertAll(logs, l => Math.Max(0, 1 - Math.Exp(l.Other - l.Own)));
    }

    /// <summary>The log-densities of both at draws of one of them.</summary>
    private static (double Own, double Other)[] Logs(IGenerative drawn, IDensity own, IDensity other, int draws, Rng rng)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        var logs = new List<(double, double)>(draws);
        Chain.Parts(draws, AtOnce, (_, count) =>
        {
            var x = drawn.Sample(count, rng);
            logs.AddRange(own.LogProb(x).ToArray<double>().Zip(other.LogProb(x).ToArray<double>()));
        });

        return [.. logs];
    }

    private static Score Half(double[] ofP, double[] ofQ, string unit)
    {
        var (a, b) = (Score.Mean(ofP, unit, Evidence.Estimate), Score.Mean(ofQ, unit, Evidence.Estimate));
        var error = Math.Sqrt((a.StandardError * a.StandardError) + (b.StandardError * b.StandardError)) / 2;
        return new((a.Value + b.Value) / 2, error, unit, Evidence.Estimate, ofP.Length + ofQ.Length);
    }

    private static Score Exact(double value, string unit) => new(value, 0, unit, Evidence.Exact, 0);

    private static void Check(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        if (p.Length != q.Length)
        {
            throw new ArgumentException($"{p.Length} probabilities cannot be compared with {q.Length}: both distributions must be over the same values.", nameof(q));
        }

        Check(p, nameof(p));
        Check(q, nameof(q));
    }

    private static void Check(ReadOnlySpan<double> p, string name)
    {
        var sum = 0.0;
        foreach (var value in p)
        {
            sum += value >= 0 ? value : double.NaN;
        }

        if (!(Math.Abs(sum - 1) < 1e-6))
        {
            throw new ArgumentException($"The values of {name} add up to {sum}: probabilities are at least 0 and add up to 1.", name);
        }
    }
}
