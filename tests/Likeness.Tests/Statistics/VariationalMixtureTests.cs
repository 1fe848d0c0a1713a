namespace Likeness.Tests.Statistics;

/// <summary>Mixtures of one variable whose number of components is found.</summary>
public sealed class VariationalMixtureTests
{
    [Fact]
    public void Components_that_are_there_are_found_and_others_lose_their_weight()
    {
        var random = new SplitMix64(5);
        var values = Enumerable.Range(0, 4000).Select(i => (i % 4) switch { 0 => -6 + (0.5 * random.Normal()), 1 => 3 + random.Normal(), _ => 10 + (0.2 * random.Normal()) }).ToArray();
        var fit = VariationalMixture.Fit(values, 10);
        Assert.Equal(1, fit.Weights.Sum(), 1e-9);
        // Of so many values a share is known to 0.02, a mean to 0.1 (six standard errors).
        foreach (var (mean, share) in new[] { (-6.0, 0.25), (3.0, 0.25), (10.0, 0.5) })
        {
            var near = fit.Means.Index().Where(m => Math.Abs(m.Item - mean) < 2.2).ToArray();
            Assert.InRange(near.Sum(m => fit.Weights[m.Index]), share - 0.02, share + 0.02);
            Assert.InRange(near.Sum(m => fit.Weights[m.Index] * m.Item) / near.Sum(m => fit.Weights[m.Index]), mean - 0.1, mean + 0.1);
        }
    }

    [Fact]
    public void A_value_that_many_rows_have_gets_a_narrow_component_of_its_own()
    {
        var random = new SplitMix64(5);
        var values = Enumerable.Range(0, 5000).Select(i => i % 10 == 0 ? 5000 + (1500 * random.Normal()) : 0.0).ToArray();
        var fit = VariationalMixture.Fit(values, 10);
        var atom = Enumerable.Range(0, fit.Means.Length).MinBy(j => Math.Abs(fit.Means[j]));
        Assert.InRange(fit.Weights[atom], 0.88, 0.92);
        Assert.InRange(fit.Means[atom], -1, 1);
        Assert.InRange(fit.Deviations[atom], 0, 2);
    }

    [Fact]
    public void Scores_are_Normal_and_go_back()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(1);
        var x = torch.stack([rng.Normal(3000).exp(), torch.where(rng.Uniform(3000) < 0.4, rng.Normal(3000) - 4, (rng.Normal(3000) * 0.5) + 3)], 1);
        var modes = new NumberModes(2, rng);
        modes.Fit(x);
        var z = modes.Scores(x);
        var (mean, deviation) = (z.mean([0]).ToArray<float>(), z.std([0]).ToArray<float>());
        // A mixture of at most ten Normals fits these within a few hundredths.
        Assert.All(mean, m => Assert.InRange(m, -0.06, 0.06));
        Assert.All(deviation, d => Assert.InRange(d, 0.94, 1.06));
        var back = modes.FromScores(z);
        Assert.True(((back - x).abs() / (x.abs() + 0.1)).max().ToDouble() < 1e-3);
        // The density of a value is that of its score times the slope, by a central difference.
        var (at, h) = (Tensor.From<double>([1.3, -3.7], 1, 2).to(ScalarType.Float64), 1e-4);
        modes.to(ScalarType.Float64);
        var slope = (modes.Scores(at + h) - modes.Scores(at - h)) / (2 * h);
        var expected = -(0.5 * modes.Scores(at).square()) - (0.5 * Math.Log(2 * Math.PI)) + slope.log();
        Assert.True((modes.LogProb(at) - expected).abs().max().ToDouble() < 1e-5);
    }
}
