namespace Likeness;

/// <summary>What a training has given away so far: every noisy sum over its examples. It only grows.</summary>
/// <param name="Sums">In the order in which they were first made.</param>
/// <param name="Delta">The δ at which an ε is told.</param>
public sealed record PrivacyLedger(IReadOnlyList<NoisySum> Sums, double Delta)
{
    /// <summary>What the runs whose weights it began with had given away of the same data before.</summary>
    public IReadOnlyList<NoisySum> Before { get; init; } = [];

    /// <summary>ε by the distribution of privacy losses: an upper bound, and a tight one. Where so little noise is there that it says nothing, that of Rényi divergences.</summary>
    /// <param name="examples">Training examples.</param>
    public Score Epsilon(int examples) => Bound(Math.Min(PrivacyLoss.Epsilon(All, Delta), RenyiAccountant.Epsilon(All, Delta)), examples);

    /// <summary>ε by Rényi divergences: an upper bound that is never below the other.</summary>
    /// <param name="examples">Training examples.</param>
    public Score RenyiEpsilon(int examples) => Bound(RenyiAccountant.Epsilon(All, Delta), examples);

    /// <summary>This ledger, or of each sum as many uses as another says where those are more.</summary>
    internal PrivacyLedger AtLeast(PrivacyLedger other)
    {
        var sums = Sums.ToList();
        foreach (var sum in other.Sums)
        {
            var same = sums.FindIndex(s => s.Noise.Equals(sum.Noise) && s.Rate.Equals(sum.Rate));
            if (same < 0)
            {
                sums.Add(sum);
            }
            else if (sums[same].Times < sum.Times)
            {
                sums[same] = sum;
            }
        }

        return this with { Sums = sums };
    }

    /// <summary>Everything together, for a training that goes on from there.</summary>
    internal PrivacyLedger Owed() => this with { Before = [.. All], Sums = [] };

    private IEnumerable<NoisySum> All => Before.Concat(Sums);

    private Score Bound(double epsilon, int examples) => new(epsilon, double.NaN, FormattableString.Invariant($"at δ = {Delta:G3}"), Evidence.UpperBound, examples);
}

/// <summary>A ledger as a run's folder keeps it.</summary>
/// <param name="Ledger">What was given away.</param>
/// <param name="Epsilon">The upper bound on ε that follows.</param>
/// <param name="RenyiEpsilon">The same by Rényi divergences.</param>
/// <param name="Covers">What the promise is about.</param>
/// <param name="LeavesOut">What it is not about.</param>
public sealed record PrivacyRecord(PrivacyLedger Ledger, double Epsilon, double RenyiEpsilon, string Covers, IReadOnlyList<string> LeavesOut)
{
    /// <summary>What there is to say of a ledger of a training on such data.</summary>
    internal static PrivacyRecord Of(PrivacyLedger ledger, RunData data)
    {
        var leavesOut = new List<string>
        {
            "the number of training examples",
            "log.jsonl, scores.json and training.safetensors, which know the examples themselves: keep them to yourself",
        };
        if (data.Fit is { Columns.Count: > 0 } fit)
        {
            leavesOut.Add(fit.Scales
                ? $"run.json, which holds the means, deviations and names of {Counted.Of(fit.Columns.Count, "column")} as they were fitted on the examples, and what samples are brought to the data's units by"
                : "run.json, which holds the names and values of columns as they were found in the examples");
        }

        return new(ledger, ledger.Epsilon(data.Examples).Value, ledger.RenyiEpsilon(data.Examples).Value, "model.safetensors and whatever is made with it", leavesOut);
    }
}

/// <summary>A training that keeps a ledger.</summary>
internal interface ILedgered
{
    /// <summary>What it has given away so far.</summary>
    PrivacyLedger Ledger { get; }
}
