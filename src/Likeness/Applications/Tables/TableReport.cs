using System.Globalization;
using System.Net;
using System.Text;

namespace Likeness;

/// <summary>A page on a table that a model makes, beside held-out rows: scores, every column, every pair and some rows. One HTML file that needs no other.</summary>
public static class TableReport
{
    private const int Bars = 16;
    private const int MostWords = 12;
    private const int RowsShown = 10;
    private const int MostRows = 20_000;

    /// <summary>Draws a table and writes the page; whole or not at all.</summary>
    /// <param name="path">An .html file.</param>
    /// <param name="trained">What draws.</param>
    /// <param name="data">The data with its splits.</param>
    /// <param name="split">The rows that are held out.</param>
    /// <param name="scores">What <see cref="TableQuality"/> and others measured.</param>
    /// <param name="rng">Where draws come from.</param>
    /// <exception cref="UsageException">The model or the data is of another kind.</exception>
    public static void Write(string path, TrainedModel trained, IDataset data, Split split, IReadOnlyList<NamedScore> scores, Rng rng)
    {
        var fit = data.Origin.Fit;
        if (fit.Schema is null || trained.Model is not IGenerative)
        {
            throw new UsageException($"A report is on tables that a model of mixed tables makes, and this is {trained.Recipe.Name} on {data.Spec}: choose such a run.");
        }

        var real = TableRows.Of(data, split, MostRows);
        var made = TableRows.Drawn(trained.Model, fit, real.Count, rng.Fork("report"));
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $$"""
            <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{{Text(trained.Recipe.Name)}} on {{Text(Path.GetFileName(data.Name))}}</title><style>
            body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2em auto;padding:0 1em;color:#222}h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}
            table{border-collapse:collapse}td,th{padding:.25em .7em;text-align:left;border-bottom:1px solid #ddd;font-variant-numeric:tabular-nums}
            .columns{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:1em}.columns figure{margin:0;border:1px solid #ddd;padding:.6em}figcaption{font-weight:600}
            .real{fill:#9db4c8}.made{fill:#d9822b;fill-opacity:.75}.pairs td{padding:0;width:2.1em;height:1.7em;text-align:center;font-size:.75em;border:1px solid #fff}.pairs th{font-weight:400;font-size:.8em}
            .wide{overflow-x:auto}svg text{font-size:9px;fill:#555}.key span{display:inline-block;width:1em;height:1em;vertical-align:-.15em;margin-right:.3em}</style></head><body>
            <h1>A synthetic table by {{Text(trained.Recipe.Name)}}, beside {{real.Count}} held-out rows of {{Text(Path.GetFileName(data.Name))}}</h1>
            <p>Trained for {{trained.Step}} steps{{(trained.ChosenText is { } chosen ? Text($", asked with {chosen}") : "")}}; {{made.Count}} rows drawn. Columns, pairs and coverage are 1 where both tables agree. Detection is the AUROC of boosted trees that tell synthetic from real rows:
            0.5 is ideal, 1 is the worst. Efficacy is how well trees trained on synthetic rows predict the target of real ones, beside trees trained on real rows.</p>
            <h2>Scores</h2><table><tr><th>score</th><th>value</th><th>unit</th><th>judged by</th></tr>

            """);
        foreach (var named in scores)
        {
            var error = double.IsFinite(named.Score.StandardError) ? $" ± {named.Score.StandardError.ToString("F3", CultureInfo.InvariantCulture)}" : "";
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(named.Name)}</td><td>{named.Score.Value:F3}{error}</td><td>{Text(named.Score.Unit)}</td><td>{Text(named.JudgedBy ?? "")}</td></tr>\n");
        }

        html.Append("</table>\n<h2>Columns</h2><p class=\"key\"><span style=\"background:#9db4c8\"></span>held-out rows <span style=\"background:#d9822b;margin-left:1em\"></span>synthetic rows</p><div class=\"columns\">\n");
        for (var c = 0; c < real.Columns.Count; c++)
        {
            html.Append(CultureInfo.InvariantCulture, $"<figure><figcaption>{Text(real.Columns[c].Name)} <small>({ColumnShapes.Of(real, made, c):F3})</small></figcaption>{Chart(real, made, c)}</figure>\n");
        }

        html.Append("</div>\n<h2>Pairs of columns</h2><div class=\"wide\"><table class=\"pairs\"><tr><th></th>");
        foreach (var column in real.Columns)
        {
            html.Append(CultureInfo.InvariantCulture, $"<th>{Text(Short(column.Name, 6))}</th>");
        }

        html.Append("</tr>\n");
        for (var a = 0; a < real.Columns.Count; a++)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><th>{Text(real.Columns[a].Name)}</th>");
            for (var b = 0; b < real.Columns.Count; b++)
            {
                if (b >= a)
                {
                    html.Append("<td></td>");
                    continue;
                }

                var alike = ColumnShapes.OfPair(real, made, b, a);
                html.Append(CultureInfo.InvariantCulture, $"<td style=\"background:hsl({Math.Clamp(120 * ((alike - 0.5) / 0.5), 0, 120):F0},45%,78%)\">{alike:F2}</td>");
            }

            html.Append("</tr>\n");
        }

        html.Append("</table></div>\n<h2>Some synthetic rows</h2><div class=\"wide\"><table><tr>");
        foreach (var column in made.Columns)
        {
            html.Append(CultureInfo.InvariantCulture, $"<th>{Text(column.Name)}</th>");
        }

        html.Append("</tr>\n");
        foreach (var row in made.Cells.Take(RowsShown))
        {
            html.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Text(Short(cell, 40))}</td>")).Append("</tr>\n");
        }

        html.Append("</table></div></body></html>\n");
        Sampling.WriteText(path, [html.ToString()]);
    }

    // Bars of both tables side by side: ranges of numbers, or words with the most frequent first.
    private static string Chart(TableRows real, TableRows made, int column)
    {
        var (kind, names) = (real.Columns[column], new List<string>());
        var (a, b) = (new List<double>(), new List<double>());
        if (kind.IsNumber)
        {
            var (low, high) = (kind.Low!.Value, Math.Max(kind.High!.Value, kind.Low.Value + 1e-9));
            for (var k = 0; k < Bars; k++)
            {
                var from = low + ((high - low) * k / Bars);
                names.Add(k is 0 or Bars - 1 ? kind.Write(k == 0 ? low : high) : "");
                a.Add(Share(real, from, low, high));
                b.Add(Share(made, from, low, high));
            }
        }
        else
        {
            var levels = Enumerable.Range(0, real.LevelsOf(column)).OrderByDescending(l => real.Numbers[column].Count(v => (int)v == l)).Take(MostWords);
            foreach (var level in levels)
            {
                var (x, y) = (real.Numbers[column].Count(v => (int)v == level) / (double)real.Count, made.Numbers[column].Count(v => (int)v == level) / (double)made.Count);
                if (x + y > 0)
                {
                    names.Add(Short(level < kind.Values.Count ? kind.Values[level] : "(missing)", 9));
                    a.Add(x);
                    b.Add(y);
                }
            }
        }

        const double width = 300, height = 110;
        var (step, most) = (width / Math.Max(1, a.Count), Math.Max(1e-9, a.Concat(b).DefaultIfEmpty(1).Max()));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {width} {height + 16}\" width=\"100%\" role=\"img\"><text x=\"0\" y=\"8\">{100 * most:F0} %</text>");
        for (var k = 0; k < a.Count; k++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"real\" x=\"{k * step + 1:F1}\" width=\"{step * 0.42:F1}\" y=\"{height - (height - 12) * a[k] / most:F1}\" height=\"{(height - 12) * a[k] / most:F1}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"made\" x=\"{k * step + step * 0.45:F1}\" width=\"{step * 0.42:F1}\" y=\"{height - (height - 12) * b[k] / most:F1}\" height=\"{(height - 12) * b[k] / most:F1}\"/>");
            var end = kind.IsNumber && k == Bars - 1;
            if (names[k].Length > 0 && (kind.IsNumber || a.Count <= 7))
            {
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(end ? width : k * step):F1}\" y=\"{height + 11}\" text-anchor=\"{(end ? "end" : "start")}\">{Text(names[k])}</text>");
            }
        }

        return svg.Append("</svg>").ToString();

        double Share(TableRows rows, double from, double low, double high) =>
            rows.Numbers[column].Count(v => double.IsFinite(v) && Math.Clamp(Math.Floor((v - low) / (high - low) * Bars), 0, Bars - 1) == Math.Round((from - low) / (high - low) * Bars)) / (double)rows.Count;
    }

    private static string Short(string text, int length) => text.Length > length ? $"{text[..(length - 1)]}…" : text;

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
