namespace Likeness;

/// <summary>
/// Differentially private descent (Abadi et al. 2016, algorithm 1): every example is in a batch by its own chance q (Poisson sampling), its gradient is cut to the length C, and
/// Normal noise is added to the sum,
/// <code>g = (Σ_i g_i · min(1, C/‖g_i‖) + N(0, σ²C²I)) / B</code>
/// with B the expected size of a batch. What an example draws goes by its number among all, so no other depends on whether it is there. Nothing is set from the data
/// before the first step.
/// </summary>
internal sealed class PrivateDescent<TBatch> : Objective<TBatch>, ILedgered
{
    private readonly Objective<TBatch> _objective;
    private readonly IExampleLosses<TBatch> _losses;
    private readonly ISampledFeed<TBatch> _feed;
    private readonly PrivacyOptions _options;
    private readonly ClippedGradients<TBatch> _gradients;
    private readonly SecretNoise _noise;
    private readonly Counter _steps;
    private readonly double _rate;
    private readonly int _expected;
    private readonly long _examples;
    private readonly bool _flips;

    /// <param name="objective">What is descended: one of <see cref="IExampleLosses{TBatch}"/>.</param>
    /// <param name="feed">Batches of independently chosen examples.</param>
    /// <param name="options">With the noise found.</param>
    /// <param name="examples">Training examples.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="flips">Whether images are mirrored, each with probability ½.</param>
    public PrivateDescent(Objective<TBatch> objective, ISampledFeed<TBatch> feed, PrivacyOptions options, long examples, Device device, bool flips)
    {
        (_objective, _feed, _options, _examples, _flips) = (Add("objective", objective), feed, options, examples, flips);
        _losses = (IExampleLosses<TBatch>)objective;
        (_expected, _rate) = (feed.BatchSize, (double)feed.BatchSize / examples);
        _gradients = new(_losses, options.Clip);
        _noise = Include("noise", new SecretNoise(options.Seed, device));
        _steps = Include("steps", new Counter());
    }

    public override IReadOnlyList<Player> Players => _objective.Players;

    public override IEnumerable<Sentence> Doubts => _options.Delta * _examples >= 1
        ? [.. _objective.Doubts, $"A delta of {_options.Delta} among {Counted.Of(_examples, "example")} allows to give whole examples away: choose it well below {1.0 / _examples:G2}."]
        : _objective.Doubts;

    public PrivacyLedger Ledger => new([new(_options.Noise!.Value, _rate, _steps.Value)], _options.Delta);

    /// <summary>Why an objective cannot be trained privately, as the end of a sentence; null where it can.</summary>
    public static string? Refusal(Objective<TBatch> objective)
    {
        if (objective is not IExampleLosses<TBatch> losses)
        {
            return objective.Players switch
            {
                [] => "it is counted or solved at once and not descended, and says nothing of noise",
                [_] => "what it descends is no mean of losses of single examples",
                var players => $"its players ({string.Join(", ", players.Select(p => p.Name))}) learn from each other's batches, and the loss is not that of single examples",
            };
        }

        return losses.Coupling ?? (Coupled(losses.Network) is { } layer ? $"the {layer} of its network lets the examples of a batch depend on each other" : null);
    }

    public override IEnumerable<Turn> Round(IFeed<TBatch> feed, Rng rng)
    {
        var batch = feed.Next();
        long[] numbers = [.. _feed.Numbers];
        var each = rng.PerExample();
        var clipped = _gradients.Sum(_flips && numbers.Length > 0 ? Mirror.Some(batch, each.Fork("flips").Only(numbers)) : batch, numbers, each);
        var penalties = _losses.Penalties(_expected, rng);
        yield return _losses.Player.Follow([.. clipped.Terms, .. penalties], Penalised(Noised(clipped.Gradients), penalties));
        _steps.Next();
        foreach (var turn in _losses.Reply(_steps.Value, _expected, rng))
        {
            yield return turn;
        }

        _losses.Follow();
    }

    private static string? Coupled(torch.nn.Module module) =>
        module.named_children().Select(c => Coupled(c.module)).FirstOrDefault(name => name is not null) ?? (module.IsPerExample || module.named_children().Any() ? null : module.GetName());

    private Tensor[] Noised(Tensor?[] sums)
    {
        using var noGrad = torch.no_grad();
        var parameters = _losses.Player.Parameters;
        var gradients = new Tensor[sums.Length];
        for (var i = 0; i < gradients.Length; i++)
        {
            var value = parameters[i].Value;
            var noise = _noise.Draw(value.shape, _options.Noise!.Value * _options.Clip).to(value.dtype);
            gradients[i] = (sums[i] is { } sum ? noise.add_(sum) : noise).div_(_expected);
        }

        return gradients;
    }

    // What depends on no example needs no noise.
    private Tensor?[] Penalised(Tensor[] gradients, IReadOnlyList<Term> penalties)
    {
        if (penalties.Count == 0)
        {
            return gradients;
        }

        var own = _losses.Player.Gradients([.. penalties]);
        using var noGrad = torch.no_grad();
        return [.. gradients.Select((g, i) => own[i] is { } penalty ? g + penalty : g)];
    }
}
