namespace Likeness.Tests.Data;

/// <summary>Series are cut into windows that keep time in order.</summary>
public sealed class SeriesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Windows_of_a_table_are_consecutive_rows_standardised_by_the_first_part()
    {
        // Row i holds i and −2i: 100 rows, of which 80 are for training.
        var path = Write("table.csv", Enumerable.Range(0, 100).Select(i => $"{i},{-2 * i}"));
        var data = DatasetCatalog.Open(path, new(Protocol: Protocols.Windows, Size: 5)).As<Batch>();
        Assert.Equal("5x2 real", data.Spec.ToString());
        Assert.Equal((76, 6, 6), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));

        // 0 … 79 have mean 39.5 and deviation √((80² − 1)/12).
        var (mean, deviation) = (39.5, Math.Sqrt(6399 / 12.0));
        foreach (var (split, first) in new[] { (Split.Train, 0), (Split.Validation, 80), (Split.Test, 90) })
        {
            var x = data.Read(split, 2).First().X.ToArray<float>();
            for (var i = 0; i < x.Length; i++)
            {
                var row = first + (i / 10) + (i % 10 / 2);
                Assert.Equal((i % 2 == 0 ? 1 : -1) * (row - mean) / deviation, x[i], 1e-5);
            }
        }
    }

    [Fact]
    public void Windows_of_logarithms_are_those_of_a_series_that_grows_by_shares_and_come_back_as_it()
    {
        // Row i holds 1.1^i: logarithms grow by log 1.1 a step, and are standardised by the first 80.
        var path = Write("growth.csv", ["value", .. Enumerable.Range(0, 100).Select(i => FormattableString.Invariant($"{Math.Pow(1.1, i):R}"))]);
        var data = DatasetCatalog.Open(path, new(Protocol: Protocols.LogWindows, Size: 5)).As<Batch>();
        var deviation = Math.Sqrt(6399 / 12.0);
        foreach (var (split, first) in new[] { (Split.Train, 0), (Split.Test, 90) })
        {
            var x = data.Read(split, 1).First().X;
            Assert.All(x.ToArray<float>().Select((v, i) => (Value: v, Row: first + i)), v => Assert.Equal((v.Row - 39.5) / deviation, v.Value, 1e-5));
            Assert.All(data.Origin.Fit.ToData(x).ToArray<float>().Select((v, i) => (Value: v, Row: first + i)), v => Assert.Equal(1, v.Value / Math.Pow(1.1, v.Row), 1e-5));
        }

        Assert.True(data.Origin.Fit.Columns[0].Logarithm);
        Assert.Throws<UsageException>(() => data.Origin.Fit.ToModel([0f]));
        var zero = Write("zero.csv", ["value", .. Enumerable.Range(0, 100).Select(i => $"{i}")]);
        Assert.Contains("which has no logarithm: give values above 0", Assert.Throws<DataException>(() => DatasetCatalog.Open(zero, new(Protocol: Protocols.LogWindows, Size: 5))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_of_square_roots_take_zeros_and_come_back_as_values_of_at_least_0()
    {
        // Row i holds i²: roots grow by 1 a step, and are standardised by the first 80.
        var data = DatasetCatalog.Open(Write("squares.csv", ["value", .. Enumerable.Range(0, 100).Select(i => $"{i * i}")]), new(Protocol: Protocols.RootWindows, Size: 5)).As<Batch>();
        var deviation = Math.Sqrt(6399 / 12.0);
        var x = data.Read(Split.Train, 1).First().X;
        Assert.All(x.ToArray<float>().Select((v, i) => (Value: v, Row: i)), v => Assert.Equal((v.Row - 39.5) / deviation, v.Value, 1e-5));
        Assert.All(data.Origin.Fit.ToData(x).ToArray<float>().Select((v, i) => (Value: v, Row: i)), v => Assert.Equal(v.Row * v.Row, v.Value, 1e-3));
        // A root below 0 is no root.
        Assert.Equal([0f], data.Origin.Fit.ToData(torch.tensor(new[] { -2f })).ToArray<float>());
        Assert.Throws<UsageException>(() => data.Origin.Fit.ToModel([-1f]));
        var below = Write("below.csv", ["value", .. Enumerable.Range(-1, 100).Select(i => $"{i}")]);
        Assert.Contains("has -1 in line 2, which has no square root: give values of at least 0", Assert.Throws<DataException>(() => DatasetCatalog.Open(below, new(Protocol: Protocols.RootWindows, Size: 5))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_column_of_dates_says_the_order_and_is_not_learned(bool header)
    {
        string Row(int i) => FormattableString.Invariant($"{new DateTime(2020, 1, 1).AddDays(i):yyyy-MM-dd},{i},{-2 * i}");
        string[] names = header ? ["day,up,down"] : [];
        var data = DatasetCatalog.Open(Write("dated.csv", [.. names, .. Enumerable.Range(0, 100).Select(Row)]), new(Protocol: Protocols.Windows, Size: 5)).As<Batch>();
        Assert.Equal("5x2 real", data.Spec.ToString());
        Assert.Equal(76, data.Count(Split.Train));
        Assert.Contains(data.Origin.Notes, n => n.Contains(header ? "The column 'day'" : "The column 'x1'", StringComparison.Ordinal) && n.Contains("holds dates ('2020-01-01') and is not learned", StringComparison.Ordinal));

        var newest = Write("newest.csv", [.. names, .. Enumerable.Range(0, 100).Reverse().Select(Row)]);
        var wrong = Assert.Throws<DataException>(() => DatasetCatalog.Open(newest, new(Protocol: Protocols.Windows, Size: 5)));
        Assert.Contains($"'2020-04-08' in line {(header ? 3 : 2)} comes after '2020-04-09'; sort its rows by", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dates_of_several_series_are_each_in_order()
    {
        var rows = Enumerable.Range(0, 60).Select(i => FormattableString.Invariant($"{"ab"[i / 30]},{new DateTime(2020, 1, 1).AddDays(i % 30):dd.MM.yyyy},{i % 7}"));
        var data = DatasetCatalog.Open(Write("two.csv", ["shop,day,sold", .. rows]), new() { Protocol = Protocols.Windows, Size = 5, Table = new() { SeriesColumn = "shop" } }).As<Batch>();
        Assert.Equal("5x1 real", data.Spec.ToString());
    }

    [Fact]
    public void Shuffled_windows_are_scaled_by_the_whole_series()
    {
        var path = Write("table.csv", Enumerable.Range(0, 60).Select(i => $"{i},{-2 * i}"));
        var data = DatasetCatalog.Open(path, new(Protocol: Protocols.Shuffled, Size: 4)).As<Batch>();
        Assert.Equal(57, data.Count(Split.Train) + data.Count(Split.Validation) + data.Count(Split.Test));
        var x = data.Read(Split.Test, 1).First().X.ToArray<float>();
        Assert.Equal(1 / 59.0, x[2] - x[0], 1e-6);
        Assert.Equal(1, x[0] + x[1], 1e-6);
    }

    [Fact]
    public void The_driven_oscillator_says_which_column_is_an_action()
    {
        var data = DatasetCatalog.Open("driven-oscillator").As<Batch>();
        Assert.Equal((1, "24x3 real with 1 of actions"), (data.Spec.Actions, data.Spec.ToString()));
    }

    [SkippableTheory]
    [InlineData("timeseries/stocks", "24x6 real", 2925, 345, 346)]
    [InlineData("timeseries/airline", "24x1 real", 92, 0, 0)]
    [InlineData("timeseries/sunspots", "24x1 real", 2233, 259, 259)]
    [InlineData("timeseries/temperatures", "24x1 real", 2897, 342, 342)]
    [InlineData("timeseries/gunpoint", "150x1 real", 50, 0, 150)]
    [InlineData("timeseries/italy-power-demand", "24x1 real", 67, 0, 1029)]
    public void Published_series_have_their_lengths(string name, string spec, int train, int validation, int test)
    {
        if (name == "timeseries/airline")
        {
            // 144 months leave too few for windows of 24 in a tenth.
            _ = RealData.Require("timeseries/sunspots");
            Assert.Contains("144 rows", Assert.Throws<DataException>(() => DatasetCatalog.Open(name)).Message, StringComparison.Ordinal);
            var shorter = DatasetCatalog.Open(name, new(Size: 12));
            Assert.Equal((104, 3, 4), (shorter.Count(Split.Train), shorter.Count(Split.Validation), shorter.Count(Split.Test)));
            return;
        }

        var data = RealData.Require(name);
        Assert.Equal(spec, data.Spec.ToString());
        Assert.Equal((train, validation, test), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));
    }

    [Fact]
    public void Damaged_series_are_said_in_one_sentence()
    {
        void Refused(Action read, string part) => Assert.Contains(part, Assert.Throws<DataException>(read).Message, StringComparison.Ordinal);
        Refused(() => SeriesText.ReadDated(Write("a.csv", ["date,x"])), "no dated series");
        Refused(() => SeriesText.ReadDated(Write("b.csv", ["date,x", "2001,1", "2002,nan"])), "line 3");
        Refused(() => SeriesText.ReadDated(Write("c.csv", ["date,x,y", "2001,1"])), "where 2 are expected");
        Refused(() => SeriesText.ReadTs(Write("d.ts", ["1,2,3:1"])), "no labelled");
        Refused(() => SeriesText.ReadTs(Write("e.ts", ["@classLabel true a b", "@data", "1,2:a", "1,2:c"])), "Row 2");
        Refused(() => SeriesText.ReadTs(Write("f.ts", ["@classLabel true a b", "@data", "1,2:a", "1:b"])), "where 2 are expected");
        Refused(() => DatasetCatalog.Open(Write("short.csv", ["1,2", "3,4"]), new(Protocol: Protocols.Windows)), "2 rows");
    }

    private string Write(string name, IEnumerable<string> lines)
    {
        File.WriteAllLines(_folder[name], lines);
        return _folder[name];
    }
}
