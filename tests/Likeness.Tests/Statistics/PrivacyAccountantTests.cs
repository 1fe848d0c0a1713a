namespace Likeness.Tests.Statistics;

/// <summary>Accountants against published values, against exact ones, and against each other.</summary>
public sealed class PrivacyAccountantTests
{
    private const double Delta = 1e-5;

    public static TheoryData<double, double, long> Grid
    {
        get
        {
            var grid = new TheoryData<double, double, long>();
            foreach (var noise in new[] { 0.6, 1.0, 2.0, 6.0 })
            {
                foreach (var rate in new[] { 0.001, 0.02, 0.3 })
                {
                    foreach (var times in new long[] { 1, 40, 2000 })
                    {
                        grid.Add(noise, rate, times);
                    }
                }
            }

            return grid;
        }
    }

    // The values that the tutorial of TensorFlow Privacy lists for MNIST (batches of 256 of 60000), by Mironov's conversion.
    [Theory]
    [InlineData(1.3, 15, 1.19)]
    [InlineData(1.3, 20, 1.34)]
    [InlineData(1.1, 60, 3.01)]
    [InlineData(0.7, 45, 7.10)]
    [InlineData(0.7, 70, 8.68)]
    public void Published_values_come_out(double noise, int epochs, double epsilon)
    {
        const double rate = 256.0 / 60000;
        NoisySum[] sums = [new(noise, rate, (long)(epochs / rate))];
        Assert.Equal(epsilon, RenyiAccountant.Epsilon(sums, Delta, RenyiConversion.Mironov), 0.01);
        var (canonne, tight) = (RenyiAccountant.Epsilon(sums, Delta), PrivacyLoss.Epsilon(sums, Delta));
        Assert.InRange(canonne, 0, epsilon);
        Assert.InRange(tight, 0.8 * canonne, canonne);
    }

    [Theory]
    [MemberData(nameof(Grid))]
    public void The_tight_bound_is_never_above_the_one_of_Rényi(double noise, double rate, long times)
    {
        NoisySum[] sums = [new(noise, rate, times)];
        var tight = PrivacyLoss.Epsilon(sums, Delta);
        var canonne = RenyiAccountant.Epsilon(sums, Delta);
        Assert.InRange(tight, 0, canonne);
        Assert.InRange(canonne, 0, RenyiAccountant.Epsilon(sums, Delta, RenyiConversion.Mironov) + 1e-12);
    }

    // At the rate 1 the discretised distribution, which knows nothing of it, meets the formula of one Gaussian mechanism.
    [Theory]
    [InlineData(0.7, 1)]
    [InlineData(1.0, 1)]
    [InlineData(4.0, 9)]
    [InlineData(50, 400)]
    public void The_discretised_loss_of_a_Gaussian_mechanism_is_exact(double noise, long times)
    {
        NoisySum[] sums = [new(noise, 1, times)];
        foreach (var adds in new[] { false, true })
        {
            var window = LossDistribution.Window(sums, adds, 1e-4, 1e-11);
            var found = LossDistribution.Sum(sums, adds, 1e-4, window, 1e-11).Epsilon(Delta);
            var exact = GaussianMechanism.Epsilon(Math.Sqrt(times) / noise, Delta);
            Assert.InRange(found, exact, exact + 1e-4);
        }
    }

    // δ(0) of σ = 1 is 2Φ(½) − 1.
    [Fact]
    public void The_exact_mechanism_is_that_of_Balle_and_Wang()
    {
        Assert.Equal(0.3829249225, GaussianMechanism.Delta(1, 0), 1e-9);
        Assert.Equal(Delta, GaussianMechanism.Delta(1, GaussianMechanism.Epsilon(1, Delta)), 1e-12);
        Assert.Equal(2.0, GaussianMechanism.Epsilon(3 / GaussianMechanism.Noise(2, Delta, 9), Delta), 1e-6);
    }

