using System.IO.Compression;

namespace Likeness.Tests.Data;

/// <summary>Users say what the columns of their tables are, and how their rows are divided.</summary>
public sealed class TableColumnTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Classes_are_words_or_numbers_and_a_missing_one_is_none()
    {
        Write("x.csv", ["a,Class", .. Enumerable.Range(0, 100).Select(i => $"{i}.5,{(i % 10 == 0 ? "" : i % 2 == 0 ? "setosa" : "virginica")}")]);
        var data = DatasetCatalog.Open(_folder["x.csv"]);
        Assert.Equal(["setosa", "virginica"], data.ClassNames);
        Assert.Contains("10 of 100 rows", Assert.Single(data.Origin.Notes), StringComparison.Ordinal);
        Assert.Contains("line 2", data.Origin.Notes[0], StringComparison.Ordinal);
        Assert.Equal((80, 10, 10), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));
        Assert.Equal(90, Enum.GetValues<Split>().Sum(s => data.As<LabelledBatch>().Count(s)));
        Assert.All(data.As<LabelledBatch>().Read(Split.Train, 100), b => Assert.True(b.Labels.ge(0).all().ToBoolean()));

        Write("y.csv", ["a,kind", .. Enumerable.Range(0, 100).Select(i => $"{i}.5,{1 + (i % 2)}")]);
        Assert.Equal(["1", "2"], DatasetCatalog.Open(_folder["y.csv"], Options(new() { LabelColumn = "kind" })).ClassNames);
        Write("z.csv", ["a,label", "1.5,0.5", "2.5,1"]);
        Assert.Contains("class label 0.5 in line 2", Assert.Throws<DataException>(() => DatasetCatalog.Open(_folder["z.csv"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_are_chosen_and_left_out_by_name()
    {
        Write("x.csv", ["day,a,b,c", .. Enumerable.Range(0, 50).Select(i => $"2024-01-{1 + (i % 30)},{i}.5,{-i}.5,{i * i}.5")]);
        Assert.Equal(["a", "b", "c"], Names(new() { Drop = ["day"] }));
        Assert.Equal(["a", "c"], Names(new() { Columns = ["c", "a"] }));
        Assert.Contains("Did you mean 'day'", Assert.Throws<UsageException>(() => Names(new() { Drop = ["dya"] })).Message, StringComparison.Ordinal);
        Assert.Contains("built-in", Assert.Throws<UsageException>(() => DatasetCatalog.Open("two-moons", Options(new() { Drop = ["x"] }))).Message, StringComparison.Ordinal);

        IEnumerable<string> Names(TableOptions table) => DatasetCatalog.Open(_folder["x.csv"], Options(table)).Origin.Fit.Columns.Select(c => c.Name);
    }

    [Fact]
    public void Rows_of_one_value_are_chosen()
    {
        Write("x.csv", ["a,label", .. Enumerable.Range(0, 100).Select(i => $"{i}.5,{i % 4}")]);
        var data = DatasetCatalog.Open(_folder["x.csv"], Options(new() { Only = "label=0" }));
        Assert.Equal((25, 0), (Enum.GetValues<Split>().Sum(data.Count), data.Spec.Classes));
        Assert.Contains("'0', '1', '2', '3'", Assert.Throws<DataException>(() => DatasetCatalog.Open(_folder["x.csv"], Options(new() { Only = "label=9" }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_files_and_a_folder_divide_rows()
    {
        Write("x.csv", ["a,part", .. Enumerable.Range(0, 9).Select(i => $"{i}.5,{(i < 5 ? "train" : i < 7 ? "valid" : "Test")}")]);
        Check(DatasetCatalog.Open(_folder["x.csv"], Options(new() { SplitColumn = "part" })), 5, 2, 2);
        Write("set/train.csv", ["a,b", "1.5,2.5", "2.5,3.5", "3.5,5.5"]);
        Write("set/valid.csv", ["b,a", "7.5,1.5"]);
        Write("set/test.csv", ["a,b", "1.5,2.5", "9.5,9.5"]);
        var folder = DatasetCatalog.Open(_folder["set"]);
        Check(folder, 3, 1, 2);
        // Columns are matched by name.
        Assert.Equal([1.5f, 7.5f], folder.As<Batch>().Read(Split.Validation, 9).Single().X.ToArray<float>());
        var files = DatasetCatalog.Open(_folder["set/train.csv"], Options(new() { Validation = _folder["set/valid.csv"], Test = _folder["set/test.csv"] }));
        Check(files, 3, 1, 2);
        Assert.Equal(_folder["set/test.csv"], files.Origin.Table!.Test);
        Write("bad.csv", ["a,part", "1.5,train", "2.5,later"]);
        Assert.Contains("'later' for a split in line 3", Assert.Throws<DataException>(() => DatasetCatalog.Open(_folder["bad.csv"], Options(new() { SplitColumn = "part" }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_with_arrays_of_each_split_is_divided_so_and_labels_may_be_words()
    {
        using (var zip = ZipFile.Open(_folder["x.npz"], ZipArchiveMode.Create))
        {
            void Add(string name, float[] values, params long[] shape)
            {
                Npy.Write(_folder["part.npy"], values, shape);
                zip.CreateEntryFromFile(_folder["part.npy"], name);
            }

            Add("x_train.npy", [1, 2.5f, 3, 4, 5, 6], 3, 2);
            Add("x_val.npy", [7, 8.5f], 1, 2);
            Add("x_test.npy", [9, 1, 2, 3], 2, 2);
            Add("y_test.npy", [1, 0], 2);
            using var words = zip.CreateEntry("y_train.npy").Open();
            words.Write(Words("<U3", "a", "b", "a"));
        }

        var data = DatasetCatalog.Open(_folder["x.npz"]);
        Check(data, 3, 1, 0);
        Assert.Equal(["a", "b"], data.ClassNames);
    }

    [Theory]
    [InlineData(1, 1, 0, 0)]
    [InlineData(2, 1, 0, 1)]
    [InlineData(3, 1, 1, 1)]
    [InlineData(12, 9, 2, 1)]
    [InlineData(30, 24, 3, 3)]
    public void Small_sets_are_divided_as_large_ones_are(int count, int train, int validation, int test)
    {
        Write("x.csv", Enumerable.Range(0, count).Select(i => $"{i}.5"));
        Check(DatasetCatalog.Open(_folder["x.csv"]), train, validation, test);
    }

    public void Dispose() => _folder.Dispose();

    private static void Check(IDataset data, int train, int validation, int test) =>
        Assert.Equal((train, validation, test), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));

    private static DataOptions Options(TableOptions table) => new() { Table = table };

    private static byte[] Words(string type, params string[] words)
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({words.Length}L,), }}\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header),
            .. words.SelectMany(w => System.Text.Encoding.UTF32.GetBytes(w.PadRight(3, '\0')))];
    }

    private void Write(string name, IEnumerable<string> lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllLines(_folder[name], lines);
    }
}
