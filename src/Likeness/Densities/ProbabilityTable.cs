namespace Likeness;

/// <summary>
/// The joint distribution of a few discrete variables as a table in double precision, and the rules of probability on it. The
/// last variable changes fastest. For batches of examples there are the models; this is for looking into a distribution.
/// </summary>
public sealed class ProbabilityTable
{
    private readonly double[] _p;

    private ProbabilityTable(int[] levels, double[] p) => (Levels, _p) = (levels, p);

    /// <summary>How many values each variable has.</summary>
    public IReadOnlyList<int> Levels { get; }

    /// <summary>Every cell, the last variable changing fastest; they add up to one.</summary>
    public ReadOnlySpan<double> Cells => _p;

    /// <summary>The probability of one value for each variable.</summary>
    public double this[params ReadOnlySpan<int> values] => _p[Place(values)];

    /// <summary>A table from weights or counts, divided by their sum.</summary>
    /// <exception cref="UsageException">The weights do not fill the cells, or have no finite positive sum, or one is negative.</exception>
    public static ProbabilityTable Normalised(ReadOnlySpan<int> levels, ReadOnlySpan<double> weights)
    {
        var cells = 1;
        foreach (var count in levels)
        {
            cells = count > 0
                ? checked(cells * count)
                : throw new UsageException($"A variable with {count} values is none: give every variable at least 1.");
        }

        if (weights.Length != cells)
        {
            throw new UsageException($"{weights.Length} weights do not fill a table of {cells} cells: give one for each.");
        }

        var sum = 0.0;
        foreach (var w in weights)
        {
            sum += w >= 0 ? w : throw new UsageException($"A weight of {w} is no probability: weights must be at least 0.");
        }

        if (!(sum > 0 && double.IsFinite(sum)))
        {
            throw new UsageException($"Weights with the sum {sum} cannot be divided by it: give at least one that is positive and none that is infinite.");
        }

        var p = new double[cells];
        for (var i = 0; i < cells; i++)
        {
            p[i] = weights[i] / sum;
        }

        return new(levels.ToArray(), p);
    }

    /// <summary>The sum rule: p(x_A) = Σ p(x_A, the rest), with the variables in the order asked for.</summary>
    public ProbabilityTable Marginal(params ReadOnlySpan<int> variables)
    {
        Distinct(variables);
        var levels = Pick(variables);
        var p = new double[levels.Aggregate(1, (a, b) => a * b)];
        var values = new int[Levels.Count];
        for (var i = 0; i < _p.Length; i++)
        {
            var place = 0;
            for (var j = 0; j < variables.Length; j++)
            {
                place = (place * levels[j]) + values[variables[j]];
            }

            p[place] += _p[i];
            Advance(values);
        }

        return new(levels, p);
    }

    /// <summary>The distribution of the other variables, in their order, once some are known.</summary>
    /// <exception cref="UsageException">What is known has probability zero.</exception>
    public ProbabilityTable Condition(params ReadOnlySpan<(int Variable, int Value)> evidence)
    {
        var known = new int?[Levels.Count];
        foreach (var (variable, value) in evidence)
        {
            known[Existing(variable)] = value >= 0 && value < Levels[variable]
                ? value
                : throw new UsageException($"Variable {variable} cannot be {value}: its values are 0 to {Levels[variable] - 1}.");
        }

        var p = new List<double>();
        var values = new int[Levels.Count];
        foreach (var cell in _p)
        {
            var fits = true;
            for (var j = 0; j < values.Length && fits; j++)
            {
                fits = known[j] is not { } value || values[j] == value;
            }

            if (fits)
            {
                p.Add(cell);
            }

            Advance(values);
        }

        return p.Sum() > 0
            ? Normalised([.. Levels.Where((_, j) => known[j] is null)], p.ToArray())
            : throw new UsageException("What is given has probability zero, and nothing follows from it: give evidence that can happen.");
    }

    /// <summary>The product rule the other way round: p(x_A | x_B) = p(x_A, x_B) / p(x_B).</summary>
    public ConditionalTable Conditional(ReadOnlySpan<int> of, ReadOnlySpan<int> given)
    {
        var joint = Marginal([.. given, .. of]);
        return ConditionalTable.Normalised(Pick(given), Pick(of), joint._p);
    }

