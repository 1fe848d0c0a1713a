using System.Collections.Generic;
using System.Linq;

namespace Likeness.Torch.Generator;

/// <summary>The C# method that one operator becomes.</summary>
internal sealed class OperatorMethod
{
    /// <exception cref="SchemaException">An argument or a result has no C# counterpart.</exception>
    public OperatorMethod(OperatorSchema schema)
    {
        Schema = schema;
        Name = Names.Method(schema.Name);
        var first = schema.Arguments.Count > 0 ? schema.Arguments[0] : null;
        IsInstance = first is { Name: "self", Type: { Name: "Tensor", IsList: false, IsOptional: false } };
        Arguments = [.. schema.Arguments.Select((argument, i) => i == 0 && IsInstance ? Parameter.This : Parameter.From(argument))];

        // C# wants what must be given before what may be left out; a schema may name keyword-only arguments in any order.
        var visible = Arguments.Where(parameter => parameter.IsVisible).ToList();
        Parameters = [.. visible.Where(parameter => parameter.Default is null), .. visible.Where(parameter => parameter.Default is not null)];
        Results = [.. schema.Results.Select(ResultOf)];
    }

    public OperatorSchema Schema { get; }

    public string Name { get; }

    /// <summary>A method of Tensor, else a static one of Ops.</summary>
    public bool IsInstance { get; }

    /// <summary>In the schema's order, with those that C# callers do not see.</summary>
    public IReadOnlyList<Parameter> Arguments { get; }

    /// <summary>In the C# signature's order.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    public IReadOnlyList<Result> Results { get; }

    /// <summary>Whether nothing but the arguments themselves comes back, so that no native result is asked for.</summary>
    public bool ReturnsArguments => Results.All(result => result.Argument is not null);

    public string ReturnType => Results.Count switch
    {
        0 => "void",
        1 => Results[0].Type,
        _ => $"({string.Join(", ", Results.Select(result => result.Name.Length > 0 ? $"{result.Type} {result.Name}" : result.Type))})",
    };

    /// <summary>Whether it gets a twin that takes one number for each <c>int[1]</c>, at the same place in the signature.</summary>
    public bool HasSingleTwin
    {
        get
        {
            var single = Parameters.Select((parameter, i) => parameter.TakesSingle ? i : -1).Where(i => i >= 0).ToList();
            return single.Count > 0 && !Parameters.Take(single[single.Count - 1]).Any(parameter => parameter is { Default: not null, TakesSingle: false });
        }
    }

    /// <summary>What tells overloads apart: two methods with the same key cannot both exist.</summary>
    public string Key(bool single) => $"{(IsInstance ? "Tensor" : "Ops")}.{Name}({string.Join(", ", Parameters.Select(parameter => single && parameter.TakesSingle
        ? "long"
        : parameter.Type.Replace("Tensor?", "Tensor").Replace("Rng?", "Rng").Replace("string?", "string")))})";

    private Result ResultOf(SchemaArgument result)
    {
        var name = result.Name.Length > 0 ? Names.Method(result.Name) : "";
        var type = result.Type;
        if (type.Writes is not null)
        {
            var written = Schema.Arguments.Select((argument, i) => (argument, i)).FirstOrDefault(pair => pair.argument.Type.Writes == type.Writes);
            return written.argument is { Type.IsList: false }
                ? new Result("Tensor", name, "", Arguments[written.i].Name)
                : throw new SchemaException($"a result aliases '{type.Writes}', which is no single tensor among the arguments");
        }

        return (type.Name, type.IsList, type.IsOptional) switch
        {
            ("Tensor", false, false) => new Result("Tensor", name, "TakeTensor", null),
            ("Tensor", true, false) => new Result("Tensor[]", name, "TakeTensors", null),
            ("Scalar" or "float", false, false) => new Result("double", name, "TakeDouble", null),
            ("int", false, false) => new Result("long", name, "TakeInteger", null),
            ("bool", false, false) => new Result("bool", name, "TakeBoolean", null),
            _ => throw new SchemaException($"a result has the type {type.Name}{(type.IsList ? "[]" : "")}{(type.IsOptional ? "?" : "")}, which has no C# counterpart"),
        };
    }
}

/// <summary>One result: taken from a native value by the named method of Operator, or the argument that was written to.</summary>
internal sealed class Result(string type, string name, string take, string? argument)
{
    public string Type { get; } = type;

    public string Name { get; } = name;

    public string Take { get; } = take;

    public string? Argument { get; } = argument;
}
