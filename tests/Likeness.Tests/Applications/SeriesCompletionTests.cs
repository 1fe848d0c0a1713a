using System.Globalization;

namespace Likeness.Tests.Applications;

/// <summary>Gaps of series are filled in their own file, and all that was given stays as it was written.</summary>
public sealed class SeriesCompletionTests : IDisposable
{
    private const int Season = 8;
    private readonly TemporaryFolder _folder = new();

    public SeriesCompletionTests() => TorchRuntime.Threads = 1;

    [Fact]
    public void A_Gaussian_fills_gaps_exactly_and_keeps_every_other_cell()
    {
        var trained = Trained("gaussian", 1);
        // Two gaps in the middle, one at either end, a blank for one, and one in a line between quotes.
        var lines = File.ReadAllLines(_folder["season.csv"]);
        var truth = lines.Select(l => l.Split(',')).ToArray();
        int[] gone = [1, 2, 50, 51, 52, 53, 54, 90, 500];
        foreach (var i in gone)
        {
            lines[i] = $"{truth[i][0]},{(i == 90 ? "NA" : "")},{truth[i][2]}";
        }

        File.WriteAllLines(_folder["gaps.csv"], lines);
        var report = Fill(trained, "gaps.csv", 1);
        Assert.Equal(("exact", Evidence.Exact, 9L), (report.Method, report.Evidence, report.Missing));
        var whole = File.ReadAllLines(_folder["whole.csv"]);
        Assert.Equal(lines.Where((_, i) => !gone.Contains(i)), whole.Where((_, i) => !gone.Contains(i)));
        Assert.All(gone, i =>
        {
            var cells = whole[i].Split(',');
            // As many decimals as the column has.
            Assert.Equal((truth[i][0], truth[i][2], 2), (cells[0], cells[2], cells[1].Length - cells[1].IndexOf('.', StringComparison.Ordinal) - 1));
        });

        // Of many draws, the middle is what the season says, and the spread that of its noise, 0.3.
        report = Fill(trained, "gaps.csv", 200);
        var draws = File.ReadAllLines(_folder["whole.csv"]);
        Assert.Equal($"draw,{lines[0]}", draws[0]);
        Assert.Equal(1 + (200 * (lines.Length - 1)), draws.Length);
        double[] values = [.. draws.Skip(1).Select(l => l.Split(',')).Where(c => c[1] == truth[52][0]).Select(c => double.Parse(c[2], CultureInfo.InvariantCulture))];
        Assert.Equal(200, values.Length);
        Assert.Equal(Clean(51), values.Average(), 0.25);
        Assert.InRange(Math.Sqrt(values.Average(v => Math.Pow(v - values.Average(), 2))), 0.2, 0.45);
    }

    [Fact]
    public void A_diffusion_of_windows_fills_them_better_than_a_straight_line()
    {
        var trained = Trained("diffusion", 1500);
        var lines = File.ReadAllLines(_folder["season.csv"]);
        int[] gone = [.. Enumerable.Range(0, 8).SelectMany(k => Enumerable.Range(20 + (50 * k), 4))];
        foreach (var i in gone)
        {
            var cells = lines[i].Split(',');
            lines[i] = $"{cells[0]},,{cells[2]}";
        }

        File.WriteAllLines(_folder["gaps.csv"], lines);
        var report = Fill(trained, "gaps.csv", 8);
        Assert.Equal("null-space", report.Method);
        var filled = File.ReadAllLines(_folder["whole.csv"]).Skip(1).Select(l => double.Parse(l.Split(',')[2], CultureInfo.InvariantCulture)).ToArray();
        var rows = lines.Length - 1;
        double Mean(int line) => Enumerable.Range(0, 8).Average(d => filled[(d * rows) + line - 1]);
        // A straight line through half a season of 5 is wrong by about 3, the noise is 0.3.
        Assert.True(Error(Mean) < 1.2, $"{Error(Mean)}");
        Assert.True(Error(line => Line(line)) > 2);

        double Error(Func<int, double> guess) => Math.Sqrt(gone.Average(i => Math.Pow(guess(i) - Clean(i - 1), 2)));

        double Line(int line)
        {
            var from = gone.Where(g => g <= line).Last(g => !gone.Contains(g - 1)) - 1;
            return filled[from - 1] + ((filled[from + 4] - filled[from - 1]) * (line - from) / 5);
        }
    }

