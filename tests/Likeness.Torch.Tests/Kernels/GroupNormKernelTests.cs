namespace Likeness.Torch.Tests.Kernels;

public sealed class GroupNormKernelTests
{
    [Theory]
    [InlineData(1, 8, 1, 1, 2)]
    [InlineData(3, 24, 3, 5, 8)] // no multiple of a vector of 16
    [InlineData(5, 32, 7, 7, 8)]
    [InlineData(2, 12, 4, 4, 3)] // no whole vectors: the twin
    public void The_fused_pass_equals_its_twin_in_double_precision(int n, int channels, int height, int width, int groups)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(7);
        // Far from zero, where a sum of squares would lose the variance.
        var x = ((rng.Normal(n, channels, height, width) * 2) + 10).ChannelsLast();
        Tensor[] values = [x, rng.Normal(channels), rng.Normal(channels)];
        var weights = rng.Normal(n, channels, height, width);
        List<Tensor> Parts(ScalarType type)
        {
            var inputs = Array.ConvertAll(values, v => v.to(type, copy: true).requires_grad_());
            var y = type == ScalarType.Float32
                ? GroupNormSiluFunction.Call(inputs[0], groups, inputs[1], inputs[2], 1e-5)
                : GroupNormSiluFunction.Twin(inputs[0], groups, inputs[1], inputs[2], 1e-5);
            return [y.detach(), .. Autograd.Grad([y], inputs, [weights.to(type)]).Select(g => g!)];
        }

        // Values near 10 have the rounding of 10; sums of up to 250 numbers of order one.
        Assert.All(Parts(ScalarType.Float64).Zip(Parts(ScalarType.Float32)), p =>
        {
            Assert.Equal(p.First.shape, p.Second.shape);
            Assert.InRange(p.First.sub(p.Second).abs().max().ToDouble(), 0, 2e-4);
        });
    }

    [Fact]
    public void The_gradient_can_be_differentiated_again()
    {
        using var scope = torch.NewDisposeScope();
        double[] Second(ScalarType type)
        {
            var x = new Rng(3).Normal(2, 8, 3, 3).ChannelsLast().to(type).requires_grad_();
            var ones = torch.ones([8], type);
            var slope = Autograd.Grad(GroupNormSiluFunction.Call(x, 2, ones, ones, 1e-5).square().sum(), x, createGraph: true);
            return Autograd.Grad(slope.square().sum(), x).ToArray<double>();
        }

        Assert.All(Second(ScalarType.Float64).Zip(Second(ScalarType.Float32)), p => Assert.Equal(p.First, p.Second, 1e-3));
    }
}
