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
        "auto" => HasBFloat16 ? Precision.BFloat16 : Precision.Float32,
        _ => Precision.Float32,
    };

    /// <summary>What to say of a precision that this processor can only imitate; null where there is nothing.</summary>
    public static string? Doubt(Precision precision) => precision != Precision.BFloat16 || HasBFloat16 || Field("flags") is null ? null
        : "This processor has no instructions for bf16 and imitates them, which takes many times as long as fp32: use --precision auto or fp32.";

    private static bool HasBFloat16 => Features.Contains("avx512_bf16") || Features.Contains("amx_bf16");

    private static string? Field(string name)
    {
        const string description = "/proc/cpuinfo";
        return File.Exists(description)
            ? File.ReadLines(description).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
    }
}
