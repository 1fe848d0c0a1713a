namespace Likeness;

/// <summary>
/// Fills the gaps of series from what a model of windows knows: each gap, the earliest first, is drawn given everything that stands in a window about it, gaps that
/// are filled already included. What lies beyond the window does not count.
/// </summary>
public sealed class SeriesCompletion
{
    private const string Exact = "exact", NullSpace = "null-space";

    private readonly TrainedModel _trained;
    private readonly RestoringOptions _options;
    private readonly Completion? _completion;

    /// <param name="trained">A model of series that denoises, completes any part, or predicts value by value.</param>
    /// <param name="options">By which method, and how.</param>
    /// <exception cref="UsageException">The model cannot, or not by that method.</exception>
    public SeriesCompletion(TrainedModel trained, RestoringOptions options)
    {
        if (trained.Spec.Actions > trained.Spec.Statics)
        {
            throw new UsageException($"A model of series with actions ({trained.Spec}) does not fill gaps: train one without them, as a column like the others.");
        }

        // Values of series have no range, and corrections by the covariance were seen to diverge.
        if (options.Walk.Solves > 0)
        {
            throw new UsageException($"Gaps of series cannot be filled with {new Remedy.Option("Solves", options.Walk.Solves)}, because corrections by the denoiser's covariance diverge there: leave it out.");
        }

        var can = RestoringMethods.Of(trained.Model).Where(m => m is Exact or NullSpace).ToArray();
        Method = options.Method ?? can.FirstOrDefault() ?? "";
        if (!can.Contains(Method))
        {
            throw Capabilities.Unable(trained.Model, trained.Recipe.Name, $"fill gaps of series{(options.Method is null ? "" : $" by the method '{Method}'")}", "denoises, completes any part, or predicts value by value",
                can.Length > 0 ? $"ask for {string.Join(" or ", can.Select(m => $"'{m}'"))}" : null);
        }

        (_trained, _options) = (trained, options);
        _completion = Method == Exact ? new(trained.Model, trained.Spec, options.Particles) : null;
    }

    /// <summary>One of <see cref="RestoringMethods.Names"/>.</summary>
    public string Method { get; }

    /// <summary>Fills the gaps and keeps the file, its lines as they were but for what was missing; of several draws one below the other, with their number as first column.</summary>
    /// <param name="path">Where to: a .csv, .tsv, .txt or .data file.</param>
    /// <param name="series">Series with gaps.</param>
    /// <param name="draws">How many.</param>
    /// <param name="rng">Where they come from.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    /// <exception cref="LikenessException">The file is of another kind, a series is shorter than a window, or a gap as long.</exception>
    public CompletionReport Write(string path, IncompleteSeries series, int draws, Rng rng, Action<double>? progress = null)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not (".csv" or ".tsv" or ".txt" or ".data"))
        {
            throw new UsageException($"Series with their gaps filled cannot be written as '{path}': end the file's name in .csv, .tsv, .txt or .data.");
        }

        var sizes = new List<double>();
        var filled = Draw(series, draws, rng, sizes, progress);
        foreach (var values in filled)
        {
            _trained.Fit.ToData(values);
        }

        Sampling.WriteText(path, series.Filled(filled));
        return new(series.Series.Count, draws, series.Values.LongCount(float.IsNaN)) { Method = Method, EffectiveSizes = sizes };
    }

    private float[][] Draw(IncompleteSeries series, int draws, Rng rng, List<double> sizes, Action<double>? progress)
    {
        var (steps, columns) = (_trained.Spec.Shape[0], _trained.Spec.Shape[1]);
        var gaps = series.Series.SelectMany(range => Gaps(series, range)).ToList();
        var filled = Enumerable.Range(0, draws).Select(_ => (float[])series.Values.Clone()).ToArray();
        for (var i = 0; i < gaps.Count; i++)
        {
            progress?.Invoke((double)i / gaps.Count);
            var (from, to, range) = gaps[i];
            var start = Math.Clamp(((from + to) / 2) - (steps / 2), range.From, range.To - steps);
            var (at, length) = (start * columns, steps * columns);
            bool[] given = [.. filled[0].AsSpan(at, length).ToArray().Select(v => !float.IsNaN(v))];
            float[] known = [.. filled.SelectMany(f => f.AsSpan(at, length).ToArray().Select(v => float.IsNaN(v) ? 0 : v))];
            var drawn = Chain.Value(() => Window(Tensor.From(known, _trained.Spec.BatchShape(draws)), given, rng.Fork($"gap {i}"), sizes).ToArray<float>());
            for (var place = from * columns; place < to * columns; place++)
            {
                for (var d = 0; d < draws && !given[place - at]; d++)
                {
                    filled[d][place] = drawn[(d * length) + place - at];
                }
            }
        }

        progress?.Invoke(1);
        return filled;
    }

    private Tensor Window(Tensor x, bool[] given, Rng rng, List<double> sizes)
    {
        if (_completion is not null)
        {
            var done = _completion.Draw(x, given, 1, rng);
            sizes.AddRange(done.EffectiveSizes);
            return done.X;
        }

        var mask = new Mask(_trained.Spec.Shape, given, "mask:gaps");
        var method = RestoringMethods.Of(_trained.Model, _trained.Spec, mask, _options with { Method = Method });
        return new Restoring(method, mask, _trained.Spec, _trained.Model.Device).Draw(mask.Measure(x), 1, rng);
    }

    // Stretches of rows in which something is missing, none of which hides a whole window.
    private IEnumerable<(int From, int To, SeriesRange Range)> Gaps(IncompleteSeries series, SeriesRange range)
    {
        var (steps, columns, moving) = (_trained.Spec.Shape[0], _trained.Spec.Shape[1], _trained.Spec.Shape[1] - _trained.Spec.Statics);
        for (int from = range.From, empty = 0; from < range.To; from++)
        {
            empty = Missing(from) == moving ? empty + 1 : 0;
            if (empty == steps)
            {
                throw new DataException(
                    $"'{series.Name}' has no value in {Counted.Of(steps, "step")} on end from {series.Place(from - steps + 1)} on, as many as the model has learned at once: gaps must be shorter, so leave those steps out, or train with a greater {new Remedy.Option("Size")}.");
            }
        }

        for (int from = range.From, to = from; from < range.To; from = to + 1)
        {
            for (to = from; to < range.To && Missing(to) > 0; to++)
            {
            }

            if (to > from && range.Length < steps)
            {
                throw new DataException($"'{series.Name}' has a series of {Counted.Of(range.Length, "step")} with a gap in {series.Place(from)}, and the model has learned windows of {steps}: give longer series, or train with a smaller {new Remedy.Option("Size")}.");
            }

            // A long stretch, in which some columns are given, is filled in parts that a window sees both sides of.
            for (var part = from; part < to;)
            {
                var end = to - part < steps ? to : part + Math.Max(1, steps / 2);
                yield return (part, end, range);
                part = end;
            }
        }

        int Missing(int row) => series.Values.AsSpan(row * columns, moving).ToArray().Count(float.IsNaN);
    }
}
