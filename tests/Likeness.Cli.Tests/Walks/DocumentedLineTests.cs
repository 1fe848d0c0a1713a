using System.Globalization;
using System.Text.RegularExpressions;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>
/// The documented examples of log files, given values, series in one file, one picture per example, augmented images and reasons of anomalies are run as they stand: in a folder
/// that has the files and the runs that they name. Only the training is shorter, and the data of another name where theirs would take long.
/// </summary>
public sealed partial class DocumentedLineTests : IDisposable
{
    /// <summary>What a user of a page has when coming to its lines: how the runs that they open are trained.</summary>
    private static readonly Dictionary<(string Page, string Run), string> s_runs = new()
    {
        [("README.md", "runs/machines")] = "train gaussian-mixture --data machines.csv --protocol standardised --out runs/machines",
        [("docs/command-line.md", "runs/mine")] = "train gaussian --data machines.csv --out runs/mine",
        [("docs/command-line.md", "runs/people")] = "train gaussian --data people.csv --columns height,weight,age --out runs/people",
        [("docs/data.md", "runs/shapes")] = "train vae --data shapes-grey --size 8 --out runs/shapes",
        [("docs/tables.md", "runs/customers")] = "train tvae --data shop.db --query customers --drop id,photo --out runs/customers",
        [("docs/tables.md", "runs/people")] = "train tvae --data people.csv --target income --out runs/people",
    };

    private static readonly string[] s_shortly = ["--steps", "4", "--batch", "20", "--grids", "0", "--threads", "1"];

    private readonly TemporaryFolder _folder = new();

    private readonly string _before = Directory.GetCurrentDirectory();

    public DocumentedLineTests()
    {
        Directory.SetCurrentDirectory(_folder.Path);
        var z = new Rng(5).Normal(600, 3).ToArray<float>().Chunk(3).ToArray();
        Write("people.csv", "height,weight,age,income", z.Select(v => (object[])[170 + (10 * v[0]), 70 + (9 * v[0]) + (3 * v[1]), MathF.Round(40 + (5 * v[2])), v[0] > 0 ? ">50K" : "<=50K"]));
        Write("machines.csv", "heat,noise,load", z.Select(v => (object[])[v[0], v[0] + v[1], v[2]]));
        Write("today.csv", "heat,noise,load", z.Take(20).Select(v => (object[])[v[0], v[1], v[2]]).Append([0.1, 0.2, 50]));
        Write("sensors.csv", "machine,heat,noise", z.Select((v, i) => (object[])[i < 300 ? "press" : "pump", v[0], v[1]]));
        Databases.Shop("shop.db", orders: true);
        ReaderSeries.Write();
        CommandLine.Succeed("data", "export", "shapes", "--size", "32", "--limit", "24", "-o", "my-photos/");
    }

    [Fact]
    public void The_first_page_says_how_the_command_is_called_in_a_clone_before_it_is_called()
    {
        var text = File.ReadAllText(Path.Combine(DocumentationPage.Root, "README.md"));
        var (told, called) = (text.IndexOf("`./likeness`", StringComparison.Ordinal), text.IndexOf("\nlikeness ", StringComparison.Ordinal));
        Assert.InRange(told, 1, called);
    }

    public static TheoryData<string, string> Lines
    {
        get
        {
            var lines = new TheoryData<string, string>();
            foreach (var (page, line) in Examples)
            {
                lines.Add(page, line);
            }

            return lines;
        }
    }

    // Tutorials run whole, in TutorialTests.
    private static IEnumerable<(string Page, string Line)> Examples =>
        DocumentationPage.All.Where(page => !page.StartsWith("docs/tutorials/", StringComparison.Ordinal)).SelectMany(page => DocumentedLines.Of(page).Where(l => Shown().IsMatch(l)).Distinct().Select(line => (page, line)));

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_documented_example_runs(string page, string line)
    {
        File.Copy(page == "docs/tables.md" ? "people.csv" : "today.csv", "new.csv");
        foreach (Match run in OpenedRun().Matches(line))
        {
            Assert.True(s_runs.TryGetValue((page, run.Value), out var training), $"{page}: nobody has said how '{run.Value}' of '{line}' is trained.");
            Run(training);
        }

        Run(line);
        foreach (Match file in Written().Matches(line))
        {
            Assert.True(Path.Exists(file.Groups[1].Value), $"{page}: '{line}' has not written '{file.Groups[1].Value}'.");
        }
    }

    [Theory]
    [InlineData("--tensorboard")]
    [InlineData("--csv-log")]
    [InlineData("--given")]
    [InlineData("--series-column")]
    [InlineData("--query")]
    [InlineData("--flip")]
    [InlineData("augment=")]
    [InlineData("--why")]
    [InlineData("-o pictures/")]
    public void There_is_an_example_of_each(string shown) => Assert.Contains(Examples, e => e.Line.Contains(shown, StringComparison.Ordinal));

    [Fact]
    public void The_log_files_of_the_example_hold_every_step()
    {
        Run(Examples.Single(e => e.Line.Contains("--tensorboard", StringComparison.Ordinal)).Line + " --out runs/logged");
        Assert.Equal(1 + 4, File.ReadAllLines("runs/logged/log.csv").Length);
        Assert.Single(Directory.GetFiles("runs/logged", "events.out.tfevents.*"));
    }

    [Fact]
    public void No_window_of_the_example_crosses_from_one_series_into_another()
    {
        var line = Examples.Single(e => e.Page == "docs/data.md" && e.Line.Contains("--series-column", StringComparison.Ordinal)).Line;
        Run(line + " --out runs/series");
        // Two series of 300 steps: eight tenths of each are for training, and a window of n of them begins at 241 − n places.
        var size = int.Parse(DocumentedLines.Words(line).SkipWhile(w => w != "--size").ElementAt(1), CultureInfo.InvariantCulture);
        Assert.Equal(2 * (241 - size), TrainedModel.Open("runs/series", Zoo.BuiltIn).OpenData().Count(Split.Train));
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        _folder.Dispose();
    }

    private static void Run(string line)
    {
        string[] words = [.. DocumentedLines.Words(line).SelectMany(w => w == "mnist-binarized" ? (string[])["shapes-grey", "--size", "8", "--protocol", "threshold"] : [w])];
        var outcome = CommandLine.Run([.. words, .. words[0] == "train" ? s_shortly : []]);
        Assert.True(outcome.Code == 0, $"likeness {line} ended with {outcome.Code}: {outcome.Error}");
    }

    private static void Write(string name, string header, IEnumerable<object[]> rows) =>
        File.WriteAllLines(name, rows.Select(r => string.Join(',', r.Select(c => Convert.ToString(c, CultureInfo.InvariantCulture)))).Prepend(header));

    // Files for TensorBoard and of commas, given values, a picture for each example, images that are changed while a model learns, several series, reasons.
    [GeneratedRegex("""--tensorboard|--csv-log|^sample .*--given|-o \S+/(?=\s|$)|--series-column|--query|--flip|\baugment=|--why""")]
    private static partial Regex Shown();

    [GeneratedRegex("""(?<!--out )\bruns/\w+""")]
    private static partial Regex OpenedRun();

    [GeneratedRegex("""-o (\S+)""")]
    private static partial Regex Written();
}
