using System.Globalization;
using System.Numerics.Tensors;
using System.Text;

namespace Likeness;

/// <summary>One pass over the text of a table.</summary>
/// <param name="file">The text.</param>
/// <param name="missing">Whether cells may be missing, and become NaN.</param>
internal sealed class TextTableParser(BoundedReader file, bool missing = false)
{
    private const int LongestLine = 1 << 26;

    private byte[] bytes = new byte[1 << 12];
    private int filled;
    private float[]? singles;
    private int count;

    // Line number for messages, counted from 1 as editors do.
    private int line;
    private byte separator;
    private int width;
    private List<string>? columns;

    public TextTable Parse()
    {
        var buffer = new byte[1 << 16];
        for (var more = true; more;)
        {
            var read = file.Read(buffer.AsSpan(filled));
            more = read == buffer.Length - filled;
            filled += read;
            var rest = buffer.AsMemory(0, filled);
            while (rest.Span.IndexOf((byte)'\n') is var end && (end >= 0 || (!more && rest.Length > 0)))
            {
                var length = end >= 0 ? end : rest.Length;
                Line(rest.Span[..length]);
                rest = rest[Math.Min(length + 1, rest.Length)..];
            }

            if (rest.Length == buffer.Length)
            {
                if (buffer.Length >= LongestLine)
                {
                    throw Refused($"line {line + 1} has more than {LongestLine} bytes", "one line holds one row");
                }

                Array.Resize(ref buffer, 2 * buffer.Length);
            }
            else
            {
                rest.CopyTo(buffer);
            }

            filled = rest.Length;
        }

        if (count == 0)
        {
            throw Refused("it has no row of numbers", "each line holds one row");
        }

        Array values = singles is null ? bytes.AsSpan(0, count).ToArray() : singles.AsSpan(0, count).ToArray();
        return new(columns, new(values, [count / width, width]));
    }

    private void Line(ReadOnlySpan<byte> text)
    {
        line++;
        if (line == 1 && text.StartsWith("\uFEFF"u8))
        {
            text = text[3..];
        }

        text = text.Trim(" \r\t"u8);
        if (text.IsEmpty)
        {
            return;
        }

        if (separator == 0)
        {
            separator = ",;\t "u8[Math.Max(0, FirstSeparator(text))];
            // The first line only: quotes may hide separators in column names.
            var cells = CsvText.Cells(Encoding.UTF8.GetString(text), (char)separator);
            width = cells.Count;
            if (cells.Exists(c => !double.TryParse(c, NumberStyles.Float, CultureInfo.InvariantCulture, out _) && !IsMissing(c)))
            {
                columns = cells;
                return;
            }
        }

        Row(text);
    }

    private void Row(ReadOnlySpan<byte> text)
    {
        Reserve();
        var column = 0;
        while (true)
        {
            // Most cells of binary data are one digit and a separator.
            if (singles is null && column < width && text.Length > 1 && text[1] == separator && (uint)(text[0] - '0') <= 9)
            {
                bytes[count++] = (byte)(text[0] - '0');
                text = text[2..];
                column++;
                if (separator == ' ')
                {
                    text = text.TrimStart((byte)' ');
                }

                continue;
            }

            var end = text.IndexOf(separator);
            Cell((end < 0 ? text : text[..end]).Trim(" \""u8), column++);
            if (end < 0)
            {
                break;
            }

            text = text[(end + 1)..];
            if (separator == ' ')
            {
                text = text.TrimStart((byte)' ');
            }
        }

        if (column != width)
        {
            throw Refused($"line {line} has {column} columns and the first line {width}", "all rows must be of the same length");
        }
    }

    private void Cell(ReadOnlySpan<byte> text, int column)
    {
        if (column >= width)
        {
            throw Refused($"line {line} has more columns than the first line's {width}", "all rows must be of the same length");
        }

        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !float.IsFinite((float)value))
        {
            if (missing && (double.IsNaN(value) || IsMissing(Encoding.UTF8.GetString(text[..Math.Min(text.Length, 40)]))))
            {
                BecomeSingles();
                singles![count++] = float.NaN;
                return;
            }

            var shown = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 40)]);
            var name = columns is null ? $"{column + 1}" : $"{column + 1} ('{columns[column]}')";
            throw Refused(
                shown is "" or "?" ? $"line {line}, column {name} is missing" : $"line {line}, column {name} holds '{shown}'",
                "only finite numbers within single precision are allowed, so remove or encode such cells");
        }

        if (singles is null && value is >= 0 and <= 255 && value == (byte)value)
        {
            bytes[count++] = (byte)value;
            return;
        }

        BecomeSingles();
        singles![count++] = (float)value;
    }

    private bool IsMissing(string cell) => cell is "" or "?" || (missing && cell is "NA");

    private void BecomeSingles()
    {
        if (singles is null)
        {
            singles = new float[bytes.Length];
            TensorPrimitives.ConvertTruncating<byte, float>(bytes.AsSpan(0, count), singles);
            bytes = [];
        }
    }

    // Room for one more row in whichever array is in use.
    private void Reserve()
    {
        var capacity = singles?.Length ?? bytes.Length;
        if (capacity - count >= width)
        {
            return;
        }

        var larger = (int)Math.Min(Array.MaxLength, Math.Max(2L * capacity, (long)count + width));
        if (larger - count < width)
        {
            throw Refused($"it has more than {Array.MaxLength} values", "divide it");
        }

        if (singles is null)
        {
            Array.Resize(ref bytes, larger);
        }
        else
        {
            Array.Resize(ref singles, larger);
        }
    }

    private static int FirstSeparator(ReadOnlySpan<byte> text)
    {
        var found = -1;
        var quoted = false;
        foreach (var b in text)
        {
            quoted ^= b == '"';
            var rank = quoted ? -1 : ",;\t "u8.IndexOf(b);
            found = rank >= 0 && (found < 0 || rank < found) ? rank : found;
        }

        return found;
    }

    private DataException Refused(string what, string allowed) => new($"'{file.Name}' cannot be read as a table of numbers: {what}; {allowed}.");
}
