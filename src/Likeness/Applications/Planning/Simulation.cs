using System.Globalization;

namespace Likeness;

/// <summary>Options of a simulation.</summary>
/// <param name="Start">Values of the first state as NAME=VALUE, separated by commas; values that are not named are taken from the data.</param>
/// <param name="Action">The action of every step, in the same form; null takes the actions of the file or the data.</param>
/// <param name="Actions">A .csv or .npy file [steps, actions] with the actions.</param>
/// <param name="Steps">Number of steps; null takes as many as there are actions, or 25 without any.</param>
/// <param name="Count">Number of futures to sample.</param>
public sealed record SimulationOptions(string? Start = null, string? Action = null, string? Actions = null, int? Steps = null, int Count = 200);

/// <summary>Futures of a state and of actions: what would happen if.</summary>
public static class Simulation
{
    /// <summary>Draws them.</summary>
    /// <param name="trained">A model of series.</param>
    /// <param name="series">A series of the model's [steps, values and actions], whose first row stands for what the options leave open.</param>
    /// <param name="options">From where, what is done, how far.</param>
    /// <param name="rng">Where the draws come from.</param>
    /// <exception cref="LikenessException">The model cannot be rolled out, or a name or a file does not fit.</exception>
    public static Forecast Draw(TrainedModel trained, Tensor series, SimulationOptions options, Rng rng)
    {
        var (spec, fit) = (trained.Spec, trained.Fit);
        var names = fit.Columns.Count > 0 ? fit.Columns : DataFit.Of(null, spec.Shape[1]).Columns;
        var values = spec.Shape[1] - spec.Actions;
        var first = series.narrow(0, 0, 1).clone();
        Set(first, options.Start, names, 0, values, "value of the state");
        if (options.Action is null)
        {
            return Forecast.Draw(trained, options.Actions is null ? torch.cat([first, series.narrow(0, 1, series.shape[0] - 1)]) : first,
                new(1, options.Steps ?? (options.Actions is null && series.shape[0] > 2 ? null : 25), options.Actions, options.Count), rng) with { Truth = null };
        }

        var steps = options.Steps ?? 25;
        var later = series.narrow(0, 0, 1).repeat(steps, 1);
        Set(later, options.Action, names, values, spec.Shape[1], "action");
        return Forecast.Draw(trained, torch.cat([first, later]), new(1, steps, null, options.Count), rng) with { Truth = null };
    }

    /// <summary>The middle and the ends of the middle 90 % of the draws, for each step and value, in the data's units.</summary>
    public static IReadOnlyList<(string Name, double Low, double Median, double High)[]> Intervals(Forecast forecast, DataFit fit)
    {
        var values = (int)forecast.Futures.shape[2];
        var named = fit.Columns.Count >= values ? fit.First(values) : DataFit.Of(null, values);
        return Chain.Value(() =>
        {
            var ends = named.ToData(forecast.Futures).quantile(Tensor.From([0.05f, 0.5f, 0.95f], 3), 0).ToArray<float>(); // [3, steps, values]
            var size = ends.Length / 3;
            return Enumerable.Range(0, size / values).Select(t => Enumerable.Range(0, values).Select(j => (t * values) + j)
                .Select(i => (named.Columns[i % values].Name, (double)ends[i], (double)ends[size + i], (double)ends[(2 * size) + i])).ToArray()).ToArray();
        });
    }

    private static void Set(Tensor rows, string? assignments, IReadOnlyList<DataColumn> columns, int from, int to, string kind)
    {
        var known = columns.Skip(from).Take(to - from).Select(c => c.Name).ToList();
        foreach (var assignment in assignments?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            if (assignment.Split('=', 2) is not [var name, var text] || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
            {
                throw new UsageException($"'{assignment}' is no {kind}: write NAME=NUMBER, for example {known.FirstOrDefault() ?? "x1"}=0.5.");
            }

            var place = known.IndexOf(name.Trim());
            if (place < 0)
            {
                throw UsageException.Unknown(kind, name, known);
            }

            rows.select(1, from + place).fill_(columns[from + place].ToModel(value));
        }
    }
}
