namespace Likeness;

/// <summary>Arrays of numbers in the user's own files: tables [n, columns] and arrays of more dimensions.</summary>
internal static class UserTable
{
    /// <summary>A data set of the rows, divided as their file says or as in <see cref="Allotment"/>.</summary>
    /// <param name="sheet">The rows.</param>
    /// <param name="options">The protocol; by default binary where all values are 0 or 1, and real otherwise.</param>
    public static IDataset Open(Sheet sheet, DataOptions options)
    {
        var (name, array, known) = (sheet.Name, sheet.Values, options.For);
        if (array.Rows == 0 || array.RowLength == 0)
        {
            throw new DataException($"'{name}' has the shape {string.Join('x', array.Shape)}, which holds no examples: at least one row is needed.");
        }

        if (sheet.Labels is { } all && all.Count != array.Rows)
        {
            throw new DataException($"'{name}' has {Counted.Of(all.Count, "label")} and {Counted.Of(array.Rows, "row")}: there must be one label for each row.");
        }

        if (sheet.IsSeries || options.Table is { RowsAreSeries: true } or { OfWorld: true } || (options.Protocol is { } asked && Protocols.OfSeries.Contains(asked)))
        {
            return UserSeries.Open(sheet, options);
        }

        if (sheet.StaticCells.Count > 0)
        {
            throw StaticFeatures.OfNoSeries(name, options.Protocol);
        }

        if (array.NotFinite().FirstOrDefault(-1) is >= 0 and var wrong)
        {
            throw new DataException($"'{name}' holds {array.Values.GetValue(wrong)} in {sheet.Place(wrong / array.RowLength)}, column {wrong % array.RowLength} (counted from 0): only finite numbers within single precision are allowed; remove or replace such rows.");
        }

        var isTable = array.Shape.Count <= 2;
        var protocol = Protocol(options, array);
        var (splits, classes, notes) = Labelled(sheet, Allotment.Of(sheet.Rows, sheet.Parts, options), options);
        CheckTraining(name, splits, options);
        DataFit fit;
        if (known is not null)
        {
            fit = known.Fit ?? DataFit.None;
            notes = [.. notes, .. Foreign(sheet, fit)];
            array = array.Columns(KnownColumns.Places(name, sheet.Columns, array.RowLength, fit));
        }
        else if (!isTable && protocol != Protocols.Standardised)
        {
            fit = DataFit.None;
        }
        else
        {
            var training = splits[0].Length > 0 ? splits[0] : [.. Enumerable.Range(0, array.Rows)];
            (array, fit, var degenerate) = Fitted(sheet, array, training, protocol, isTable);
            notes = [.. notes, .. degenerate];
        }

        var domain = known is null ? Domains.Of(name, protocol, array) : Domains.Known(name, known.Spec.Domain, array);
        var shape = array.Shape.Count > 1 ? array.Shape.Skip(1).ToArray() : [1];
        var parts = new Splits(name, protocol, new(shape, domain, classes?.Names.Count ?? 0), Part(0), Part(1), Part(2)) { Fit = fit, Notes = notes };
        return new MemoryDataset(parts.WithUnlabelled(), classes?.Names);

        Part Part(int split) => new(Filled(array, splits[split], fit))
        {
            Label = classes is null ? null : i => classes.Numbers[splits[split][i]],
        };
    }

    /// <summary>What a file's labels say: the splits without examples of foreign classes, the classes, and what the user should know.</summary>
    public static (int[][] Splits, ClassLabels? Classes, IReadOnlyList<string> Notes) Labelled(Sheet sheet, int[][] splits, DataOptions options)
    {
        if (sheet.Labels is not { } words)
        {
            return (splits, null, sheet.Notes);
        }

        var unlabelled = Enumerable.Range(0, words.Count).Where(i => words[i].Length == 0).ToArray();
        if (unlabelled.Length == words.Count)
        {
            return (splits, null, [.. sheet.Notes, $"No row of '{sheet.Name}' has a label: it is read as data without classes."]);
        }

        (splits, var classes, var notes) = ClassLabels.Of(words, splits[0], options.KnownClasses).Settle(sheet.Name, splits, words, options.KnownClasses is not null);
        return (splits, classes, [.. sheet.Notes, .. notes, .. unlabelled.Length == 0 || classes is null ? Array.Empty<string>()
            : [$"{unlabelled.Length} of {Counted.Of(words.Count, "row")} of '{sheet.Name}' {(unlabelled.Length == 1 ? "has" : "have")} no label (the first is {sheet.Place(unlabelled[0])}): models that learn from labelled and unlabelled examples learn from them, and models of classes leave them out."]]);
    }

