using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis.CSharp;

namespace Likeness.Torch.Generator;

/// <summary>How one argument of an operator appears in C#, and how it becomes a native value.</summary>
internal sealed class Parameter
{
    private Parameter(string name, string type, string? defaultText, string value)
    {
        Name = name;
        Type = type;
        Default = defaultText;
        Value = value;
    }

    public string Name { get; }

    /// <summary>The C# type; empty for an argument that C# callers never see.</summary>
    public string Type { get; private set; }

    /// <summary>The C# default value, null when the caller must give one.</summary>
    public string? Default { get; }

    /// <summary>The expression that makes the native value.</summary>
    public string Value { get; }

    /// <summary>Statements and fixed headers that the value needs, outermost first.</summary>
    public IReadOnlyList<string> Setup { get; private set; } = [];

    /// <summary>The statement that keeps the argument alive over the native call, if it needs one.</summary>
    public string? KeepAlive { get; private set; }

    /// <summary>Whether the schema lets a single number stand for the list, as it says by <c>int[1]</c>.</summary>
    public bool TakesSingle { get; private set; }

    public bool IsVisible => Type.Length > 0;

    public bool IsOpenList { get; private set; }

    /// <summary>The tensor that a method is called on.</summary>
    public static Parameter This { get; } = new("this", "", null, "Value.Of(this)") { KeepAlive = "GC.KeepAlive(this);" };

    /// <exception cref="SchemaException">The argument's type or default has no C# counterpart.</exception>
    public static Parameter From(SchemaArgument argument)
    {
        var type = argument.Type;
        var name = Names.Parameter(argument.Name);
        var hasDefault = argument.Default is not null;

        // What stands for an argument that is not given.
        var absent = hasDefault && argument.Default != "None" ? "Value.Default" : "Value.None";
        if (type.Name == "Layout" || argument.Name == "pin_memory")
        {
            return hasDefault || type.IsOptional
                ? new Parameter(name, "", null, absent)
                : throw new SchemaException($"argument '{argument.Name}' of type {type.Name} has no default and cannot be left out");
        }

        if (type.IsList)
        {
            return List(argument, name, absent);
        }

        return type.Name switch
        {
            "Tensor" when type.IsOptional => new Parameter(name, "Tensor?", hasDefault ? "null" : null, $"{name} is null ? {absent} : Value.Of({name})")
            {
                KeepAlive = $"GC.KeepAlive({name});",
            },
            "Tensor" => new Parameter(name, "Tensor", null, $"Value.Of({name})") { KeepAlive = $"GC.KeepAlive({name});" },
            // Optional in ATen, where leaving it out means a global generator; here randomness is always a parameter.
            "Generator" => new Parameter(name, "Rng", null, $"Value.Of({name})")
            {
                KeepAlive = $"GC.KeepAlive({name});",
            },
            "str" => Text(argument, name, absent),
            "int" => Number(argument, name, "long", absent),
            "float" => Number(argument, name, "double", absent),
            "bool" => Number(argument, name, "bool", absent),

            // Their defaults are no C# constants: null stands for them.
            "Scalar" or "ScalarType" or "Device" or "MemoryFormat" => Nullable(name, type.Name, hasDefault, hasDefault || type.IsOptional, absent),
            _ => throw new SchemaException($"argument '{argument.Name}' has the type {type.Name}, which has no C# counterpart"),
        };
    }

    private static Parameter Nullable(string name, string type, bool hasDefault, bool isNullable, string absent) => isNullable
        ? new Parameter(name, type + "?", hasDefault ? "null" : null, $"{name}.HasValue ? Value.Of({name}.GetValueOrDefault()) : {absent}")
        : new Parameter(name, type, null, $"Value.Of({name})");

    private static Parameter Number(SchemaArgument argument, string name, string type, string absent)
    {
        var hasDefault = argument.Default is not null;
        return argument.Type.IsOptional
            ? Nullable(name, type, hasDefault, true, absent)
            : new Parameter(name, type, hasDefault ? Constant(argument, type) : null, $"Value.Of({name})");
    }

