namespace Likeness;

/// <summary>
/// The header of an NPY file: a Python dictionary literal with the keys descr, fortran_order and shape, of which only
/// strings, booleans and tuples of integers are understood.
/// </summary>
internal sealed class NpyHeader
{
    private readonly string text;
    private readonly BoundedReader file;
    private int at;

    public NpyHeader(string text, BoundedReader file)
    {
        (this.text, this.file) = (text, file);
        Expect('{');
        while (!Accept('}'))
        {
            var key = String();
            Expect(':');
            switch (key)
            {
                case "descr": Type = Descriptor(); break;
                case "fortran_order": FortranOrder = Boolean(); break;
                case "shape": Shape = Tuple(); break;
                default: throw Unexpected();
            }

            if (!Accept(','))
            {
                Expect('}');
                break;
            }
        }

        if (Type.Length == 0 || Shape is null)
        {
            throw file.Damaged("its header lacks 'descr' or 'shape'");
        }
    }

    public string Type { get; } = "";

    public bool FortranOrder { get; }

    public long[] Shape { get; }

    private string Descriptor() => Peek() == '['
        ? throw new DataException($"'{file.Name}' holds records of several fields: save each field as an array of its own.")
        : String();

    private string String()
    {
        var quote = Peek();
        if (quote is not ('\'' or '"'))
        {
            throw Unexpected();
        }

        var end = text.IndexOf(quote, at + 1);
        if (end < 0)
        {
            throw Unexpected();
        }

        var value = text[(at + 1)..end];
        at = end + 1;
        return value;
    }

    private bool Boolean()
    {
        Peek();
        foreach (var (word, value) in new[] { ("True", true), ("False", false) })
        {
            if (string.CompareOrdinal(text, at, word, 0, word.Length) == 0)
            {
                at += word.Length;
                return value;
            }
        }

        throw Unexpected();
    }

    private long[] Tuple()
    {
        var sizes = new List<long>();
        Expect('(');
        while (!Accept(')'))
        {
            Peek();
            var start = at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
            {
                at++;
            }

            sizes.Add(long.TryParse(text.AsSpan(start, at - start), out var size) ? size : throw Unexpected());
            if (at < text.Length && text[at] == 'L')
            {
                // Python 2 writes long integers so.
                at++;
            }

            if (!Accept(','))
            {
                Expect(')');
                break;
            }
        }

        return [.. sizes];
    }

    private char Peek()
    {
        while (at < text.Length && text[at] is ' ' or '\n')
        {
            at++;
        }

        return at < text.Length ? text[at] : '\0';
    }

    private bool Accept(char expected)
    {
        if (Peek() != expected)
        {
            return false;
        }

        at++;
        return true;
    }

    private void Expect(char expected)
    {
        if (!Accept(expected))
        {
            throw Unexpected();
        }
    }

    private DataException Unexpected() => file.Damaged($"its NPY header cannot be understood at character {at}");
}
