using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;

namespace Likeness.Tests;

/// <summary>Which types of an assembly refer to which others: by what they inherit, hold, take and return, and by what their code calls.</summary>
internal static partial class References
{
    private const BindingFlags All = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Dictionary<short, OpCode> s_codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => c.Value);

    /// <summary>Pairs of outermost types, each once.</summary>
    public static IEnumerable<(Type From, Type To)> Of(Assembly assembly) =>
        assembly.GetTypes().SelectMany(t => Referred(t).SelectMany(Parts).Select(r => (Outermost(t), Outermost(r)))).Where(p => p.Item1 != p.Item2).Distinct();

    /// <summary>In which folder below <paramref name="root"/> each top-level type is declared, with generic types under their plain name.</summary>
    public static Dictionary<string, string> Folders(IEnumerable<(string File, string Code)> sources)
    {
        var folders = new Dictionary<string, string>();
        foreach (var (file, code) in sources)
        {
            foreach (Match declared in Declaration().Matches(code))
            {
                folders[$"{declared.Groups[1].Value}`{Arity(declared.Groups[2].Value)}"] = Path.GetDirectoryName(file)!;
            }
        }

        return folders;
    }

    /// <summary>A type as <see cref="Folders"/> names it.</summary>
    public static string Name(Type type) => type.Name.Contains('`', StringComparison.Ordinal) ? type.Name : $"{type.Name}`0";

    private static int Arity(string parameters) => parameters.Length == 0 ? 0 : parameters.Count(c => c == ',') + 1;

    private static IEnumerable<Type?> Referred(Type type)
    {
        var held = type.GetInterfaces().Append(type.BaseType).Concat(type.GetFields(All).Select(f => f.FieldType)).Concat(type.CustomAttributes.Select(a => a.AttributeType));
        var methods = type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)).ToArray();
        return held.Concat(methods.SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append((m as MethodInfo)?.ReturnType)))
            .Concat(methods.SelectMany(Called));
    }

    // Every token of a method's code that names a member or a type.
    private static IEnumerable<Type?> Called(MethodBase method)
    {
        var body = method.GetMethodBody();
        var code = body?.GetILAsByteArray() ?? [];
        var (types, own) = (method.DeclaringType!.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : []);
        foreach (var local in body?.LocalVariables ?? [])
        {
            yield return local.LocalType;
        }

        for (var i = 0; i < code.Length;)
        {
            var operation = code[i] == 0xFE ? s_codes[(short)((code[i++] << 8) | code[i++])] : s_codes[code[i++]];
            if (operation.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                var member = method.Module.ResolveMember(BitConverter.ToInt32(code, i), types, own);
                yield return member as Type ?? member!.DeclaringType;
                foreach (var argument in member is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericArguments() : [])
                {
                    yield return argument;
                }
            }

            i += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, i)),
                _ => 4,
            };
        }
    }

    // A generic or array type and what it is made of; parameters of generic types are nobody's.
    private static IEnumerable<Type> Parts(Type? type) => type switch
    {
        null => [],
        { HasElementType: true } => Parts(type.GetElementType()),
        { IsGenericParameter: true } => [],
        { IsGenericType: true } => type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()),
        _ => [type],
    };

    private static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type.IsGenericType ? type.GetGenericTypeDefinition() : type;
    }

    [GeneratedRegex(@"^(?:public |internal |static |abstract |sealed |readonly |partial |unsafe |ref )*(?:class|record struct|record class|record|struct|interface|enum|delegate .+?(?= \w+(?:<[^>]*>)?\()) (\w+)(?:<([^>(]*)>)?", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
