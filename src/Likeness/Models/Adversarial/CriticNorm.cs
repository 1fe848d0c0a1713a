namespace Likeness;

/// <summary>What keeps the values between a critic's layers in bounds.</summary>
/// <param name="Name">The name in options.</param>
[JsonConverter(typeof(CriticNormChoice))]
public sealed record CriticNorm(string Name)
{
    /// <summary>Nothing: what penalties on the slope of each example's output ask for (Gulrajani et al. 2017, section 4).</summary>
    public static CriticNorm None { get; } = new("none");

    /// <summary>Ioffe and Szegedy 2015, after every hidden layer but the first (Radford et al. 2016).</summary>
    public static CriticNorm Batch { get; } = new("batch");

    /// <summary>Miyato et al. 2018: every weight is divided by its largest singular value.</summary>
    public static CriticNorm Spectral { get; } = new("spectral");

    /// <summary>What is known to go wrong with this in a game.</summary>
    internal IEnumerable<Sentence> Doubts(AdversarialLoss loss, CriticPenalty penalty) => penalty.Doubts(loss, bounded: IsSpectral, mixes: this == Batch);

    internal bool IsSpectral => this == Spectral;

    /// <summary>What comes after a hidden layer of so many outputs; nothing where this is no layer of its own.</summary>
    internal IEnumerable<torch.nn.Module<Tensor, Tensor>> After(int outputs, Rng rng, Init? weight = null) => this == Batch ? [new BatchNorm(outputs, rng, weight: weight)] : [];

    public override string ToString() => Name;
}

internal sealed class CriticNormChoice() : NamedChoice<CriticNorm>("normalisation of the critic", n => n.Name, CriticNorm.None, CriticNorm.Batch, CriticNorm.Spectral);
