using System.Globalization;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>
/// Every command of a tutorial runs, in the page's order, in a folder that holds what the page says a reader has. Trainings are cut to a few steps, and counts
/// to a few examples: what counts is that each command finds what the ones before it have left.
/// </summary>
public sealed class TutorialTests : IDisposable
{
    private const int Steps = 3;

    // Enough for a picture or a score; scores of fewer examples are refused.
    private static readonly Dictionary<string, int> s_most = new() { ["-n"] = 12, ["--count"] = 4, ["--limit"] = 40, ["--walk"] = 10 };

    // Metrics that train networks of their own, for thousands of steps.
    private static readonly string[] s_long = ["--metric discriminative", "--metric translation"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _before = Environment.CurrentDirectory;

    public TutorialTests()
    {
        Environment.CurrentDirectory = _folder.Path;
        File.Copy(Path.Combine(DocumentationPage.Root, "samples", "measurements.csv"), "measurements.csv");
        Databases.Shop("shop.db", orders: true);
        ReaderSeries.Write();
    }

    public static TheoryData<string> Pages =>
    [
        "docs/tables.md", "docs/time-series.md", "docs/private-data.md", "docs/compression.md",
        .. DocumentationPage.All.Where(p => p.StartsWith("docs/tutorials/", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    [SkippableTheory]
    [MemberData(nameof(Pages))]
    public void Every_command_runs_in_the_pages_order(string page)
    {
        foreach (var line in DocumentedLines.Of(page).Where(l => !s_long.Any(l.Contains)))
        {
            var outcome = CommandLine.Run(Shortened(DocumentedLines.Words(line)));
            Skip.If(outcome.Error.Contains("was not found: its file", StringComparison.Ordinal), $"'{line}': {outcome.Error}");
            Assert.True(outcome.Code == 0, $"{page}: '{line}' ended with {outcome.Code}: {outcome.Error}");
        }
    }

    public void Dispose()
    {
        Environment.CurrentDirectory = _before;
        _folder.Dispose();
    }

    private static string[] Shortened(string[] words)
    {
        var line = words.ToList();
        if (line[0] is "train" or "resume")
        {
            var own = line[0] == "train" ? Zoo.BuiltIn.Find(line[1]).Defaults.Steps : long.MaxValue;
            Leave("--epochs");
            if (own > 1 && (line[0] == "train" || line.Contains("--steps")))
            {
                Leave("--steps");
                line.AddRange(["--steps", $"{(line[0] == "train" ? Steps : 2 * Steps)}"]);
            }

            line.AddRange(["--grids", "0"]);
            line.AddRange(line[0] == "train" ? ["--threads", "1"] : []);
        }

        // Rows of a table are few, and all needed by the classifiers that judge it.
        if (line[0] == "compress" || (line[0] == "evaluate" && line.Contains("--metric") && !line.Contains("--limit") && !line.Contains("table")))
        {
            line.AddRange(["--limit", $"{s_most["--limit"]}"]);
        }

        // A folder of data is made whole.
        foreach (var (count, most) in line[0] == "data" ? [] : s_most)
        {
            if (line.IndexOf(count) is >= 0 and var at)
            {
                line[at + 1] = $"{Math.Min(most, int.Parse(line[at + 1], CultureInfo.InvariantCulture))}";
            }
        }

        return [.. line];

        void Leave(string option)
        {
            if (line.IndexOf(option) is >= 0 and var at)
            {
                line.RemoveRange(at, 2);
            }
        }
    }
}
