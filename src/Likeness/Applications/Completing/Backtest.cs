namespace Likeness;

/// <summary>Options of a backtest.</summary>
public sealed record BacktestOptions
{
    /// <summary>Number of steps to forecast.</summary>
    [AtLeast(1)]
    public int Horizon { get; init; } = 12;

    /// <summary>Number of steps in a season; 1 for none.</summary>
    [AtLeast(1)]
    public int Season { get; init; } = 1;

    /// <summary>Number of past steps given to each forecast; null takes the length of a window, and at least a season.</summary>
    public int? Past { get; init; }

    /// <summary>Number of past steps used by the autoregressive baseline; null takes a season plus one.</summary>
    public int? Lags { get; init; }

    /// <summary>Number of futures to sample.</summary>
    [AtLeast(2)]
    public int Count { get; init; } = 200;

    /// <summary>Largest number of forecast origins, evenly spaced over all possible ones.</summary>
    [AtLeast(1)]
    public int Limit { get; init; } = 200;
}

/// <summary>How good forecasts are. Errors are in units of the mean absolute difference of the training part's values from those of a season before, for each column (Hyndman and Koehler 2006).</summary>
/// <param name="Method">The forecaster: the model, or one of the baselines.</param>
/// <param name="Crps">The continuous ranked probability score (Gneiting and Raftery 2007).</param>
/// <param name="Mase">The mean absolute scaled error of the median.</param>
/// <param name="Coverage">Share of the actual values that fall in the middle 90 % of the samples.</param>
/// <param name="Count">Number of forecast values.</param>
public sealed record ForecastQuality(string Method, double Crps, double Mase, double Coverage, int Count);

/// <summary>
/// Forecasts from a rolling origin over the end of a series that was not trained on, judged beside what anybody can do: the last value, the last season, and a linear
/// autoregression, each with draws of its own errors in the training part for a spread.
/// </summary>
public static class Backtest
{
    /// <summary>The model's quality first, then the baselines'.</summary>
    /// <param name="trained">A model of series without actions.</param>
    /// <param name="options">How far, with which season.</param>
    /// <param name="dataRoot">Where data files are looked for first.</param>
    /// <param name="rng">Where the draws come from.</param>
    /// <exception cref="LikenessException">The model cannot forecast, or the series are too short.</exception>
    public static IReadOnlyList<ForecastQuality> Measure(TrainedModel trained, BacktestOptions options, string? dataRoot, Rng rng)
    {
        var model = trained.Require<IForecaster>();
        var spec = trained.Spec;
        if (spec.Actions > spec.Statics)
        {
            throw new UsageException($"Series with actions ({spec}) are not forecast from a rolling origin: measure roll-outs along the actions that were really done instead.");
        }

        var ofWindows = Protocols.OfSeries.Contains(trained.Folder.Record.Data.Protocol);
        var past = ofWindows ? options.Past ?? Math.Max(spec.Shape[0], options.Season) : spec.Shape[0] - options.Horizon;
        if (past < options.Season || past < 1)
        {
            throw new UsageException($"A past of {Counted.Of(past, "step")} has no season of {options.Season}{(ofWindows ? "" : $" (series of {Counted.Of(spec.Shape[0], "step")}, the last {options.Horizon} of which are forecast)")}: give a longer past, a shorter horizon or a shorter season.");
        }

        var (training, held) = Windows(trained, past, options, dataRoot, ofWindows);
        // What is told of a series is not forecast.
        var (columns, fit, told) = (spec.Shape[1] - spec.Statics, trained.Fit, spec.Statics);
        var baselines = SeriesBaselines.Of(Array.ConvertAll(training, Moving), past + options.Horizon, columns, options.Season, options.Lags ?? options.Season + 1);
        var random = new SplitMix64(SplitMix64.Key(rng.Seed, 4));
        var methods = new (string Name, Func<float[], float[]> Draw)[]
        {
            (trained.Recipe.Name, window => Drawn(model, window, past, options, columns, told, fit, rng)),
            ("naive", window => baselines.Seasonal(Moving(window), past, options.Horizon, 1, options.Count, n => random.Below(n))),
            ("seasonal-naive", window => baselines.Seasonal(Moving(window), past, options.Horizon, options.Season, options.Count, n => random.Below(n))),
            ("ar", window => baselines.Autoregression(Moving(window), past, options.Horizon, options.Count, n => random.Below(n))),
        };
        var chosen = options.Season == 1 ? methods.Where(m => m.Name != "seasonal-naive") : methods;
        return [.. chosen.Select(m => Quality(m.Name, held, m.Draw, Moving, past, options, columns, baselines.Scales))];

        float[] Moving(float[] window) => told == 0 ? window : [.. window.Chunk(columns + told).SelectMany(step => step.Take(columns))];
    }

