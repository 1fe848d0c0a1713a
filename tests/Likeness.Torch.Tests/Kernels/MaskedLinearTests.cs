namespace Likeness.Torch.Tests.Kernels;

public sealed class MaskedLinearTests
{
    [Theory]
    [InlineData(1, 1, 1, true, true)]
    [InlineData(7, 5, 9, true, false)]
    [InlineData(7, 5, 9, false, true)]
    [InlineData(100, 15, 100, false, false)]
    public void The_fused_function_equals_its_twin_in_double_precision(int rows, int inputs, int outputs, bool rectified, bool biased)
    {
        using var scope = torch.NewDisposeScope();
        var (values, mask) = Inputs(rows, inputs, outputs, biased);
        var weights = new Rng(8).Normal(rows, outputs);
        var y = MaskedLinearFunction.Call(values[0], values[1], mask, values.ElementAtOrDefault(2), rectified);
        var gradients = Autograd.Grad([y], values, [weights]);

        Tensor[] exact = [.. values.Select(t => t.detach().to(ScalarType.Float64).requires_grad_())];
        var twin = MaskedLinearFunction.Twin(exact[0], exact[1], mask.to(ScalarType.Float64), exact.ElementAtOrDefault(2), rectified);
        var exactGradients = Autograd.Grad([twin], exact, [weights.to(ScalarType.Float64)]);
        // Sums of at most 100 products of order one in fp32.
        Assert.True((twin - y.to(ScalarType.Float64)).abs().max().ToDouble() < 1e-5);
        for (var i = 0; i < values.Length; i++)
        {
            Assert.True((exactGradients[i]! - gradients[i]!.to(ScalarType.Float64)).abs().max().ToDouble() < 5e-5);
        }

        // A connection that is masked does not learn.
        Assert.Equal(0, (gradients[1]! * (1 - mask)).abs().max().ToDouble());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_gradient_can_be_differentiated_again(bool rectified)
    {
        using var scope = torch.NewDisposeScope();
        double[][] Second(ScalarType type)
        {
            var (values, mask) = Inputs(3, 4, 5, true);
            values = [.. values.Select(t => t.detach().to(type).requires_grad_())];
            var y = MaskedLinearFunction.Call(values[0], values[1], mask.to(type), values[2], rectified);
            var slope = Autograd.Grad(y.square().sum(), values[0], createGraph: true);
            return [.. Autograd.Grad([slope.square().sum()], values).Select(t => t!.ToArray<double>())];
        }

        Assert.All(Second(ScalarType.Float64).Zip(Second(ScalarType.Float32)), p => Assert.All(p.First.Zip(p.Second), v => Assert.Equal(v.First, v.Second, 1e-3 + (1e-5 * Math.Abs(v.First)))));
    }

    private static (Tensor[] Values, Tensor Mask) Inputs(int rows, int inputs, int outputs, bool biased)
    {
        var rng = new Rng(7);
        var mask = rng.Normal(outputs, inputs).gt(-0.5).to(ScalarType.Float32);
        Tensor[] values = [rng.Normal(rows, inputs), rng.Normal(outputs, inputs), .. biased ? new[] { rng.Normal(outputs) } : []];
        return (Array.ConvertAll(values, t => t.requires_grad_()), mask);
    }
}
