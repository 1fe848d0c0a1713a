namespace Likeness;

/// <summary>What the critic and the generator minimise, given the critic's raw outputs.</summary>
/// <param name="Name">The name in options.</param>
/// <param name="OfReal">The critic's loss by each of its outputs on real examples.</param>
/// <param name="OfFake">The critic's loss by each of its outputs on generated examples.</param>
/// <param name="OfWish">The generator's loss by each of the critic's outputs on its examples.</param>
[JsonConverter(typeof(AdversarialLossChoice))]
public sealed record AdversarialLoss(string Name, Func<Tensor, Tensor> OfReal, Func<Tensor, Tensor> OfFake, Func<Tensor, Tensor> OfWish)
{
    /// <summary>Goodfellow et al. 2014, equation 1: −log D(x), −log(1 − D(G(z))), and log(1 − D(G(z))) for the generator.</summary>
    public static AdversarialLoss Minimax { get; } =
        new("minimax", r => (-r).softplus(), f => f.softplus(), f => -f.softplus());

    /// <summary>Goodfellow et al. 2014, section 3: the generator minimises −log D(G(z)) instead, whose gradient does not vanish.</summary>
    public static AdversarialLoss NonSaturating { get; } =
        new("non-saturating", r => (-r).softplus(), f => f.softplus(), f => (-f).softplus());

    /// <summary>Mao et al. 2017, with targets 1 and 0.</summary>
    public static AdversarialLoss LeastSquares { get; } =
        new("least-squares", r => (r - 1).square(), f => f.square(), f => (f - 1).square());

    /// <summary>Lim and Ye 2017; Miyato et al. 2018.</summary>
    public static AdversarialLoss Hinge { get; } =
        new("hinge", r => (1 - r).relu(), f => (1 + f).relu(), f => -f);

    /// <summary>Arjovsky et al. 2017; needs a penalty that keeps the critic's slope in bounds.</summary>
    public static AdversarialLoss Wasserstein { get; } =
        new("wasserstein", r => -r, f => f, f => -f);

    /// <summary>The same with Karras et al. 2018's drift, appendix A.1: 0.001·E D(x)² on real examples keeps the critic's outputs near zero, where only differences count.</summary>
    public static AdversarialLoss WassersteinDrift { get; } =
        new("wasserstein-drift", r => 0.001 * r.square() - r, f => f, f => -f);

    /// <summary>The critic's loss on real examples, a mean over its outputs.</summary>
    public Tensor Real(Tensor outputs) => OfReal(outputs).mean();

    /// <summary>The critic's loss on generated examples, a mean over its outputs.</summary>
    public Tensor Fake(Tensor outputs) => OfFake(outputs).mean();

    /// <summary>The generator's loss on its examples, a mean over the critic's outputs.</summary>
    public Tensor Generator(Tensor outputs) => OfWish(outputs).mean();

    public override string ToString() => Name;
}

internal sealed class AdversarialLossChoice() : NamedChoice<AdversarialLoss>("adversarial loss", l => l.Name,
    AdversarialLoss.NonSaturating, AdversarialLoss.Minimax, AdversarialLoss.LeastSquares, AdversarialLoss.Hinge, AdversarialLoss.Wasserstein,
    AdversarialLoss.WassersteinDrift);
