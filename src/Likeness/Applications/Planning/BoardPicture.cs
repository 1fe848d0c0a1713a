using SkiaSharp;

namespace Likeness;

/// <summary>Episodes on a board, seen from above: walls, start and goal, and a line for each way that was taken.</summary>
internal static class BoardPicture
{
    private const int Side = 80, Margin = 24, Heading = 44, Most = 20;
    private const float LineWidth = 5, Spread = 28, TextSize = 20;

    /// <param name="board">Rows of '.', '#', 'S' and 'G'.</param>
    /// <param name="episodes">The first twenty are drawn; states are rows and columns.</param>
    /// <param name="title">Who acted.</param>
    public static Image Draw(IReadOnlyList<string> board, IReadOnlyList<Episode> episodes, string title)
    {
        using var font = Lettering.Font(TextSize, title);
        var width = Math.Max(board[0].Length * Side, (int)font.MeasureText(title)) + (2 * Margin);
        using var drawing = new Drawing(width, (board.Count * Side) + Heading + Margin);
        using var ink = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        drawing.Canvas.DrawText(title, Margin, Heading - 16, SKTextAlign.Left, font, ink);
        for (var row = 0; row < board.Count; row++)
        {
            for (var column = 0; column < board[row].Length; column++)
            {
                Place(drawing.Canvas, row, column, board[row][column]);
            }
        }

        var shown = Math.Min(episodes.Count, Most);
        for (var e = 0; e < shown; e++)
        {
            // Ways that are the same lie beside each other.
            var aside = shown == 1 ? 0 : Spread * (((float)e / (shown - 1)) - 0.5f);
            var way = episodes[e].States.Select(state => Centre((int)Math.Round(state[0]), (int)Math.Round(state[1]))).Select(p => new SKPoint(p.X + aside, p.Y + aside)).ToArray();
            var colour = Chart.Of(e, Math.Max(shown, 3));
            using var pen = new SKPaint { Color = new(colour.R, colour.G, colour.B), IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = LineWidth, StrokeCap = SKStrokeCap.Round };
            drawing.Canvas.DrawPoints(SKPointMode.Polygon, way, pen);
        }

        return drawing.ToImage();
    }

    private static void Place(SKCanvas canvas, int row, int column, char mark)
    {
        var (x, y) = Centre(row, column);
        var square = SKRect.Create(x - (Side / 2f), y - (Side / 2f), Side, Side);
        using var fill = new SKPaint { Color = mark == '#' ? new(70, 70, 70) : SKColors.White };
        using var edge = new SKPaint { Color = new(200, 200, 200), Style = SKPaintStyle.Stroke };
        canvas.DrawRect(square, fill);
        canvas.DrawRect(square, edge);
        if (mark is 'S' or 'G')
        {
            using var font = Lettering.Font(TextSize);
            using var ink = new SKPaint { Color = SKColors.Black, IsAntialias = true };
            canvas.DrawText(mark == 'S' ? "start" : "goal", square.Left + 6, square.Top + TextSize, SKTextAlign.Left, font, ink);
        }
    }

    private static (float X, float Y) Centre(int row, int column) => (Margin + ((column + 0.5f) * Side), Heading + ((row + 0.5f) * Side));
}
