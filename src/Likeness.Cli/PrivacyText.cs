namespace Likeness.Cli;

/// <summary>What was promised and spent of privacy, in words.</summary>
internal static class PrivacyText
{
    /// <summary>One line.</summary>
    public static string Spent(PrivacyRecord record) =>
        FormattableString.Invariant($"ledger        ε ≤ {record.Epsilon:0.###} at δ = {record.Ledger.Delta:G3} (by Rényi divergences {record.RenyiEpsilon:0.###}), for {record.Covers}");

    public static JsonObject ToJson(PrivacyRecord record) => new() { ["epsilon"] = record.Epsilon, ["renyiEpsilon"] = record.RenyiEpsilon, ["delta"] = record.Ledger.Delta };

    /// <summary>What a private training is about to do; null where it is none.</summary>
    public static string? Plan(PrivacyOptions? privacy) => privacy is null ? null
        : FormattableString.Invariant($"Private: ε ≤ {privacy.Epsilon} at δ = {privacy.Delta:G3} after all steps; the gradient of each example is clipped to the length {privacy.Clip}, and the noise's deviation is {privacy.Noise} times that.{(privacy.Seed is null ? "" : " With a seed that is known, the noise can be taken away again: this is no promise.")}");
}
