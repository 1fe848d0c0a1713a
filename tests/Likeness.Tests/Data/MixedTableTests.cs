using System.Globalization;

namespace Likeness.Tests.Data;

/// <summary>Tables of several kinds of columns: what is inferred, what comes out, and what is refused.</summary>
public sealed class MixedTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Kinds_ranges_and_steps_are_inferred()
    {
        var schema = Schema(
            "id,age,height,joined,member,city,code,empty,note",
            Enumerable.Range(0, 60).Select(i =>
                $"{i + 100},{20 + (5 * (i % 9))},{1.5 + (0.01 * (i % 40)):F2},2024-{1 + (i % 12):D2}-{1 + (i % 28):D2},{(i % 3 == 0 ? "yes" : "no")},{(i % 7 == 0 ? "" : new[] { "Bonn", "Rome", "Oslo" }[i % 3])},0{i % 5}1,,this is row number {i} of many words"));

        Assert.Equal(ColumnKind.Identifier, schema["id"].Kind);
        Assert.Equal((ColumnKind.Integer, 20.0, 60.0, 5.0), (schema["age"].Kind, schema["age"].Low!.Value, schema["age"].High!.Value, schema["age"].Step!.Value));
        Assert.Equal((ColumnKind.Number, 2), (schema["height"].Kind, schema["height"].Decimals!.Value));
        Assert.Equal((ColumnKind.Date, "yyyy-MM-dd"), (schema["joined"].Kind, schema["joined"].Format));
        Assert.Equal(86400.0, schema["joined"].Step!.Value); // whole days
        Assert.Equal(ColumnKind.Boolean, schema["member"].Kind);
        Assert.Equal((ColumnKind.Category, ""), (schema["city"].Kind, schema["city"].Missing));
        Assert.Equal(ColumnKind.Category, schema["code"].Kind); // as a number it would lose its zeros
        Assert.Empty(schema["empty"].Values);
        Assert.Equal(ColumnKind.Text, schema["note"].Kind);
    }

    [Theory]
    [InlineData("2024-02-29", "yyyy-MM-dd", "2024-03-01")]
    [InlineData("29.02.2024", "dd.MM.yyyy", "01.03.2024")]
    [InlineData("2024-02-29T23:59:59", "yyyy-MM-ddTHH:mm:ss", "2024-03-01T00:00:00")]
    [InlineData("23:59", "HH:mm", "00:00")]
    public void Dates_go_to_numbers_and_back(string cell, string format, string other)
    {
        var column = Schema("when,v", [$"{cell},1", $"{other},2", $"{cell},3"])["when"];
        Assert.Equal((ColumnKind.Date, format), (column.Kind, column.Format));
        Assert.Equal(cell, column.Write(column.Parse(cell)!.Value));
        Assert.Equal(other, column.Write(column.Parse(other)!.Value));
    }

    /// <summary>Thirty tables of all kinds of columns: rows that a model makes, which here are its worst ones, obey the schema, and can be learned from again.</summary>
    [Fact]
    public void Whatever_numbers_a_model_makes_the_rows_obey_the_schema()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var table = RandomTables.Of(seed);
            var file = _folder[$"{seed}.csv"];
            File.WriteAllLines(file, table);
            MemoryDataset data;
            try
            {
                data = (MemoryDataset)DatasetCatalog.Open(file, new() { Protocol = "mixed" });
            }
            catch (DataException e)
            {
                Assert.Matches("there is nothing to learn|too few to learn from", e.Message);
                continue;
            }

            var (fit, levels) = (data.Origin.Fit, ((Domain.Mixed)data.Spec.Domain).Levels);
            var random = new Random(seed);
            // Wild numbers, and levels that the columns have.
            var values = Enumerable.Range(0, 50 * levels.Count).Select(i => levels[i % levels.Count] is > 0 and var k ? random.Next(k) : (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 8)))).ToArray();
            var made = _folder[$"{seed}-made.csv"];
            Sampling.Write(made, Tensor.From(values, 50, levels.Count), data.Spec, fit);
            RandomTables.AssertObeys(fit.Schema!, made);
            var again = DatasetCatalog.Open(made, new() { Protocol = "mixed" });
            Assert.Equal(data.Origin.Fit.Schema!.Written.Select(c => c.Name), again.Origin.Fit.Schema!.Columns.Select(c => c.Name));
        }
    }

    [Fact]
    public void Rows_survive_the_model_s_units()
    {
        string[] lines = ["a,b,c,d", .. Enumerable.Range(0, 40).Select(i => $"{1000000 + (i * 37 % 91)},{(i % 6 == 0 ? "" : (0.25 * (i % 7)).ToString(CultureInfo.InvariantCulture))},{(i % 2 == 0 ? "x" : "y, z")},2020-01-{1 + (i % 31):D2}")];
        var file = _folder["t.csv"];
        File.WriteAllLines(file, lines.Select(l => l.Replace("y, z", "\"y, z\"", StringComparison.Ordinal)));
        var data = DatasetCatalog.Open(file, new() { Protocol = "mixed", Whole = true });
        var cells = data.Origin.Fit.Cells(ExampleSet.Of(data, Split.Test, 100, 100).Values).ToArray();
        // Cells that were missing are again, and all others as they were.
        Assert.Equal(CellTable.Read(file, null).Rows.Select(r => string.Join('|', r.Select((c, i) => i == 1 && c.Length > 0 ? double.Parse(c, CultureInfo.InvariantCulture).ToString("F2", CultureInfo.InvariantCulture) : c))), cells.Select(r => string.Join('|', r)));
    }

    [Fact]
    public void Other_files_are_read_by_the_schema_of_the_training_rows()
    {
        var file = _folder["train.csv"];
        File.WriteAllLines(file, ["age,city", .. Enumerable.Range(0, 30).Select(i => $"{20 + i},{(i % 2 == 0 ? "Rome" : "Oslo")}")]);
        var data = DatasetCatalog.Open(file, new() { Protocol = "mixed" });
        var run = RunData.Of(data);

        var swapped = _folder["swapped.csv"];
        File.WriteAllLines(swapped, ["city,age", "Oslo,25"]);
        var read = DatasetCatalog.Open(swapped, new(Protocol: "mixed", Whole: true) { For = run });
        Assert.Equal(["25", "Oslo"], read.Origin.Fit.Cells(ExampleSet.Of(read, Split.Test, 1, 1).Values).Single());

        var foreign = _folder["foreign.csv"];
        File.WriteAllLines(foreign, ["city,age", "Paris,25"]);
        var e = Assert.Throws<DataException>(() => DatasetCatalog.Open(foreign, new(Protocol: "mixed", Whole: true) { For = run }));
        Assert.Contains("'Paris'", e.Message, StringComparison.Ordinal);
        Assert.Contains("'city'", e.Message, StringComparison.Ordinal);
        Assert.Contains("line 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_among_numbers_is_an_error_and_no_category()
    {
        var file = _folder["typo.csv"];
        File.WriteAllLines(file, ["age,city", .. Enumerable.Range(0, 30).Select(i => $"{(i == 7 ? "2O" : 20 + i)},{(i % 2 == 0 ? "Rome" : "Oslo")}")]);
        var e = Assert.Throws<DataException>(() => DatasetCatalog.Open(file, new() { Protocol = "mixed" }));
        Assert.Contains("'2O'", e.Message, StringComparison.Ordinal);
        Assert.Contains("line 9", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1,{0}")]
    [InlineData("1.234,{0}")]
    [InlineData("12,34{0}.5")]
    [InlineData("1 23{0}")]
    public void Numbers_written_otherwise_are_an_error_and_no_category(string cell)
    {
        var wrong = Assert.Throws<DataException>(() => Schema("size;kind", Enumerable.Range(0, 40).Select(i => $"{string.Format(CultureInfo.InvariantCulture, cell, i % 10)};{"ab"[i % 2]}")));
        Assert.Contains("'size', a number with commas or blanks in it", wrong.Message);
    }

    /// <summary>Codes of words and numbers are no numbers.</summary>
    [Fact]
    public void Words_with_commas_are_categories() =>
        Assert.Equal(ColumnKind.Category, Schema("size;kind", Enumerable.Range(0, 40).Select(i => $"{i % 4},x;{"ab"[i % 2]}"))["size"].Kind);

    [Fact]
    public void Levels_of_ranges_go_back_into_their_ranges()
    {
        var file = _folder["wide.csv"];
        var random = new Random(3);
        File.WriteAllLines(file, ["v,w", .. Enumerable.Range(0, 500).Select(i => $"{random.NextDouble() * random.NextDouble():F4},{(i % 3 == 0 ? "a" : "b")}")]);
        var data = DatasetCatalog.Open(file, new() { Protocol = "discretised", Whole = true });
        var fit = data.Origin.Fit;
        Assert.IsType<Domain.Categorical>(data.Spec.Domain);
        var values = ExampleSet.Of(data, Split.Test, 500, 100).Values;
        var back = fit.Cells(values).ToArray();
        for (var i = 0; i < 500; i++)
        {
            var (edges, v) = (fit.Schema!.Columns[0].Edges, double.Parse(back[i][0], CultureInfo.InvariantCulture));
            Assert.InRange(v, edges[(int)values[2 * i]] - 1e-4, edges[(int)values[2 * i] + 1] + 1e-4);
        }
    }

    [Fact]
    public void Parquet_files_keep_a_table()
    {
        var file = _folder["t.csv"];
        File.WriteAllLines(file, ["n,x,city,when", .. Enumerable.Range(0, 30).Select(i => $"{i % 11},{(i % 5 == 0 ? "" : (0.5 * i).ToString("F1", CultureInfo.InvariantCulture))},{(i % 2 == 0 ? "Rome" : "Oslo")},2024-01-{1 + (i % 28):D2}")]);
        var data = DatasetCatalog.Open(file, new() { Protocol = "mixed", Whole = true });
        var x = Tensor.From(ExampleSet.Of(data, Split.Test, 30, 30).Values, data.Spec.BatchShape(30));
        var (csv, parquet) = (_folder["again.csv"], _folder["again.parquet"]);
        Sampling.Write(csv, x, data.Spec, data.Origin.Fit);
        Sampling.Write(parquet, x, data.Spec, data.Origin.Fit);
        var (a, b) = (DatasetCatalog.Open(csv, new() { Protocol = "mixed", Whole = true }), DatasetCatalog.Open(parquet, new() { Whole = true }));
        Assert.Equal(a.Origin.Fit.Schema!.Columns.Select(c => (c.Name, c.Kind)), b.Origin.Fit.Schema!.Columns.Select(c => (c.Name, c.Kind)));
        Assert.Equal(ExampleSet.Of(a, Split.Test, 30, 30).Values, ExampleSet.Of(b, Split.Test, 30, 30).Values);
    }

    [Fact]
    public void A_query_s_rows_are_a_table()
    {
        using var rows = new System.Data.DataTable();
        rows.Columns.Add("age", typeof(int));
        rows.Columns.Add("member", typeof(bool));
        rows.Columns.Add("since", typeof(DateTime));
        for (var i = 0; i < 30; i++)
        {
            rows.Rows.Add(20 + (i % 7), i % 2 == 0, i % 5 == 0 ? DBNull.Value : new DateTime(2020, 1, 1 + (i % 20)));
        }

        using var reader = rows.CreateDataReader();
        var schema = Tables.Open("members", reader).Origin.Fit.Schema!;
        Assert.Equal([ColumnKind.Integer, ColumnKind.Boolean, ColumnKind.Date], schema.Columns.Select(c => c.Kind));
        Assert.Equal("", schema.Columns[2].Missing);
    }

    [Fact]
    public void A_schema_file_can_be_edited_and_its_contradictions_are_refused()
    {
        var schema = new TableSchema([new("age", ColumnKind.Integer) { Low = 0, High = 120, Step = 1, Decimals = 0 }, new("city", ColumnKind.Category) { Values = ["Oslo", "Rome"] }], "city");
        var file = _folder["schema.json"];
        schema.Save(file);
        Assert.Equal(schema, TableSchema.Load(file));
        File.WriteAllText(file, File.ReadAllText(file).Replace("120", "-5", StringComparison.Ordinal));
        Assert.Contains("a low of 0 above its high of -5", Assert.Throws<DataException>(() => TableSchema.Load(file)).Message, StringComparison.Ordinal);
        File.WriteAllText(file, "{ \"columns\": [");
        Assert.Contains("cannot be read as a schema", Assert.Throws<DataException>(() => TableSchema.Load(file)).Message, StringComparison.Ordinal);
    }

    private Dictionary<string, SchemaColumn> Schema(string header, IEnumerable<string> rows)
    {
        var file = _folder["schema.csv"];
        File.WriteAllLines(file, [header, .. rows]);
        // All rows, so ranges are those of the file.
        var table = CellTable.Read(file, header: true);
        return SchemaInference.Of(table, [.. Enumerable.Range(0, table.Rows.Count)], []).Columns.ToDictionary(c => c.Name);
    }
}

/// <summary>Made-up tables of all kinds of columns.</summary>
internal static class RandomTables
{
    /// <summary>The lines of a CSV file: dates, huge integers, rare categories, columns in which all is missing, one row.</summary>
    public static string[] Of(int seed)
    {
        var random = new Random(seed);
        var rows = seed % 10 == 0 ? 1 : 5 + random.Next(120);
        var columns = 1 + random.Next(9);
        var kinds = Enumerable.Range(0, columns).Select(c => seed % 7 == 3 && c == 0 ? 9 : random.Next(10)).ToArray();
        var cells = Enumerable.Range(0, rows).Select(i => kinds.Select((kind, c) => kind switch
        {
            0 => random.Next(-50, 50).ToString(CultureInfo.InvariantCulture),
            1 => (random.NextDouble() * 100).ToString("F3", CultureInfo.InvariantCulture),
            2 => (random.NextDouble() * 1e-9).ToString("R", CultureInfo.InvariantCulture),
            3 => (900_000_000_000L + (random.NextInt64(1_000_000) * 250)).ToString(CultureInfo.InvariantCulture),
            4 => new DateTime(1999, 1, 1).AddDays(random.Next(9000)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            5 => random.Next(40) == 0 ? "rare, \"odd\"" : random.Next(3) == 0 ? "한글" : "common",
            6 => random.Next(4) == 0 ? "" : random.Next(1000).ToString(CultureInfo.InvariantCulture),
            7 => random.Next(2) == 0 ? "true" : "false",
            8 => new DateTime(2020, 1, 1).AddSeconds(random.Next(10_000_000)).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
            _ => "",
        }).Select(cell => cell.AsSpan().ContainsAny(",\"") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell));
        return [string.Join(',', kinds.Select((_, c) => $"c{c}")), .. cells.Select(row => string.Join(',', row))];
    }

    /// <summary>Every row of a file obeys the types, ranges, steps and words of a schema.</summary>
    public static void AssertObeys(TableSchema schema, string file)
    {
        var table = CellTable.Read(file, header: true);
        Assert.Equal(schema.Written.Select(c => c.Name), table.Columns);
        foreach (var row in table.Rows)
        {
            foreach (var (column, cell) in schema.Written.Zip(row))
            {
                if (column.Kind == ColumnKind.Identifier || (SchemaColumn.IsMissing(cell) && column.Missing is not null))
                {
                    continue;
                }

                if (column.IsCategory)
                {
                    Assert.Contains(cell, column.Values);
                    continue;
                }

                var value = column.Parse(cell);
                Assert.True(value >= column.Low && value <= column.High, $"'{cell}' of {column} is outside.");
                if (column.Step is { } step)
                {
                    var steps = (value!.Value - column.Low!.Value) / step;
                    Assert.True(Math.Abs(steps - Math.Round(steps)) < 1e-6 * Math.Max(1, Math.Abs(steps)), $"'{cell}' of {column} is off its step.");
                }
            }
        }
    }
}
