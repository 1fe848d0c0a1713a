namespace Likeness;

/// <summary>
/// How alike a mixed table that a model makes is to held-out rows: each column, each pair of columns, what is covered, whether it obeys its ranges, how much of it is
/// copied, whether a classifier can tell it (detection), and whether one that learns from it does as well as one that learns from real rows (efficacy).
/// </summary>
public sealed class TableQuality() : Metric("table",
    "a synthetic table compared with held-out real rows: columns, pairs of columns, coverage, ranges, copied rows, detection, and accuracy of a classifier trained on it")
{
    // Rows that a classifier learns to tell, and pairs of rows that are looked at, at most.
    internal const int MostRows = 20_000;

    private const int Folds = 3;

    public override bool Applies(Module model, IDataset data) => model is IGenerative && data.Origin.Fit.Schema is not null && data.Has<Batch>();

    public override string? Missing(Module model, IDataset data, MeasureOptions options) => TableRows.Missing(data, options);

    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        var learned = options.Learned ?? data;
        var training = TableRows.Of(learned, Split.Train, MostRows);
        var real = TableRows.Of(data, options.Split, Math.Min(options.Limit, MostRows));
        var made = TableRows.Drawn(model, data.Origin.Fit, Math.Min(training.Count, Math.Min(options.Limit, MostRows)), rng.Fork("rows"), share => options.Progress?.Invoke(share / 2));
        return Compare(real, made, training, data.Origin.Fit.Schema!.Target, options.Progress);
    }

    /// <summary>The scores of a table.</summary>
    /// <param name="real">Held-out rows.</param>
    /// <param name="made">Made ones.</param>
    /// <param name="training">Those that were learned from.</param>
    /// <param name="target">The column that is to be told from the others; the last one of words where null.</param>
    /// <param name="progress">Told the share done, from a half on.</param>
    internal static IReadOnlyList<NamedScore> Compare(TableRows real, TableRows made, TableRows training, string? target, Action<double>? progress = null)
    {
        var columns = Enumerable.Range(0, real.Columns.Count).ToArray();
        double[] shapes = [.. columns.Select(c => ColumnShapes.Of(real, made, c))];
        double[] pairs = [.. columns.SelectMany(a => columns.Where(b => b > a).Select(b => ColumnShapes.OfPair(real, made, a, b)))];
        progress?.Invoke(0.7);
        var scores = new List<NamedScore>
        {
            new("column-shapes", Score.Mean(shapes, "out of 1", Evidence.Estimate) with { Per = "column" }),
            new("coverage", Score.Mean([.. columns.Select(c => Coverage(training, made, c))], "out of 1", Evidence.Estimate) with { Per = "column" }),
            new("in-range", Score.Mean([.. Enumerable.Range(0, made.Count).Select(i => InRange(training, made, i) ? 1.0 : 0)], "share", Evidence.Estimate)),
            new("new-rows", Score.Mean(NewRows(made, training), "share", Evidence.Estimate)),
            Detection(real, made),
        };
        if (pairs.Length > 0)
        {
            scores.Insert(1, new("column-pairs", Score.Mean(pairs, "out of 1", Evidence.Estimate) with { Per = "pair" }));
        }

        progress?.Invoke(0.9);
        return [.. scores, .. Efficacy(real, made, training, target)];
    }

    /// <summary>Of words the share of the levels of training rows that are made; of numbers the share of their range.</summary>
    private static double Coverage(TableRows training, TableRows made, int column)
    {
        var (a, b) = (training.Numbers[column], made.Numbers[column]);
        if (!training.Columns[column].IsNumber)
        {
            var seen = a.Distinct().ToHashSet();
            return (double)b.Distinct().Count(seen.Contains) / Math.Max(1, seen.Count);
        }

        var (there, drawn) = (a.Where(double.IsFinite).DefaultIfEmpty().ToArray(), b.Where(double.IsFinite).ToArray());
        var (low, high) = (there.Min(), there.Max());
        return drawn.Length == 0 ? 0 : high > low ? Math.Max(0, (Math.Min(high, drawn.Max()) - Math.Max(low, drawn.Min())) / (high - low)) : 1;
    }

    private static bool InRange(TableRows training, TableRows made, int row)
    {
        for (var c = 0; c < training.Columns.Count; c++)
        {
            var (column, value) = (training.Columns[c], made.Numbers[c][row]);
            if (column.IsNumber ? double.IsFinite(value) && (value < column.Low || value > column.High) : value >= column.Values.Count && column.Missing is null)
            {
                return false;
            }
        }

        return true;
    }

    // Rows that are no training row: a copy has the same words, and numbers within a ten-thousandth of their range.
    private static double[] NewRows(TableRows made, TableRows training)
    {
        int[] words = [.. Enumerable.Range(0, made.Columns.Count).Where(c => !made.Columns[c].IsNumber)];
        int[] numbers = [.. Enumerable.Range(0, made.Columns.Count).Where(c => made.Columns[c].IsNumber)];
        var byWords = Enumerable.Range(0, training.Count).ToLookup(i => Key(training, i));
        double[] near = [.. numbers.Select(c => ((training.Columns[c].High ?? 0) - (training.Columns[c].Low ?? 0)) / 10_000)];
        return [.. Enumerable.Range(0, made.Count).Select(i => byWords[Key(made, i)].Any(j => numbers.Index().All(p => Near(made.Numbers[p.Item][i], training.Numbers[p.Item][j], near[p.Index]))) ? 0.0 : 1)];

        string Key(TableRows rows, int row) => string.Join('\u001f', words.Select(c => rows.Cells[row][c]));

        static bool Near(double a, double b, double within) => double.IsNaN(a) ? double.IsNaN(b) : Math.Abs(a - b) <= within;
    }

    // The area under the curve of trees that tell made rows from real ones, each judged by trees that have not seen it: ½ is ideal.
    private static NamedScore Detection(TableRows real, TableRows made)
    {
        var count = Math.Min(real.Count, made.Count);
        float[][] rows = [.. Enumerable.Range(0, count).Select(real.Row), .. Enumerable.Range(0, count).Select(made.Row)];
        var labels = Enumerable.Range(0, 2 * count).Select(i => i < count ? 0 : 1).ToArray();
        var scores = new double[2 * count];
        for (var fold = 0; fold < Folds; fold++)
        {
            int[] train = [.. Enumerable.Range(0, 2 * count).Where(i => i % count % Folds != fold)];
            int[] test = [.. Enumerable.Range(0, 2 * count).Where(i => i % count % Folds == fold)];
            if (train.Length == 0 || test.Length == 0)
            {
                continue;
            }

            var told = BoostedTrees.Classify([.. train.Select(i => rows[i])], [.. train.Select(i => labels[i])], 2, [.. test.Select(i => rows[i])]);
            foreach (var (place, i) in test.Index())
            {
                scores[i] = told[place][1];
            }
        }

        var (share, _) = Memorisation.Test([.. scores.Skip(count).Select(s => -s)], [.. scores.Take(count).Select(s => -s)]);
        // Hanley and McNeil 1982.
        var (q1, q2) = (share / (2 - share), 2 * share * share / (1 + share));
        var error = Math.Sqrt(Math.Max(0, (share * (1 - share)) + ((count - 1) * (q1 + q2 - (2 * share * share)))) / ((double)count * count));
        return new("detection-auroc", new(share, error, "AUROC", Evidence.Estimate, 2 * count)) { JudgedBy = BoostedTrees.Name };
    }

    // What trees that learned from made rows say of held-out ones, beside those that learned from real rows.
    private static IEnumerable<NamedScore> Efficacy(TableRows real, TableRows made, TableRows training, string? target)
    {
        var place = Enumerable.Range(0, real.Columns.Count).LastOrDefault(c => target is null ? !real.Columns[c].IsNumber : real.Columns[c].Name == target, -1);
        if (place < 0)
        {
            yield break;
        }

        var column = real.Columns[place];
        var by = $"{BoostedTrees.Name}, target {column.Name}";
        var count = Math.Min(made.Count, training.Count);
        if (column.IsNumber)
        {
            foreach (var (name, rows) in new[] { ("efficacy", made), ("efficacy-of-real", training) })
            {
                int[] known = [.. Enumerable.Range(0, count).Where(i => double.IsFinite(rows.Numbers[place][i]))];
                int[] asked = [.. Enumerable.Range(0, real.Count).Where(i => double.IsFinite(real.Numbers[place][i]))];
                if (known.Length == 0 || asked.Length < 2)
                {
                    yield break;
                }

                var told = BoostedTrees.Regress([.. known.Select(i => Others(rows, i))], [.. known.Select(i => (float)rows.Numbers[place][i])], [.. asked.Select(i => Others(real, i))]);
                var mean = asked.Average(i => real.Numbers[place][i]);
                var spread = asked.Sum(i => Math.Pow(real.Numbers[place][i] - mean, 2));
                yield return new($"{name}-r2", new(spread > 0 ? 1 - (asked.Index().Sum(p => Math.Pow(real.Numbers[place][p.Item] - told[p.Index], 2)) / spread) : 0, double.NaN, "R²", Evidence.Estimate, asked.Length)) { JudgedBy = by };
            }

            yield break;
        }

        var classes = real.LevelsOf(place) - (column.Missing is null ? 1 : 0);
        foreach (var (name, rows) in new[] { ("efficacy", made), ("efficacy-of-real", training) })
        {
            var told = BoostedTrees.Classify([.. Enumerable.Range(0, count).Select(i => Others(rows, i))], [.. Enumerable.Range(0, count).Select(i => (int)rows.Numbers[place][i])], Math.Max(2, classes), [.. Enumerable.Range(0, real.Count).Select(i => Others(real, i))]);
            int[] guessed = [.. told.Select(p => Array.IndexOf(p, p.Max()))];
            int[] truth = [.. real.Numbers[place].Select(v => (int)v)];
            yield return new($"{name}-accuracy", Score.Mean([.. guessed.Zip(truth, (g, t) => g == t ? 1.0 : 0)], "share", Evidence.Estimate)) { JudgedBy = by };
            yield return new($"{name}-f1", new(F1(guessed, truth, classes), double.NaN, "F1", Evidence.Estimate, truth.Length)) { JudgedBy = by };
        }

        float[] Others(TableRows rows, int row) => [.. rows.Row(row).Where((_, c) => c != place)];
    }

    /// <summary>Of two classes F1 of the rarer one, else the mean over the classes.</summary>
    internal static double F1(int[] guessed, int[] truth, int classes)
    {
        int[] asked = classes == 2 ? [truth.Count(t => t == 0) < truth.Count(t => t == 1) ? 0 : 1] : [.. truth.Distinct()];
        return asked.Average(k =>
        {
            var both = guessed.Zip(truth).Count(p => p.First == k && p.Second == k);
            var all = guessed.Count(g => g == k) + truth.Count(t => t == k);
            return all == 0 ? 0 : 2.0 * both / all;
        });
    }
}
