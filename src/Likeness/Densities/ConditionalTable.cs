namespace Likeness;

/// <summary>The distribution of some discrete variables for all values of others, p(x_A | x_B), in double precision.</summary>
public sealed class ConditionalTable
{
    private readonly double[] _p;

    private ConditionalTable(int[] given, int[] of, double[] p) => (Given, Of, _p) = (given, of, p);

    /// <summary>How many values each given variable has.</summary>
    public IReadOnlyList<int> Given { get; }

    /// <summary>How many values each described variable has.</summary>
    public IReadOnlyList<int> Of { get; }

    /// <summary>Joint values of the described variables: the numbers of a row, which add up to one.</summary>
    public int Columns => Of.Aggregate(1, (a, b) => a * b);

    /// <summary>p(A | B) by the places of the joint values, of B and then of A; the last variable changes fastest.</summary>
    public double this[int given, int of] => _p[(given * Columns) + of];

    /// <summary>Rows of weights, each divided by its sum; a row without weight, which nothing is known about, becomes uniform.</summary>
    public static ConditionalTable Normalised(int[] given, int[] of, ReadOnlySpan<double> weights)
    {
        var columns = of.Aggregate(1, (a, b) => a * b);
        var p = weights.ToArray();
        for (var row = 0; row < p.Length; row += columns)
        {
            var cells = p.AsSpan(row, columns);
            var sum = 0.0;
            foreach (var w in cells)
            {
                sum += w;
            }

            foreach (ref var w in cells)
            {
                w = sum > 0 ? w / sum : 1.0 / columns;
            }
        }

        return new(given, of, p);
    }

    /// <summary>The product rule: p(x_B, x_A) = p(x_B) p(x_A | x_B), the given variables first.</summary>
    /// <exception cref="UsageException">The table is not over the given variables.</exception>
    public ProbabilityTable Joint(ProbabilityTable given)
    {
        if (!given.Levels.SequenceEqual(Given))
        {
            throw new UsageException(
                $"A table of {string.Join('x', given.Levels)} cells does not describe what is given, {string.Join('x', Given)}: pass the distribution of the given variables.");
        }

        var p = (double[])_p.Clone();
        for (var i = 0; i < p.Length; i++)
        {
            p[i] *= given.Cells[i / Columns];
        }

        return ProbabilityTable.Of([.. Given, .. Of], p);
    }

    /// <summary>Bayes' rule: p(x_B | x_A) = p(x_A | x_B) p(x_B) / p(x_A).</summary>
    /// <param name="given">p(x_B), the prior.</param>
    public ConditionalTable Bayes(ProbabilityTable given)
    {
        var joint = Joint(given);
        var (b, a) = (Enumerable.Range(0, Given.Count).ToArray(), Enumerable.Range(Given.Count, Of.Count).ToArray());
        return joint.Conditional(b, a);
    }
}
