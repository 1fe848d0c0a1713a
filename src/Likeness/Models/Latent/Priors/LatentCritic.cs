namespace Likeness;

/// <summary>
/// Tells codes drawn from a prior from those of an encoder, so the encoder can learn to be taken for the prior: the game of
/// Goodfellow et al. 2014 on codes, with the non-saturating loss.
/// </summary>
internal sealed class LatentCritic : Module
{
    private readonly Sequential _network;
    private readonly Func<Tensor, Tensor?>? _known;

    /// <param name="latent">Values of a code.</param>
    /// <param name="hidden">Units of the hidden layers, all ReLU.</param>
    /// <param name="rng">Where initial weights are drawn.</param>
    /// <param name="known">log p(z) of the prior, which is added to the output, so only −log q(z) is left to learn (Tolstikhin et al. 2018, appendix C).</param>
    public LatentCritic(int latent, IReadOnlyList<int> hidden, Rng rng, Func<Tensor, Tensor?>? known = null)
    {
        var layers = HiddenLayers.Rectified(latent, hidden, rng, new Init.Kaiming(), Init.Zeros);
        _network = Add("network", new Sequential([.. layers, new Linear(hidden.Count > 0 ? hidden[^1] : latent, 1, rng)]));
        _known = known;
    }

    /// <summary>The log-odds of codes [n, latent] being the prior's, [n].</summary>
    public Tensor LogOdds(Tensor z)
    {
        var odds = _network.Call(z).squeeze(1);
        return _known?.Invoke(z) is { } logProb ? odds + logProb : odds;
    }

    /// <summary>The critic's loss on codes of the prior.</summary>
    public Tensor Real(Tensor z) => AdversarialLoss.NonSaturating.Real(LogOdds(z));

    /// <summary>The critic's loss on codes of the encoder.</summary>
    public Tensor Fake(Tensor z) => AdversarialLoss.NonSaturating.Fake(LogOdds(z));

    /// <summary>The encoder's loss.</summary>
    public Tensor Fooled(Tensor z) => AdversarialLoss.NonSaturating.Generator(LogOdds(z));
}
