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

/// <summary>The game of Goodfellow et al. 2014 (algorithm 1): the critic learns to tell in some turns, then the generator learns to be told real.</summary>
internal sealed class AdversarialGame(AdversarialLoss loss, CriticPenalty penalty, int criticTurns, Player generator, Player critic, DiffAugment augment)
{
    public IReadOnlyList<Player> Players => [critic, generator];

    /// <summary>One round.</summary>
    /// <param name="next">Draws the next examples of both kinds.</param>
    /// <param name="rng">Where the penalty draws.</param>
    public IEnumerable<Turn> Round(Func<Bout> next, Rng rng)
    {
        Bout bout;
        for (var k = 1; ; k++)
        {
            bout = k < criticTurns ? WithoutGraph() : next();
            // The generator does not learn from the critic's turn.
            var seen = bout with { Real = augment.Of(bout.Real, rng), Fake = augment.Of(bout.Fake.detach(), rng) };
            var (real, fake) = seen.Judge();
            Term[] terms = [("real", loss.Real(real)), ("fake", loss.Fake(fake))];
            yield return critic.Minimise(penalty.Of(seen.Critic, seen.Real, seen.Fake, rng) is { } slope ? [.. terms, ("penalty", slope)] : terms);
            if (k == criticTurns)
            {
                break;
            }
        }

        // The last examples once more, before the critic that has just moved.
        yield return generator.Minimise(("adversarial", loss.Generator(bout.Critic(augment.Of(bout.Fake, rng)))));

        // Only the last examples of a round teach the generator.
        Bout WithoutGraph()
        {
            using var noGrad = torch.no_grad();
            return next();
        }
    }
}
