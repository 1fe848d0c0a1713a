namespace Likeness.Tests;

/// <summary>The G-test and the χ² that it is judged by.</summary>
public sealed class IndependenceTestTests
{
    // For even ν the chance is e^{−x/2} Σ_{j<ν/2} (x/2)^j / j!; for ν = 1 it is erfc √(x/2).
    [Theory]
    [InlineData(0.01, 1, 0.920344325445942)]
    [InlineData(3.84, 1, 0.05004352124870509)]
    [InlineData(100, 1, 1.5239706048320995e-23)]
    [InlineData(2, 2, 0.36787944117144233)]
    [InlineData(1e-3, 4, 0.9999998750416562)]
    [InlineData(18.307, 10, 0.05000058909139826)]
    [InlineData(60, 100, 0.9994811085374519)]
    [InlineData(124.34, 100, 0.05001334054630618)]
    [InlineData(300, 100, 7.41210085732288e-22)]
    [InlineData(0, 3, 1)]
    public void The_tail_of_chi_squared_is_known(double x, int freedom, double expected) =>
        Assert.Equal(1, ChiSquared.Survival(x, freedom) / expected, 1e-9);

    [Fact]
    public void The_gamma_function_interpolates_the_factorials()
    {
        var log = 0.0;
        for (var n = 1; n < 170; n++)
        {
            Assert.Equal(log, ChiSquared.LogGamma(n), 1e-12 * Math.Max(1, log));
            log += Math.Log(n);
        }

        Assert.Equal(Math.Log(Math.PI) / 2, ChiSquared.LogGamma(0.5), 1e-13);
    }

    [Fact]
    public void G_is_twice_the_information_of_the_counts()
    {
        var (a, b) = Cells([10, 20, 30, 40]);
        var test = IndependenceTest.G(a, b);
        Assert.Equal(0.8043486460964835, test.Statistic, 1e-9);
        Assert.Equal(1, test.DegreesOfFreedom);
        Assert.Equal(0.36979636792989634, test.PValue, 1e-9);

        // As the table of the same counts says.
        Assert.Equal(2 * 100 * ProbabilityTable.Normalised([2, 2], [10, 20, 30, 40]).MutualInformation([0], [1]), test.Statistic, 1e-9);
    }

    [Fact]
    public void Independent_variables_are_called_dependent_as_often_as_the_level_says()
    {
        const int tests = 2000;
        var random = new Random(3);
        var alarms = 0;
        for (var t = 0; t < tests; t++)
        {
            var (a, b, c) = (new int[400], new int[400], new int[400]);
            for (var i = 0; i < a.Length; i++)
            {
                // Both follow c, and nothing but c.
                c[i] = random.Next(2);
                a[i] = random.NextDouble() < (c[i] == 0 ? 0.3 : 0.7) ? 1 : 0;
                b[i] = random.Next(2) + (random.NextDouble() < (c[i] == 0 ? 0.5 : 0.4) ? 1 : 0);
            }

            var test = IndependenceTest.G(a, b, c);
            Assert.Equal(4, test.DegreesOfFreedom);
            alarms += test.PValue < 0.05 ? 1 : 0;
        }

        // Binomial with deviation √(0.05·0.95/2000) = 0.005, and G runs a little high on finite counts.
        Assert.InRange((double)alarms / tests, 0.035, 0.07);
    }

    [Fact]
    public void Dependence_is_found_and_explained_by_the_common_cause()
    {
        var random = new Random(4);
        var (a, b, c) = (new int[3000], new int[3000], new int[3000]);
        for (var i = 0; i < a.Length; i++)
        {
            c[i] = random.Next(3);
            a[i] = random.NextDouble() < 0.2 + (0.3 * c[i]) ? 1 : 0;
            b[i] = random.NextDouble() < 0.2 + (0.3 * c[i]) ? 1 : 0;
        }

        Assert.True(IndependenceTest.G(a, b).PValue < 1e-10);
        Assert.True(IndependenceTest.G(a, b, c).PValue > 0.01);
        Assert.True(IndependenceTest.G(a, a, c).PValue < 1e-100);
    }

    [Fact]
    public void Constants_tell_nothing_and_lists_must_match()
    {
        Assert.Equal(new IndependenceTest(0, 0, 1), IndependenceTest.G([1, 1, 1], [0, 1, 0]));
        Assert.Contains("same examples", Assert.Throws<UsageException>(() => IndependenceTest.G([1], [0, 1])).Message, StringComparison.Ordinal);
    }

    // Examples with these counts in the cells 00, 01, 10, 11.
    private static (int[] A, int[] B) Cells(int[] counts) => (
        [.. counts.SelectMany((n, cell) => Enumerable.Repeat(cell / 2, n))],
        [.. counts.SelectMany((n, cell) => Enumerable.Repeat(cell % 2, n))]);
}
