namespace Likeness.Bench;

internal static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Likeness.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The benches run inside the source tree: Likeness.slnx was not found above the program.");
    }
}

internal static class Processor
{
    private static readonly string[] s_features = ["avx2", "avx512f", "avx512_bf16", "amx_bf16"];

    public static string Name { get; } = Field("model name") ?? "unknown processor";

    /// <summary>Of its instructions, those that libraries of matrices look for.</summary>
    public static IReadOnlyList<string> Features { get; } = [.. s_features.Intersect((Field("flags") ?? "").Split(' '))];

    /// <summary>Whether it multiplies bf16 in hardware; every library is many times slower where it does not.</summary>
    public static bool HasBFloat16 => Features.Contains("avx512_bf16") || Features.Contains("amx_bf16");

    public static string Slug() => string.Concat(Name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');

    private static string? Field(string name) =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
