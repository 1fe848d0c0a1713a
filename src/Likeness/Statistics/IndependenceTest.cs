namespace Likeness;

/// <summary>What a test of independence found.</summary>
/// <param name="Statistic">G, in nats times two.</param>
/// <param name="DegreesOfFreedom">Of the χ² that G follows where there is no dependence.</param>
/// <param name="PValue">The chance of so large a G where there is none.</param>
public readonly record struct IndependenceTest(double Statistic, int DegreesOfFreedom, double PValue)
{
    /// <summary>
    /// The G-test (Wilks 1938) of whether two variables depend on each other, given others or not:
    /// G = 2 Σ n_abc log (n_abc n_c / (n_ac n_bc)). Each context c adds (values of a seen − 1)·(values of b seen − 1) degrees of
    /// freedom. The χ² is an approximation, good where most expected counts are above five.
    /// </summary>
    /// <param name="a">The first variable's value in each example.</param>
    /// <param name="b">The second's.</param>
    /// <param name="given">The context's number in each example; empty for none.</param>
    /// <exception cref="UsageException">The examples differ in number.</exception>
    public static IndependenceTest G(ReadOnlySpan<int> a, ReadOnlySpan<int> b, ReadOnlySpan<int> given = default)
    {
        if (a.Length != b.Length || (given.Length != 0 && given.Length != a.Length))
        {
            throw new UsageException($"{a.Length}, {b.Length} and {given.Length} values are not of the same examples: give one of each for every example.");
        }

        var joint = new Dictionary<(int A, int B, int C), int>();
        var (ofA, ofB, ofC) = (new Dictionary<(int A, int C), int>(), new Dictionary<(int B, int C), int>(), new Dictionary<int, int>());
        for (var i = 0; i < a.Length; i++)
        {
            var c = given.Length == 0 ? 0 : given[i];
            joint[(a[i], b[i], c)] = joint.GetValueOrDefault((a[i], b[i], c)) + 1;
            ofA[(a[i], c)] = ofA.GetValueOrDefault((a[i], c)) + 1;
            ofB[(b[i], c)] = ofB.GetValueOrDefault((b[i], c)) + 1;
            ofC[c] = ofC.GetValueOrDefault(c) + 1;
        }

        var g = 2 * joint.Sum(n => n.Value * Math.Log((double)n.Value * ofC[n.Key.C] / ((double)ofA[(n.Key.A, n.Key.C)] * ofB[(n.Key.B, n.Key.C)])));
        var freedom = ofC.Keys.Sum(c => (ofA.Keys.Count(k => k.C == c) - 1) * (ofB.Keys.Count(k => k.C == c) - 1));
        // Rounding can leave a little less than nothing.
        return new(Math.Max(g, 0), freedom, freedom == 0 ? 1 : ChiSquared.Survival(g, freedom));
    }
}
