namespace Likeness;

/// <summary>What was done in a world, from a user's table: columns by name, as rows [states, reward, actions] whose action leads to their state.</summary>
internal static class LoggedTransitions
{
    /// <summary>The rows, and how many of their last columns are actions and rewards.</summary>
    /// <param name="sheet">A row for each step or, where the next state stands beside the state, for each transition.</param>
    /// <param name="table">Which columns are what.</param>
    /// <param name="known">The columns of the model that the table is for; null where it is for none.</param>
    /// <exception cref="UsageException">A column that is named is not there.</exception>
    public static (Sheet Sheet, int Actions, int Rewards) Of(Sheet sheet, TableOptions table, DataFit? known)
    {
        var names = sheet.Columns ?? [.. Enumerable.Range(1, sheet.Values.RowLength).Select(i => $"x{i}")];
        int[] actions = [.. table.Actions.Select(Find)];
        int[] reward = table.Reward is { } earned ? [Find(earned)] : [];
        var states = Enumerable.Range(0, names.Count).Where(i => !actions.Contains(i) && !reward.Contains(i)).ToArray();
        int[] next = [];
        if (table.Next is { } prefix)
        {
            states = [.. states.Where(i => names.Contains(prefix + names[i]))];
            next = [.. states.Select(i => Find(prefix + names[i]))];
            if (states.Length == 0)
            {
                throw new UsageException($"'{sheet.Name}' has no column whose name with '{prefix}' before it is that of another (it has {string.Join(", ", names.Take(20))}): say what the names of the next state begin with.");
            }
        }

        if (states.Length == 0)
        {
            throw new UsageException($"No column of '{sheet.Name}' is left for the state: name fewer actions.");
        }

        string[] columns = [.. states.Select(i => names[i]), .. reward.Select(i => names[i]), .. actions.Select(i => names[i])];
        // What every step earns alike says nothing of the world, and is no number to learn.
        if (reward.Length > 0 && (known is { Columns.Count: > 0 } ? !known.Columns.Any(c => c.Name == names[reward[0]]) : Constant(sheet.Values, reward[0])))
        {
            columns = [.. columns.Where(c => c != names[reward[0]])];
            sheet = sheet with { Notes = [.. sheet.Notes, $"'{names[reward[0]]}' is the same in every row of '{sheet.Name}': it is left out."] };
            reward = [];
        }

        sheet = next.Length > 0 ? Steps(sheet, states, next, [.. reward, .. actions]) : sheet with { Values = sheet.Values.Columns([.. states, .. reward, .. actions]) };
        return (sheet with { Columns = columns, IsSeries = true }, actions.Length, reward.Length);

        int Find(string name) => names.ToList().IndexOf(name) is >= 0 and var place ? place : throw UsageException.Unknown($"column of '{sheet.Name}'", name, names);
    }

    // Transitions that begin where the one before ended follow each other; else an episode begins, with a row for its first state. What came before that is
    // unknown, and is taken to be as at the first step.
    private static Sheet Steps(Sheet sheet, int[] states, int[] next, int[] others)
    {
        var (width, values) = (states.Length + others.Length, new List<double>());
        var (series, parts, lines) = (new List<string>(), new List<Split>(), new List<int>());
        var (row, last, episode) = (new double[sheet.Values.RowLength], Array.Empty<double>(), -1);
        for (var i = 0; i < sheet.Rows; i++)
        {
            sheet.Values.Read(i * row.Length, row);
            double[] state = [.. states.Select(c => row[c])], after = [.. next.Select(c => row[c])], rest = [.. others.Select(c => row[c])];
            if (i == 0 || !state.SequenceEqual(last) || sheet.Series?[i] != sheet.Series?[i - 1] || sheet.Parts?[i] != sheet.Parts?[i - 1])
            {
                episode++;
                Add(state, rest, i);
            }

            Add(after, rest, i);
            last = after;
        }

        return sheet with
        {
            Values = new(values.ToArray(), [values.Count / width, width]),
            Series = series,
            Parts = sheet.Parts is null ? null : parts,
            Lines = sheet.Lines.Count > 0 ? lines : [],
            Labels = null,
            Dates = null,
        };

        void Add(double[] state, double[] rest, int i)
        {
            values.AddRange([.. state, .. rest]);
            series.Add($"{episode}");
            parts.Add(sheet.Parts?[i] ?? Split.Train);
            lines.Add(sheet.Lines.Count > i ? sheet.Lines[i] : i);
        }
    }

    private static bool Constant(NumericArray values, int column)
    {
        var row = new double[values.RowLength];
        double? first = null;
        for (var i = 0; i < values.Rows; i++)
        {
            values.Read(i * row.Length, row);
            first ??= row[column];
            if (row[column] != first)
            {
                return false;
            }
        }

        return true;
    }
}
