namespace Likeness.Torch.Tests.Kernels;

/// <summary>The recurrence over an image, cell by cell, equals the loop over skewed rows in double precision.</summary>
public sealed class GridLstmKernelTests
{
    [Theory]
    [InlineData(GridScan.Down, 1, 1, 1, 1)]
    [InlineData(GridScan.Down, 5, 4, 6, 16)]
    [InlineData(GridScan.Down, 3, 6, 4, 7)]
    [InlineData(GridScan.LeftToRight, 1, 1, 3, 2)]
    [InlineData(GridScan.LeftToRight, 5, 4, 6, 16)]
    [InlineData(GridScan.LeftToRight, 9, 6, 4, 21)]
    [InlineData(GridScan.RightToLeft, 4, 3, 1, 5)]
    [InlineData(GridScan.RightToLeft, 5, 4, 6, 16)]
    [InlineData(GridScan.RightToLeft, 6, 3, 5, 33)]
    public void The_kernel_and_its_gradients_equal_the_twin(GridScan scan, int count, int height, int width, int hidden)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(3);
        var z = rng.Normal(count, height, width, 4 * hidden).requires_grad_();
        var u = (rng.Normal(GridLstmFunction.Taps(scan), hidden, 4 * hidden) / Math.Sqrt(hidden)).detach().requires_grad_();
        var weights = rng.Normal(count, height, width, hidden);
        var h = GridLstmFunction.Call(z, u, scan);
        var gradients = Autograd.Grad([h], [z, u], [weights]);

        var (z64, u64) = (z.detach().to(ScalarType.Float64).requires_grad_(), u.detach().to(ScalarType.Float64).requires_grad_());
        var exact = GridLstmFunction.Twin(z64, u64, scan);
        var exactGradients = Autograd.Grad([exact], [z64, u64], [weights.to(ScalarType.Float64)], allowUnused: true);

        // States are within 1 and each cell adds roundings of 3e-7; a weight's slope is a sum over all cells.
        Assert.True((h.to(ScalarType.Float64) - exact).abs().max().ToDouble() < 3e-6);
        Assert.True((gradients[0]!.to(ScalarType.Float64) - exactGradients[0]!).abs().max().ToDouble() < 1e-5);
        Assert.True((gradients[1]!.to(ScalarType.Float64) - (exactGradients[1] ?? u64.zeros_like())).abs().max().ToDouble() < 1e-4);
    }

    [Theory]
    [InlineData(GridScan.Down)]
    [InlineData(GridScan.LeftToRight)]
    [InlineData(GridScan.RightToLeft)]
    public void An_image_does_not_depend_on_its_company(GridScan scan)
    {
        using var scope = torch.NewDisposeScope();
        var z = new Rng(3).Normal(7, 4, 5, 4 * 16);
        var u = new Rng(4).Normal(GridLstmFunction.Taps(scan), 16, 64) * 0.2;
        var together = GridLstmFunction.Call(z, u, scan).ToArray<float>();
        for (var n = 0; n < 7; n++)
        {
            Assert.Equal(together[(n * 320)..((n + 1) * 320)], GridLstmFunction.Call(z.narrow(0, n, 1), u, scan).ToArray<float>());
        }
    }

    [Theory]
    [InlineData(GridScan.Down)]
    [InlineData(GridScan.RightToLeft)]
    public void The_gradient_can_be_differentiated_again(GridScan scan)
    {
        using var scope = torch.NewDisposeScope();
        var z = new Rng(3).Normal(2, 3, 3, 8).requires_grad_();
        var u = (new Rng(4).Normal(GridLstmFunction.Taps(scan), 2, 8) * 0.5).detach().requires_grad_();
        Tensor Second(Tensor a, Tensor b, Func<Tensor, Tensor, Tensor> f) =>
            Autograd.Grad(Autograd.Grad(f(a, b).sum(), b, createGraph: true).square().sum(), a);
        var found = Second(z, u, (a, b) => GridLstmFunction.Call(a, b, scan)).to(ScalarType.Float64);
        var exact = Second(z.detach().to(ScalarType.Float64).requires_grad_(), u.detach().to(ScalarType.Float64).requires_grad_(), (a, b) => GridLstmFunction.Twin(a, b, scan));
        Assert.True((found - exact).abs().max().ToDouble() < 1e-4);
    }
}
