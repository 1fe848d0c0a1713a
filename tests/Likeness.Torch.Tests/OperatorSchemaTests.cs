using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Likeness.Torch.Generator;
using Likeness.Torch.Interop;

namespace Likeness.Torch.Tests;

public sealed partial class OperatorSchemaTests
{
    public static TheoryData<string> Lines => [.. Schemas];

    private static IEnumerable<string> Schemas => File.ReadLines(Path.Combine(Root, "src", "Likeness.Torch", "ops.schema"))
        .Where(line => line.Length > 0 && line[0] != '#');

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Likeness.slnx")))
            {
                folder = folder.Parent ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Likeness.slnx.");
            }

            return folder.FullName;
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public unsafe void Each_line_is_the_schema_of_the_loaded_libtorch(string line)
    {
        var schema = SchemaParser.Parse(line);
        byte* text;
        Native.OpSchema(new Operator("aten::" + schema.Name, schema.Overload).Handle, &text);

        Assert.Equal(Normalised(line), Normalised(Marshal.PtrToStringUTF8((nint)text)!));
    }

    [Fact]
    public void Every_line_is_used()
    {
        var unused = Schemas.Select(line => Names.Method(SchemaParser.Parse(line).Name)).Where(method => !Calls.Value.Contains(method)).Distinct();

        Assert.True(!unused.Any(), $"Nothing in src/ or tests/ calls {string.Join(", ", unused)}: drop their lines from ops.schema.");
    }

    // Every name that is followed by an opening bracket somewhere in the sources.
    private static readonly Lazy<HashSet<string>> Calls = new(() => [.. new[] { "src", "tests" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
        // A row of the gradients' table is a check of an operator, not a use of it.
        .Where(file => !file.EndsWith("GradientTests.cs", StringComparison.Ordinal))
        .SelectMany(file => Call().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))]);

    // Versions of libtorch print the same schema differently: symbolic sizes, numbers, and the names of enumeration values.
    private static string Normalised(string schema)
    {
        var text = schema.Trim().Replace("SymInt", "int", StringComparison.Ordinal)
            .Replace("=contiguous_format", "=0", StringComparison.Ordinal).Replace("=long", "=4", StringComparison.Ordinal);
        return Number().Replace(text, match =>
            "=" + double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"=(-?\d+\.?\d*(?:e[-+]?\d+)?)")]
    private static partial Regex Number();

    [GeneratedRegex(@"\b([A-Z]\w*)\(")]
    private static partial Regex Call();
}
