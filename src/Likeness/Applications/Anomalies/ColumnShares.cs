namespace Likeness;

/// <summary>Why examples score as they do: how surprising each of their columns is.</summary>
/// <param name="Rule">What is counted.</param>
/// <param name="Names">Of the columns.</param>
/// <param name="Values">For each example one number per column; the larger, the more surprising.</param>
public sealed record ColumnShares(ShareRule Rule, IReadOnlyList<string> Names, double[][] Values)
{
    /// <summary>The names as cells of a table's first line, ready to be joined to others by a comma.</summary>
    public string Header => string.Join(',', Names.Select(n => CsvText.Quoted($"why_{n}")));

    /// <summary>How a model's score can be divided.</summary>
    /// <param name="model">Whose score.</param>
    /// <param name="basis">What it scores by.</param>
    /// <param name="called">What people call the model.</param>
    /// <exception cref="UsageException">It cannot be divided.</exception>
    public static ShareRule RuleOf(Module model, ScoreBasis basis, string? called = null)
    {
        if (basis == ScoreBasis.Reconstruction)
        {
            return ShareRule.SquaredError;
        }

        if (basis == ScoreBasis.Density && model is IMarginal or IStepwise)
        {
            return model is IMarginal ? ShareRule.GivenOthers : ShareRule.GivenEarlier;
        }

        if (basis == ScoreBasis.Bound && model is IColumnwise)
        {
            return ShareRule.Columnwise;
        }

        throw Capabilities.Unable(model, called, $"say which columns make the score by {basis.Name}", "knows marginals of any part, or predicts variable by variable",
            model is IAutoencoder ? "score by reconstruction" : null);
    }

    /// <summary>Measures the columns of a split's examples.</summary>
    /// <param name="model">What scores.</param>
    /// <param name="data">Whose examples.</param>
    /// <param name="options">Which of them.</param>
    /// <param name="basis">What they are scored by.</param>
    /// <param name="fit">Which names the columns; each sums over the steps of series. Images have a column for each value, and other arrays x1, x2, ….</param>
    /// <exception cref="UsageException">The score cannot be divided, or the data is of another kind.</exception>
    public static ColumnShares Measure(Module model, IDataset data, MeasureOptions options, ScoreBasis basis, DataFit fit)
    {
        var rule = RuleOf(model, basis);
        var source = data.TryAs<Batch>()
            ?? throw new UsageException($"The data set '{data.Name}' has no plain examples to score: choose another data set.");
        var (spec, total) = (data.Spec, Math.Min(options.Limit, data.Count(options.Split)));
        var unit = spec.Domain is Domain.Byte ? 1 / 255.0 : 1;
        var values = new List<double[]>();
        // The same draws for whatever is held against each other.
        var rng = new Rng(0, model.Device);
        Chain.Each(source.Read(options.Split, options.BatchSize, options.Limit), batch =>
        {
            var x = batch.X.to(model.Device);
            values.AddRange(rule switch
            {
                ShareRule.GivenOthers => GivenOthers((IMarginal)model, x, spec),
                ShareRule.GivenEarlier => GivenEarlier((IStepwise)model, spec.Flat(x)),
                ShareRule.Columnwise => [.. ((IColumnwise)model).ColumnSurprise(x, rng).to(ScalarType.Float64).ToArray<double>().Chunk(spec.Dimensions)],
                _ => SquaredErrors((IAutoencoder)model, x, spec, unit),
            });
            options.Progress?.Invoke((double)values.Count / total);
        });

        var named = fit.Columns.Count == spec.Shape[^1] && !spec.IsImage && fit.Columns.Count > 0;
        if (fit.Schema is { } schema && named)
        {
            // Of a cell's parts, such as whether it is missing, the sum.
            var owners = new TableCoding(schema).Owners;
            string[] columns = [.. owners.Distinct()];
            return new(rule, columns, [.. values.Select(row => columns.Select(c => Enumerable.Range(0, row.Length).Where(i => owners[i] == c).Sum(i => row[i])).ToArray())]);
        }

        IReadOnlyList<string> names = named ? [.. fit.Columns.Select(c => c.Name)] : spec.IsImage ? PixelColumns.Of(spec) : [.. Enumerable.Range(1, spec.Dimensions).Select(i => $"x{i}")];
        return new(rule, names, [.. values.Select(row => ByColumn(row, names.Count))]);
    }

    /// <summary>
    /// The same beside ordinary examples: less their mean, so 0 is as surprising as usual and units of the data do not count. What the chain rule or
    /// squared errors give still adds up to the difference between the example's score and the mean of ordinary ones.
    /// </summary>
    /// <param name="ordinary">The columns of ordinary examples, by the same rule.</param>
    /// <exception cref="DataException">There are no ordinary examples.</exception>
    public ColumnShares Beyond(ColumnShares ordinary)
    {
        if (ordinary.Values.Length == 0)
        {
            throw new DataException("What is usual of a column needs ordinary examples and there are none: give data with a validation or training split.");
        }

        // An ordinary example that a model calls impossible would make its column usual for ever.
        double[] means = [.. Names.Select((_, j) => ordinary.Values.Select(row => row[j]).Where(double.IsFinite).DefaultIfEmpty().Average())];
        return this with { Values = [.. Values.Select(row => row.Select((v, j) => v - means[j]).ToArray())] };
    }

    /// <summary>The columns of an example, the one that counts most first.</summary>
    public IEnumerable<(string Name, double Share)> Most(int example) =>
        Values[example].Select((v, j) => (Names[j], v)).OrderByDescending(p => p.v);

    // log p(x_i | rest) = log p(x) − log p(rest).
    private static double[][] GivenOthers(IMarginal model, Tensor x, DataSpec spec)
    {
        var whole = model.LogProb(x).ToArray<double>();
        var rows = Rows(whole.Length, spec.Dimensions);
        Chain.Each(Enumerable.Range(0, spec.Dimensions), i =>
        {
            var given = new bool[spec.Dimensions];
            Array.Fill(given, true);
            given[i] = false;
            Put(rows, i, model.LogMarginal(x, given).ToArray<double>().Zip(whole, (rest, all) => rest - all));
        });
        return rows;
    }

    private static double[][] GivenEarlier(IStepwise model, Tensor x)
    {
        var rows = Rows(x.shape[0], x.shape[1]);
        var walk = model.Walk(rows.Length);
        Chain.Each(model.Order, i =>
        {
            var value = x.select(1, i);
            Put(rows, i, walk.Next().LogProb(value).ToArray<double>().Select(nats => -nats));
            walk.Observe(value);
        });
        return rows;
    }

    private static double[][] SquaredErrors(IAutoencoder model, Tensor x, DataSpec spec, double unit) =>
        [.. spec.Flat((model.Decode(model.Encode(x)) - x) * unit).square().ToArray<double>().Chunk(spec.Dimensions)];

    private static double[][] Rows(long count, long width) => [.. Enumerable.Range(0, (int)count).Select(_ => new double[width])];

    // Where what a column is held against is impossible already, it says nothing about the column.
    private static void Put(double[][] rows, int column, IEnumerable<double> values)
    {
        foreach (var (row, value) in rows.Zip(values))
        {
            row[column] = double.IsNaN(value) ? 0 : value;
        }
    }

    private static double[] ByColumn(double[] row, int columns)
    {
        var sums = new double[columns];
        for (var i = 0; i < row.Length; i++)
        {
            sums[i % columns] += row[i];
        }

        return sums;
    }
}
