using System.Globalization;
using System.Numerics.Tensors;

namespace Likeness;

/// <summary>Static features of series that a model made: one value for all steps, in the file's own words.</summary>
internal static class StaticColumns
{
    /// <summary>Series [n, steps, columns] in the data's units whose static channels are the same at every step: of numbers their mean, of words 1 where the channel is greatest on average, and else 0.</summary>
    public static Tensor Settled(Tensor x, DataFit fit)
    {
        if (fit.StaticChannels == 0)
        {
            return x;
        }

        var at = fit.Columns.Count - fit.StaticChannels;
        var parts = new List<Tensor> { x.narrow(2, 0, at) };
        foreach (var feature in fit.Statics!)
        {
            var mean = x.narrow(2, at, feature.Channels).mean([1], keepdim: true);
            var settled = feature.Words.Count == 0 ? mean : torch.zeros_like(mean).scatter(2, mean.argmax(2, keepdim: true), torch.ones_like(mean));
            parts.Add(settled.expand(-1, x.size(1), -1));
            at += feature.Channels;
        }

        return torch.cat(parts, 2);
    }

    /// <summary>The names of all columns in the order of the file.</summary>
    public static IReadOnlyList<string> Names(DataFit fit) => Placed(fit, fit.Moving.Columns.Select(c => c.Name), [.. (fit.Statics ?? []).Select(s => s.Name)]);

    /// <summary>The cells of a step in the order of the file.</summary>
    /// <param name="fit">The columns.</param>
    /// <param name="moving">The cells of the others.</param>
    /// <param name="statics">The cells of the static features.</param>
    public static IReadOnlyList<string> Placed(DataFit fit, IEnumerable<string> moving, IReadOnlyList<string> statics)
    {
        var cells = moving.ToList();
        foreach (var (feature, cell) in (fit.Statics ?? []).Zip(statics).OrderBy(s => s.First.Place))
        {
            cells.Insert(feature.Place, cell);
        }

        return cells;
    }

    /// <summary>The cells of the static features of a settled step, in the order of the fit.</summary>
    public static IReadOnlyList<string> Cells(ReadOnlySpan<float> step, DataFit fit)
    {
        var (cells, at) = (new List<string>(), fit.Columns.Count - fit.StaticChannels);
        foreach (var feature in fit.Statics ?? [])
        {
            var channels = step.Slice(at, feature.Channels);
            cells.Add(feature.Words.Count == 0 ? ((double)channels[0]).ToString("G7", CultureInfo.InvariantCulture) : feature.Words[TensorPrimitives.IndexOfMax(channels)]);
            at += feature.Channels;
        }

        return cells;
    }

    /// <summary>Keeps settled series as a table: their number and that of the step, then the columns of the file.</summary>
    public static void Write(string path, Tensor series, DataFit fit) => Sampling.WriteText(path, Rows(series, fit));

    private static IEnumerable<string> Rows(Tensor series, DataFit fit)
    {
        yield return Line(["series", "step", .. Names(fit)]);
        var (steps, width, moving) = ((int)series.size(1), fit.Columns.Count, fit.Columns.Count - fit.StaticChannels);
        var all = series.ToArray<float>();
        for (var row = 0; row < all.Length / width; row++)
        {
            var step = all.AsSpan(row * width, width);
            yield return Line([$"{row / steps}", $"{row % steps}", .. Placed(fit, step[..moving].ToArray().Select(Number), Cells(step, fit))]);
        }
    }

    private static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Line(IEnumerable<string> cells) => string.Join(',', cells.Select(CsvText.Quoted));
}
