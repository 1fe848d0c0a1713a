using System.Collections.Generic;

namespace Likeness.Torch.Generator;

/// <summary>The type of an argument or a result, such as <c>int[2]?</c> or <c>Tensor(a!)</c>.</summary>
internal sealed class SchemaType(string name, bool isList, int size, bool hasOptionalElements, bool isOptional, string? writes)
{
    /// <summary>The element's type; SymInt counts as int.</summary>
    public string Name { get; } = name;

    public bool IsList { get; } = isList;

    /// <summary>The N of <c>int[N]</c>: 0 where the schema names none.</summary>
    public int Size { get; } = size;

    public bool HasOptionalElements { get; } = hasOptionalElements;

    public bool IsOptional { get; } = isOptional;

    /// <summary>The alias set that the operator writes to (the a of <c>(a!)</c>), null when it writes to none.</summary>
    public string? Writes { get; } = writes;
}

/// <summary>An argument, or a result, whose name may be empty.</summary>
internal sealed class SchemaArgument(SchemaType type, string name, string? defaultValue)
{
    public SchemaType Type { get; } = type;

    public string Name { get; } = name;

    /// <summary>As the schema writes it, null when there is none.</summary>
    public string? Default { get; } = defaultValue;
}

/// <summary>One line of ops.schema.</summary>
internal sealed class OperatorSchema(
    string text, string name, string overload, IReadOnlyList<SchemaArgument> arguments, IReadOnlyList<SchemaArgument> results)
{
    public string Text { get; } = text;

    /// <summary>Without its <c>aten::</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Empty for an operator's only or first form.</summary>
    public string Overload { get; } = overload;

    public IReadOnlyList<SchemaArgument> Arguments { get; } = arguments;

    public IReadOnlyList<SchemaArgument> Results { get; } = results;
}
