namespace Likeness.Tests.Applications.Private;

/// <summary>Attacks on mechanisms and models of which it is known what they give away.</summary>
public sealed class MembershipAttackTests
{
    private const double Delta = 1e-5;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 20)];

    // Every trial is a sum of one example's 1, or of nothing, with Normal noise: the attack sees the sum itself, so nobody can do better.
    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_bound_of_an_attack_on_a_Gaussian_mechanism_is_below_its_ledger(int seed)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var noise in new[] { 0.5, 1.0, 3.0 })
        {
            var rng = new Rng((ulong)seed).Fork($"{noise}");
            double[] Trials(double value) => (rng.Normal(2000) * noise + value).ToArray<double>();
            var attack = MembershipAttack.Of("sum", Trials(1), Trials(0), Delta, rng);
            var ledger = new PrivacyLedger([new(noise, 1, 1)], Delta).Epsilon(1).Value;
            Assert.InRange(attack.Epsilon.Value, 0, ledger);

            // The AUROC of two Normals a distance of 1/σ apart is Φ(1/(σ√2)); five standard errors.
            var exact = Special.LogNdtr(Tensor.From([1 / (noise * Math.Sqrt(2))], 1)).exp().ToDouble();
            Assert.Equal(exact, attack.Auroc.Value, 5 * attack.Auroc.StandardError);
        }
    }

    // A strong attack is no accident: at σ = 0.5, where the ledger says 10.2, the bound is above 1.
    [Fact]
    public void An_attack_that_succeeds_proves_something()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(1);
        var attack = MembershipAttack.Of("sum", (rng.Normal(2000) * 0.5 + 1).ToArray<double>(), (rng.Normal(2000) * 0.5).ToArray<double>(), Delta, rng);
        Assert.InRange(attack.Epsilon.Value, 1, 10.2);
        Assert.True(attack.TruePositives > attack.FalsePositives);
    }

    [Fact]
    public void Where_members_look_like_others_nothing_is_proved()
    {
        using var scope = torch.NewDisposeScope();
        var right = 0;
        for (var seed = 0; seed < 100; seed++)
        {
            var rng = new Rng((ulong)seed);
            right += MembershipAttack.Of("noise", rng.Normal(500).ToArray<double>(), rng.Normal(500).ToArray<double>(), Delta, rng).Epsilon.Value > 0 ? 1 : 0;
        }

        // Right with 95 % confidence: of 100, more than 12 wrong ones have a chance below 0.002.
        Assert.InRange(right, 0, 12);
    }

    [Fact]
    public void Ties_count_half_and_few_examples_are_refused()
    {
        Assert.Equal(0.5, MembershipAttack.AurocOf([1, 1, 1], [1, 1]).Value, 1e-12);
        Assert.Equal(0.75, MembershipAttack.AurocOf([2, 2], [1, 2]).Value, 1e-12);
        Assert.Throws<UsageException>(() => MembershipAttack.Of("few", [1, 2, 3], [1, 2, 3, 4], Delta, new Rng(0)));
    }

    // Tables of Clopper and Pearson: 95 % two-sided for 0, 1, 5 and 10 of 10 (each end 97.5 %).
    [Theory]
    [InlineData(0, 10, 0, 0.3085)]
    [InlineData(1, 10, 0.0025, 0.4450)]
    [InlineData(5, 10, 0.1871, 0.8129)]
    [InlineData(10, 10, 0.6915, 1)]
    [InlineData(30, 1000, 0.0203, 0.0426)]
    public void Bounds_on_a_chance_are_those_of_the_tables(int times, int of, double low, double high)
    {
        Assert.Equal(low, BinomialInterval.Lower(times, of, 0.975), 1e-4);
        Assert.Equal(high, BinomialInterval.Upper(times, of, 0.975), 1e-4);
    }
}
