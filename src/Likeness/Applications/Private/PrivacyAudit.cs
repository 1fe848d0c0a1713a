namespace Likeness;

/// <summary>How a model is attacked.</summary>
/// <param name="Limit">Largest number of members and of non-members; equally many of both are used.</param>
/// <param name="Samples">Number of generated examples for distance-based attacks.</param>
/// <param name="Delta">δ, used if the run has no privacy ledger.</param>
public sealed record AuditOptions([property: AtLeast(4)] int Limit = 2000, [property: AtLeast(1)] int Samples = 2000, [property: Above(0, Below = 1)] double Delta = 1e-5);

/// <summary>What attacks on a model found, beside what its training promised.</summary>
/// <param name="Attacks">Each way to tell members from others.</param>
/// <param name="Closest">How near its samples come to members; null where it draws none.</param>
/// <param name="Ledger">What its training has given away; null where it promises nothing.</param>
/// <param name="Members">How many members were looked at, and as many others.</param>
/// <param name="Others">Which split the others are.</param>
public sealed record PrivacyAudit(IReadOnlyList<MembershipAttack> Attacks, ClosestRecords? Closest, PrivacyRecord? Ledger, int Members, Split Others)
{
    // Examples at once.
    private const int AtOnce = 100;

    /// <summary>Whether an attack proves more than the ledger admits: then something is wrong with one of them.</summary>
    public bool Contradicts => Ledger is { } ledger && Attacks.Any(a => a.Epsilon.Value > ledger.Epsilon);

    /// <summary>Attacks a model.</summary>
    /// <param name="model">A model that scores examples, draws some, or both.</param>
    /// <param name="learned">The data whose training split it learned from.</param>
    /// <param name="unseen">Data whose test or validation split it has not seen; the same unless other data is given.</param>
    /// <param name="options">How.</param>
    /// <param name="rng">Where samples and halves are drawn.</param>
    /// <param name="ledger">What the training promised.</param>
    /// <param name="canaries">What was planted among the training examples; null where nothing was.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    /// <exception cref="UsageException">There are no examples that the model has not seen, or it can neither score nor sample.</exception>
    public static PrivacyAudit Of(Module model, IDataset learned, IDataset unseen, AuditOptions options, Rng rng, PrivacyRecord? ledger = null, Canaries? canaries = null, Action<double>? progress = null)
    {
        var (members, others) = (Plain(learned), Plain(unseen));
        var split = Array.Find([Split.Test, Split.Validation], s => others.Count(s) > 0);
        if (split == Split.Train)
        {
            throw new UsageException($"'{unseen.Name}' has no examples that the model has not seen, and members are told from such: name data of the same kind by {new Remedy.Option("Data")}, or train with {new Remedy.Option("HoldOut", "0.2")}.");
        }

        var count = Math.Min(options.Limit, Math.Min(members.Count(Split.Train), others.Count(split)));
        var delta = ledger?.Ledger.Delta ?? options.Delta;
        var attacks = new List<MembershipAttack>();
        var scores = ScoreBasis.All.FirstOrDefault(b => b.Applies(model));
        if (scores is not null)
        {
            double[] Scores(IDataset<Batch> data, Split part, double from) => scores.Measure(model, data,
                new(part, AtOnce, count, Progress: done => progress?.Invoke(from + (done * 0.4))), rng.Fork("scores"));
            attacks.Add(MembershipAttack.Of(scores.InNats ? "likelihood" : scores.Name, Scores(members, Split.Train, 0), Scores(others, split, 0.4), delta, rng.Fork("likelihood")));
        }

        var made = canaries is null ? null : MemoryDataset.Of("canaries", learned.Protocol, learned.Spec with { Classes = 0 }, canaries.Values(learned));
        if (made is not null && scores is not null)
        {
            attacks.Add(CanaryAttack.Of(scores.Measure(model, made, new(Split.Train, AtOnce), rng.Fork("canaries")), canaries!.Planted(), delta));
        }

        ClosestRecords? closest = null;
        if (model is IGenerative generative)
        {
            closest = Chain.Value(() =>
            {
                var (inside, outside) = (All(members, Split.Train, count), All(others, split, count));
                var draws = rng.Fork("samples");
                var drawn = Chain.Concat(Enumerable.Range(0, (options.Samples + AtOnce - 1) / AtOnce).Select(i => Math.Min(AtOnce, options.Samples - (i * AtOnce))), n => generative.Sample(n, draws).cpu());
                attacks.Add(MembershipAttack.Of("distance", ClosestRecords.Nearness(learned.Spec, inside, drawn), ClosestRecords.Nearness(learned.Spec, outside, drawn), delta, rng.Fork("distance")));
                if (made is not null && scores is null)
                {
                    attacks.Add(CanaryAttack.Of(ClosestRecords.Nearness(learned.Spec, All(made, Split.Train, canaries!.Count), drawn), canaries.Planted(), delta));
                }

                return ClosestRecords.Of(learned.Spec, drawn, inside, outside);
            });
        }

        progress?.Invoke(1);
        return attacks.Count > 0
            ? new(attacks, closest, ledger, count, split)
            : throw new UsageException($"A {new Remedy.Model(model.GetType())} neither scores examples nor draws any: there is nothing to attack.");
    }

    private static IDataset<Batch> Plain(IDataset data) => data.TryAs<Batch>()
        ?? throw new UsageException($"The data set '{data.Name}' has no plain examples: choose another data set.");

    private static Tensor All(IDataset<Batch> data, Split split, int limit) => Chain.Concat(data.Read(split, AtOnce, limit), batch => batch.X.clone());
}
