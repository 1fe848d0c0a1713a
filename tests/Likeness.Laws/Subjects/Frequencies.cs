namespace Likeness.Laws;

/// <summary>Pearson's test of counts against probabilities.</summary>
internal static class Frequencies
{
    /// <summary>Fails where the draws are not from the distribution; draws come from a fixed seed.</summary>
    public static void Agree(double[] probabilities, int[] drawn)
    {
        Assert.Equal(1, probabilities.Sum(), 1e-3);
        var counts = new double[probabilities.Length];
        foreach (var place in drawn)
        {
            counts[place]++;
        }

        // Outcomes expected less than ten times are counted as one, as the test's approximation asks.
        var (chi, kinds, rareExpected, rareCount) = (0.0, 0, 0.0, 0.0);
        for (var i = 0; i < counts.Length; i++)
        {
            var expected = probabilities[i] * drawn.Length;
            if (expected < 10)
            {
                (rareExpected, rareCount) = (rareExpected + expected, rareCount + counts[i]);
            }
            else
            {
                chi += Math.Pow(counts[i] - expected, 2) / expected;
                kinds++;
            }
        }

        if (rareExpected >= 10)
        {
            chi += Math.Pow(rareCount - rareExpected, 2) / rareExpected;
            kinds++;
        }

        // χ² has mean k − 1 and variance 2(k − 1); four deviations more is a chance of about 1e-4.
        Assert.True(kinds > 2, "Nearly all draws are one outcome: the test says nothing.");
        Assert.InRange(chi, 0, kinds - 1 + (4 * Math.Sqrt(2 * (kinds - 1))) + 4);
    }
}