    // δ by a sum over the noisy values themselves: the definition, for one use.
    [Theory]
    [InlineData(0.8, 0.1, 0.5)]
    [InlineData(1.5, 0.02, 0.1)]
    [InlineData(1.0, 0.5, 1.5)]
    public void One_sampled_use_has_the_delta_of_the_definition(double noise, double rate, double epsilon)
    {
        const double step = 1e-4;
        double most = 0;
        foreach (var adds in new[] { false, true })
        {
            var delta = 0.0;
            for (var y = -12 * noise; y < (12 * noise) + 1; y += step)
            {
                var (none, one) = (Normal(y, noise), Normal(y - 1, noise));
                var mixed = ((1 - rate) * none) + (rate * one);
                delta += Math.Max(0, adds ? none - (Math.Exp(epsilon) * mixed) : mixed - (Math.Exp(epsilon) * none)) * step;
            }

            most = Math.Max(most, delta);
        }

        // The grid of losses costs its step at most, and never less.
        Assert.InRange(PrivacyLoss.Delta([new(noise, rate, 1)], epsilon), most - 1e-9, (most * 1.001) + 1e-9);
    }

    [Fact]
    public void Whole_and_fractional_orders_meet()
    {
        foreach (var (noise, rate) in new[] { (0.7, 0.01), (1.3, 0.004), (4.0, 0.3) })
        {
            foreach (var order in new[] { 2, 5, 16 })
            {
                var whole = RenyiAccountant.Divergence(noise, rate, order);
                Assert.Equal(whole, RenyiAccountant.Divergence(noise, rate, order + 1e-9), 1e-6 * whole);
            }
        }
    }

    [Theory]
    [InlineData(1, 1e-5, 2000, 0.01)]
    [InlineData(3, 1e-5, 14062, 256.0 / 60000)]
    [InlineData(10, 1e-6, 300, 0.1)]
    [InlineData(0.1, 1e-5, 100, 1)]
    public void The_noise_that_is_found_keeps_the_budget_and_hardly_more(double epsilon, double delta, long times, double rate)
    {
        var noise = PrivacyLoss.Noise(epsilon, delta, times, rate);
        Assert.InRange(PrivacyLoss.Epsilon([new(noise, rate, times)], delta), 0.99 * epsilon, epsilon);
        Assert.True(PrivacyLoss.Epsilon([new(0.98 * noise, rate, times)], delta) > epsilon);
    }

    [Fact]
    public void Sums_of_several_kinds_add_up()
    {
        NoisySum a = new(1.2, 0.02, 200), b = new(6, 1, 3);
        var both = PrivacyLoss.Epsilon([a, b], Delta);
        Assert.InRange(both, Math.Max(PrivacyLoss.Epsilon([a], Delta), PrivacyLoss.Epsilon([b], Delta)), RenyiAccountant.Epsilon([a, b], Delta));
        Assert.Equal(PrivacyLoss.Epsilon([a with { Times = 400 }], Delta), PrivacyLoss.Epsilon([a, a], Delta), 1e-3);
        Assert.Equal(0, PrivacyLoss.Epsilon([a with { Times = 0 }], Delta));
    }

    [Fact]
    public void What_is_no_noisy_sum_is_refused()
    {
        Assert.Throws<UsageException>(() => PrivacyLoss.Epsilon([new(0, 0.1, 1)], Delta));
        Assert.Throws<UsageException>(() => PrivacyLoss.Epsilon([new(1, 1.5, 1)], Delta));
        Assert.Throws<UsageException>(() => PrivacyLoss.Epsilon([new(1, 0.5, 1)], 0));
        Assert.Throws<UsageException>(() => PrivacyLoss.Noise(-1, Delta, 10, 0.1));
    }

    private static double Normal(double y, double deviation) => Math.Exp(-(y * y) / (2 * deviation * deviation)) / (deviation * Math.Sqrt(2 * Math.PI));
}
