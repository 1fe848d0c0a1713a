using System.Collections.Immutable;
using Likeness.Torch.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Likeness.Torch.Tests;

public sealed class OperatorGeneratorTests
{
    [Theory]
    [InlineData("aten::add_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)", "unsafe Tensor AddInPlace(Tensor other, Scalar? alpha = null)")]
    [InlineData("aten::_to_copy(Tensor self, *, Layout? layout=None, bool? pin_memory=None, bool non_blocking=False) -> Tensor", "unsafe Tensor ToCopy(bool nonBlocking = false)")]
    [InlineData("aten::cat(Tensor[] tensors, int dim=0) -> Tensor", "static unsafe Tensor Cat(ReadOnlySpan<Tensor> tensors, long dim = 0)")]
    [InlineData("aten::index.Tensor(Tensor self, Tensor?[] indices) -> Tensor", "unsafe Tensor Index(ReadOnlySpan<Tensor?> indices)")]
    [InlineData("aten::chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]", "unsafe Tensor[] Chunk(long chunks, long dim = 0)")]
    [InlineData("aten::f(SymInt[2] size=[0, 0], float eps=1.0000000000000001e-05, str mode=\"a, b)\") -> ()", "static unsafe void F(ReadOnlySpan<long> size = default, double eps = 1E-05d, string mode = \"a, b)\")")]
    [InlineData("aten::f(int[1]? dim=None, float[]? scales=None, bool[3] mask) -> bool", "static unsafe bool F(ReadOnlySpan<bool> mask, ReadOnlySpan<long> dim = default, ReadOnlySpan<double> scales = default)")]
    [InlineData("aten::randperm.generator(int n, *, Generator? generator, ScalarType? dtype=4) -> Tensor", "static unsafe Tensor Randperm(long n, Rng generator, ScalarType? dtype = null)")]
    [InlineData("aten::uniform_(Tensor(a!) self, float from=0., float else=-inf) -> Tensor(a!)", "unsafe Tensor UniformInPlace(double from = 0d, double @else = double.NegativeInfinity)")]
    [InlineData("aten::topk(Tensor self, SymInt k) -> (Tensor values, Tensor indices)", "unsafe (Tensor Values, Tensor Indices) Topk(long k)")]
    [InlineData("aten::f(Tensor self, Device device, MemoryFormat? memory_format=None) -> Scalar", "unsafe double F(Device device, MemoryFormat? memoryFormat = null)")]
    public void A_schema_becomes_this_signature(string schema, string signature)
    {
        var (code, problems) = Run(schema);

        Assert.Empty(problems);
        Assert.Contains($"    public {signature}\n", code, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_number_stands_for_a_list_where_the_schema_says_so()
    {
        var (code, _) = Run("aten::sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False) -> Tensor");

        Assert.Contains("public Tensor Sum(long dim, bool keepdim = false) => Sum([dim], keepdim);", code, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add(Tensor self) -> Tensor", "expected 'aten::' at column 1, found 'add(Tensor self) -> Tensor'")]
    [InlineData("aten::add(Tensor self", "expected ', ' at column 22, found the end of the line")]
    [InlineData("aten::add(Tensor self) -> Tensor!", "expected the end of the line at column 33, found '!'")]
    [InlineData("aten::add(Storage s) -> Tensor", "argument 's' has the type Storage, which has no C# counterpart")]
    [InlineData("aten::add(Scalar[] s) -> Tensor", "argument 's' is a list of Scalar, which has no C# counterpart")]
    [InlineData("aten::add(int n=many) -> Tensor", "argument 'n' has the default many, which is no long")]
    [InlineData("aten::add(Layout layout) -> Tensor", "argument 'layout' of type Layout has no default and cannot be left out")]
    [InlineData("aten::add(int n) -> int[]", "a result has the type int[], which has no C# counterpart")]
    [InlineData("aten::add(int n) -> Tensor(a!)", "a result aliases 'a', which is no single tensor among the arguments")]
    public void A_bad_line_is_an_error_at_that_line(string schema, string problem)
    {
        var (_, problems) = Run("# heading\naten::neg(Tensor self) -> Tensor\n" + schema);

        var diagnostic = Assert.Single(problems);
        Assert.Equal("LKG001", diagnostic.Id);
        Assert.Equal($"This line of ops.schema cannot be made into a method: {problem}", diagnostic.GetMessage());
        Assert.Equal(("ops.schema", 2), (diagnostic.Location.GetLineSpan().Path, diagnostic.Location.GetLineSpan().StartLinePosition.Line));
    }

    [Fact]
    public void Two_lines_with_one_signature_are_an_error_at_the_second()
    {
        var (_, problems) = Run("aten::f.a(Tensor self, int n) -> Tensor\naten::f.b(Tensor self, SymInt n) -> Tensor");

        var diagnostic = Assert.Single(problems);
        Assert.Equal("LKG002", diagnostic.Id);
        Assert.Equal("The operator on this line becomes Tensor.F(long), which line 1 already became; drop one of them", diagnostic.GetMessage());
        Assert.Equal(1, diagnostic.Location.GetLineSpan().StartLinePosition.Line);
    }

    private static (string Code, ImmutableArray<Diagnostic> Problems) Run(string schema)
    {
        var driver = CSharpGeneratorDriver.Create(new OperatorGenerator()).AddAdditionalTexts([new Schema(schema)]);
        var result = driver.RunGenerators(CSharpCompilation.Create("Operators")).GetRunResult();
        return (string.Concat(result.GeneratedTrees), result.Diagnostics);
    }

    private sealed class Schema(string text) : AdditionalText
    {
        public override string Path => "ops.schema";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
