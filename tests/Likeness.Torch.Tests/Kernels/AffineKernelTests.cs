namespace Likeness.Torch.Tests.Kernels;

public sealed class AffineKernelTests
{
    public static TheoryData<string, int, int> Sizes => new()
    {
        { "actnorm", 1, 1 }, { "actnorm", 7, 5 }, { "actnorm", 100, 63 },
        { "bent", 1, 1 }, { "bent", 7, 5 }, { "bent", 100, 15 }, { "bent", 700, 63 }, // the last is large enough for several threads
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_fused_pass_equals_its_twin_in_double_precision(string function, int rows, int columns)
    {
        using var scope = torch.NewDisposeScope();
        var inputs = Inputs(function, rows, columns);
        var (weights, volumes) = (new Rng(8).Normal(rows, columns), new Rng(9).Normal(rows));
        var (z, determinant) = Call(function, inputs);
        var gradients = Autograd.Grad([z, determinant], inputs, [weights, volumes]);

        Tensor[] exact = [.. inputs.Select(t => t.detach().to(ScalarType.Float64).requires_grad_())];
        var (exactZ, exactDeterminant) = Call(function, exact);
        var exactGradients = Autograd.Grad([exactZ, exactDeterminant], exact, [weights.to(ScalarType.Float64), volumes.to(ScalarType.Float64)]);

        // Relative to the largest number: fp32 sums over up to 700 rows.
        Close(exactZ, z, 3e-6);
        Close(exactDeterminant, determinant, 3e-6);
        for (var i = 0; i < inputs.Length; i++)
        {
            Close(exactGradients[i]!, gradients[i]!, 1e-5);
        }
    }

    [Theory]
    [InlineData("actnorm", true)]
    [InlineData("actnorm", false)]
    [InlineData("bent", true)]
    [InlineData("bent", false)]
    public void The_gradient_of_one_result_alone_can_be_differentiated_again(string function, bool first)
    {
        using var scope = torch.NewDisposeScope();
        Tensor[] Second(ScalarType type)
        {
            Tensor[] inputs = [.. Inputs(function, 4, 3).Select(t => t.detach().to(type).requires_grad_())];
            var (z, determinant) = Call(function, inputs);
            var slopes = Autograd.Grad([first ? z.square().sum() : determinant.square().sum()], inputs, createGraph: true, allowUnused: true);
            var length = slopes.OfType<Tensor>().Aggregate(torch.zeros([], type), (sum, s) => sum + s.square().sum());
            return [.. Autograd.Grad([length], inputs, allowUnused: true).Zip(inputs, (slope, input) => slope ?? input.zeros_like())];
        }

        foreach (var (exact, single) in Second(ScalarType.Float64).Zip(Second(ScalarType.Float32)))
        {
            Close(exact, single, 1e-5);
        }
    }

    [Fact]
    public void A_result_that_nobody_uses_costs_no_gradient()
    {
        using var scope = torch.NewDisposeScope();
        var inputs = Inputs("bent", 5, 3);
        var fused = Autograd.Grad([Call("bent", inputs).Determinant.sum()], inputs, allowUnused: true);
        // log |det| does not depend on x nor on μ.
        Assert.Equal(0, fused[0]!.abs().max().ToDouble());
        Assert.Equal(0, fused[1]!.select(2, 0).abs().max().ToDouble());
        Assert.True(fused[1]!.select(2, 1).abs().min().ToDouble() > 0);
    }

    private static Tensor[] Inputs(string function, int rows, int columns)
    {
        var rng = new Rng(7);
        Tensor[] inputs = function == "bent"
            ? [rng.Normal(rows, columns), rng.Normal(rows, columns, 2) * 3]
            : [rng.Normal(rows, columns), rng.Normal(columns), rng.Normal(columns)];
        return Array.ConvertAll(inputs, t => t.requires_grad_());
    }

    private static (Tensor Z, Tensor Determinant) Call(string function, Tensor[] inputs) =>
        function == "bent" ? BentAffineFunction.Call(inputs[0], inputs[1], 4) : ActNormFunction.Call(inputs[0], inputs[1], inputs[2]);

    private static void Close(Tensor exact, Tensor single, double tolerance)
    {
        Assert.Equal(exact.shape, single.shape);
        var scale = Math.Max(1, exact.abs().max().ToDouble());
        Assert.True((exact - single.to(ScalarType.Float64)).abs().max().ToDouble() < tolerance * scale);
    }
}
