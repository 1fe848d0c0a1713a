namespace Likeness.Tests;

public sealed class AnomaliesTests
{
    [Fact]
    public void A_p_value_counts_held_out_examples_that_are_no_more_likely()
    {
        // Of nine held-out scores 1 … 9 and the example itself: (1 + how many are ≤) / 10.
        var p = Anomalies.PValues([0, 1, 4.5, 100], [5, 1, 9, 2, 7, 3, 8, 4, 6]);
        Assert.Equal([0.1, 0.2, 0.5, 1], p);
    }

    [Fact]
    public void P_values_of_ordinary_examples_are_uniform()
    {
        var random = new Rng(3);
        var heldOut = random.Normal(2000).ToArray<double>();
        var p = Anomalies.PValues(random.Normal(4000).ToArray<double>(), heldOut);
        foreach (var level in new[] { 0.05, 0.25, 0.5, 0.9 })
        {
            // Binomial error of both samples: √(α(1 − α)(1/4000 + 1/2000)), four of them.
            var error = Math.Sqrt(level * (1 - level) * ((1 / 4000.0) + (1 / 2000.0)));
            Assert.InRange(p.Count(v => v <= level) / 4000.0, level - (4 * error), level + (4 * error));
        }
    }

    [Fact]
    public void Auroc_is_the_share_of_pairs_in_order()
    {
        double[] ordinary = [3, 1, 4, 1, 5];
        double[] anomalies = [2, 1, 0];
        var pairs = ordinary.SelectMany(_ => anomalies, (o, a) => o > a ? 1 : o == a ? 0.5 : 0).Average();
        Assert.Equal(pairs, Anomalies.Auroc(ordinary, anomalies), 12);
        Assert.Equal(1, Anomalies.Auroc([2, 3], [0, 1]));
        Assert.Equal(0.5, Anomalies.Auroc([1, 1], [1]));
    }

    [Fact]
    public void The_false_discovery_threshold_is_Benjamini_and_Hochbergs()
    {
        // Their own example (1995, section 3.2) at 0.05: the four smallest are called.
        double[] p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0];
        Assert.Equal(0.0095, Anomalies.FalseDiscoveryThreshold(p, 0.05));
        Assert.True(Anomalies.FalseDiscoveryThreshold([0.5, 0.9], 0.05) < 0);
    }

    [Fact]
    public void Groups_that_are_empty_are_refused()
    {
        Assert.Throws<DataException>(() => Anomalies.Auroc([], [1]));
        Assert.Throws<DataException>(() => Anomalies.PValues([1], []));
    }

    [Fact]
    public void The_least_rate_is_where_an_example_begins_to_be_called()
    {
        double[] p = [0.001, 0.2, 0.03, 0.03, 0.9, 0.012, 0.4];
        var rates = Anomalies.LeastRates(p);
        // By hand: 7/1 · 0.001, and 7/4 · 0.03 for the tie, which the fourth makes smaller than the third would.
        Assert.Equal(0.007, rates[0], 12);
        Assert.Equal(7 * 0.03 / 4, rates[2], 12);
        Assert.Equal(rates[2], rates[3], 12);
        foreach (var rate in new[] { 0.004, 0.01, 0.05, 0.06, 0.3, 0.5, 0.99 })
        {
            var threshold = Anomalies.FalseDiscoveryThreshold(p, rate);
            Assert.All(Enumerable.Range(0, p.Length), i => Assert.Equal(p[i] <= threshold, rates[i] <= rate));
        }
    }
}
