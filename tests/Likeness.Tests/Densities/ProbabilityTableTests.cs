namespace Likeness.Tests.Densities;

/// <summary>The rules of probability hold on every table, to rounding.</summary>
public sealed class ProbabilityTableTests
{
    private const int Tables = 100;

    // Sums of some hundred terms below one: rounding stays below 1e-14.
    private const double Rounding = 1e-12;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, Tables)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_chain_rule_holds_in_any_order(int seed)
    {
        var (table, random) = Random(seed);
        var order = Enumerable.Range(0, table.Levels.Count).ToArray();
        random.Shuffle(order);
        var again = ProbabilityTable.FromChain(table.ChainRule(order));
        Near.Equal(table.Marginal(order).Cells.ToArray(), again.Cells.ToArray(), Rounding);
        Assert.Equal(1, again.Cells.ToArray().Sum(), Rounding);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Bayes_rule_turns_conditionals_round(int seed)
    {
        var (table, _) = Random(seed);
        int[] a = [0], b = [1, 2];
        var posterior = table.Conditional(of: b, given: a).Bayes(table.Marginal(a));
        var expected = table.Conditional(of: a, given: b);
        for (var row = 0; row < table.Levels[1] * table.Levels[2]; row++)
        {
            for (var column = 0; column < table.Levels[0]; column++)
            {
                Assert.Equal(expected[row, column], posterior[row, column], Rounding);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_sum_and_the_product_rule_agree_with_sums_over_cells(int seed)
    {
        var (table, random) = Random(seed);
        var (k0, k2) = (random.Next(table.Levels[0]), random.Next(table.Levels[2]));
        var marginal = table.Marginal(2, 0);
        var (sum, total) = (0.0, 0.0);
        var other = Enumerable.Range(0, table.Levels.Count).Except([0, 2]).ToArray();
        var condition = table.Condition((0, k0), (2, k2));
        Assert.Equal(other.Select(i => table.Levels[i]), condition.Levels);
        for (var cell = 0; cell < condition.Cells.Length; cell++)
        {
            var (values, rest) = (new int[table.Levels.Count], cell);
            (values[0], values[2]) = (k0, k2);
            foreach (var i in other.Reverse())
            {
                (values[i], rest) = (rest % table.Levels[i], rest / table.Levels[i]);
            }

            sum += table[values];
            total += condition.Cells[cell];
            Assert.Equal(table[values], condition.Cells[cell] * marginal[k2, k0], Rounding);
        }

        Assert.Equal(marginal[k2, k0], sum, Rounding);
        Assert.Equal(1, total, Rounding);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Independence_is_seen_where_it_is_and_nowhere_else(int seed)
    {
        var random = new Random(seed);
        // c → a, c → b: what they have in common, and nothing else, ties a and b together.
        var c = Table(random, 3);
        var joint = Rows(random, [3], [4]).Joint(c);                       // c, a
        var b = Rows(random, [3], [2]);
        var repeated = ConditionalTable.Normalised([3, 4], [2], [.. Enumerable.Range(0, 24).Select(i => b[i / 8, i % 2])]);
        var table = repeated.Joint(joint);                                 // c, a, b
        Assert.True(table.Independent([1], [2], given: 0));
        Assert.False(table.Independent([1], [2]));
        Assert.Equal(0, table.MutualInformation([1], [2], 0), Rounding);
        Assert.True(table.MutualInformation([1], [2]) > 1e-9);

        // A product of marginals is independent in every way.
        var product = ProbabilityTable.FromChain([ConditionalTable.Normalised([], [3], c.Cells), ConditionalTable.Normalised([3], [2], [.. Enumerable.Repeat(b[0, 0], 3).SelectMany(p => (double[])[p, 1 - p])])]);
        Assert.True(product.Independent([0], [1]));
        Assert.Equal(c.Entropy(), product.Marginal(0).Entropy(), Rounding);

        // A random table is not.
        Assert.False(Random(seed).Table.Independent([0], [1]));
    }

    [Fact]
    public void What_makes_no_table_is_refused()
    {
        var table = ProbabilityTable.Normalised([2, 2], [1, 0, 1, 0]);
        Assert.Contains("give one for each", Message(() => ProbabilityTable.Normalised([2, 2], [1, 2, 3])), StringComparison.Ordinal);
        Assert.Contains("at least 0", Message(() => ProbabilityTable.Normalised([2], [1, -1])), StringComparison.Ordinal);
        Assert.Contains("positive", Message(() => ProbabilityTable.Normalised([2], [0, 0])), StringComparison.Ordinal);
        Assert.Contains("probability zero", Message(() => table.Condition((1, 1))), StringComparison.Ordinal);
        Assert.Contains("cannot be 2", Message(() => table.Condition((0, 2))), StringComparison.Ordinal);
        Assert.Contains("no variable 5", Message(() => table.Marginal(5)), StringComparison.Ordinal);
        Assert.Contains("named twice", Message(() => table.Marginal(1, 1)), StringComparison.Ordinal);
        Assert.Contains("give one for each", Message(() => _ = table[0]), StringComparison.Ordinal);

        // Nothing is known after what never happens.
        Assert.Equal(0.5, table.Conditional([0], [1])[1, 0]);
    }

    private static string Message(Action action) => Assert.Throws<UsageException>(action).Message;

    // Three or four variables of two to four values each.
    private static (ProbabilityTable Table, Random Random) Random(int seed)
    {
        var random = new Random(seed);
        var levels = Enumerable.Range(0, random.Next(3, 5)).Select(_ => random.Next(2, 5)).ToArray();
        return (Table(random, levels), random);
    }

    private static ProbabilityTable Table(Random random, params int[] levels) =>
        ProbabilityTable.Normalised(levels, [.. Enumerable.Range(0, levels.Aggregate(1, (a, b) => a * b)).Select(_ => random.NextDouble())]);

    private static ConditionalTable Rows(Random random, int[] given, int[] of) =>
        ConditionalTable.Normalised(given, of, [.. Enumerable.Range(0, given.Concat(of).Aggregate(1, (a, b) => a * b)).Select(_ => random.NextDouble())]);
}