    // Windows [past + horizon, columns] in the data's units: to learn from, and those whose future is held out.
    private static (float[][] Training, float[][] Held) Windows(TrainedModel trained, int past, BacktestOptions options, string? dataRoot, bool ofWindows)
    {
        var (own, steps) = (trained.Folder.Record.Data, past + options.Horizon);
        if (!ofWindows || own.Table is { SeriesColumn: not null } or { SplitColumn: not null } or { RowsAreSeries: true } or { Test: not null })
        {
            // Series of their own, divided as they were for training.
            var data = ofWindows ? trained.OpenWindows(steps, null, dataRoot) : trained.OpenData(dataRoot);
            return (Read(data, Split.Train, trained.Fit), Evenly(Read(data, Split.Test, trained.Fit), options.Limit));
        }

        var all = Read(trained.OpenWindows(steps, null, dataRoot, whole: true), Split.Test, trained.Fit);
        // Eight tenths of a series are for training; the origin moves over the rest.
        var rows = all.Length + steps - 1;
        var end = rows * 8 / 10;
        float[][] training = [.. all.Where((_, i) => i + steps <= end)], held = [.. all.Where((_, i) => i + past >= end)];
        return training.Length > 0 && held.Length > 0 ? (training, Evenly(held, options.Limit))
            : throw new UsageException($"A series of {Counted.Of(rows, "step")} is too short to forecast {options.Horizon} after {past} in both the part that was trained on and the rest: give a shorter horizon or past.");
    }

    private static float[][] Read(IDataset data, Split split, DataFit fit)
    {
        var windows = new List<float[]>();
        Chain.Each(data.As<Batch>().Read(split, 256), batch => windows.AddRange(fit.ToData(batch.X).ToArray<float>().Chunk(data.Spec.Dimensions)));
        return [.. windows];
    }

    private static float[][] Evenly(float[][] windows, int limit) =>
        windows.Length <= limit ? windows : [.. Enumerable.Range(0, limit).Select(i => windows[(int)((long)i * windows.Length / limit)])];

    // The model's draws [count, horizon, columns] in the data's units.
    private static float[] Drawn(IForecaster model, float[] window, int past, BacktestOptions options, int columns, int told, DataFit fit, Rng rng) => Chain.Value(() =>
    {
        var known = window[..(past * (columns + told))];
        fit.ToModel(known);
        var start = Tensor.From(known, 1, past, columns + told).to(rng.Device).repeat(options.Count, 1, 1);
        var statics = told == 0 ? null : start.narrow(1, past - 1, 1).narrow(2, columns, told).repeat(1, options.Horizon, 1);
        return fit.First(columns).ToData(model.RollOut(start, options.Horizon, rng, statics).to(torch.CPU)).ToArray<float>();
    });

    private static ForecastQuality Quality(string method, float[][] held, Func<float[], float[]> draw, Func<float[], float[]> moving, int past, BacktestOptions options, int columns, double[] scales)
    {
        double crps = 0, error = 0, inside = 0;
        var values = options.Horizon * columns;
        foreach (var window in held)
        {
            var draws = draw(window);
            Chain.Value(() =>
            {
                var all = Tensor.From(draws, options.Count, options.Horizon, columns);
                var truth = Tensor.From(moving(window)[(past * columns)..], options.Horizon, columns);
                var scale = Tensor.From(Array.ConvertAll(scales, s => (float)s), columns);
                var ends = all.quantile(Tensor.From([0.05f, 0.5f, 0.95f], 3), 0);
                crps += (ForecastScore.Crps(all, truth) / scale).sum().ToDouble();
                error += ((ends.select(0, 1) - truth).abs() / scale).sum().ToDouble();
                inside += (truth.ge(ends.select(0, 0)) & truth.le(ends.select(0, 2))).sum().ToDouble();
            });
        }

        var count = held.Length * values;
        return new(method, crps / count, error / count, inside / count, count);
    }
}
