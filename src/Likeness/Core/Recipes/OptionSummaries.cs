using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;

namespace Likeness;

/// <summary>What options mean: the XML summaries of their properties, which lie beside the program as the compiler wrote them.</summary>
public static partial class OptionSummaries
{
    private static readonly ConcurrentDictionary<Assembly, IReadOnlyDictionary<string, string>> s_read = [];

    /// <summary>The summary without its full stop; empty where there is none, or no documentation beside the program.</summary>
    public static string Of(PropertyInfo property)
    {
        var owner = property.DeclaringType!;
        var name = $"P:{owner.FullName!.Replace('+', '.')}.{property.Name}";
        return s_read.GetOrAdd(owner.Assembly, Read).GetValueOrDefault(name, "");
    }

    private static Dictionary<string, string> Read(Assembly assembly)
    {
        var summaries = new Dictionary<string, string>();
        var path = Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
        if (!File.Exists(path))
        {
            return summaries;
        }

        using var reader = XmlReader.Create(path);
        while (reader.ReadToFollowing("member"))
        {
            if (reader.GetAttribute("name") is not { } name || !name.StartsWith("P:", StringComparison.Ordinal))
            {
                continue;
            }

            using var member = reader.ReadSubtree();
            if (member.ReadToFollowing("summary"))
            {
                summaries[name] = Space().Replace(Words(member), " ").Trim().TrimEnd('.');
            }
        }

        return summaries;
    }

    // Text, and the names of what is referred to.
    private static string Words(XmlReader member)
    {
        using var summary = member.ReadSubtree();
        var words = new System.Text.StringBuilder();
        while (summary.Read())
        {
            words.Append(summary.NodeType is XmlNodeType.Text or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace ? summary.Value
                : summary.GetAttribute("langword") ?? summary.GetAttribute("cref")?.Split('.')[^1] ?? "");
        }

        return words.ToString();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
