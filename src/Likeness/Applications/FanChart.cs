using Likeness.Torch;

namespace Likeness.Applications;

/// <summary>Forecasts in one picture: for each value a panel with the past, the middle 50 % and 90 % of the draws, their median, and what came.</summary>
public static class FanChart
{
    private const int Width = 720, Height = 180, Margin = 12;
    private static readonly byte[] s_wide = [222, 232, 245], s_narrow = [176, 202, 232], s_median = [40, 90, 160], s_known = [30, 30, 30], s_truth = [210, 110, 40], s_rule = [200, 200, 200];

    /// <param name="past">[p, d].</param>
    /// <param name="draws">[m, steps, d].</param>
    /// <param name="truth">What came, [steps, d], where it is known.</param>
    public static Image Draw(Tensor past, Tensor draws, Tensor? truth = null)
    {
        var (known, values) = ((int)past.Shape[0], (int)past.Shape[1]);
        var steps = (int)draws.Shape[1];
        var canvas = new Canvas(Width, Height * values, 3);
        var (sorted, _) = draws.Sort(dim: 0);
        for (var j = 0; j < values; j++)
        {
            double[] Column(Tensor table) => table.Select(-1, j).ToArray<double>();
            double[] Quantile(double q) => Column(sorted.Select(0, (long)Math.Round(q * (draws.Shape[0] - 1))));
            var (past5, past25, median, past75, past95) = (Quantile(0.05), Quantile(0.25), Quantile(0.5), Quantile(0.75), Quantile(0.95));
            double[] before = Column(past), after = truth is null ? [] : Column(truth);
            var (low, high) = (before.Concat(past5).Concat(after).Min(), before.Concat(past95).Concat(after).Max());
            var panel = new Panel(canvas, j * Height, known + steps, low, high);
            panel.Rule(known - 0.5, s_rule);
            panel.Band(known, past5, past95, s_wide);
            panel.Band(known, past25, past75, s_narrow);
            panel.Line(0, before, s_known);
            panel.Line(known - 1, [before[^1], .. median], s_median);
            if (after.Length > 0)
            {
                panel.Line(known - 1, [before[^1], .. after], s_truth);
            }
        }

        return canvas.ToImage();
    }

    // One value's part of the picture.
    private readonly struct Panel(Canvas canvas, int top, int steps, double low, double high)
    {
        public void Rule(double step, byte[] colour) => canvas.Fill((int)X(step), top + Margin, 1, Height - (2 * Margin), colour);

        public void Band(int from, double[] lower, double[] upper, byte[] colour)
        {
            for (var x = (int)X(from); x <= (int)X(from + lower.Length - 1); x++)
            {
                var (bottom, ceiling) = (At(lower, x, from), At(upper, x, from));
                canvas.Fill(x, (int)Y(ceiling), 1, Math.Max((int)Y(bottom) - (int)Y(ceiling), 1), colour);
            }
        }

        public void Line(int from, double[] values, byte[] colour)
        {
            var before = (int)Y(values[0]);
            for (var x = (int)X(from); x <= (int)X(from + values.Length - 1); x++)
            {
                var y = (int)Y(At(values, x, from));
                canvas.Fill(x, Math.Min(y, before), 1, Math.Abs(y - before) + 2, colour);
                before = y;
            }
        }

        private double At(double[] values, int x, int from)
        {
            var place = Math.Clamp(((x - Margin) * (steps - 1.0) / (Width - (2 * Margin))) - from, 0, values.Length - 1);
            var left = (int)Math.Min(place, values.Length - 2 < 0 ? 0 : values.Length - 2);
            return values.Length == 1 ? values[0] : values[left] + ((place - left) * (values[left + 1] - values[left]));
        }

        private double X(double step) => Margin + (step * (Width - (2 * Margin)) / Math.Max(steps - 1, 1));

        private double Y(double value) => top + Margin + ((high - value) / Math.Max(high - low, 1e-9) * (Height - (2 * Margin)));
    }
}
