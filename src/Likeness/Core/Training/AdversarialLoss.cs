namespace Likeness;

/// <summary>What the critic and the generator minimise, given the critic's raw outputs; means over the batch.</summary>
/// <param name="Name">The name in options.</param>
/// <param name="Real">The critic's loss on real examples.</param>
/// <param name="Fake">The critic's loss on generated examples.</param>
/// <param name="Generator">The generator's loss on its examples.</param>
[JsonConverter(typeof(AdversarialLossChoice))]
public sealed record AdversarialLoss(string Name, Func<Tensor, Tensor> Real, Func<Tensor, Tensor> Fake, Func<Tensor, Tensor> Generator)
{
    /// <summary>Goodfellow et al. 2014, equation 1: −log D(x), −log(1 − D(G(z))), and log(1 − D(G(z))) for the generator.</summary>
    public static AdversarialLoss Minimax { get; } =
        new("minimax", r => (-r).softplus().mean(), f => f.softplus().mean(), f => -f.softplus().mean());

    /// <summary>Goodfellow et al. 2014, section 3: the generator minimises −log D(G(z)) instead, whose gradient does not vanish.</summary>
    public static AdversarialLoss NonSaturating { get; } =
        new("non-saturating", r => (-r).softplus().mean(), f => f.softplus().mean(), f => (-f).softplus().mean());

    /// <summary>Mao et al. 2017, with targets 1 and 0.</summary>
    public static AdversarialLoss LeastSquares { get; } =
        new("least-squares", r => (r - 1).square().mean(), f => f.square().mean(), f => (f - 1).square().mean());

    /// <summary>Lim and Ye 2017; Miyato et al. 2018.</summary>
    public static AdversarialLoss Hinge { get; } =
        new("hinge", r => (1 - r).relu().mean(), f => (1 + f).relu().mean(), f => -f.mean());

    /// <summary>Arjovsky et al. 2017; needs a penalty that keeps the critic's slope in bounds.</summary>
    public static AdversarialLoss Wasserstein { get; } =
        new("wasserstein", r => -r.mean(), f => f.mean(), f => -f.mean());

    /// <summary>The same with Karras et al. 2018's drift, appendix A.1: 0.001·E D(x)² on real examples keeps the critic's outputs near zero, where only differences count.</summary>
    public static AdversarialLoss WassersteinDrift { get; } =
        new("wasserstein-drift", r => 0.001 * r.square().mean() - r.mean(), f => f.mean(), f => -f.mean());

    public override string ToString() => Name;
}

internal sealed class AdversarialLossChoice() : NamedChoice<AdversarialLoss>("adversarial loss", l => l.Name,
    AdversarialLoss.NonSaturating, AdversarialLoss.Minimax, AdversarialLoss.LeastSquares, AdversarialLoss.Hinge, AdversarialLoss.Wasserstein,
    AdversarialLoss.WassersteinDrift);
