using System.Globalization;

namespace Likeness.Tests.Data;

/// <summary>What is the same in all rows of a series: models are told it, samples keep it, forecasts follow it.</summary>
public sealed class StaticFeatureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public StaticFeatureTests() => TorchRuntime.Threads = 1;

    [Fact]
    public void They_are_channels_that_no_step_changes()
    {
        var data = Shops();
        Assert.Equal(("6x4 real with 3 of static features", 3, 3), (data.Spec.ToString(), data.Spec.Actions, data.Spec.Statics));
        Assert.Equal(["sales", "area", "region=north", "region=south"], data.Origin.Fit.Columns.Select(c => c.Name));
        Assert.Equal([new DataStatic("area", 2, []), new DataStatic("region", 0, ["north", "south"])], data.Origin.Fit.Statics!.ToArray());
        foreach (var window in data.Origin.Fit.ToData(data.As<Batch>().Read(Split.Train, 9999).Single().X).ToArray<float>().Chunk(24))
        {
            var (first, last) = (window[..4], window[20..]);
            Assert.Equal(first[1..], last[1..]);
            // 20 in the south, 10 in the north, whose sales rise.
            Assert.Equal(last[0] > first[0] ? [10f, 1, 0] : [20f, 0, 1], first[1..].Select(v => MathF.Round(v, 4)));
        }
    }

    [Fact]
    public void Whole_series_have_them_too()
    {
        File.WriteAllLines(_folder["rows.csv"], ["kind,a,b,c", .. Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? $"up,{i}.5,{i + 1}.5,{i + 2}.5" : $"down,{i + 2}.5,{i + 1}.5,{i}.5")]);
        var data = DatasetCatalog.Open(_folder["rows.csv"], new() { Table = new() { RowsAreSeries = true, Static = ["kind"] } });
        Assert.Equal("3x3 real with 2 of static features", data.Spec.ToString());
        Assert.All(data.As<Batch>().Read(Split.Train, 99).Single().X.ToArray<float>().Chunk(9), x => Assert.Equal(x[6] > x[0] ? [0f, 1] : [1f, 0], x[1..3]));
    }

    [Fact]
    public void A_column_that_changes_or_is_empty_is_refused()
    {
        Refused("'north' in line 2 and 'south' in line 4 in the column 'region' of the series 'a'", ["shop,region,sales", "a,north,1", "b,north,1", "a,south,2"]);
        Refused("no value in the static column 'region' of the series 'b'", ["shop,region,sales", "a,north,1", "b,,1", "a,,2"]);
        Refused("101 different words in the static column 'region' ('r1', 'r10', …), and at most 100", ["shop,region,sales", .. Enumerable.Range(1, 101).Select(i => $"{i},r{i},1")]);
        File.WriteAllLines(_folder["table.csv"], ["region,sales", "1,1", "2,3"]);
        Assert.Contains("single rows", Assert.Throws<UsageException>(() => DatasetCatalog.Open(_folder["table.csv"], new() { Table = new() { Static = ["region"] } })).Message, StringComparison.Ordinal);

        void Refused(string why, string[] lines)
        {
            File.WriteAllLines(_folder["bad.csv"], lines);
            Assert.Contains(why, Assert.Throws<DataException>(() => Open("bad.csv", ["region"])).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Samples_have_one_value_each_and_move_as_it_says()
    {
        Train("diffusion", 1000, Shops());
        var trained = TrainedModel.Open(_folder["run"], Zoo.BuiltIn);
        Sampling.Write(_folder["new.csv"], Sampling.Draw(trained.Model, 300, new Rng(1)), trained.Spec, trained.Fit);
        var lines = File.ReadAllLines(_folder["new.csv"]);
        Assert.Equal("series,step,region,sales,area", lines[0]);
        var series = lines.Skip(1).Select(l => l.Split(',')).Chunk(6).ToList();
        Assert.Equal(300, series.Count);
        Assert.All(series, s => Assert.Single(s.Select(c => (c[2], c[4])).Distinct()));
        // Half of the shops are in the north. What is drawn of 300 has a deviation of 0.03, beside what the model does not know.
        Assert.InRange(series.Count(s => s[0][2] == "north") / 300.0, 0.35, 0.65);
        // In the north sales rise by one a step, about which they vary by 0.1, in the south they fall.
        Assert.True(series.Count(s => (Number(s[5][3]) > Number(s[0][3])) == (s[0][2] == "north")) >= 285);
        Assert.True(series.Count(s => Math.Abs(Number(s[0][4]) - (s[0][2] == "north" ? 10 : 20)) < 3) >= 285);
    }

    [Theory]
    [InlineData("recurrent", 600)]
    [InlineData("linear-ar", 1)]
    [InlineData("pets", 600)]
    public void Forecasts_follow_what_they_are_told(string recipe, int steps)
    {
        var data = Shops();
        Train(recipe, steps, data);
        var trained = TrainedModel.Open(_folder["run"], Zoo.BuiltIn);
        // One step says nothing of where sales go: what is told does.
        foreach (var (region, area, step) in new[] { ("north", "10", 1), ("south", "20", -1) })
        {
            File.WriteAllLines(_folder["one.csv"], ["region,sales,shop,area", .. Enumerable.Range(0, 6).Select(i => $"{region},{(i == 0 ? 20 : 0)}.5,x,{area}")]);
            var other = trained.OpenOther(_folder["one.csv"]);
            var forecast = Forecast.Draw(trained, Forecast.SeriesAt(other, Split.Test, 0), new(1, 9), new Rng(1));
            forecast.Write(_folder["next.csv"], trained.Fit);
            var lines = File.ReadAllLines(_folder["next.csv"]);
            Assert.Equal("draw,step,region,sales,area", lines[0]);
            var rows = lines.Skip(1).Select(l => l.Split(',')).ToList();
            Assert.All(rows, r => Assert.Equal((region, area), (r[2], r[4])));
            Assert.Equal(9 * step, rows.Where(r => r[1] == "8").Average(r => Number(r[3])) - 20.5, 2.0);
        }

        Assert.Contains("cannot draw whole series", Assert.Throws<UsageException>(() => Sampling.Draw(trained.Model, 1, new Rng(1))).Message, StringComparison.Ordinal);
        File.WriteAllLines(_folder["west.csv"], ["region,sales,shop,area", .. Enumerable.Range(0, 6).Select(i => $"west,{i},x,10")]);
        Assert.Contains("'west' in the static column 'region' in line 2, which the model does not know: write north, south", Assert.Throws<DataException>(() => trained.OpenOther(_folder["west.csv"])).Message, StringComparison.Ordinal);
        File.WriteAllLines(_folder["few.csv"], ["sales,area", .. Enumerable.Range(0, 6).Select(i => $"{i},10")]);
        Assert.Contains("no column 'region'", Assert.Throws<DataException>(() => trained.OpenOther(_folder["few.csv"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backtests_forecast_the_other_columns_only()
    {
        Train("linear-ar", 1, Shops());
        var found = Backtest.Measure(TrainedModel.Open(_folder["run"], Zoo.BuiltIn), new() { Horizon = 4, Past = 2, Count = 50 }, null, new Rng(1)).ToDictionary(q => q.Method);
        // The unit is the step of one: the last value is wrong by 2.5 of it on average; who is told where sales go, by less than half.
        Assert.InRange(found["naive"].Mase, 2, 3);
        Assert.True(found["linear-ar"].Mase < 0.5, $"{found["linear-ar"]}");
        Assert.Equal(found["linear-ar"].Count, found["naive"].Count);
    }

    public void Dispose() => _folder.Dispose();

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private IDataset Open(string name, IReadOnlyList<string> statics) =>
        DatasetCatalog.Open(_folder[name], new(Protocol: Protocols.Windows, Size: 6) { Table = new() { SeriesColumn = "shop", Static = statics } });

    // Forty shops of 14 steps in turns: in the north, with an area of 10, sales rise by one a step; in the south, with one of 20, they fall.
    private IDataset Shops()
    {
        var random = new SplitMix64(3);
        double[] starts = [.. Enumerable.Range(0, 40).Select(_ => random.Uniform(15, 25))];
        var rows = Enumerable.Range(0, 14 * 40).Select(i => (Shop: i % 40, Step: i / 40)).Select(r => FormattableString.Invariant(
            $"{(r.Shop % 2 == 0 ? "north" : "south")},{starts[r.Shop] + (r.Step * (r.Shop % 2 == 0 ? 1 : -1)) + (0.1 * random.Normal()):0.000},s{r.Shop},{(r.Shop % 2 == 0 ? 10 : 20)}"));
        File.WriteAllLines(_folder["shops.csv"], ["region,sales,shop,area", .. rows]);
        return Open("shops.csv", ["area", "region"]);
    }

    private void Train(string recipe, int steps, IDataset data)
    {
        using var run = Run.Create(_folder["run"], Zoo.BuiltIn.Find(recipe), data, new RunPlan(1) { Training = steps == 1 ? null : new(steps, 64), Threads = 1 });
        foreach (var _ in run.Train())
        {
        }
    }
}
