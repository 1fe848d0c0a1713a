namespace Likeness.Cli;

/// <summary>What this machine's processor can do, as the system describes it.</summary>
internal static class Processor
{
    // What matrix kernels look for.
    private static readonly string[] s_features = ["avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16"];

    public static string Name => Field("model name") ?? "unknown processor";

    public static IReadOnlyList<string> Features => [.. s_features.Intersect((Field("flags") ?? "").Split(' '))];

    /// <summary>bf16 for "auto" where the processor multiplies it in hardware; null leaves the choice to the recipe.</summary>
    public static Precision? ToPrecision(string? text) => text switch
    {
        null => null,
        "bf16" => Precision.BFloat16,
        "auto" => Features.Contains("avx512_bf16") || Features.Contains("amx_bf16") ? Precision.BFloat16 : Precision.Float32,
        _ => Precision.Float32,
    };

    private static string? Field(string name)
    {
        const string description = "/proc/cpuinfo";
        return File.Exists(description)
            ? File.ReadLines(description).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
    }
}
