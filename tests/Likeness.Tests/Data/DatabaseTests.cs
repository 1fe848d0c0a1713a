using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Likeness.Tests.Data;

/// <summary>SQLite's databases as mixed tables: what is read, to the last digit, and what is refused in one sentence.</summary>
public sealed class DatabaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Cells_are_what_the_database_holds_to_the_last_digit()
    {
        var file = Made("numbers.db", "CREATE TABLE t(n INTEGER, x REAL, word TEXT, day TEXT)",
            "INSERT INTO t VALUES (9007199254740993, 0.30000000000000004, ' a, \"b\" ', '2024-02-29'), (-9223372036854775808, 1e300, NULL, NULL), (NULL, NULL, 'Zoë', '2024-03-01')");
        var table = Read(file, null);
        Assert.Equal(["n", "x", "word", "day"], table.Columns);
        Assert.Equal(["9007199254740993", "0.30000000000000004", "a, \"b\"", "2024-02-29"], table.Rows[0]);
        Assert.Equal(["-9223372036854775808", "1E+300", "", ""], table.Rows[1]);
        Assert.Equal(["", "", "Zoë", "2024-03-01"], table.Rows[2]);
    }

    [Fact]
    public void A_query_is_a_table_with_a_schema_and_its_only_table_needs_none()
    {
        var file = Shop("shop.sqlite3", orders: false);
        var data = DatasetCatalog.Open(file, new() { Table = new() { Drop = ["photo", "id"] } });
        var schema = data.Origin.Fit.Schema!;
        Assert.Equal([ColumnKind.Integer, ColumnKind.Number, ColumnKind.Date, ColumnKind.Category], schema.Columns.Select(c => c.Kind));
        Assert.Equal((18, 77, ""), ((int)schema.Columns[0].Low!, (int)schema.Columns[0].High!, schema.Columns[1].Missing));
        // The name of the table is kept, so another one beside it does no harm.
        Assert.Equal("customers", data.Origin.Table!.Query);
        Assert.Equal((160, 20, 20), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));

        const string query = "SELECT city, avg(income) AS mean, count(*) FROM customers WHERE age < 50 GROUP BY age";
        var grouped = DatasetCatalog.Open(file, new() { Table = new() { Query = query }, Whole = true });
        Assert.Equal(["city", "mean", "count(*)"], grouped.Origin.Fit.Schema!.Columns.Select(c => c.Name));
        using var db = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        db.Open();
        using var count = db.CreateCommand();
        count.CommandText = "SELECT count(DISTINCT age) FROM customers WHERE age < 50";
        Assert.Equal((long)count.ExecuteScalar()!, grouped.Count(Split.Test));
    }

    [Fact]
    public void A_database_gives_the_same_examples_as_a_file_of_the_same_cells()
    {
        var (file, csv) = (Shop("shop.db3", orders: true), _folder["shop.csv"]);
        var table = Read(file, "SELECT age, income, since, city FROM customers");
        File.WriteAllLines(csv, [string.Join(',', table.Columns), .. table.Rows.Select(r => string.Join(',', r))]);
        var (a, b) = (DatasetCatalog.Open(file, new() { Table = new() { Query = "customers", Drop = ["photo", "id"] } }), DatasetCatalog.Open(csv, new() { Protocol = Protocols.Mixed }));
        Assert.Equal(b.Origin.Fit.Schema, a.Origin.Fit.Schema);
        foreach (var split in Enum.GetValues<Split>())
        {
            Assert.Equal(ExampleSet.Of(b, split, 200, 50).Values, ExampleSet.Of(a, split, 200, 50).Values);
        }
    }

    [Fact]
    public void Columns_without_a_name_get_one_and_views_are_tables()
    {
        var file = Shop("views.db", orders: true);
        Assert.Equal(["x1", "age"], Read(file, "SELECT income AS \"\", age FROM customers").Columns);
        Assert.Equal(["city", "age"], Read(file, "OLD").Columns);
        Assert.All(Read(file, "old").Rows, r => Assert.InRange(int.Parse(r[1], CultureInfo.InvariantCulture), 61, 77));
    }

    [Theory]
    [InlineData(null, "has 2 tables (customers, orders): name one (Query = customers), or give a SELECT there.")]
    [InlineData("custmers", "Did you mean 'customers'?")]
    [InlineData("  ", "is empty: give a SELECT, or the name of a table.")]
    [InlineData("SELEC age FROM customers", "fails (near \"SELEC\": syntax error): correct it; it has customers, old, orders.")]
    [InlineData("SELECT wage FROM customers", "fails (no such column: wage)")]
    [InlineData("SELECT age FROM people", "fails (no such table: people): correct it; it has customers, old, orders.")]
    [InlineData("SELECT a.age, b.age FROM customers a, customers b", "has 2 columns called 'age': name each once.")]
    [InlineData("SELECT age FROM customers WHERE age > 1000", "gives no rows for 'SELECT age FROM customers WHERE age > 1000': a table needs at least one.")]
    [InlineData("SELECT age, photo FROM customers", "The column 'photo' of '")]
    [InlineData("SELECT age, 9e999 AS much FROM customers", "The column 'much' of '")]
    [InlineData("-- nothing", "gives no rows and columns: give a SELECT.")]
    [InlineData("SELECT age FROM customers; SELECT age FROM customers", "is several: give one SELECT.")]
    [InlineData("DELETE FROM orders", "does more than read")]
    [InlineData("SELECT age FROM customers; DROP TABLE orders", "does more than read")]
    [InlineData("DELETE FROM orders RETURNING customer", "does more than read")]
    [InlineData("VACUUM INTO 'copy.db'", "does more than read")]
    [InlineData("ATTACH 'other.db' AS other", "does more than read")]
    [InlineData("CREATE TEMP TABLE t(a)", "does more than read")]
    [InlineData("PRAGMA journal_mode = DELETE", "does more than read")]
    [InlineData("SELECT load_extension('x')", "fails (not authorized)")]
    public void What_is_no_query_for_a_table_is_refused_in_a_sentence(string? query, string said)
    {
        var file = Shop("refused.db", orders: true);
        var before = File.ReadAllBytes(file);
        var refused = Assert.ThrowsAny<LikenessException>(() => DatasetCatalog.Open(file, new() { Table = query is null ? null : new() { Query = query } }));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal(before, File.ReadAllBytes(file));
        Assert.Equal(["refused.db"], Directory.EnumerateFiles(Path.GetDirectoryName(file)!).Select(Path.GetFileName));
    }

    [Fact]
    public void Binary_columns_do_no_harm_where_nobody_asks_for_them()
    {
        var file = Shop("binary.db", orders: false);
        var table = new TableOptions { Query = "customers", Columns = ["age", "city"] };
        Assert.Equal(2, DatasetCatalog.Open(file, new() { Table = table }).Origin.Fit.Schema!.Columns.Count);
        Assert.Contains("(a BLOB) in row 2", Assert.Throws<DataException>(() => DatasetCatalog.Open(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_larger_than_what_is_read_is_refused_before_it_fills_the_memory()
    {
        const string endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x, -x FROM c";
        var file = Shop("large.db", orders: false);
        Assert.Contains("gives more than 500 rows of 2 columns, and at most 1000 cells are read", Assert.Throws<DataException>(() => SqliteCells.Read(file, endless, _ => true, 1000)).Message, StringComparison.Ordinal);
        Assert.Equal(500, SqliteCells.Read(file, $"{endless} LIMIT 500", _ => true, 1000).Rows.Count);
    }

    [Fact]
    public void What_is_no_database_is_said()
    {
        File.WriteAllText(_folder["text.db"], "a,b\n1,2\n");
        Refused("is no SQLite database, or an encrypted one", _folder["text.db"]);
        File.WriteAllBytes(_folder["empty.db"], []);
        Refused("has no tables", _folder["empty.db"]);
        Refused("does not exist", _folder["none.db"]);
        var csv = _folder["a.csv"];
        File.WriteAllText(csv, "a,b\n1,2\n2,3\n3,5\n5,7\n");
        Refused("does not end in .db, .db3, .sqlite or .sqlite3, as a database does, and so cannot be asked 'a'", csv, "a");
        var whole = File.ReadAllBytes(Shop("whole.db", orders: true));
        // Every page but the first is gone, or all say the same.
        File.WriteAllBytes(_folder["cut.db"], whole[..4096]);
        Refused("is damaged (database disk image is malformed): get it again.", _folder["cut.db"], "orders");
        File.WriteAllBytes(_folder["noise.db"], [.. whole[..4096], .. Enumerable.Repeat((byte)0xFF, whole.Length - 4096)]);
        Refused("is damaged (database disk image is malformed): get it again.", _folder["noise.db"], "orders");

        void Refused(string said, string path, string? query = null) =>
            Assert.Contains(said, Assert.ThrowsAny<LikenessException>(() => DatasetCatalog.Open(path, new() { Table = query is null ? null : new() { Query = query } })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Splits_may_be_databases_of_their_own_and_columns_say_splits()
    {
        var (train, test) = (Shop("train.db", orders: false), Shop("test.db", orders: true));
        var data = DatasetCatalog.Open(train, new() { Table = new() { Query = "SELECT age, city FROM customers WHERE id < 50", Test = test } });
        Assert.Equal((50, 0, 50), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));
        var told = DatasetCatalog.Open(train, new() { Table = new() { Query = "SELECT age, city, CASE WHEN id < 70 THEN 'train' ELSE 'test' END AS part FROM customers", SplitColumn = "part" } });
        Assert.Equal((70, 130), (told.Count(Split.Train), told.Count(Split.Test)));
    }

    public void Dispose() => _folder.Dispose();

    private static CellTable Read(string file, string? query) => SqliteCells.Read(file, query, _ => true);

    private string Shop(string name, bool orders) => Databases.Shop(_folder[name], orders);

    private string Made(string name, params string[] statements) => Databases.Make(_folder[name], statements);
}
