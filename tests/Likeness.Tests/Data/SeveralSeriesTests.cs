namespace Likeness.Tests.Data;

/// <summary>Series with gaps, of several lengths and several in a file: no window crosses a gap or an end.</summary>
public sealed class SeveralSeriesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Windows_never_hold_a_missing_value()
    {
        Write("gap.csv", Enumerable.Range(0, 200).Select(i => i == 50 ? "" : $"{i}.5").Prepend("v"));
        var data = DatasetCatalog.Open(_folder["gap.csv"], new(Protocol: Protocols.Windows, Size: 8));
        // 160 rows give 153 windows; eight of them would hold row 50.
        Assert.Equal((145, 13, 13), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));
        Assert.Contains("8 windows", Assert.Single(data.Origin.Notes), StringComparison.Ordinal);
        Assert.Contains("line 52", data.Origin.Notes[0], StringComparison.Ordinal);
        Assert.All(Windows(data), w => Assert.True(w[^1] - w[0] is > 6.9f and < 7.1f));
        Assert.Contains("line 52, column 1 ('v') is missing", Assert.Throws<DataException>(() => DatasetCatalog.Open(_folder["gap.csv"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_never_cross_series()
    {
        // Ten series of 30 steps in turns; series k begins at 1000 k.
        Write("many.csv", Enumerable.Range(0, 300).Select(i => $"s{i % 10},{(1000 * (i % 10)) + (i / 10)}.5").Prepend("who,v"));
        var data = DatasetCatalog.Open(_folder["many.csv"], new(Protocol: Protocols.Windows, Size: 6) { Table = new() { SeriesColumn = "who" } });
        Assert.Equal((8 * 25, 25, 25), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));
        Assert.All(Windows(data), w => Assert.Equal(5, w[^1] - w[0], 1e-1));
        Assert.Contains("whole series", Assert.Single(data.Origin.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_series_a_row_is_an_example()
    {
        Write("rows.csv", Enumerable.Range(0, 20).Select(i => string.Join(',', Enumerable.Range(0, 12).Select(t => $"{i + t}.5"))));
        var table = new TableOptions { RowsAreSeries = true };
        var data = DatasetCatalog.Open(_folder["rows.csv"], new() { Table = table });
        Assert.Equal(("12x1 real", 16), (data.Spec.ToString(), data.Count(Split.Train)));
        Assert.Equal(Enumerable.Range(0, 12).Select(t => t + 0.5f), data.As<Batch>().Read(Split.Train, 1).First().X.ToArray<float>());
        var scaled = DatasetCatalog.Open(_folder["rows.csv"], new(Protocol: Protocols.Standardised) { Table = table });
        Assert.Equal(0, scaled.As<Batch>().Read(Split.Train, 99).Single().X.mean().ToSingle(), 1e-5);

        // Shorter rows end in blanks; then there are windows, and none is padded.
        Write("uneven.csv", Enumerable.Range(0, 20).Select(i => string.Join(',', Enumerable.Range(0, 12).Select(t => t < 6 + (i % 6) ? $"{i + t}.5" : ""))));
        var uneven = DatasetCatalog.Open(_folder["uneven.csv"], new() { Table = table });
        Assert.Equal("6x1 real", uneven.Spec.ToString());
        Assert.Contains(uneven.Origin.Notes, n => n.Contains("6 to 11 steps", StringComparison.Ordinal));
        Assert.All(Windows(uneven), w => Assert.Equal(5, w[^1] - w[0], 1e-3));
    }

    [Fact]
    public void Files_of_the_archives_may_have_several_variables_and_lengths()
    {
        string Row(int i, int length) => string.Join(':', Enumerable.Range(0, 2).Select(d => string.Join(',', Enumerable.Range(0, length).Select(t => $"{(100 * d) + i + t}.5")))) + $":{(i % 2 == 0 ? "up" : "down")}";
        string[] header = ["@problemName some", "@timeStamps false", "@univariate false", "@classLabel true up down", "@data"];
        Write("even.ts", [.. header, .. Enumerable.Range(0, 20).Select(i => Row(i, 9))]);
        var even = DatasetCatalog.Open(_folder["even.ts"]);
        Assert.Equal("9x2 real", even.Spec.ToString());
        Assert.Equal(["down", "up"], even.ClassNames);
        var batch = even.As<LabelledBatch>().Read(Split.Train, 1).First();
        Assert.Equal([0.5f, 100.5f, 1.5f, 101.5f], batch.X.ToArray<float>()[..4]);
        Assert.Equal([1L], batch.Labels.ToArray<long>());

        Write("uneven.ts", [.. header, .. Enumerable.Range(0, 20).Select(i => Row(i, 5 + (i % 4)))]);
        Assert.Contains("5 to 8 steps", Assert.Throws<DataException>(() => DatasetCatalog.Open(_folder["uneven.ts"], new(Protocol: Protocols.Reals))).Message, StringComparison.Ordinal);
        var windows = DatasetCatalog.Open(_folder["uneven.ts"]);
        Assert.Equal(("5x2 real", 2), (windows.Spec.ToString(), windows.Spec.Classes));
        // One label for each window: that of its series.
        Assert.Equal(windows.Count(Split.Train), windows.As<LabelledBatch>().Read(Split.Train, 999).Single().Labels.shape[0]);
        Write("stamped.ts", ["@timeStamps true", "@data", "(0,1),(1,2)"]);
        Assert.Contains("time stamps", Assert.Throws<DataException>(() => DatasetCatalog.Open(_folder["stamped.ts"])).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<float[]> Windows(IDataset data)
    {
        foreach (var split in Enum.GetValues<Split>())
        {
            foreach (var batch in data.As<Batch>().Read(split, 50))
            {
                foreach (var window in data.Origin.Fit.ToData(batch.X).ToArray<float>().Chunk(data.Spec.Dimensions))
                {
                    yield return window;
                }
            }
        }
    }

    private void Write(string name, IEnumerable<string> lines) => File.WriteAllLines(_folder[name], lines);
}
