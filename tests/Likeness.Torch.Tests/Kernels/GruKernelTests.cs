namespace Likeness.Torch.Tests.Kernels;

/// <summary>Gated recurrent units along series equal the loop of operators in double precision.</summary>
public sealed class GruKernelTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(24, 5, 24)]
    [InlineData(7, 4, 16)]
    [InlineData(3, 9, 7)]
    [InlineData(2, 6, 33)]
    [InlineData(5, 3, 48)]
    public void The_kernel_and_its_gradients_equal_the_twin(int steps, int count, int hidden)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(3);
        Tensor[] inputs = [
            rng.Normal(steps, count, 3 * hidden).requires_grad_(),
            (rng.Normal(3 * hidden, hidden) / Math.Sqrt(hidden)).detach().requires_grad_(),
            rng.Normal(3 * hidden).requires_grad_()];
        var weights = rng.Normal(steps, count, hidden);
        var h = GruFunction.Call(inputs[0], inputs[1], inputs[2]);
        var gradients = Autograd.Grad([h], inputs, [weights]);

        Tensor[] doubles = Array.ConvertAll(inputs, t => t.detach().to(ScalarType.Float64).requires_grad_());
        var exact = GruFunction.Twin(doubles[0], doubles[1], doubles[2]);
        var exactGradients = Autograd.Grad([exact], doubles, [weights.to(ScalarType.Float64)]);

        // States are within 1 and each step adds roundings of 3e-7; a weight's slope is a sum over all steps and examples.
        Assert.True((h.to(ScalarType.Float64) - exact).abs().max().ToDouble() < 3e-6);
        Assert.True((gradients[0]!.to(ScalarType.Float64) - exactGradients[0]!).abs().max().ToDouble() < 1e-5);
        Assert.True((gradients[1]!.to(ScalarType.Float64) - exactGradients[1]!).abs().max().ToDouble() < 1e-4);
        Assert.True((gradients[2]!.to(ScalarType.Float64) - exactGradients[2]!).abs().max().ToDouble() < 1e-4);
    }

    [Fact]
    public void A_series_does_not_depend_on_its_company()
    {
        using var scope = torch.NewDisposeScope();
        var (x, weight, bias) = (new Rng(3).Normal(6, 7, 3 * 20), new Rng(4).Normal(60, 20) * 0.2, new Rng(5).Normal(60));
        var together = GruFunction.Call(x, weight, bias);
        for (var n = 0; n < 7; n++)
        {
            Assert.Equal(together.narrow(1, n, 1).contiguous().ToArray<float>(), GruFunction.Call(x.narrow(1, n, 1), weight, bias).ToArray<float>());
        }
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_states()
    {
        using var scope = torch.NewDisposeScope();
        var (x, weight, bias) = (new Rng(3).Normal(6, 21, 3 * 20), new Rng(4).Normal(60, 20) * 0.2, new Rng(5).Normal(60));
        var threads = TorchRuntime.Threads;
        try
        {
            TorchRuntime.Threads = 1;
            var one = GruFunction.Call(x, weight, bias).ToArray<float>();
            TorchRuntime.Threads = 2;
            Assert.Equal(one, GruFunction.Call(x, weight, bias).ToArray<float>());
        }
        finally
        {
            TorchRuntime.Threads = threads;
        }
    }

    [Fact]
    public void The_gradient_can_be_differentiated_again()
    {
        using var scope = torch.NewDisposeScope();
        var x = new Rng(3).Normal(3, 2, 6).requires_grad_();
        var (weight, bias) = ((new Rng(4).Normal(6, 2) * 0.5).detach().requires_grad_(), new Rng(5).Normal(6));
        Tensor Second(Tensor a, Tensor b, Tensor c, Func<Tensor, Tensor, Tensor, Tensor> f) =>
            Autograd.Grad(Autograd.Grad(f(a, b, c).sum(), b, createGraph: true).square().sum(), a);
        var found = Second(x, weight, bias, GruFunction.Call).to(ScalarType.Float64);
        Tensor Double(Tensor t) => t.detach().to(ScalarType.Float64).requires_grad_();
        var exact = Second(Double(x), Double(weight), Double(bias), GruFunction.Twin);
        Assert.True((found - exact).abs().max().ToDouble() < 1e-4);
    }

    /// <summary>A graph that is dropped lets go of what it kept.</summary>
    [Fact]
    public void Nothing_holds_itself()
    {
        using var scope = torch.NewDisposeScope();
        var (x, weight, bias) = (new Rng(3).Normal(3, 2, 6).requires_grad_(), new Rng(4).Normal(6, 2).requires_grad_(), new Rng(5).Normal(6));
        var before = TorchRuntime.LiveTensors;
        using (torch.NewDisposeScope())
        {
            _ = GruFunction.Call(x, weight, bias).sum();
        }

        Assert.Equal(before, TorchRuntime.LiveTensors);
    }
}