    [Fact]
    public void Gaps_as_long_as_a_window_and_short_series_are_refused()
    {
        var trained = Trained("gaussian", 1);
        var lines = File.ReadAllLines(_folder["season.csv"]);
        File.WriteAllLines(_folder["long.csv"], lines.Select((l, i) => i is >= 100 and < 116 ? $"{l.Split(',')[0]},," : l));
        Assert.Contains("no value in 16 steps on end from line 101", Assert.Throws<DataException>(() => Fill(trained, "long.csv", 1)).Message, StringComparison.Ordinal);
        File.WriteAllLines(_folder["short.csv"], lines.Take(9).Select((l, i) => i == 3 ? $"{l.Split(',')[0]},,1" : l));
        Assert.Contains("8 steps with a gap in line 4", Assert.Throws<DataException>(() => Fill(trained, "short.csv", 1)).Message, StringComparison.Ordinal);
        Assert.Null(IncompleteSeries.Read(_folder["season.csv"], trained));
        var corrected = new RestoringOptions { Walk = new NullSpaceWalk(Solves: 3) };
        Assert.Contains("diverge there: leave it out", Assert.Throws<UsageException>(() => new SeriesCompletion(trained, corrected)).Message, StringComparison.Ordinal);
        Assert.Contains("fill gaps of series", Assert.Throws<UsageException>(() => new SeriesCompletion(trained, new("posterior"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_keeps_its_line_ends_and_its_decimals_and_without_gaps_every_byte()
    {
        var trained = Trained("gaussian", 1);
        var lines = File.ReadAllLines(_folder["season.csv"]);
        // 1.250e1 is 12.50: two decimals, as the column has.
        lines[40] = $"{lines[40].Split(',')[0]},1.250e1,{lines[40].Split(',')[2]}";
        File.WriteAllText(_folder["clean.csv"], string.Concat(lines.Select(l => l + "\r\n")));
        Assert.Equal(0, Fill(trained, "clean.csv", 1).Missing);
        Assert.Equal(File.ReadAllBytes(_folder["clean.csv"]), File.ReadAllBytes(_folder["whole.csv"]));

        lines[60] = $"{lines[60].Split(',')[0]},,{lines[60].Split(',')[2]}";
        File.WriteAllText(_folder["gaps.csv"], string.Concat(lines.Select(l => l + "\r\n")));
        Assert.Equal(1, Fill(trained, "gaps.csv", 1).Missing);
        var whole = File.ReadAllText(_folder["whole.csv"]).Split("\r\n");
        Assert.Equal(lines.Where((_, i) => i != 60), whole.Take(lines.Length).Where((_, i) => i != 60));
        Assert.Matches(@"^[^,]+,\d+\.\d\d,", whole[60]);
    }

    public void Dispose() => _folder.Dispose();

    private static double Clean(int t) => 20 + (5 * Math.Sin(2 * Math.PI * t / Season));

    private CompletionReport Fill(TrainedModel trained, string file, int draws) =>
        new SeriesCompletion(trained, new()).Write(_folder["whole.csv"], IncompleteSeries.Read(_folder[file], trained, whole: true)!, draws, new Rng(1));

    private TrainedModel Trained(string recipe, int steps)
    {
        var random = new SplitMix64(5);
        File.WriteAllLines(_folder["season.csv"], ["day,value,other", .. Enumerable.Range(0, 500).Select(t => FormattableString.Invariant(
            $"{new DateTime(2024, 1, 1).AddDays(t):yyyy-MM-dd},{Clean(t) + (0.3 * random.Normal()):0.00},{random.Normal():0.0}"))]);
        var data = DatasetCatalog.Open(_folder["season.csv"], new(Protocol: Protocols.Windows, Size: 16));
        using (var run = Run.Create(_folder["run"], Zoo.BuiltIn.Find(recipe), data, new RunPlan(1) { Training = steps == 1 ? null : new(steps, 64), Threads = 1 }))
        {
            foreach (var _ in run.Train())
            {
            }
        }

        return TrainedModel.Open(_folder["run"], Zoo.BuiltIn);
    }
}
