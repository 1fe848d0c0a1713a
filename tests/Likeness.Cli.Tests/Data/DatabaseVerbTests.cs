using System.Globalization;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>A run that learned from a query of a database remembers it, and may be asked about other rows.</summary>
public sealed class DatabaseVerbTests : IDisposable
{
    private const string Query = "SELECT age, income, since, city FROM customers WHERE id < 150";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_query_goes_from_a_database_to_rows_completions_reasons_and_scores()
    {
        var (shop, run) = (Databases.Shop(_folder["shop.db"], orders: true), _folder["run"]);
        var info = CommandLine.Succeed("data", "info", shop, "--query", Query, "--write-schema", _folder["shop.json"]);
        Assert.Contains("counts     120 train, 15 validation, 15 test", info, StringComparison.Ordinal);
        Assert.Contains("age: integer 18 … 77", info, StringComparison.Ordinal);
        Assert.Contains("since: date 2019-01-10 …", info, StringComparison.Ordinal);
        CommandLine.Succeed("train", "gaussian-copula", "--data", shop, "--query", Query, "--target", "city", "--schema", _folder["shop.json"], "--out", run);

        // No word about the database from here on; what is asked of the run's own data is the query.
        Assert.Contains("15 examples", CommandLine.Succeed("evaluate", run, "--metric", "elbo"), StringComparison.Ordinal);
        CommandLine.Succeed("sample", run, "-n", "20", "--given", "city=Oslo", "age=30", "-o", _folder["new.csv"]);
        Assert.All(File.ReadAllLines(_folder["new.csv"]).Skip(1), l => Assert.Matches(@"^30,\d*(\.\d\d)?,20\d\d-\d\d-\d\d,Oslo$", l));
        Assert.Equal(150, Scores("score", run, "--data", shop));

        // Other rows of the same database, with or without its name, and of another one, by a table or the only one.
        const string others = "SELECT * FROM customers WHERE id >= 150";
        Assert.Equal(50, Scores("score", run, "--data", shop, "--query", others));
        Assert.Contains("50 examples", CommandLine.Succeed("evaluate", run, "--query", others, "--metric", "elbo"), StringComparison.Ordinal);
        Assert.Contains("50 examples", CommandLine.Run("anomalies", run, "--data", shop, "--query", others, "--why", "--top", "3").Output, StringComparison.Ordinal);
        var other = Databases.Shop(_folder["other.sqlite"], orders: false);
        Assert.Equal(200, Scores("score", run, "--data", other, "--query", "customers"));
        File.WriteAllLines(_folder["plain.csv"], ["age,income,since,city", "44,1111.25,2020-05-12,Rome"]);
        Assert.Equal(1, Scores("score", run, "--data", _folder["plain.csv"]));

        // What another query was measured on is kept apart.
        var kept = File.ReadAllText(Path.Combine(run, "scores.json"));
        Assert.Contains("id \\u003C 150)", kept, StringComparison.Ordinal);
        Assert.Contains("id \\u003E= 150)", kept, StringComparison.Ordinal);

        // Rows 0, 13 and 26 lack an income, and one has all.
        var said = CommandLine.Succeed("complete", run, "--data", shop, "--query", "SELECT * FROM customers WHERE id IN (0, 1, 13, 26)", "-o", _folder["whole.csv"]);
        Assert.Contains("4 examples, 1 completion each, 3 values missing", said, StringComparison.Ordinal);
        var whole = File.ReadAllLines(_folder["whole.csv"]);
        Assert.Equal("25,1037.25,2020-02-11,Oslo", whole[2]);
        Assert.All(whole.Skip(1), l => Assert.Matches(@"^\d\d,\d+\.\d\d,20", l));

        CommandLine.Succeed("data", "export", shop, "--query", Query, "--split", "train", "-o", _folder["train.csv"]);
        Assert.Equal(121, File.ReadAllLines(_folder["train.csv"]).Length);

        // Rows that change are told by the query that gives them.
        Databases.Make(shop, "DELETE FROM customers WHERE id < 20");
        Assert.Contains($"Warning: What '{Query}' gives of '{shop}' has changed since '{run}' learned from it: it had 120 training examples then, and has 104 now; what follows is", CommandLine.Run("evaluate", run, "--metric", "elbo").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_is_remembered_by_its_name_and_only_its_own_rows_make_it_another_one()
    {
        var (shop, run) = (Databases.Shop(_folder["shop.db"], orders: false), _folder["run"]);
        CommandLine.Succeed("train", "gaussian-copula", "--data", shop, "--drop", "photo,id", "--out", run);
        Databases.Make(shop, "CREATE TABLE orders(customer INTEGER, price REAL)", "INSERT INTO orders VALUES (1, 2.5)");
        var same = CommandLine.Run("evaluate", run, "--metric", "elbo");
        Assert.Equal((0, false), (same.Code, same.Error.Contains("has changed", StringComparison.Ordinal)));
        Databases.Make(shop, "UPDATE customers SET income = income + 1 WHERE id = 3");
        Assert.Contains($"Warning: The table 'customers' of '{shop}' has changed since '{run}' learned from it: it has as many training examples, and not the same content; what follows is of the data as it is now,", CommandLine.Run("evaluate", run, "--metric", "elbo").Error, StringComparison.Ordinal);

        // Another database with one table of another name.
        var other = Databases.Make(_folder["other.db"], "CREATE TABLE people(city TEXT, age INTEGER, since TEXT, income REAL)", "INSERT INTO people VALUES ('Rome', 30, '2020-01-11', 1037.25), ('Oslo', 40, '2021-01-11', NULL)");
        Assert.Equal(2, Scores("score", run, "--data", other));
    }

    [Fact]
    public void Models_of_levels_and_of_codes_learn_from_a_database_as_from_a_file()
    {
        var shop = Databases.Shop(_folder["shop.db"], orders: true);
        CommandLine.Succeed("train", "chow-liu", "--data", shop, "--query", "old", "--out", _folder["levels"]);
        CommandLine.Succeed("compress", shop, "--query", "SELECT * FROM old LIMIT 20", "-m", _folder["levels"], "-o", _folder["old.lk"]);
        CommandLine.Succeed("train", "tvae", "--data", shop, "--query", Query, "--out", _folder["codes"], "--steps", "4", "--batch", "50", "--set", "latent=4", "hidden=16");
        CommandLine.Succeed("resume", _folder["codes"], "--steps", "6");
        Assert.Contains("7 codes of 4 values", CommandLine.Succeed("encode", _folder["codes"], "--query", $"{Query} LIMIT 7", "-o", _folder["codes.npy"]), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private int Scores(params string[] arguments)
    {
        CommandLine.Succeed([.. arguments, "-o", _folder["scores.csv"]]);
        var lines = File.ReadAllLines(_folder["scores.csv"]);
        Assert.All(lines.Skip(1), l => Assert.True(double.IsFinite(double.Parse(l.Split(',')[1], CultureInfo.InvariantCulture)), l));
        return lines.Length - 1;
    }
}
