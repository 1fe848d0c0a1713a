namespace Likeness.Laws;

/// <summary>What every exact density of real data keeps: it integrates to one. Checked in the plane, by adding up a fine grid.</summary>
public sealed class IntegralLaws
{
    // From −Reach to Reach in steps of Step: small data lies within ±2 and varies over some tenths.
    private const double Reach = 8, Step = 0.02;

    public static TheoryData<string, string> Densities => Cases.Of<IDensity>(s => s.Domain is Domain.Real && s.Dimensions == 2);

    [Theory]
    [MemberData(nameof(Densities))]
    public void A_density_of_the_plane_integrates_to_one(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 60);
        subject.Model.to(ScalarType.Float64);
        var density = (IDensity)subject.Model;
        var side = (int)(2 * Reach / Step);
        var line = Enumerable.Range(0, side).Select(i => -Reach + ((i + 0.5) * Step)).ToArray();
        var column = Tensor.From(line, side, 1);
        var (total, least, most) = (0.0, double.PositiveInfinity, double.NegativeInfinity);
        foreach (var x in line)
        {
            using var row = torch.NewDisposeScope();
            using var noGrad = torch.no_grad();
            var logProb = density.LogProb(torch.cat([column.full_like(x), column], 1).reshape(subject.Spec.BatchShape(side)));
            total += logProb.exp().sum().ToDouble() * Step * Step;
            (least, most) = (Math.Min(least, logProb.min().ToDouble()), Math.Max(most, logProb.max().ToDouble()));
        }

        // What lies beyond the grid, where the model can be asked for it.
        var outside = 0.0;
        if (subject.Model is IGenerative generative)
        {
            using var noGrad = torch.no_grad();
            outside = generative.Sample(20_000, new Rng(4)).flatten(1).abs().amax([1]).gt(Reach).to(ScalarType.Float64).mean().ToDouble();
        }

        // The sum's own error is of the order of Step² times the density's curvature; draws beyond the grid are counted, not weighed.
        Assert.InRange(total + outside, 1 - 2e-3 - (3 * Math.Sqrt(outside / 20_000)), 1 + 2e-3 + (3 * Math.Sqrt(outside / 20_000)));
        Assert.True(most - least > 5, "The density is nearly uniform: nothing was learned.");
    }
}
