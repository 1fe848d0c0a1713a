namespace Likeness;

/// <summary>What a critic sees in one turn.</summary>
/// <param name="Real">Examples of the data, in the networks' units.</param>
/// <param name="Fake">Examples of the generator.</param>
/// <param name="Critic">The critic's raw outputs of either.</param>
/// <param name="Together">Whether the critic may see both in one call, because it judges each example for itself.</param>
internal readonly record struct Bout(Tensor Real, Tensor Fake, Func<Tensor, Tensor> Critic, bool Together = false)
{
    /// <summary>What the critic makes of the real and of the generated examples, which do not learn from it.</summary>
    public (Tensor Real, Tensor Fake) Judge()
    {
        var fake = Fake.detach();
        if (!Together)
        {
            return (Critic(Real), Critic(fake));
        }

        // One product of twice the rows is faster than two.
        var judged = Critic(torch.cat([Real, fake])).split(Real.size(0));
        return (judged[0], judged[1]);
    }
}

/// <summary>How a generator and a critic play.</summary>
/// <param name="Loss">What both descend.</param>
/// <param name="Penalty">What keeps the critic's slope in bounds.</param>
/// <param name="Norm">The critic's normalisation.</param>
/// <param name="CriticTurns">Critic turns per generator turn.</param>
/// <param name="Augment">How images are changed before the critic sees them.</param>
internal readonly record struct AdversarialRules(AdversarialLoss Loss, CriticPenalty Penalty, CriticNorm Norm, int CriticTurns, DiffAugment Augment);

/// <summary>The game of Goodfellow et al. 2014 (algorithm 1): the critic learns to tell in some turns, then the generator learns to be told real. Parts model and critic.</summary>
internal sealed class AdversarialObjective<TBatch> : Objective<TBatch>
{
    private readonly AdversarialRules _rules;
    private readonly Player _generator, _critic;

    /// <param name="model">What learns to generate.</param>
    /// <param name="critic">What it learns from.</param>
    /// <param name="rules">How they play.</param>
    /// <param name="generator">The model's player.</param>
    /// <param name="descent">How the critic descends.</param>
    public AdversarialObjective(Module model, torch.nn.Module critic, AdversarialRules rules, Player generator, OptimizerOptions descent)
    {
        Add("model", model);
        Add("critic", critic);
        (_rules, _generator, _critic) = (rules, generator, new Player("critic", descent, critic));
    }

    /// <summary>What the critic sees of a batch: its examples and as many of the generator's.</summary>
    public required Func<TBatch, Rng, Bout> Bout { get; init; }

    /// <summary>What is done after a round; nothing where null.</summary>
    public Action? Follow { get; init; }

    public override IReadOnlyList<Player> Players => [_critic, _generator];

    public override IEnumerable<Sentence> Doubts => _rules.Norm.Doubts(_rules.Loss, _rules.Penalty);

    public override IEnumerable<Turn> Round(IFeed<TBatch> feed, Rng rng)
    {
        var (loss, augment) = (_rules.Loss, _rules.Augment);
        Bout bout;
        for (var k = 1; ; k++)
        {
            bout = k < _rules.CriticTurns ? WithoutGraph() : Bout(feed.Next(), rng);
            // The generator does not learn from the critic's turn.
            var seen = bout with { Real = augment.Of(bout.Real, rng), Fake = augment.Of(bout.Fake.detach(), rng) };
            var (real, fake) = seen.Judge();
            Term[] terms = [("real", loss.Real(real)), ("fake", loss.Fake(fake))];
            yield return _critic.Minimise(_rules.Penalty.Of(seen.Critic, seen.Real, seen.Fake, rng) is { } slope ? [.. terms, ("penalty", slope)] : terms);
            if (k == _rules.CriticTurns)
            {
                break;
            }
        }

        // The last examples once more, before the critic that has just moved.
        yield return _generator.Minimise(("adversarial", loss.Generator(bout.Critic(augment.Of(bout.Fake, rng)))));
        Follow?.Invoke();

        // Only the last examples of a round teach the generator.
        Bout WithoutGraph()
        {
            using var noGrad = torch.no_grad();
            return Bout(feed.Next(), rng);
        }
    }
}