    private static string Constant(SchemaArgument argument, string type)
    {
        var text = argument.Default!;
        return type switch
        {
            "bool" when text is "True" or "False" => text == "True" ? "true" : "false",
            "long" when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => text,
            "double" when text is "inf" or "-inf" => text == "inf" ? "double.PositiveInfinity" : "double.NegativeInfinity",
            "double" when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
                number.ToString("R", CultureInfo.InvariantCulture) + "d",
            _ => throw new SchemaException($"argument '{argument.Name}' has the default {text}, which is no {type}"),
        };
    }

    private static Parameter Text(SchemaArgument argument, string name, string absent)
    {
        var bytes = Names.Local(argument.Name) + "Utf8";
        var pointer = Names.Local(argument.Name) + "Pointer";
        var optional = argument.Type.IsOptional;
        var text = $"Value.Of({pointer}, {bytes}.Length)";
        return new Parameter(name, optional ? "string?" : "string", argument.Default == "None" ? "null" : argument.Default,
            optional ? $"{name} is null ? {absent} : {text}" : text)
        {
            Setup = [$"var {bytes} = Encoding.UTF8.GetBytes({name}{(optional ? " ?? \"\"" : "")});", $"fixed (byte* {pointer} = {bytes})"],
        };
    }

    private static Parameter List(SchemaArgument argument, string name, string absent)
    {
        var type = argument.Type;
        var local = Names.Local(argument.Name);
        var pointer = local + "Pointer";
        if (type.Name == "Tensor")
        {
            var handles = local + "Handles";
            var (element, make) = type.HasOptionalElements ? ("Tensor?", "OfOptionalTensors") : ("Tensor", "OfTensors");
            return new Parameter(name, $"ReadOnlySpan<{element}>", argument.Default is null ? null : "default", $"Value.{make}({pointer}, {name}.Length)")
            {
                Setup =
                [
                    $"Span<nint> {handles} = {name}.Length <= Operator.StackHandles ? stackalloc nint[{name}.Length] : new nint[{name}.Length];",
                    $"Operator.{(type.HasOptionalElements ? "OptionalHandles" : "Handles")}({name}, {handles});",
                    $"fixed (nint* {pointer} = {handles})",
                ],
                KeepAlive = $"Operator.KeepAlive({name});",
            };
        }

        var number = type.Name switch
        {
            "int" => "long",
            "float" => "double",
            "bool" => "bool",
            _ => throw new SchemaException($"argument '{argument.Name}' is a list of {type.Name}, which has no C# counterpart"),
        };
        var list = $"Value.Of({pointer}, {name}.Length)";
        var mayBeAbsent = argument.Default is not null || type.IsOptional;
        return new Parameter(name, $"ReadOnlySpan<{number}>", argument.Default is null ? null : "default",
            mayBeAbsent ? $"{name}.IsEmpty ? {absent} : {list}" : list)
        {
            Setup = [$"fixed ({number}* {pointer} = {name})"],
            TakesSingle = number == "long" && type.Size == 1,
            IsOpenList = number == "long" && type.Size == 0 && !mayBeAbsent,
        };
    }
}

/// <summary>From ATen's names to C#'s.</summary>
internal static class Names
{
    /// <summary><c>upsample_nearest2d</c> → UpsampleNearest2d, <c>add_</c> → AddInPlace, <c>_to_copy</c> → ToCopy.</summary>
    public static string Method(string name) =>
        string.Concat(name.Split('_').Where(word => word.Length > 0).Select(Capitalised)) + (name.EndsWith("_", System.StringComparison.Ordinal) ? "InPlace" : "");

    /// <summary><c>fill_value</c> → fillValue.</summary>
    public static string Local(string name)
    {
        var method = Method(name);
        return method.Substring(0, 1).ToLowerInvariant() + method.Substring(1);
    }

    /// <summary>As <see cref="Local"/>, with an @ before a C# keyword.</summary>
    public static string Parameter(string name)
    {
        var local = Local(name);
        return SyntaxFacts.GetKeywordKind(local) == SyntaxKind.None ? local : "@" + local;
    }

    private static string Capitalised(string word) => word.Substring(0, 1).ToUpperInvariant() + word.Substring(1);
}
