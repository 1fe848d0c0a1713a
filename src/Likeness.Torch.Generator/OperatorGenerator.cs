using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Likeness.Torch.Generator;

/// <summary>Makes a typed C# method of every line of ops.schema: a method of Tensor where the first argument is
/// <c>Tensor self</c>, else a static method of Ops.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class OperatorGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor BadLine = new(
        "LKG001", "Bad operator schema", "This line of ops.schema cannot be made into a method: {0}", "Likeness", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor SameSignature = new(
        "LKG002", "Two operators with one signature", "The operator on this line becomes {0}, which line {1} already became; drop one of them", "Likeness", DiagnosticSeverity.Error, true);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var files = context.AdditionalTextsProvider
            .Where(file => Path.GetFileName(file.Path) == "ops.schema")
            .Select((file, stop) => (file.Path, Text: file.GetText(stop)?.ToString() ?? ""));
        context.RegisterSourceOutput(files, (output, file) => Generate(output, file.Path, file.Text));
    }

    private static void Generate(SourceProductionContext output, string path, string text)
    {
        var methods = new List<OperatorMethod>();
        var lines = new Dictionary<string, int>();
        foreach (var line in SourceText.From(text).Lines)
        {
            var schema = line.ToString();
            if (schema.Trim().Length == 0 || schema[0] == '#')
            {
                continue;
            }

            var location = Location.Create(path, line.Span, new LinePositionSpan(new(line.LineNumber, 0), new(line.LineNumber, schema.Length)));
            try
            {
                var method = new OperatorMethod(SchemaParser.Parse(schema));
                if (lines.TryGetValue(method.Key(single: false), out var earlier))
                {
                    output.ReportDiagnostic(Diagnostic.Create(SameSignature, location, method.Key(single: false), earlier));
                    continue;
                }

                lines.Add(method.Key(single: false), line.LineNumber + 1);
                methods.Add(method);
            }
            catch (SchemaException problem)
            {
                output.ReportDiagnostic(Diagnostic.Create(BadLine, location, problem.Message));
            }
        }

        // A twin is a convenience: where an operator of its own has the signature, that one stays.
        var singles = new HashSet<OperatorMethod>();
        foreach (var method in methods.Where(method => method.HasSingleTwin && !lines.ContainsKey(method.Key(single: true))))
        {
            lines.Add(method.Key(single: true), 0);
            singles.Add(method);
        }

        Add(output, "Operators", MethodWriter.Table(methods));
        Add(output, "Tensor", MethodWriter.Class("partial class Tensor", methods.Where(method => method.IsInstance), singles));
        Add(output, "Ops", MethodWriter.Class("public static partial class Ops", methods.Where(method => !method.IsInstance), singles));
    }

    private static void Add(SourceProductionContext output, string name, string code) =>
        output.AddSource($"{name}.g.cs", SourceText.From(code, Encoding.UTF8));
}
