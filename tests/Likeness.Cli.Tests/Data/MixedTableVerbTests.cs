using System.Text.Json.Nodes;

namespace Likeness.Cli.Tests;

/// <summary>The page on mixed tables, walked from a CSV file to a report: what it shows works with a table of numbers, words, dates and gaps.</summary>
public sealed class MixedTableVerbTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    [Fact]
    public void A_table_goes_from_a_file_to_rows_completions_reasons_and_a_report()
    {
        var (people, folder) = (People(), run["people-run"]);
        var info = CommandLine.Succeed("data", "info", people, "--write-schema", run["people.json"]);
        Assert.Contains("age: integer 18 … 77", info, StringComparison.Ordinal);
        Assert.Contains("since: date 2019-01-01 …", info, StringComparison.Ordinal);
        Assert.Contains("city: category of Bonn, Oslo, Rome, may be missing", info, StringComparison.Ordinal);
        CommandLine.Succeed("train", "tvae", "--data", people, "--schema", run["people.json"], "--target", "member", "--out", folder, "--steps", "60", "--batch", "50", "--set", "latent=4", "hidden=32");

        var synthetic = run["synthetic.csv"];
        CommandLine.Succeed("sample", folder, "-n", "40", "-o", synthetic);
        var lines = File.ReadAllLines(synthetic);
        Assert.Equal((41, "age,income,since,city,member"), (lines.Length, lines[0]));
        Assert.All(lines.Skip(1), l => Assert.InRange(int.Parse(l.Split(',')[0], System.Globalization.CultureInfo.InvariantCulture), 18, 77));

        var given = run["given.csv"];
        CommandLine.Succeed("sample", folder, "-n", "10", "--given", "city=Oslo", "age=30", "-o", given);
        Assert.All(File.ReadAllLines(given).Skip(1), l => Assert.StartsWith("30,", l, StringComparison.Ordinal));
        Assert.All(File.ReadAllLines(given).Skip(1), l => Assert.Equal("Oslo", l.Split(',')[3]));

        var gaps = run["gaps.csv"];
        File.WriteAllLines(gaps, ["age,income,since,city,member", "44,,2020-05-01,Rome,", "44,1234.50,2020-05-01,Rome,yes"]);
        var whole = run["whole.csv"];
        CommandLine.Succeed("complete", folder, "--data", gaps, "-o", whole);
        var completed = File.ReadAllLines(whole);
        Assert.Equal("44,1234.50,2020-05-01,Rome,yes", completed[2]);
        Assert.Matches(@"^44,\d+\.\d\d,2020-05-01,Rome,(yes|no)$", completed[1]);

        var odd = CommandLine.Run("anomalies", folder, "--data", people, "--why", "--top", "3");
        Assert.Equal(0, odd.Code);
        Assert.Contains("nats of its value under the model's bound", odd.Error, StringComparison.Ordinal);

        var report = run["report.html"];
        var scores = CommandLine.Succeed("evaluate", folder, "--metric", "table", "--report", report, "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!["name"]!.GetValue<string>()).ToArray();
        Assert.Contains("detection-auroc", scores);
        Assert.Contains("efficacy-of-real-accuracy", scores);
        var page = File.ReadAllText(report);
        Assert.Contains("<h2>Pairs of columns</h2>", page, StringComparison.Ordinal);
        Assert.Equal(5, page.Split("<figure>").Length - 1);

        // What a model makes can be learned from.
        CommandLine.Succeed("train", "gaussian-copula", "--data", synthetic, "--out", run["again"]);
        CommandLine.Succeed("train", "chow-liu", "--data", people, "--out", run["levels"]);
        CommandLine.Succeed("sample", run["levels"], "-n", "5", "-o", run["levels.csv"]);
    }

    [Fact]
    public void What_a_table_does_not_have_is_said_with_what_it_has()
    {
        var (people, folder) = (People(), run["copula"]);
        CommandLine.Succeed("train", "gaussian-copula", "--data", people, "--out", folder);
        foreach (var (arguments, said) in new (string[], string)[]
        {
            (["sample", folder, "--given", "city=Paris"], "holds 'Paris', which the column does not know (it knows Bonn, Oslo, Rome)"),
            (["sample", folder, "--given", "age=200"], "cannot be 200: the rows that the model learned from have 18 … 77"),
            (["sample", folder, "--given", "town=Oslo"], "Unknown column 'town'"),
            (["sample", folder, "-n", "5", "-o", run["x.npy"]], "end the file's name in .csv or .parquet"),
            (["train", "gaussian-mixture", "--data", people], "'2019-"),
            (["train", "tvae", "--data", people, "--target", "town", "--out", run["none"]], "Unknown column 'town'"),
        })
        {
            var outcome = CommandLine.Run(arguments);
            Assert.True(outcome.Code is 1 or 2, string.Join(' ', arguments));
            Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Whether_a_number_is_missing_is_told_apart_from_categories_of_the_file()
    {
        var file = run["gappy.csv"];
        File.WriteAllLines(file, ["age,pay,city", .. Enumerable.Range(0, 60).Select(i => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(i % 9 == 0 ? "" : $"{20 + i}")},{100 + i},{(i % 2 == 0 ? "Oslo" : "Rome")}"))]);
        Assert.Contains("rows of 2 numbers and 2 categories, 1 of which says whether a number is missing", CommandLine.Succeed("data", "info", file), StringComparison.Ordinal);
        Assert.DoesNotContain("is missing", CommandLine.Succeed("data", "info", People()), StringComparison.Ordinal);
    }

    /// <summary>What the page begins with, where there is no table at hand.</summary>
    [Fact]
    public void A_drawn_table_is_written_as_its_own_cells_and_read_back_as_what_it_was()
    {
        var file = run["drawn.csv"];
        CommandLine.Succeed("data", "export", "people", "--split", "train", "-o", file);
        Assert.StartsWith("since,age,city,education,hours,spending,member,income\n20", File.ReadAllText(file), StringComparison.Ordinal);

        string[] columns(string name) => [.. CommandLine.Succeed("data", "info", name).Split('\n').Where(l => l.StartsWith("column", StringComparison.Ordinal))];
        var (drawn, read) = (columns("people"), columns(file));
        Assert.Equal((8, 8), (drawn.Length, read.Length));
        Assert.Contains("since: date", drawn[0], StringComparison.Ordinal);
        Assert.Contains("may be missing", drawn[4], StringComparison.Ordinal);
        // Which column is to be told from the others does not stand in a file, and its training part has other least and greatest values.
        string[] kinds(string[] lines) => [.. lines.Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(3)).TrimEnd(','))];
        Assert.Equal(kinds(drawn), kinds(read));
    }

    [Fact]
    public void A_table_of_any_program_is_compared_with_another_one_without_a_run()
    {
        var (people, made) = (People(), run["made.csv"]);
        // Columns in another order and one too many, incomes of another range, and as many members.
        File.WriteAllLines(made, ["city,since,more,age,income,member", .. Enumerable.Range(0, 100).Select(i => string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{new[] { "Bonn", "Oslo", "Rome" }[i % 3]},{new DateTime(2019, 1, 1).AddDays(i * 30 % 1000):yyyy-MM-dd},x,{18 + (i * 7 % 60)},{9000 + (i * 1.5):F2},{(i % 2 == 0 ? "yes" : "no")}"))]);
        var scores = CommandLine.Succeed("evaluate", made, "--against", people, "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToDictionary(l => (string)l["name"]!);
        Assert.Equal(0, (double)scores["in-range"]["value"]!);
        Assert.Equal(1, (double)scores["new-rows"]["value"]!);
        Assert.InRange((double)scores["detection-auroc"]["value"]!, 0.9, 1);
        Assert.InRange((double)scores["column-coverage"]["value"]!, 0.5, 0.9);
        Assert.Contains("target member", (string)scores["efficacy-accuracy"]["judgedBy"]!, StringComparison.Ordinal);
        Assert.Contains($"100 of {made}; 40 of {people} (mixed, test)", (string)scores["column-shapes"]["judgedBy"]!, StringComparison.Ordinal);
        Assert.Contains("frechet", scores);

        // The same rows, by the name of the metric of a model.
        var same = CommandLine.Succeed("evaluate", people, "--against", people, "--split", "train", "--metric", "table", "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToDictionary(l => (string)l["name"]!);
        Assert.InRange((double)same["column-shapes"]["value"]!, 0.95, 1);
        Assert.DoesNotContain("frechet", same);
    }

    private string People()
    {
        var file = run["people.csv"];
        File.WriteAllLines(file, ["age,income,since,city,member", .. Enumerable.Range(0, 400).Select(i => string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{18 + (i * 7 % 60)},{1000 + (37.25 * (i % 101)):F2},{new DateTime(2019, 1, 1).AddDays(i * 3 % 1000):yyyy-MM-dd},{(i % 11 == 0 ? "" : new[] { "Bonn", "Oslo", "Rome" }[i % 3])},{(i * 7 % 60 > 30 ? "yes" : "no")}"))]);
        return file;
    }
}
