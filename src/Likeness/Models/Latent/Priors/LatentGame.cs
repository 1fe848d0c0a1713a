namespace Likeness;

/// <summary>One part of a code and draws of the same shape from what it is to follow.</summary>
internal readonly record struct CodePart(Tensor Code, Tensor Prior);

/// <summary>The critics of an adversarial autoencoder, and the optimisers of its second phase.</summary>
public sealed record LatentGameOptions
{
    private static readonly int[] s_hidden = [1000, 1000];

    private static readonly OptimizerOptions s_optimizer = new Adam(2e-4, Beta1: 0.5) { Schedule = new Schedule.Linear(0.01, From: 0.5) };

    /// <summary>Units of a critic's hidden layers, all ReLU.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> Hidden { get; init; } = s_hidden;

    /// <summary>Penalty on the critics' gradients: none, gradient or r1.</summary>
    public CriticPenalty SlopePenalty { get; init; } = new CriticPenalty.None();

    /// <summary>Optimiser of the critics.</summary>
    public OptimizerOptions Critic { get; init; } = s_optimizer;

    /// <summary>Optimiser of the encoder in the second phase.</summary>
    public OptimizerOptions Encoder { get; init; } = s_optimizer;
}

/// <summary>
/// The regularisation phase of an adversarial autoencoder (Makhzani et al. 2016, section 2): critics, one for each part of the code, learn to tell codes
/// from draws of the prior; then the encoder learns to be told the prior's.
/// </summary>
internal sealed class LatentGame : Module
{
    private readonly LatentCritic[] _critics;
    private readonly Player _critic, _encoder;
    private readonly CriticPenalty _penalty;

    /// <param name="options">The critics' networks and both sides' descent.</param>
    /// <param name="encoder">What makes the codes.</param>
    /// <param name="rng">Where initial weights are drawn.</param>
    /// <param name="parts">Each part of the code with its number of values.</param>
    public LatentGame(LatentGameOptions options, torch.nn.Module encoder, Rng rng, params ReadOnlySpan<(string Name, int Values)> parts)
    {
        _critics = new LatentCritic[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            _critics[i] = Add(parts[i].Name, new LatentCritic(parts[i].Values, options.Hidden, rng));
        }

        _penalty = options.SlopePenalty;
        _critic = new Player("critic", options.Critic, _critics);
        _encoder = new Player("encoder", options.Encoder, encoder);
    }

    public IReadOnlyList<Player> Players => [_critic, _encoder];

    /// <summary>The critics' turn and the encoder's, on the parts in their order.</summary>
    public IEnumerable<Turn> Round(Rng rng, params CodePart[] parts)
    {
        Term[] terms = [("prior", Sum(i => _critics[i].Real(parts[i].Prior))), ("code", Sum(i => _critics[i].Fake(parts[i].Code.detach())))];
        var slopes = parts.Select((part, i) => _penalty.Of(_critics[i].LogOdds, part.Prior, part.Code, rng)).OfType<Tensor>().ToArray();
        yield return _critic.Minimise(slopes.Length == 0 ? terms : [.. terms, ("slope", slopes.Aggregate((sum, slope) => sum + slope))]);
        yield return _encoder.Minimise(("adversarial", Sum(i => _critics[i].Fooled(parts[i].Code))));

        Tensor Sum(Func<int, Tensor> of) => Enumerable.Range(1, parts.Length - 1).Aggregate(of(0), (sum, i) => sum + of(i));
    }
}
