using System.Text;

namespace Likeness;

/// <summary>
/// The rows of a text in UTF-8, or in UTF-16 where a mark at its beginning says so. Lines end in LF, CR LF or CR; between quotes they do not end.
/// </summary>
internal sealed class TextLines(BoundedReader file)
{
    private const int LongestLine = 1 << 26;

    // What a cell between quotes may hold: more is a quote that nothing closes.
    private const int LongestQuote = 1 << 20;

    private bool _bareReturns;
    private int _line;

    /// <summary>Calls for each row, with the number of its first line, counted from 1 as editors do.</summary>
    /// <exception cref="DataException">The text is in another encoding, a line is too long, or a quote has no end.</exception>
    public void Each(Action<ReadOnlySpan<byte>, int> row)
    {
        var buffer = new byte[1 << 16];
        var (filled, first) = (0, true);
        for (var more = true; more;)
        {
            var read = file.Read(buffer.AsSpan(filled));
            more = read == buffer.Length - filled;
            if (first)
            {
                first = false;
                (buffer, read, more) = Begin(buffer, read, more);
            }

            if (_bareReturns)
            {
                buffer.AsSpan(filled, read).Replace((byte)'\r', (byte)'\n');
            }

            filled += read;
            var rest = buffer.AsMemory(0, filled);
            while (End(rest.Span, more) is >= 0 and var end)
            {
                Row(rest.Span[..end], row);
                rest = rest[Math.Min(end + 1, rest.Length)..];
            }

            if (more && rest.Length == buffer.Length)
            {
                if (buffer.Length >= LongestLine)
                {
                    throw Refused($"line {_line + 1} has more than {LongestLine} bytes", "one line holds one row");
                }

                Array.Resize(ref buffer, 2 * buffer.Length);
            }
            else
            {
                rest.CopyTo(buffer);
            }

            filled = rest.Length;
        }
    }

    // What the beginning says about the encoding and the line ends.
    private (byte[] Text, int Count, bool More) Begin(byte[] buffer, int read, bool more)
    {
        var start = buffer.AsSpan(0, read);
        if (start is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            var text = Transcoded(start, start[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode);
            (buffer, read, more) = (text, text.Length, false);
        }
        else if (start.Contains((byte)0))
        {
            throw Refused("it holds zero bytes, which no text in UTF-8 has", "save it as UTF-8, or as UTF-16 with a byte order mark");
        }
        else if (start.StartsWith("\uFEFF"u8))
        {
            // Blanks around a row do not count.
            start[..3].Fill((byte)' ');
        }

        start = buffer.AsSpan(0, read);
        _bareReturns = !start.Contains((byte)'\n') && start.IndexOf((byte)'\r') is >= 0 and var at && (at < read - 1 || !more);
        return (buffer, read, more);
    }

    private byte[] Transcoded(ReadOnlySpan<byte> start, Encoding encoding)
    {
        const long longest = 1L << 29;
        using var all = new MemoryStream();
        all.Write(start[2..]);
        var part = new byte[1 << 16];
        for (var count = part.Length; count == part.Length;)
        {
            count = file.Read(part);
            all.Write(part, 0, all.Length + count <= longest ? count : throw file.Damaged("it unpacks to more than the allowed size"));
        }

        return Encoding.UTF8.GetBytes(encoding.GetString(all.GetBuffer().AsSpan(0, (int)all.Length)));
    }

    // Where the first row ends; −1 where more of the text is needed to tell, or none is left.
    private int End(ReadOnlySpan<byte> text, bool more)
    {
        if (text.IsEmpty)
        {
            return -1;
        }

        for (int at = 0, quotes = 0; ;)
        {
            var next = text[at..].IndexOf((byte)'\n');
            var end = next < 0 ? text.Length : at + next;
            quotes += text[at..end].Count((byte)'"');
            if (quotes % 2 == 1 && (end > LongestQuote || (next < 0 && !more)))
            {
                throw Refused($"a quote in the row that begins in line {_line + 1} has no end", "close it, or double it where it belongs to the cell");
            }

            if (next < 0)
            {
                return more ? -1 : text.Length;
            }

            if (quotes % 2 == 0)
            {
                return end;
            }

            at = end + 1;
        }
    }

    private void Row(ReadOnlySpan<byte> text, Action<ReadOnlySpan<byte>, int> row)
    {
        var first = _line + 1;
        _line = first + text.Count((byte)'\n');
        row(text, first);
    }

    private DataException Refused(string what, string allowed) => new($"'{file.Name}' cannot be read as a table: {what}; {allowed}.");
}
