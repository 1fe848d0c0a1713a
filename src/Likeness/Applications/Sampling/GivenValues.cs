using System.Globalization;

namespace Likeness;

/// <summary>Values of some columns, and the drawing of all others from p(others | these).</summary>
public sealed class GivenValues
{
    private readonly DataSpec _spec;
    private readonly DataFit _fit;
    private readonly IReadOnlyList<string> _names;
    private readonly double?[] _typed;

    // Of mixed tables the cells as they were typed, by column.
    private readonly Dictionary<string, string> _cells = [];

    private GivenValues(DataSpec spec, DataFit fit, IReadOnlyList<string> names, double?[] typed) => (_spec, _fit, _names, _typed) = (spec, fit, names, typed);

    /// <summary>Reads what a user typed.</summary>
    /// <param name="assignments">Each a <c>column=value</c>, in the data's units. A column that is constant in the data may have its own value only.</param>
    /// <param name="spec">What the model knows.</param>
    /// <param name="fit">Which names the columns; where it names none, images have those of their tables, and other arrays x1, x2, ….</param>
    /// <exception cref="UsageException">There is no such column or value, or nothing is left to draw.</exception>
    public static GivenValues Read(IReadOnlyList<string> assignments, DataSpec spec, DataFit fit)
    {
        if (spec.IsSeries)
        {
            throw new UsageException($"Values of series ({spec}) cannot be given one by one: forecast from the first steps of a series instead.");
        }

        if (fit.Schema is { } schema)
        {
            return GivenCells(assignments, spec, fit, schema);
        }

        fit = fit.Columns.Count == spec.Dimensions && !spec.IsImage ? fit : DataFit.Of(spec.IsImage ? PixelColumns.Of(spec) : null, spec.Dimensions);
        string[] names = [.. fit.Columns.Select(c => c.Name)];
        var typed = new double?[names.Length];
        foreach (var assignment in assignments)
        {
            // A column's name may hold = itself, a number cannot.
            var cut = assignment.LastIndexOf('=');
            if (cut > 0 && !names.Contains(assignment[..cut]) && fit.Constants.All(c => c.Name != assignment[..cut]))
            {
                var near = NearNames.Of(assignment[..cut], names);
                throw new UsageException($"There is no column '{assignment[..cut]}': {(near.Count > 0 ? $"did you mean '{near[0]}'?" : $"the model knows {string.Join(", ", names.Take(20))}{(names.Length > 20 ? ", …" : "")}.")}");
            }

            if (cut > 0 && assignment.AsSpan(cut + 1).Count(',') == 1 && !assignment.AsSpan(cut + 1).Contains('.') && float.TryParse(assignment[(cut + 1)..].Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            {
                throw new UsageException($"'{assignment}' has a decimal comma: write {assignment[..cut]}={assignment[(cut + 1)..].Replace(',', '.')}.");
            }

            if (cut < 1 || !float.TryParse(assignment.AsSpan(cut + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !float.IsFinite(value))
            {
                throw new UsageException($"'{assignment}' gives no column a value: write COLUMN=NUMBER, such as {names[0]}=1.5.");
            }

            var name = assignment[..cut];
            if (fit.Constants.FirstOrDefault(c => c.Name == name) is { } constant)
            {
                if ((float)constant.Value != value)
                {
                    throw new UsageException(string.Create(CultureInfo.InvariantCulture,
                        $"The column '{name}' is {constant.Value} in every row that the model learned from, and cannot be {value}: leave it out."));
                }

                continue;
            }

            var place = Array.IndexOf(names, name);
            if (typed[place] is not null)
            {
                throw new UsageException($"The column '{name}' is given twice: give it once.");
            }

            if (spec.Domain.LevelCount is { } levels && !(value >= 0 && value < levels && value == MathF.Floor(value)))
            {
                throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"The column '{name}' cannot be {value}: its values are the whole numbers 0 to {levels - 1}."));
            }

            typed[place] = value;
        }

        return typed.Contains(null) ? new(spec, fit, names, typed)
            : throw new UsageException("All columns are given, so nothing is left to draw: leave some out.");
    }

    /// <summary>New examples [count, …] with these values, in main memory and the model's units. Example i depends on the seed and on i, not on how many are drawn.</summary>
    /// <param name="model">One that completes any part, or that predicts variable by variable and the given columns first.</param>
    /// <param name="count">How many.</param>
    /// <param name="rng">The same state gives the same examples.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    /// <param name="called">What people call the model.</param>
    /// <exception cref="UsageException">The model cannot draw the others given these.</exception>
    /// <exception cref="DataException">The model calls the values impossible.</exception>
    public Tensor Draw(Module model, int count, Rng rng, Action<double>? progress = null, string? called = null)
    {
        bool[] given = [.. _typed.Select(v => v is not null)];
        if (_fit.Schema is not null && model is not (ICompleter or IStepwise) && model is IGenerative generative)
        {
            return Matching(generative, model, count, rng, progress, called);
        }

        Check(model, given, called);
        float[] row = [.. _typed.Select((v, i) => v is { } value ? _fit.Columns[i].ToModel(value) : 0)];
        var x = Tensor.From(row, _spec.BatchShape(1));
        var completion = new Completion(model, _spec);
        var drawn = Sampling.Parts(count, part => completion.Draw(x, given, part, rng.PerExample()).X, progress);
        return drawn.isfinite().all().ToBoolean() ? drawn
            : throw new DataException("The model calls the given values impossible, so nothing can be drawn from them: change them.");
    }

    /// <summary>Keeps examples as <see cref="Sampling.Write"/> does, with the given values as they were typed, to the last digit.</summary>
    /// <param name="path">The file.</param>
    /// <param name="x">Examples in the model's units.</param>
    public void Write(string path, Tensor x)
    {
        if (_fit.Schema is { } schema)
        {
            string[] columns = [.. schema.Written.Select(c => c.Name)];
            MixedRows.Write(path, [.. _fit.Cells(x.ToArray<float>()).Select(row => row.Select((cell, c) => _cells.GetValueOrDefault(columns[c], cell)).ToArray())], schema);
            return;
        }

        var values = _fit.ToData(x).ToArray<float>();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float?)_typed[i % _typed.Length] ?? values[i];
        }

        Sampling.Write(path, Tensor.From(values, x.shape), _spec, _fit with { Columns = [.. _fit.Columns.Select(c => new DataColumn(c.Name))] });
    }

