using System.Globalization;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>What is said about a table at training is kept with the run, and holds when the run is asked.</summary>
public sealed class TableFlagTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_run_remembers_files_columns_and_rows()
    {
        foreach (var (name, rows, seed) in new[] { ("a.csv", 300, 1), ("b.csv", 40, 2), ("c.csv", 60, 3) })
        {
            Write(name, rows, seed);
        }

        var run = _folder["run"];
        CommandLine.Succeed("train", "gaussian", "--data", _folder["a.csv"], "--validation", _folder["b.csv"], "--test", _folder["c.csv"],
            "--drop", "day", "--only", "kind=good", "--protocol", "standardised", "--out", run);
        // Half of the rows are good.
        Assert.Contains("30 examples", CommandLine.Succeed("evaluate", run, "--metric", "nll"), StringComparison.Ordinal);
        Assert.Contains("20 examples", CommandLine.Succeed("evaluate", run, "--split", "validation", "--metric", "nll"), StringComparison.Ordinal);
        CommandLine.Succeed("resume", run, "--steps", "2");
        CommandLine.Succeed("sample", run, "-n", "5", "-o", _folder["s.csv"]);
        // The constant column is back in its place.
        Assert.Equal(["x", "seven", "y"], TextTable.Read(_folder["s.csv"]).Columns);
        Assert.All(TextTable.Read(_folder["s.csv"]).Values.ToSingles("").Chunk(3), row => Assert.Equal(7, row[1]));
        // Another file is read whole, and needs none of the columns that are left out.
        Assert.Contains("40 examples", CommandLine.Succeed("evaluate", run, "--data", _folder["b.csv"], "--metric", "nll"), StringComparison.Ordinal);
        Assert.Contains("5 examples", CommandLine.Succeed("evaluate", run, "--data", _folder["s.csv"], "--metric", "nll"), StringComparison.Ordinal);
        File.WriteAllText(_folder["holes.csv"], "y,seven,x\n3,7,\n,7,4\n");
        Assert.Contains("2 values missing", CommandLine.Succeed("complete", run, "--data", _folder["holes.csv"], "-o", _folder["done.csv"]), StringComparison.Ordinal);
        Assert.Equal(["x", "seven", "y"], TextTable.Read(_folder["done.csv"]).Columns);
    }

    [Fact]
    public void A_blank_line_of_one_column_is_completed()
    {
        File.WriteAllLines(_folder["v.csv"], Enumerable.Range(0, 100).Select(i => (i % 13 / 2.0).ToString(CultureInfo.InvariantCulture)).Prepend("v"));
        CommandLine.Succeed("train", "gaussian", "--data", _folder["v.csv"], "--out", _folder["run"]);
        File.WriteAllText(_folder["holes.csv"], "v\n1\n\n2.5\n");
        Assert.Contains("3 examples, 1 completion each, 1 value missing", CommandLine.Succeed("complete", _folder["run"], "--data", _folder["holes.csv"], "-o", _folder["done.csv"]), StringComparison.Ordinal);
        var done = TextTable.Read(_folder["done.csv"]).Values.ToSingles("");
        Assert.Equal([1f, 2.5f], [done[0], done[2]]);
    }

    [Fact]
    public void What_is_wrong_with_a_flag_is_said()
    {
        Write("a.csv", 30, 1);
        Refused("'kind'", "--only", "kind");
        Refused("'maybe'", "--header", "maybe");
        Refused("Did you mean 'day'", "--drop", "dya");
        // A table of numbers has no dates; one of several kinds of columns may.
        Assert.Contains("day: date 2024-01-01", CommandLine.Run("data", "info", _folder["a.csv"]).Output, StringComparison.Ordinal);
        var text = CommandLine.Run("data", "info", _folder["a.csv"], "--protocol", "reals");
        Assert.Contains("'2024-01-01', a date; leave the column out (--drop day)", text.Error, StringComparison.Ordinal);

        void Refused(string part, params string[] flags)
        {
            var outcome = CommandLine.Run(["data", "info", _folder["a.csv"], .. flags]);
            Assert.Equal(2, outcome.Code);
            Assert.Contains(part, outcome.Error, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, int rows, int seed)
    {
        var random = new Random(seed);
        File.WriteAllLines(_folder[name], Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"2024-01-0{1 + (i % 9)},{10 + random.NextDouble()},7,{5 * random.NextDouble()},{(i % 2 == 0 ? "good" : "bad")}")).Prepend("day,x,seven,y,kind"));
    }
}
