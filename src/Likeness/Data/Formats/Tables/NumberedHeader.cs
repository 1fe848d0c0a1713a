namespace Likeness;

/// <summary>What tells a header of numbers, such as years, from a row.</summary>
internal static class NumberedHeader
{
    /// <summary>Whether a row below the first is all of whole numbers, and whether the first has a number outside the range of those below it.</summary>
    public static (bool Whole, bool Outside) Compare(CellGrid cells, int width)
    {
        var (whole, outside) = (false, false);
        var (low, high) = (Enumerable.Repeat(double.PositiveInfinity, width).ToArray(), Enumerable.Repeat(double.NegativeInfinity, width).ToArray());
        for (var i = width; i < cells.Count; i += width)
        {
            var all = true;
            for (var c = 0; c < width; c++)
            {
                var v = cells[i + c];
                all &= v == Math.Floor(v);
                (low[c], high[c]) = (Math.Min(low[c], v), Math.Max(high[c], v));
            }

            whole |= all;
        }

        for (var c = 0; c < width; c++)
        {
            outside |= !(cells[c] >= low[c] && cells[c] <= high[c]);
        }

        return (whole, outside);
    }
}
