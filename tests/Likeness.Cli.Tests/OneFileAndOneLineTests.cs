using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>
/// Data, metrics and verbs are added by one file and one line, as the pages about it do: their code is built and their commands are run. The tool is built anew for it, which
/// takes a minute and more.
/// </summary>
[Trait("Category", "Long")]
public sealed partial class OneFileAndOneLineTests(ScratchTree tree) : IClassFixture<ScratchTree>
{
    [Fact]
    public void Data_is_one_file_and_one_line()
    {
        Type("docs/add-data.md");

        // KL of the best Normal distribution: ½ Σ_i (log E e^y − E log e^y) = 9/2 · 1/2. The error of 5000 heavy-tailed differences is 0.08,
        // to which the fitted variances add some.
        var score = Json("likeness evaluate runs/funnel --metric kl --json");
        Assert.Equal(9 / 4.0, (double)score["value"]!, 0.2);
        Assert.Equal("10", string.Join('x', Json("likeness data info funnel --json")["shape"]!.AsArray()));
    }

    [Fact]
    public void A_metric_is_one_file_and_one_line()
    {
        Type("docs/add-a-metric.md");

        // The limit of many examples; of 10000 answers the error is 0.005, and so is the bias of neighbours that are not quite at the point.
        Assert.Equal(Limit("two-moons"), (double)Json("likeness evaluate runs/moons --metric neighbour-accuracy --json")["value"]!, 0.02);
    }

    [Fact]
    public void A_verb_is_one_file_and_one_line()
    {
        Type("docs/add-a-verb.md");

        var run = Json("likeness runs mine --json");
        Assert.Equal((Path.Combine("mine", "gaussian"), "gaussian", "8gaussians"), ((string)run["run"]!, (string)run["model"]!, (string)run["data"]!));
        Assert.Equal("kl", (string)Assert.Single(run["scores"]!.AsArray())!["name"]!);
        Assert.Contains("likeness runs [DIR]", tree.Run("likeness runs --help"), StringComparison.Ordinal);
    }

    // Runs what the page types and compares what it shows; with LIKENESS_UPDATE_DOCS=1 a stale output is rewritten.
    private void Type(string name)
    {
        foreach (var (command, shown) in new DocumentationPage(name).Console.ToList())
        {
            var output = tree.Run(command);
            if (Agree(shown, output))
            {
                continue;
            }

            Assert.True(Environment.GetEnvironmentVariable("LIKENESS_UPDATE_DOCS") == "1", $"{name} is stale: '{command}' prints\n{output}");
            var path = Path.Combine(DocumentationPage.Root, name);
            File.WriteAllText(path, File.ReadAllText(path).Replace($"$ {command}\n{shown}", $"$ {command}\n{output}", StringComparison.Ordinal));
        }
    }

    // Words exactly; numbers to 2 %, because draws and sums of single precision differ a little from processor to processor.
    private static bool Agree(string shown, string output) =>
        Number().Replace(shown, "N").Trim() == Number().Replace(output, "N").Trim()
        && Numbers(shown).Zip(Numbers(output)).All(pair => Math.Abs(pair.First - pair.Second) <= 0.02 * Math.Max(1, Math.Abs(pair.First)));

    private JsonNode Json(string line) => JsonNode.Parse(tree.Run(line))!;

    // ½ ∫ (p² + q²)/(p + q) of the data's density p and the Normal density q with its moments, by the midpoint rule.
    private static double Limit(string name)
    {
        var data = DatasetCatalog.Open(name);
        var points = data.As<Batch>().Read(Split.Train, 20_000).Single().X.ToArray<float>().Chunk(2).ToArray();
        var (mx, my) = (points.Average(v => v[0]), points.Average(v => v[1]));
        var (xx, yy) = (points.Average(v => (v[0] - mx) * (v[0] - mx)), points.Average(v => (v[1] - my) * (v[1] - my)));
        var xy = points.Average(v => (v[0] - mx) * (v[1] - my));
        double determinant = (xx * yy) - (xy * xy), sum = 0;
        const double edge = 8, step = 1.0 / 16;
        for (var x = (0.5 * step) - edge; x < edge; x += step)
        {
            for (var y = (0.5 * step) - edge; y < edge; y += step)
            {
                var (dx, dy) = (x - mx, y - my);
                var p = Math.Exp(((IKnownDensity)data).LogProb([(float)x, (float)y]));
                var q = Math.Exp(-0.5 * ((yy * dx * dx) - (2 * xy * dx * dy) + (xx * dy * dy)) / determinant) / (2 * Math.PI * Math.Sqrt(determinant));
                sum += p + q > 0 ? ((p * p) + (q * q)) / (p + q) : 0;
            }
        }

        return 0.5 * sum * step * step;
    }

    private static IEnumerable<double> Numbers(string text) => Number().Matches(text).Select(m => double.Parse(m.Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"(?<![\w.-])\d+(\.\d+)?")]
    private static partial Regex Number();
}
