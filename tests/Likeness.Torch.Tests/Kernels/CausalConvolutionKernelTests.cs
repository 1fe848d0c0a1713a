namespace Likeness.Torch.Tests.Kernels;

/// <summary>The fused causal convolution equals padding, rectifier and libtorch's convolution in double precision.</summary>
public sealed class CausalConvolutionKernelTests
{
    [Theory]
    [InlineData(2, 5, 7, 16, 16, 2, 3, true, false)]
    [InlineData(2, 4, 8, 32, 16, 1, 1, true, false)]
    [InlineData(3, 4, 6, 16, 32, 1, 1, true, true)]
    [InlineData(2, 6, 9, 1, 32, 4, 7, false, false)]
    [InlineData(1, 3, 2, 3, 5, 4, 7, false, true)]
    [InlineData(2, 3, 5, 20, 33, 1, 3, false, false)]
    [InlineData(1, 1, 1, 7, 1, 3, 5, true, true)]
    [InlineData(3, 2, 4, 1, 16, 4, 7, false, false)]
    [InlineData(3, 2, 4, 16, 8, 1, 1, true, false)]
    [InlineData(3, 2, 4, 8, 8, 2, 3, true, false)]
    [InlineData(3, 2, 4, 8, 16, 1, 1, true, true)]
    public void The_kernel_and_its_gradients_equal_the_twin(int count, int height, int width, int inputs, int outputs, int rows, int columns, bool rectify, bool adds)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(3);
        var open = torch.ones([1, 1, rows, columns], ScalarType.Float32);
        open.AsSpan<float>()[(((rows - 1) * columns) + (columns / 2) + 1)..].Clear();
        Tensor[] arguments =
        [
            rng.Normal(count, height, width, inputs), (rng.Normal(outputs, inputs, rows, columns) / Math.Sqrt(inputs * rows * columns)) * open,
            rng.Normal(outputs), rng.Normal(count, height, width, outputs),
        ];
        var weights = rng.Normal(count, height, width, outputs);

        Tensor[] Run(ScalarType type, out Tensor result)
        {
            var a = Array.ConvertAll(arguments, t => t.detach().to(type).requires_grad_())[..(adds ? 4 : 3)];
            result = CausalConvolutionFunction.Call(a[0], a[1] * open.to(type), a[2], rectify, adds ? a[3] : null);
            return Autograd.Grad([result], a, [weights.to(type)])!;
        }

        var gradients = Run(ScalarType.Float32, out var y);
        var exact = Run(ScalarType.Float64, out var expected);

        // fp32: sums of up to some hundred products of order one; a weight's slope is a sum over all pixels.
        Assert.True((y.to(ScalarType.Float64) - expected).abs().max().ToDouble() < 5e-6);
        Assert.All(gradients.Zip(exact), p => Assert.True((p.First.to(ScalarType.Float64) - p.Second).abs().max().ToDouble() < 3e-5));
    }

    [Fact]
    public void The_gradient_can_be_differentiated_again()
    {
        using var scope = torch.NewDisposeScope();
        var (x, w, b) = (new Rng(3).Normal(2, 3, 4, 5), new Rng(4).Normal(6, 5, 1, 1), new Rng(5).Normal(6));
        double[] Second(ScalarType type)
        {
            var (a, c) = (x.to(type).detach().requires_grad_(), w.to(type).detach().requires_grad_());
            var slope = Autograd.Grad(CausalConvolutionFunction.Call(a, c, b.to(type), true).square().sum(), c, createGraph: true);
            return Autograd.Grad(slope.square().sum(), a).ToArray<double>();
        }

        // The numbers are in the thousands.
        Assert.All(Second(ScalarType.Float64).Zip(Second(ScalarType.Float32)), p => Assert.Equal(p.First, p.Second, 1e-5 * Math.Max(1000, Math.Abs(p.First))));
    }
}
