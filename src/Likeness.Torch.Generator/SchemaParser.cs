using System;
using System.Collections.Generic;
using System.Globalization;

namespace Likeness.Torch.Generator;

/// <summary>A line cannot be made into a method; the message is what the user sees.</summary>
internal sealed class SchemaException(string message) : Exception(message);

/// <summary>Reads one line in ATen's schema language, as libtorch prints it.</summary>
internal sealed class SchemaParser
{
    private const string Namespace = "aten::";
    private readonly string text;
    private int position;

    private SchemaParser(string text) => this.text = text;

    private char Current => position < text.Length ? text[position] : '\0';

    /// <exception cref="SchemaException">The line is not a schema.</exception>
    public static OperatorSchema Parse(string line) => new SchemaParser(line.Trim()).Schema();

    private OperatorSchema Schema()
    {
        Expect(Namespace);
        var name = Identifier();
        var overload = Accept(".") ? Identifier() : "";
        var arguments = Arguments();
        Expect(" -> ");
        IReadOnlyList<SchemaArgument> results = Current == '(' ? Arguments() : [new SchemaArgument(Type(), "", null)];
        if (position != text.Length)
        {
            throw Unexpected("the end of the line");
        }

        return new OperatorSchema(text, name, overload, arguments, results);
    }

    private List<SchemaArgument> Arguments()
    {
        var arguments = new List<SchemaArgument>();
        Expect("(");
        while (!Accept(")"))
        {
            if (!Accept("*"))
            {
                arguments.Add(Argument());
            }

            if (Current != ')')
            {
                Expect(", ");
            }
        }

        return arguments;
    }

    private SchemaArgument Argument()
    {
        var type = Type();
        var name = Accept(" ") ? Identifier() : "";
        return new SchemaArgument(type, name, Accept("=") ? DefaultValue() : null);
    }

    private SchemaType Type()
    {
        var name = Identifier();
        var writes = Alias();
        var isOptional = Accept("?");
        if (!Accept("["))
        {
            return new SchemaType(Normalised(name), false, 0, false, isOptional, writes);
        }

        var start = position;
        while (char.IsDigit(Current))
        {
            position++;
        }

        var size = position > start ? int.Parse(text.Substring(start, position - start), CultureInfo.InvariantCulture) : 0;
        Expect("]");
        return new SchemaType(Normalised(name), true, size, isOptional, Accept("?"), Alias() ?? writes);
    }

    /// <summary>Symbolic sizes are a matter of tracing; called eagerly they are integers.</summary>
    private static string Normalised(string type) => type == "SymInt" ? "int" : type;

    /// <summary>Reads <c>(a)</c>, <c>(a!)</c> or <c>(a -> *)</c> where there is one.</summary>
    private string? Alias()
    {
        if (!Accept("("))
        {
            return null;
        }

        var end = text.IndexOf(')', position);
        if (end < 0)
        {
            throw Unexpected("the ')' of an alias annotation");
        }

        var alias = text.Substring(position, end - position);
        position = end + 1;
        var mark = alias.IndexOf('!');
        return mark < 0 ? null : alias.Substring(0, mark);
    }

    /// <summary>Everything up to the ',' or ')' that ends the argument; lists and strings may hold both.</summary>
    private string DefaultValue()
    {
        var start = position;
        var depth = 0;
        var quoted = false;
        for (; position < text.Length; position++)
        {
            var c = Current;
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && depth == 0 && c is ',' or ')')
            {
                break;
            }
            else if (!quoted)
            {
                depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            }
        }

        return position > start ? text.Substring(start, position - start) : throw Unexpected("a default value");
    }

    private string Identifier()
    {
        var start = position;
        while (char.IsLetterOrDigit(Current) || Current == '_')
        {
            position++;
        }

        return position > start ? text.Substring(start, position - start) : throw Unexpected("a name");
    }

    private bool Accept(string expected)
    {
        if (string.CompareOrdinal(text, position, expected, 0, expected.Length) != 0)
        {
            return false;
        }

        position += expected.Length;
        return true;
    }

    private void Expect(string expected)
    {
        if (!Accept(expected))
        {
            throw Unexpected($"'{expected}'");
        }
    }

    private SchemaException Unexpected(string expected)
    {
        var found = position < text.Length ? $"'{text.Substring(position)}'" : "the end of the line";
        return new SchemaException($"expected {expected} at column {position + 1}, found {found}");
    }
}