    // What a user typed of a mixed table, as its schema reads it.
    private static GivenValues GivenCells(IReadOnlyList<string> assignments, DataSpec spec, DataFit fit, TableSchema schema)
    {
        var coding = new TableCoding(schema);
        var given = new GivenValues(spec, fit, coding.Names, new double?[coding.Names.Count]);
        var row = new double[coding.Names.Count];
        foreach (var assignment in assignments)
        {
            // Neither names nor values are sure to be without =.
            var place = Enumerable.Range(0, schema.Columns.Count).Where(c => assignment.StartsWith($"{schema.Columns[c].Name}=", StringComparison.Ordinal)).DefaultIfEmpty(-1).MaxBy(c => c < 0 ? -1 : schema.Columns[c].Name.Length);
            if (place < 0)
            {
                throw assignment.IndexOf('=', StringComparison.Ordinal) > 0 ? UsageException.Unknown("column", assignment.Split('=')[0], schema.Written.Select(c => c.Name))
                    : new UsageException($"'{assignment}' gives no column a value: write column=value, such as {schema.Columns[0].Name}=….");
            }

            var column = schema.Columns[place];
            var (cell, places) = (assignment[(column.Name.Length + 1)..], coding.PlacesOf(column.Name));
            if (!given._cells.TryAdd(column.Name, cell))
            {
                throw new UsageException($"The column '{column.Name}' is given twice: give it once.");
            }

            if (coding.Encode(place, cell, row) is { } wrong)
            {
                throw new UsageException($"The column '{column.Name}' cannot be given: it {wrong}.");
            }

            if (column.IsNumber && column.Parse(cell) is { } number && (number < column.Low || number > column.High))
            {
                throw new UsageException($"The column '{column.Name}' cannot be {cell}: the rows that the model learned from have {column.Write(column.Low!.Value)} … {column.Write(column.High!.Value)}.");
            }

            foreach (var part in places)
            {
                given._typed[part] = double.IsNaN(row[part]) ? 0 : row[part];
            }
        }

        return given._typed.Contains(null) ? given : throw new UsageException("All columns are given, so nothing is left to draw: leave some out.");
    }

    // Draws until enough have the given levels: for models that can be given nothing.
    private Tensor Matching(IGenerative generative, Module model, int count, Rng rng, Action<double>? progress, string? called)
    {
        const int atOnce = 512, most = 400;
        var levels = new TableCoding(_fit.Schema!).Levels;
        int[] places = [.. Enumerable.Range(0, _typed.Length).Where(i => _typed[i] is not null)];
        if (places.FirstOrDefault(i => levels[i] == 0, -1) is >= 0 and var number)
        {
            throw Capabilities.Unable(model, called, $"draw other columns given a number ('{_names[number]}')", "completes any part", "give words only");
        }

        var (found, drawn) = (new List<float>(), 0);
        while (found.Count < count * _typed.Length)
        {
            if (drawn == atOnce * most)
            {
                throw new DataException($"Of {Counted.Of(drawn, "row")} that the model drew, {found.Count / _typed.Length} have the given values, and {count} are asked for: give more common values, or use a model that completes any part.");
            }

            Chain.Value(() =>
            {
                foreach (var row in generative.Sample(atOnce, rng).to(torch.CPU).ToArray<float>().Chunk(_typed.Length).Where(row => places.All(i => row[i] == (float)_typed[i]!.Value)))
                {
                    found.AddRange(row);
                }
            });
            drawn += atOnce;
            progress?.Invoke(Math.Min(1, (double)found.Count / (count * _typed.Length)));
        }

        return Tensor.From(found.Take(count * _typed.Length).ToArray(), _spec.BatchShape(count));
    }

    private void Check(Module model, bool[] given, string? called)
    {
        if (model is not (ICompleter or IStepwise))
        {
            throw Capabilities.Unable(model, called, "draw other columns given some", "completes any part or predicts variable by variable", "leave the given values out");
        }

        if (model is ICompleter || model is not IStepwise { Order: var order } || order.SkipWhile(i => given[i]).All(i => !given[i]))
        {
            return;
        }

        var missing = _names[order.First(i => !given[i])];
        throw new UsageException(
            $"The column '{_names[order.SkipWhile(i => given[i]).First(i => given[i])]}' is given and '{missing}', which the model predicts before it, is not: give '{missing}', too, or use a model that completes any part (see {new Remedy.Deed(Work.ListModels)}).");
    }
}