    /// <summary>The chain rule: p(x_1), p(x_2 | x_1), … p(x_n | all before it), in the order asked for.</summary>
    public IReadOnlyList<ConditionalTable> ChainRule(params ReadOnlySpan<int> order)
    {
        var variables = order.ToArray();
        return [.. Enumerable.Range(0, variables.Length).Select(i => Conditional([variables[i]], variables.AsSpan(0, i)))];
    }

    /// <summary>The product of such conditionals, each given all variables before it.</summary>
    public static ProbabilityTable FromChain(IEnumerable<ConditionalTable> conditionals) =>
        conditionals.Aggregate(new ProbabilityTable([], [1]), (joint, next) => next.Joint(joint));

    /// <summary>The largest |p(a, b | c) − p(a | c) p(b | c)| over all values where p(c) > 0; zero exactly where A and B do not depend on each other given C.</summary>
    public double Dependence(ReadOnlySpan<int> a, ReadOnlySpan<int> b, params ReadOnlySpan<int> given)
    {
        var (joint, of, other) = (Conditional([.. a, .. b], given), Conditional(a, given), Conditional(b, given));
        var c = Marginal(given);
        var (rows, columns) = (of.Columns, other.Columns);
        var most = 0.0;
        for (var context = 0; context < c._p.Length; context++)
        {
            for (var u = 0; u < rows && c._p[context] > 0; u++)
            {
                for (var v = 0; v < columns; v++)
                {
                    most = Math.Max(most, Math.Abs(joint[context, (u * columns) + v] - (of[context, u] * other[context, v])));
                }
            }
        }

        return most;
    }

    /// <summary>Whether A and B do not depend on each other given C (or at all, without C), to rounding.</summary>
    public bool Independent(ReadOnlySpan<int> a, ReadOnlySpan<int> b, params ReadOnlySpan<int> given) => Dependence(a, b, given) < 1e-12;

    /// <summary>H = −Σ p log p in nats.</summary>
    public double Entropy() => -_p.Where(p => p > 0).Sum(p => p * Math.Log(p));

    /// <summary>What A tells of B given C, in nats: H(A, C) + H(B, C) − H(A, B, C) − H(C).</summary>
    public double MutualInformation(ReadOnlySpan<int> a, ReadOnlySpan<int> b, params ReadOnlySpan<int> given) =>
        Marginal([.. a, .. given]).Entropy() + Marginal([.. b, .. given]).Entropy() - Marginal([.. a, .. b, .. given]).Entropy() - Marginal(given).Entropy();

    internal static ProbabilityTable Of(int[] levels, double[] p) => new(levels, p);

    private int[] Pick(ReadOnlySpan<int> variables)
    {
        var levels = new int[variables.Length];
        for (var j = 0; j < levels.Length; j++)
        {
            levels[j] = Levels[Existing(variables[j])];
        }

        return levels;
    }

    private int Existing(int variable) => variable >= 0 && variable < Levels.Count
        ? variable
        : throw new UsageException($"There is no variable {variable}: the table has the variables 0 to {Levels.Count - 1}.");

    private static void Distinct(ReadOnlySpan<int> variables)
    {
        for (var j = 1; j < variables.Length; j++)
        {
            if (variables[..j].Contains(variables[j]))
            {
                throw new UsageException($"Variable {variables[j]} is named twice: name each once.");
            }
        }
    }

    private int Place(ReadOnlySpan<int> values)
    {
        if (values.Length != Levels.Count)
        {
            throw new UsageException($"{values.Length} values do not name a cell of {Levels.Count} variables: give one for each.");
        }

        var place = 0;
        for (var j = 0; j < values.Length; j++)
        {
            place = values[j] >= 0 && values[j] < Levels[j]
                ? (place * Levels[j]) + values[j]
                : throw new UsageException($"Variable {j} cannot be {values[j]}: its values are 0 to {Levels[j] - 1}.");
        }

        return place;
    }

    // To the next cell.
    private void Advance(int[] values)
    {
        for (var j = values.Length - 1; j >= 0; j--)
        {
            values[j]++;
            if (values[j] < Levels[j])
            {
                return;
            }

            values[j] = 0;
        }
    }
}
