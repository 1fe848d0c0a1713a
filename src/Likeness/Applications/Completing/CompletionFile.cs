namespace Likeness;

/// <summary>What was completed.</summary>
/// <param name="Examples">How many examples.</param>
/// <param name="Copies">Completions of each.</param>
/// <param name="Missing">Values that were missing, in all.</param>
public sealed record CompletionReport(int Examples, int Copies, long Missing)
{
    /// <summary>Exact draws from p(missing | given), or an estimate.</summary>
    public Evidence Evidence => EffectiveSizes.Count == 0 && Method == "exact" ? Evidence.Exact : Evidence.Estimate;

    /// <summary>One of <see cref="RestoringMethods.Names"/>.</summary>
    public string Method { get; init; } = "exact";

    /// <summary>For estimates, how many equal draws each completion's weighted ones are worth.</summary>
    public IReadOnlyList<double> EffectiveSizes { get; init; } = [];

    /// <summary>log p(missing | given) of the examples as they were, in nats; empty where they are not known or the model does not know it.</summary>
    public IReadOnlyList<double> OriginalNats { get; init; } = [];

    /// <summary>log p(missing | given) of the completions, in nats; empty where the model does not know it.</summary>
    public IReadOnlyList<double> CompletionNats { get; init; } = [];
}

/// <summary>Completes examples and tables of a run's data, and keeps the result in files.</summary>
/// <param name="trained">What completes.</param>
/// <param name="particles">Weighted draws behind each completion where the model cannot complete a part exactly; 0 refuses such parts.</param>
/// <param name="rng">Where the draws come from.</param>
/// <param name="fit">What brings completions to the data's units, and names their columns.</param>
/// <exception cref="UsageException">The model can complete nothing.</exception>
public sealed class CompletionFile(TrainedModel trained, int particles, Rng rng, DataFit fit)
{
    private readonly Completion _completion = new(trained.Model, trained.Spec, particles);

    /// <summary>Completes examples and keeps them; images as a picture beside what was given.</summary>
    /// <param name="path">Where to; its extension says how.</param>
    /// <param name="x">Examples [n, …].</param>
    /// <param name="given">For each variable of the flattened example, whether it is given.</param>
    /// <param name="copies">Completions of each example.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    /// <exception cref="UsageException">The model completes other parts only, and no particles were allowed.</exception>
    public CompletionReport WriteExamples(string path, Tensor x, bool[] given, int copies, Action<double>? progress = null)
    {
        var count = (int)x.shape[0];
        var done = _completion.Draw(x, given, copies, rng, progress);
        var report = new CompletionReport(count, copies, given.Count(g => !g) * (long)count)
        {
            EffectiveSizes = done.EffectiveSizes,
            OriginalNats = _completion.LogProb(x, given) ?? [],
            CompletionNats = _completion.LogProb(done.X, given) ?? [],
        };
        if (!Sampling.IsFolder(path) && Path.GetExtension(path).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg" && trained.Spec.IsImage)
        {
            Sampling.WritePicture(path, CompletionPicture.Draw(x, given, done.X, trained.Spec));
        }
        else
        {
            Sampling.Write(path, done.X, trained.Spec, fit);
        }

        return report;
    }

    /// <summary>Completes the rows of a table and keeps them, in the table's order and under its names.</summary>
    /// <param name="path">Where to: a .csv or .npy file.</param>
    /// <param name="table">Rows in which cells are missing; whole ones are kept as they are.</param>
    /// <param name="copies">Completions of each row.</param>
    /// <exception cref="UsageException">The file is of another kind, or the model completes other parts only and no particles were allowed.</exception>
    public CompletionReport WriteTable(string path, IncompleteTable table, int copies)
    {
        var width = table.Columns.Count;
        var values = new float[(long)table.Values.Length * copies];
        var missing = 0L;
        var (sizes, nats) = (new List<double>(), new List<double>());
        foreach (var (given, rows) in table.Patterns())
        {
            var x = Tensor.From(rows.SelectMany(table.Row).ToArray(), trained.Spec.BatchShape(rows.Length));
            var drawn = given.All(g => g) ? Repeated(x, copies) : Drawn(x, given);
            missing += given.Count(g => !g) * (long)rows.Length;
            for (var i = 0; i < rows.Length; i++)
            {
                Array.Copy(drawn, (long)i * copies * width, values, (long)rows[i] * copies * width, (long)copies * width);
            }
        }

        if (table.Cells is { } cells && fit.Schema is { } schema)
        {
            MixedRows.Write(path, [.. fit.Cells(values).Select((row, i) => Kept(row, cells.Rows[i / copies], schema))], schema);
            return new(table.Rows, copies, missing) { EffectiveSizes = sizes, CompletionNats = nats };
        }

        if (fit.Scales)
        {
            fit.ToData(values);
            table.Restore(values, copies);
        }

        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".csv":
                TextTable.Write(path, fit.Constants.Count > 0 ? fit.Names : table.Columns, fit.Whole(values));
                break;
            case ".npy":
                Npy.Write(path, fit.Constants.Count > 0 ? new(fit.Whole(values), [table.Rows * copies, fit.Names.Count])
                    : ExampleArrays.Of(Tensor.From(values, trained.Spec.BatchShape((long)table.Rows * copies)), trained.Spec));
                break;
            default:
                throw new UsageException($"Completed rows cannot be written as '{path}': end the file's name in .csv or .npy.");
        }

        return new(table.Rows, copies, missing) { EffectiveSizes = sizes, CompletionNats = nats };

        float[] Drawn(Tensor x, bool[] given)
        {
            var done = _completion.Draw(x, given, copies, rng);
            nats.AddRange(_completion.LogProb(done.X, given) ?? []);
            sizes.AddRange(done.EffectiveSizes);
            return done.X.ToArray<float>();
        }
    }

    // Given cells stay as they were written.
    private static string[] Kept(string[] row, string[] was, TableSchema schema)
    {
        var place = 0;
        for (var c = 0; c < schema.Columns.Count; c++)
        {
            if (schema.Columns[c].Kind != ColumnKind.Text)
            {
                row[place] = was[c].Length == 0 || (SchemaColumn.IsMissing(was[c]) && !schema.Columns[c].Values.Contains(was[c])) ? row[place] : was[c];
                place++;
            }
        }

        return row;
    }

    private static float[] Repeated(Tensor x, int copies) =>
        [.. x.ToArray<float>().Chunk((int)(x.numel() / x.shape[0])).SelectMany(row => Enumerable.Repeat(row, copies).SelectMany(r => r))];
}
