using System.Globalization;
using Likeness.Tests;

namespace Likeness.Cli.Tests.Lines;

/// <summary>Who is refused reads why, and not what would have been worth knowing about work that is not done.</summary>
public sealed class HeldNoteTests : IDisposable
{
    private const string Note = "The column 'day' of";

    private readonly TemporaryFolder _files = new();

    public HeldNoteTests() => File.WriteAllLines(_files["days.csv"],
        Enumerable.Range(0, 300).Select(i => string.Create(CultureInfo.InvariantCulture, $"{new DateTime(2024, 1, 1).AddDays(i):yyyy-MM-dd},{Math.Sin(i / 3.0):0.000},{i % 7}")).Prepend("day,load,weekday"));

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_refusal_comes_alone_and_what_is_done_with_its_notes()
    {
        string[] train = ["train", "linear-ar", "--data", _files["days.csv"], "--protocol", "windows", "--size", "12", "--threads", "1", "--grids", "0"];
        // What is worth knowing about the data is noted before the model is found unfit.
        Refused("cannot be trained privately", [.. train[..1], "timegan", .. train[2..], "--steps", "2", "--privacy", "epsilon=1,delta=1e-5", "--out", _files["private"]]);
        Refused("give one of them", [.. train, "--steps", "2", "--epochs", "2"]);
        Refused("for --epochs", [.. train, "--epochs", "0"]);
        var outcome = CommandLine.Run([.. train, "--out", _files["run"]]);
        Assert.Equal((0, true), (outcome.Code, outcome.ErrorLines[0].StartsWith(Note, StringComparison.Ordinal)));

        var run = _files["run"];
        Refused("holds no run", ["evaluate", run, "--metric", "frechet", "--features", _files["nowhere"]]);
        Refused("cannot be measured on a linear-ar", ["evaluate", run, "--metric", "translation"]);
        Refused("--folds belongs to --calibrate cross", ["anomalies", run, "--data", _files["days.csv"], "--folds", "3", "--calibrate", "training"]);
        Refused("longer than the series of 12", ["forecast", run, "--data", _files["days.csv"], "--past", "30"]);
        Refused("cannot encode", ["encode", run, "--data", _files["days.csv"]]);
        Refused("cannot encode", ["cluster", run, "--data", _files["days.csv"]]);
        foreach (var done in new string[][] { ["evaluate", run, "--metric", "nll"], ["forecast", run, "--data", _files["days.csv"], "-n", "2", "-o", _files["f.csv"]], ["data", "info", _files["days.csv"], "--protocol", "windows"] })
        {
            Assert.Contains(Note, CommandLine.Run(done).ErrorLines[0], StringComparison.Ordinal);
        }

        void Refused(string why, string[] line)
        {
            var refused = CommandLine.Run(line);
            Assert.NotEqual(0, refused.Code);
            Assert.Contains(why, Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Notes_wait_for_the_first_result_and_keep_their_order()
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var terminal = new Terminal(output, error);
        terminal.Note("one");
        terminal.Note("two");
        Assert.Equal("", error.ToString());
        terminal.Print("result");
        Assert.Equal("one\ntwo\n", error.ToString());
        terminal.Note("three");
        Assert.Equal("one\ntwo\nthree\n", error.ToString());
    }
}
