namespace Likeness.Tests;

/// <summary>Distances between sets of points: exact on a line, in the limit of no blur, and as a test of its promised level.</summary>
public sealed class TransportTests
{
    [Fact]
    public void Sinkhorn_goes_to_Wasserstein_as_the_blur_goes_to_zero()
    {
        using var scope = torch.NewDisposeScope();
        var a = new Rng(1).Normal(40, 1).to(ScalarType.Float64);
        var b = new Rng(2).Normal(40, 1).to(ScalarType.Float64) * 1.5 + 0.7;
        // On a line the best plan goes in the order of the numbers.
        var exact = a.ToArray<double>().Order().Zip(b.ToArray<double>().Order(), (x, y) => Math.Abs(x - y)).Average();
        var last = double.PositiveInfinity;
        foreach (var epsilon in new[] { 1, 0.3, 0.1, 0.03, 0.01 })
        {
            var plan = Transport.Sinkhorn(a, b, epsilon, 1e-6);
            var error = Math.Abs(plan.Value - exact);

            // The entropic term lies between 0 and ε log n.
            Assert.InRange(plan.Value - exact, -1e-3 * epsilon, epsilon * Math.Log(40));
            Assert.True(error < last, $"A blur of {epsilon} is off by {error}, no less than {last} before.");
            last = error;
        }

        Assert.InRange(last, 0, 0.02);
        Assert.Throws<UsageException>(() => Transport.Sinkhorn(a, b, 0));
    }

    [Fact]
    public void The_divergence_of_equal_sets_is_zero_and_that_of_a_shift_its_length()
    {
        using var scope = torch.NewDisposeScope();
        var a = new Rng(1).Normal(100, 3).to(ScalarType.Float64);
        Assert.Equal(0, SinkhornDivergence.Between(a, a.clone(), 0.2).Value, 1e-4);

        // A shift far larger than the cloud costs its length: any plan across does, so its entropy is free, and only those within
        // the sets cost something, each at most ε log n.
        var far = SinkhornDivergence.Between(a, a + Tensor.From<double>([60, 0, 80], 3), 0.2);
        Assert.InRange(far.Value, 100 - (0.2 * Math.Log(100)), 100.02);
    }

    [Fact]
    public void The_kernel_test_rejects_as_often_as_it_says()
    {
        const int repeats = 200, n = 40;
        var p = Enumerable.Range(0, repeats).Select(r =>
        {
            using var scope = torch.NewDisposeScope();
            var rng = new Rng((ulong)(1000 + r));
            return MaximumMeanDiscrepancy.Test(rng.Normal(n, 2), rng.Normal(n, 2), 99, rng).PValue.Value;
        }).ToArray();

        // Under the hypothesis p ≤ α has probability α exactly for α a multiple of 1/100: 4 deviations of a binomial share.
        foreach (var alpha in new[] { 0.05, 0.2, 0.5 })
        {
            Assert.Equal(alpha, p.Count(v => v <= alpha + 1e-9) / (double)repeats, 4 * Math.Sqrt(alpha * (1 - alpha) / repeats));
        }
    }

    [Fact]
    public void The_kernel_test_sees_a_difference_and_its_estimate_is_unbiased()
    {
        const int repeats = 100, n = 60;
        var scores = Enumerable.Range(0, repeats).Select(r =>
        {
            using var scope = torch.NewDisposeScope();
            var rng = new Rng((ulong)(2000 + r));
            var same = MaximumMeanDiscrepancy.Test(rng.Normal(n, 2), rng.Normal(n, 2), 9, rng).Squared;
            var other = MaximumMeanDiscrepancy.Test(rng.Normal(n, 2), rng.Normal(n, 2) + 0.8, 49, rng);
            Assert.True(other.PValue.Value <= 0.05, $"The shift was missed at p = {other.PValue.Value}.");
            return (Same: same, Other: other.Squared);
        }).ToArray();

        // Of equal distributions the estimates have mean zero (some are negative), and the errors that they state are those they make.
        var mean = Score.Mean(scores.Select(s => s.Same.Value).ToArray(), "", Evidence.Estimate);
        Assert.InRange(Math.Abs(mean.Value), 0, 4 * mean.StandardError);
        Assert.Contains(scores, s => s.Same.Value < 0);
        foreach (var chosen in new Func<(Score Same, Score Other), Score>[] { s => s.Same, s => s.Other })
        {
            var deviation = Score.Mean(scores.Select(s => chosen(s).Value).ToArray(), "", Evidence.Estimate).StandardError * Math.Sqrt(repeats);
            Assert.InRange(scores.Average(s => chosen(s).StandardError) / deviation, 0.7, 1.5);
        }
    }

    [Fact]
    public void The_kernel_test_needs_equal_sets()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Throws<UsageException>(() => MaximumMeanDiscrepancy.Test(new Rng(1).Normal(5, 2), new Rng(2).Normal(4, 2), 9, new Rng(3)));
    }
}