    private static void CheckTraining(string name, int[][] splits, DataOptions options)
    {
        if (!options.Whole && splits[0].Length == 0)
        {
            throw new DataException($"'{name}' has no row of the training split: give rows to learn from.");
        }
    }

    // What is fitted on the training rows, and the columns that vary there.
    private static (NumericArray Array, DataFit Fit, IEnumerable<string> Notes) Fitted(Sheet sheet, NumericArray array, int[] training, string protocol, bool isTable)
    {
        var all = DataFit.Of(sheet.Columns, array.RowLength);
        if (protocol is Protocols.Binary or Protocols.Categorical)
        {
            return (array, all, []);
        }

        var facts = ColumnFacts.Of(array, training);
        if (protocol == Protocols.Dequantised && !facts.Any(f => f.IsWhole))
        {
            throw new DataException($"'{sheet.Name}' has no column of whole numbers, to which '{protocol}' could add noise: choose '{Protocols.Reals}' or '{Protocols.Standardised}'.");
        }

        string[] notes = isTable ? [.. Degeneracies.Of(sheet.Name, protocol, array, [.. all.Columns.Select(c => c.Name)], training, facts)] : [];
        var varying = Enumerable.Range(0, facts.Length).Where(c => !facts[c].IsConstant).ToArray();
        // Of one row, or of equal rows, everything is constant.
        varying = isTable && training.Length > 1 && varying.Length > 0 ? varying : [.. Enumerable.Range(0, facts.Length)];
        var fit = all with
        {
            Columns = [.. varying.Select(c => protocol == Protocols.Standardised
                ? all.Columns[c] with { Shift = facts[c].Mean, Scale = facts[c].Deviation > 0 ? facts[c].Deviation : 1 }
                : all.Columns[c] with { Whole = protocol == Protocols.Dequantised && facts[c].IsWhole })],
            Constants = [.. Enumerable.Range(0, facts.Length).Except(varying).Select(c => new DataConstant(all.Columns[c].Name, facts[c].Low, c))],
        };
        return (array.Columns(varying), fit, notes);
    }

    // Constant columns of the model's table that are others in this one.
    private static IEnumerable<string> Foreign(Sheet sheet, DataFit fit)
    {
        foreach (var constant in fit.Constants)
        {
            var place = sheet.Columns is { } names ? names.ToList().IndexOf(constant.Name) : sheet.Values.RowLength > fit.Columns.Count ? constant.Place : -1;
            var cell = new double[1];
            for (var i = 0; place >= 0 && i < sheet.Rows; i++)
            {
                sheet.Values.Read((i * sheet.Values.RowLength) + place, cell);
                if (cell[0] != constant.Value)
                {
                    yield return $"Warning: the column '{constant.Name}' of '{sheet.Name}' holds {cell[0]:R} in {sheet.Place(i)}, and all training rows had {constant.Value:R}: the model does not see this column, so its likelihoods do not tell.";
                    break;
                }
            }
        }
    }

    private static Examples Filled(NumericArray array, int[] rows, DataFit fit)
    {
        // Whole numbers as they are: noise is added to them when they are read.
        var values = Standardisation.Applied(array.Choose(rows), fit with { Columns = [.. fit.Columns.Select(c => c with { Whole = false })] });
        return fit.Columns.Any(c => c.Whole) ? new DequantisedExamples(values, [.. fit.Columns.Select(c => c.Whole)]) : new SingleExamples(values, array.RowLength);
    }

    // Of the protocols of images a table knows few: an array of numbers is then taken for what they make of images.
    private static string Protocol(DataOptions options, NumericArray array) => options switch
    {
        { For: { } known, Protocol: { } own } when Protocols.OfImages.Contains(own) && (!Protocols.OfTables.Contains(own) || known.Fit is not { Columns.Count: > 0 }) => own,
        { Protocol: { } asked } => Protocols.Choose(asked, Protocols.OfTables),
        _ => Domains.IsBinary(array) ? Protocols.Binary : Protocols.Reals,
    };
}
