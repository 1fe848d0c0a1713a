namespace Likeness;

/// <summary>
/// What four classifiers that learn from made rows say of held-out ones, as SDGym 0.2 measures tables (Xu et al. 2019, section 5; DAI-Lab/SDGym): the means of accuracy and F1 over a decision tree of depth 15, AdaBoost of 50 stumps,
/// logistic regression and a perceptron of 50 units, tree and regression with balanced classes. For targets of two classes.
/// </summary>
public sealed class SdgymEfficacy() : Metric("sdgym-efficacy",
    "SDGym's protocol: mean accuracy and F1 score, on held-out real rows, of four classifiers trained on synthetic rows")
{
    private const int MostRows = 50_000;

    public override bool OnRequest => true;

    public override bool Applies(Module model, IDataset data) => model is IGenerative && data.Has<Batch>() && data.Origin.Fit.Schema is { } schema && Target(schema) is not null;

    public override string? Missing(Module model, IDataset data, MeasureOptions options) => TableRows.Missing(data, options);

    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        var training = TableRows.Of(options.Learned ?? data, Split.Train, MostRows);
        var real = TableRows.Of(data, options.Split, Math.Min(options.Limit, MostRows));
        var made = TableRows.Drawn(model, data.Origin.Fit, Math.Min(training.Count, options.Limit), rng.Fork("rows"), share => options.Progress?.Invoke(share / 2));
        var target = Target(data.Origin.Fit.Schema!)!;
        return [.. Judge("sdgym", made, real, training, target, rng), .. Judge("sdgym-real", training, real, training, target, rng)];
    }

    private static SchemaColumn? Target(TableSchema schema) =>
        schema.Written.LastOrDefault(c => schema.Target is null ? c is { IsCategory: true, Values.Count: 2, Missing: null } : c.Name == schema.Target) is { IsCategory: true, Values.Count: 2, Missing: null } found ? found : null;

    private static IEnumerable<NamedScore> Judge(string name, TableRows learned, TableRows real, TableRows training, SchemaColumn target, Rng rng)
    {
        var place = learned.Columns.ToList().FindIndex(c => c.Name == target.Name);
        var (x, y) = (Features(learned, training, place), Classes(learned));
        var (asked, truth) = (Features(real, training, place), Classes(real));
        var balanced = Balanced(y);
        int[][] told =
        [
            ClassificationTree.Fit(x, y, balanced, depth: 15).Classify(asked),
            AdaBoost.Fit(x, y, rounds: 50)(asked),
            Regression(x, y, balanced, asked),
            Perceptron(x, y, asked, rng),
        ];
        const string by = "the mean of a decision tree, AdaBoost, logistic regression and a perceptron";
        double[] accuracies = [.. told.Select(t => t.Zip(truth).Count(p => p.First == p.Second) / (double)truth.Length)];
        double[] f1 = [.. told.Select(t => F1OfSecond(t, truth))];
        yield return new($"{name}-accuracy", new(accuracies.Average(), double.NaN, "share", Evidence.Estimate, truth.Length)) { JudgedBy = by };
        yield return new($"{name}-f1", new(f1.Average(), double.NaN, "F1", Evidence.Estimate, truth.Length)) { JudgedBy = by };

        int[] Classes(TableRows rows) => [.. rows.Numbers[place].Select(v => (int)v)];
    }

    // F1 of the second value, as scikit-learn's binary F1 has it.
    private static double F1OfSecond(int[] told, int[] truth) =>
        told.Count(t => t == 1) + truth.Count(t => t == 1) is > 0 and var all ? 2.0 * told.Zip(truth).Count(p => p is (1, 1)) / all : 0;

    // Numbers to 0 … 5, or their logarithms where they are large and not negative; words of more than two values as indicators.
    private static float[][] Features(TableRows rows, TableRows training, int target)
    {
        var columns = new List<float[]>();
        for (var c = 0; c < rows.Columns.Count; c++)
        {
            var (column, values) = (rows.Columns[c], rows.Numbers[c]);
            if (c == target)
            {
                continue;
            }

            if (column.IsNumber)
            {
                var (low, high) = (column.Low!.Value, column.High!.Value);
                columns.Add([.. values.Select(v => double.IsNaN(v) ? 0 : low >= 0 && high >= 1000 ? (float)Math.Log(Math.Max(v, 1e-2)) : (float)((v - low) / Math.Max(high - low, 1e-12) * 5))]);
            }
            else if (column.Values.Count + (column.Missing is null ? 0 : 1) <= 2)
            {
                columns.Add([.. values.Select(v => (float)v)]);
            }
            else
            {
                columns.AddRange(Enumerable.Range(0, training.LevelsOf(c)).Select(level => values.Select(v => v == level ? 1f : 0f).ToArray()));
            }
        }

        return [.. Enumerable.Range(0, rows.Count).Select(i => columns.Select(column => column[i]).ToArray())];
    }

    private static double[] Balanced(int[] y)
    {
        double[] counts = [y.Count(k => k == 0), y.Count(k => k == 1)];
        return [.. y.Select(k => y.Length / (2 * counts[k]))];
    }

    private static int[] Regression(float[][] x, int[] y, double[] weights, float[][] asked)
    {
        return LogisticRegression.Fit(Matrix(x), y, 2, weights).Classify(Matrix(asked));
    }

    // 50 rectified units, Adam at 1e-3, batches of 200, 50 epochs: scikit-learn's classifier as SDGym sets it.
    private static int[] Perceptron(float[][] x, int[] y, float[][] asked, Rng rng)
    {
        var (rows, labels) = (Matrix(x), Tensor.From(Array.ConvertAll(y, k => (long)k), y.Length));
        var network = new Sequential(new Linear(x[0].Length, 50, rng), Activation.Relu(), new Linear(50, 2, rng));
        var player = new Player("perceptron", new Adam(1e-3), network);
        var (batch, step) = (Math.Min(200, y.Length), 0L);
        for (var epoch = 0; epoch < 50; epoch++)
        {
            var order = rng.Permutation(y.Length);
            for (var from = 0; from + batch <= y.Length; from += batch)
            {
                Chain.Value(() =>
                {
                    using var recording = torch.enable_grad();
                    var chosen = order.narrow(0, from, batch);
                    var loss = -network.Call(rows.index_select(0, chosen)).log_softmax(1).gather(1, labels.index_select(0, chosen).unsqueeze(1)).mean();
                    player.Minimise(("loss", loss)).Take(new(step, long.MaxValue));
                });
                step++;
            }
        }

        using var noGrad = torch.no_grad();
        return [.. network.Call(Matrix(asked)).argmax(1).ToArray<long>().Select(k => (int)k)];
    }

    private static Tensor Matrix(float[][] rows) => Tensor.From(rows.SelectMany(r => r).ToArray(), rows.Length, rows[0].Length);
}
