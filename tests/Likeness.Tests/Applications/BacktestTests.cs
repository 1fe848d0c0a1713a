namespace Likeness.Tests.Applications;

/// <summary>Forecasts over the end of a series beside what anybody can do.</summary>
public sealed class BacktestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_season_is_known_to_who_looks_a_season_back()
    {
        TorchRuntime.Threads = 1;
        var random = new Random(1);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        // A season of 8 about 50, and noise of deviation 1.
        File.WriteAllLines(_folder["season.csv"], ["value", .. Enumerable.Range(0, 3000).Select(t => FormattableString.Invariant($"{50 + (10 * Math.Sin(2 * Math.PI * t / 8)) + Normal()}"))]);
        var data = DatasetCatalog.Open(_folder["season.csv"], new(Protocol: Protocols.Windows, Size: 24));
        using (var run = Run.Create(_folder["run"], LinearAutoregression.Recipe, data, new LinearAutoregressionOptions { Lags = 9 }, new RunPlan(Seed: 1)))
        {
            foreach (var _ in run.Train())
            {
            }
        }

        var trained = TrainedModel.Open(_folder["run"], Zoo.BuiltIn);
        var found = Backtest.Measure(trained, new() { Horizon = 6, Season = 8 }, null, new Rng(1)).ToDictionary(q => q.Method);
        Assert.Equal(["linear-ar", "naive", "seasonal-naive", "ar"], found.Keys);
        // A difference from a season before has the deviation √2, whose mean is the unit: what a season back says is wrong by one unit, and its CRPS, as of any Normal
        // that is as wide as it is wrong, 0.7 of that; who averages the season away is wrong by 1/√2 of it.
        Assert.InRange(found["seasonal-naive"].Mase, 0.9, 1.1);
        Assert.InRange(found["seasonal-naive"].Crps, 0.62, 0.8);
        Assert.All(new[] { "linear-ar", "ar" }, name => Assert.InRange(found[name].Mase, 0.65, 0.85));
        Assert.True(found["naive"].Mase > 3);
        // 200 origins of six overlapping steps, about 600 values that are independent: the share in 90 % is known to 0.012.
        Assert.All(new[] { "linear-ar", "ar", "seasonal-naive" }, name => Assert.InRange(found[name].Coverage, 0.85, 0.95));
        Assert.Equal(6 * 200, found["ar"].Count);
    }

    [Fact]
    public void Series_that_are_too_short_are_refused()
    {
        File.WriteAllLines(_folder["short.csv"], ["value", .. Enumerable.Range(0, 60).Select(t => $"{t % 7}")]);
        var data = DatasetCatalog.Open(_folder["short.csv"], new(Protocol: Protocols.Windows, Size: 4));
        using (var run = Run.Create(_folder["short"], LinearAutoregression.Recipe, data, new LinearAutoregressionOptions(), new RunPlan(Seed: 1)))
        {
            foreach (var _ in run.Train())
            {
            }
        }

        var trained = TrainedModel.Open(_folder["short"], Zoo.BuiltIn);
        Assert.Contains("too short", Assert.Throws<UsageException>(() => Backtest.Measure(trained, new() { Horizon = 13, Past = 4 }, null, new Rng(1))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
