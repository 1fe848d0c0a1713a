using System.Globalization;
using System.Text.Json.Nodes;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>Whatever is opened for a run is brought to the model's units by the training data's fit, and what comes out goes back.</summary>
public sealed class DataUnitsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_table_in_the_training_files_units_is_standardised_by_the_training_data()
    {
        var (run, table) = (_folder["std"], Table("train.csv", 10, 50, seed: 1));
        CommandLine.Succeed("train", "gaussian", "--data", table, "--protocol", "standardised", "--out", run);
        // The training file itself holds hardly any anomaly; read raw, all of its rows would be some.
        Assert.True(AnomalyCount(run, table) <= 20);
        // About 100 test rows of the run's own data against 1000 of the same distribution: three standard errors of 0.1.
        var own = Nll(run, null);
        Assert.Equal(own, Nll(run, Table("same.csv", 10, 50, seed: 2)), 0.35);
        Assert.True(Nll(run, Table("shifted.csv", 30, 50, seed: 2)) > own + 5);
    }

    [Fact]
    public void Columns_are_told_apart_by_their_names()
    {
        var (run, table) = (_folder["columns"], Table("train.csv", 10, 50, seed: 1));
        CommandLine.Succeed("train", "gaussian", "--data", table, "--out", run);
        var rows = File.ReadAllLines(Table("same.csv", 10, 50, seed: 2));
        File.WriteAllLines(_folder["swapped.csv"], rows.Select(r => string.Join(',', r.Split(',').Reverse())));
        Assert.Equal(Nll(run, _folder["same.csv"]), Nll(run, _folder["swapped.csv"]), 1e-6);
        File.WriteAllLines(_folder["foreign.csv"], rows.Skip(1).Prepend("height,weight"));
        Refused(run, "foreign.csv", "'a'");
        File.WriteAllLines(_folder["more.csv"], rows.Select((r, i) => i == 0 ? $"{r},c" : $"{r},1"));
        Refused(run, "more.csv", "'c'");
        File.WriteAllLines(_folder["unnamed.csv"], rows.Skip(1));
        Assert.Equal(Nll(run, _folder["same.csv"]), Nll(run, _folder["unnamed.csv"]), 1e-6);
    }

    [Fact]
    public void A_forecast_goes_on_after_the_end_of_the_file()
    {
        var (run, file) = (_folder["waves"], _folder["waves.csv"]);
        // 300 steps of a wave of 12, whose next value follows from the two before it.
        double Wave(int t) => 5 + Math.Sin(2 * Math.PI * t / 12);
        var random = new Random(1);
        File.WriteAllLines(file, Enumerable.Range(0, 300).Select(t => (Wave(t) + (0.01 * random.NextDouble())).ToString("0.#####", CultureInfo.InvariantCulture)).Prepend("v"));
        CommandLine.Succeed("train", "linear-ar", "--data", file, "--protocol", "windows", "--size", "24", "--set", "lags=12", "--out", run);
        CommandLine.Succeed("forecast", run, "--beyond", "--steps", "6", "-n", "50", "-o", _folder["f.csv"]);
        var rows = File.ReadAllLines(_folder["f.csv"]).Skip(1).Select(r => r.Split(',').Select(c => double.Parse(c, CultureInfo.InvariantCulture)).ToArray()).ToList();
        Assert.Equal(6 * 50, rows.Count);
        // Noise of 0.003 that a few steps make a little larger; a step off would be seen at 0.5.
        Assert.All(rows.GroupBy(r => r[1]).Index(), g => Assert.Equal(Wave(300 + g.Index), g.Item.Average(r => r[2]), 0.05));

        var outcome = CommandLine.Run("forecast", run, "--beyond", "--past", "3");
        Assert.Equal(2, outcome.Code);
        Assert.Contains("leave --example and --past out", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_series_starts_from_its_own_level()
    {
        string Series(string name, double level)
        {
            var random = new Random(3);
            var v = 0.0;
            File.WriteAllLines(_folder[name], Enumerable.Range(0, 400).Select(_ => (level + (v = (0.9 * v) + random.NextDouble() - 0.5)).ToString("0.####", CultureInfo.InvariantCulture)).Prepend("v"));
            return _folder[name];
        }

        var run = _folder["ar"];
        CommandLine.Succeed("train", "linear-ar", "--data", Series("train.csv", 20), "--protocol", "windows", "--out", run);
        var same = Series("same.csv", 20);
        var shifted = Series("shifted.csv", 520);
        Assert.True(Nll(run, shifted) > Nll(run, same) + 100);
        foreach (var (file, level) in new[] { (same, 20.0), (shifted, 520.0) })
        {
            CommandLine.Succeed("forecast", run, "--data", file, "--past", "12", "--steps", "2", "-n", "3", "-o", _folder["f.csv"]);
            var forecast = TextTable.Read(_folder["f.csv"]);
            Assert.Equal(["draw", "step", "v"], forecast.Columns);
            // The model draws a strange level back to its own, by less than half of the way in two steps.
            Assert.All(forecast.Values.ToSingles("").Chunk(3), row => Assert.Equal(level, row[2], level == 20 ? 5.0 : 250));
        }

        CommandLine.Succeed("forecast", run, "--data", same, "--past", "12", "--steps", "2", "-n", "3", "--raw", "-o", _folder["f.csv"]);
        Assert.All(TextTable.Read(_folder["f.csv"]).Values.ToSingles("").Chunk(3), row => Assert.Equal(0, row[2], 6.0));
    }

    [Fact]
    public void Samples_and_completions_are_in_the_tables_units_under_its_names()
    {
        var (run, table) = (_folder["units"], Table("train.csv", 10, 50, seed: 1));
        CommandLine.Succeed("train", "gaussian", "--data", table, "--protocol", "standardised", "--out", run);
        CommandLine.Succeed("sample", run, "-n", "400", "-o", _folder["x.csv"]);
        var samples = TextTable.Read(_folder["x.csv"]);
        Assert.Equal(["a", "b"], samples.Columns);
        // Means within five standard errors of 10 and 50.
        Assert.Equal(10, samples.Values.ToSingles("").Where((_, i) => i % 2 == 0).Average(), 0.25);
        Assert.Equal(50, samples.Values.ToSingles("").Where((_, i) => i % 2 == 1).Average(), 2.5);
        CommandLine.Succeed("sample", run, "-n", "400", "--raw", "-o", _folder["raw.csv"]);
        Assert.Equal(0, TextTable.Read(_folder["raw.csv"]).Values.ToSingles("").Average(), 0.25);

        // Samples can be scored as what they are.
        Assert.Equal(Nll(run, table), Nll(run, _folder["x.csv"]), 0.3);

        File.WriteAllText(_folder["holes.csv"], "b,a\n55.125,9.3\n,11.7\n");
        CommandLine.Succeed("complete", run, "--data", _folder["holes.csv"], "-o", _folder["done.csv"]);
        var done = TextTable.Read(_folder["done.csv"]);
        Assert.Equal(["a", "b"], done.Columns);
        var cells = done.Values.ToSingles("");
        Assert.Equal([9.3f, 55.125f, 11.7f], cells[..3]);
        Assert.Equal(50, cells[3], 50.0);
    }

    [Fact]
    public void Classes_are_names()
    {
        // Class 13 alone has a = 1.
        File.WriteAllLines(_folder["labels.csv"], Enumerable.Range(0, 300).Select(i => $"{(i % 3) / 2},{i / 3 % 2},{5 + (4 * (i % 3))}").Prepend("a,b,label"));
        Assert.Contains("5, 9, 13", CommandLine.Succeed("data", "info", _folder["labels.csv"]), StringComparison.Ordinal);
        var run = _folder["cc"];
        CommandLine.Succeed("train", "class-conditional", "--data", _folder["labels.csv"], "--out", run);
        CommandLine.Succeed("sample", run, "--class", "13", "-n", "20", "-o", _folder["x.csv"]);
        Assert.True(TextTable.Read(_folder["x.csv"]).Values.ToSingles("").Chunk(2).Average(row => row[0]) > 0.8);
        var refused = CommandLine.Run("sample", run, "--class", "3", "-n", "2");
        Assert.Equal(2, refused.Code);
        Assert.Contains("5, 9, 13", refused.Error, StringComparison.Ordinal);
        // Labels that the model does not know are left aside, which is said.
        File.WriteAllText(_folder["strange.csv"], "a,b,label\n0,1,5\n1,0,7\n");
        var told = CommandLine.Run("score", run, "--data", _folder["strange.csv"]);
        Assert.Contains("'7'", told.Error, StringComparison.Ordinal);
        CommandLine.Succeed("train", "classifier", "--data", _folder["labels.csv"], "--labels", "15", "--steps", "2", "--batch", "5", "--out", _folder["few"]);
    }

    [Fact]
    public void Folders_with_numbers_are_named_classes_in_the_order_of_the_numbers()
    {
        foreach (var (name, grey) in new[] { ("1", 20), ("2", 120), ("10", 230) })
        {
            Directory.CreateDirectory(_folder[Path.Combine("in", name)]);
            for (var i = 0; i < 20; i++)
            {
                var pixels = new byte[64];
                pixels.AsSpan().Fill((byte)(grey + (i % 5)));
                File.WriteAllBytes(_folder[Path.Combine("in", name, $"{i}.png")], ImageCodec.EncodePng(new(8, 8, 1, pixels)));
            }
        }

        var run = _folder["cn"];
        CommandLine.Succeed("train", "class-conditional", "--data", _folder["in"], "--protocol", "bytes", "--out", run);
        foreach (var (name, grey) in new[] { ("1", 20), ("2", 120), ("10", 230) })
        {
            CommandLine.Succeed("sample", run, "--class", name, "-n", "8", "-o", _folder["x.npy"]);
            Assert.Equal(grey, Npy.Read(_folder["x.npy"]).ToSingles("").Average(), 20.0);
        }

        Assert.Equal(2, CommandLine.Run("sample", run, "--class", "0", "-n", "2").Code);
    }

    [Fact]
    public void Pictures_of_another_size_and_colour_are_brought_to_the_models()
    {
        Directory.CreateDirectory(_folder["colour"]);
        for (var i = 0; i < 3; i++)
        {
            File.WriteAllBytes(_folder[Path.Combine("colour", $"{i}.png")], ImageCodec.EncodePng(new(12, 12, 3, [.. Enumerable.Repeat((byte)(50 * i), 432)])));
        }

        var run = _folder["nade"];
        CommandLine.Succeed("train", "nade", "--data", "shapes-grey", "--protocol", "threshold", "--size", "8", "--set", "hidden=4", "--steps", "2", "--out", run);
        Assert.True(double.IsFinite(Nll(run, _folder["colour"])));
    }

    public void Dispose() => _folder.Dispose();

    private string Table(string name, double a, double b, int seed)
    {
        var random = new Random(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        File.WriteAllLines(_folder[name], Enumerable.Range(0, 1000).Select(_ => string.Create(CultureInfo.InvariantCulture, $"{a + Normal():0.####},{b + (10 * Normal()):0.####}")).Prepend("a,b"));
        return _folder[name];
    }

    private static double Nll(string run, string? data)
    {
        var text = data is null ? CommandLine.Succeed("evaluate", run, "--metric", "nll", "--json") : CommandLine.Succeed("evaluate", run, "--data", data, "--metric", "nll", "--json");
        return (double)JsonNode.Parse(text.Split('\n')[0])!["value"]!;
    }

    private static int AnomalyCount(string run, string data) =>
        (int)JsonNode.Parse(CommandLine.Succeed("anomalies", run, "--data", data, "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!["called"]!;

    private void Refused(string run, string file, string name)
    {
        var outcome = CommandLine.Run("evaluate", run, "--data", _folder[file], "--metric", "nll");
        Assert.Equal(1, outcome.Code);
        Assert.Contains(name, outcome.Error, StringComparison.Ordinal);
    }
}
