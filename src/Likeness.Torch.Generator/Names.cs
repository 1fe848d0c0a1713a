using System;
using System.Linq;
using Microsoft.CodeAnalysis.CSharp;

namespace Likeness.Torch.Generator;

/// <summary>From ATen's names to C#'s.</summary>
internal static class Names
{
    /// <summary><c>upsample_nearest2d</c> → UpsampleNearest2d, <c>add_</c> → AddInPlace, <c>_to_copy</c> → ToCopy.</summary>
    public static string Method(string name)
    {
        var words = name.Split('_').Where(word => word.Length > 0).Select(Capitalised);
        return string.Concat(words) + (name.EndsWith("_", StringComparison.Ordinal) ? "InPlace" : "");
    }

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
