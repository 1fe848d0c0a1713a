namespace Likeness.Torch.Tests.Kernels;

public sealed class GateKernelTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 16)]
    [InlineData(5, 37)]
    [InlineData(4000, 32)] // large enough for several threads
    public void The_fused_pass_equals_its_twin_in_double_precision(int rows, int features)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(7);
        var x = (rng.Normal(rows, 2 * features) * 5).requires_grad_();
        var weights = rng.Normal(rows, features);

        var fused = GateFunction.Call(x);
        var gradient = Autograd.Grad([fused], [x], [weights])[0]!;

        var exactX = x.detach().to(ScalarType.Float64).requires_grad_();
        var exact = GateFunction.Twin(exactX);
        var exactGradient = Autograd.Grad([exact], [exactX], [weights.to(ScalarType.Float64)])[0]!;
        // Numbers of order one in fp32; 1 − tanh² loses a few units in the last place of 1.
        Assert.Equal([rows, features], fused.shape);
        Assert.True((fused.to(ScalarType.Float64) - exact).abs().max().ToDouble() < 5e-7);
        Assert.True((gradient.to(ScalarType.Float64) - exactGradient).abs().max().ToDouble() < 3e-6);
    }

    [Fact]
    public void The_gradient_can_be_differentiated_again()
    {
        using var scope = torch.NewDisposeScope();
        double[] Second(ScalarType type)
        {
            var x = new Rng(3).Normal(2, 6).to(type).requires_grad_();
            var slope = Autograd.Grad(GateFunction.Call(x).sum(), x, createGraph: true);
            return Autograd.Grad(slope.square().sum(), x).ToArray<double>();
        }

        Assert.All(Second(ScalarType.Float64).Zip(Second(ScalarType.Float32)), p => Assert.Equal(p.First, p.Second, 1e-6));
    }

    [Fact]
    public void Large_numbers_saturate_and_NaN_stays_NaN()
    {
        using var scope = torch.NewDisposeScope();
        var y = GateFunction.Call(Tensor.From<float>([100, 100, -100, 100, float.NaN, 0], 3, 2)).ToArray<float>();
        Assert.Equal([1, -1], y[..2]);
        Assert.True(float.IsNaN(y[2]));
    }
}
