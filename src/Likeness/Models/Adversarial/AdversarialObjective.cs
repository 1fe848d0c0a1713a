namespace Likeness;

/// <summary>What a critic sees in one turn.</summary>
/// <param name="Real">Examples of the data, in the networks' units.</param>
/// <param name="Generate">As many examples of the generator, drawn when they are asked for.</param>
/// <param name="Critic">The critic's raw outputs of either.</param>
/// <param name="Together">Whether the critic may see both in one call, because it judges each example for itself.</param>
internal readonly record struct Bout(Tensor Real, Func<Rng, Tensor> Generate, Func<Tensor, Tensor> Critic, bool Together = false)
{
    /// <summary>What the critic makes of real and of generated examples.</summary>
    public (Tensor Real, Tensor Fake) Judge(Tensor real, Tensor fake)
    {
        if (!Together)
        {
            return (Critic(real), Critic(fake));
        }

        // One product of twice the rows is faster than two.
        var judged = Critic(torch.cat([real, fake])).split(real.size(0));
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
internal sealed class AdversarialObjective<TBatch> : Objective<TBatch>, IExampleLosses<TBatch>
{
    private readonly AdversarialRules _rules;
    private readonly Player _generator, _critic;
    private readonly torch.nn.Module _network;

    /// <param name="model">What learns to generate.</param>
    /// <param name="critic">What it learns from.</param>
    /// <param name="rules">How they play.</param>
    /// <param name="generator">The model's player.</param>
    /// <param name="descent">How the critic descends.</param>
    public AdversarialObjective(Module model, torch.nn.Module critic, AdversarialRules rules, Player generator, OptimizerOptions descent)
    {
        Add("model", model);
        _network = Add("critic", critic);
        (_rules, _generator, _critic) = (rules, generator, new Player("critic", descent, critic));
    }

    /// <summary>What the critic sees of a batch: its examples and as many of the generator's.</summary>
    public required Func<TBatch, Bout> Bout { get; init; }

    /// <summary>So many examples of the generator for which no example of the data is needed, and who judges them; null where some is.</summary>
    public Func<int, Rng, (Tensor Fake, Func<Tensor, Tensor> Critic)>? Alone { get; init; }

    /// <summary>What is done after a round; nothing where null.</summary>
    public Action? Follow { get; init; }

    public override IReadOnlyList<Player> Players => [_critic, _generator];

    public override IEnumerable<Sentence> Doubts => _rules.Norm.Doubts(_rules.Loss, _rules.Penalty);

    public override IEnumerable<Turn> Round(IFeed<TBatch> feed, Rng rng)
    {
        var (loss, augment) = (_rules.Loss, _rules.Augment);
        Bout bout;
        Tensor fake;
        for (var k = 1; ; k++)
        {
            bout = Bout(feed.Next());
            fake = k < _rules.CriticTurns ? WithoutGraph() : bout.Generate(rng);
            // The generator does not learn from the critic's turn.
            var (seen, shown) = (augment.Of(bout.Real, rng), augment.Of(fake.detach(), rng));
            var judged = bout.Judge(seen, shown);
            Term[] terms = [("real", loss.Real(judged.Real)), ("fake", loss.Fake(judged.Fake))];
            yield return _critic.Minimise(_rules.Penalty.Of(bout.Critic, seen, shown, rng) is { } slope ? [.. terms, ("penalty", slope)] : terms);
            if (k == _rules.CriticTurns)
            {
                break;
            }
        }

        // The last examples once more, before the critic that has just moved.
        yield return _generator.Minimise(("adversarial", loss.Generator(bout.Critic(augment.Of(fake, rng)))));
        Follow?.Invoke();

        // Only the last examples of a round teach the generator.
        Tensor WithoutGraph()
        {
            using var noGrad = torch.no_grad();
            return bout.Generate(rng);
        }
    }

    // What follows is the game of private training, in which the critic alone sees examples (Xie et al. 2018): its slope on each real example is cut, its slope on
    // generated ones gives nothing away, and the generator learns from the critic's parameters, which do not either.
    Player IExampleLosses<TBatch>.Player => _critic;

    torch.nn.Module IExampleLosses<TBatch>.Network => _network;

    string? IExampleLosses<TBatch>.Coupling => Alone is null ? "its generator is asked for what the examples of a batch are"
        : _rules.Norm == CriticNorm.Batch ? "batch normalisation in its critic mixes the examples of a batch (choose the norm 'none')"
        : _rules.Penalty is CriticPenalty.GradientPenalty ? "a gradient penalty lies between examples and generated ones, where a slope is no example's own (choose R1, or none)" : null;

    IReadOnlyList<Term> IExampleLosses<TBatch>.Losses(TBatch batch, Rng examples, Rng round)
    {
        var bout = Bout(batch);
        var real = _rules.Augment.Of(bout.Real, examples);
        Term[] terms = [("real", _rules.Loss.OfReal(bout.Critic(real)).flatten(1).mean([1]))];
        return _rules.Penalty is CriticPenalty.R1 r1 ? [.. terms, ("penalty", r1.OfEach(bout.Critic, real))] : terms;
    }

    IReadOnlyList<Term> IExampleLosses<TBatch>.Penalties(int count, Rng rng)
    {
        var (fake, critic) = Alone!(count, rng);
        return [("fake", _rules.Loss.Fake(critic(_rules.Augment.Of(fake.detach(), rng))))];
    }

    IEnumerable<Turn> IExampleLosses<TBatch>.Reply(long descents, int count, Rng rng)
    {
        if (descents % _rules.CriticTurns == 0)
        {
            var (fake, critic) = Alone!(count, rng);
            yield return _generator.Minimise(("adversarial", _rules.Loss.Generator(critic(_rules.Augment.Of(fake, rng)))));
            Follow?.Invoke();
        }
    }
}
