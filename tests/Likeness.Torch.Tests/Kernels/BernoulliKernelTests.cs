namespace Likeness.Torch.Tests.Kernels;

public sealed class BernoulliKernelTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 15)]
    [InlineData(5, 33)]
    [InlineData(100, 784)]
    [InlineData(400, 784)] // large enough for several threads
    public void The_fused_pass_equals_its_twin_in_double_precision(int rows, int columns)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(7);
        var x = rng.Uniform(rows, columns).lt(0.3).to(ScalarType.Float32);
        var logits = (rng.Normal(rows, columns) * 8).requires_grad_();
        var weights = rng.Normal(rows);

        var fused = BernoulliFunction.LogProb(x, logits);
        var gradient = Autograd.Grad([fused], [logits], [weights])[0]!;

        var exactLogits = logits.detach().to(ScalarType.Float64).requires_grad_();
        var exact = BernoulliFunction.Twin(x.to(ScalarType.Float64), exactLogits);
        var exactGradient = Autograd.Grad([exact], [exactLogits], [weights.to(ScalarType.Float64)])[0]!;
        // fp32 sums of up to 784 terms of size 8: 1e-6 of the sum.
        Assert.True(((fused.to(ScalarType.Float64) - exact).abs() / (exact.abs() + 1)).max().ToDouble() < 1e-6);
        Assert.True((gradient.to(ScalarType.Float64) - exactGradient).abs().max().ToDouble() < 1e-6);
    }

    [Fact]
    public void A_row_of_bits_serves_several_rows_of_logits()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(8);
        var x = rng.Uniform(3, 37).lt(0.4).to(ScalarType.Float32);
        var repeated = x.unsqueeze(1).expand(3, 5, 37).reshape(15, 37);
        var logits = (rng.Normal(15, 37) * 3).requires_grad_();
        var (shared, apart, twin) = (BernoulliFunction.LogProb(x, logits), BernoulliFunction.LogProb(repeated, logits), BernoulliFunction.Twin(x, logits));
        Assert.Equal(apart.ToArray<float>(), shared.ToArray<float>());
        // fp32 sums of 37 terms of size 3.
        Assert.True((twin - shared).abs().max().ToDouble() < 1e-4);
        Assert.Equal(Autograd.Grad(apart.sum(), logits).ToArray<float>(), Autograd.Grad(shared.sum(), logits).ToArray<float>());
        Assert.Throws<TorchException>(() => BernoulliFunction.LogProb(x, logits.narrow(0, 0, 14)));
    }

    [Fact]
    public void Logits_of_any_size_are_exact_and_NaN_stays_NaN()
    {
        using var scope = torch.NewDisposeScope();
        var x = Tensor.From<float>([1, 0, 1, 0, 0], 5, 1);
        var logits = Tensor.From<float>([200, -200, -200, 200, float.NaN], 5, 1);
        var logProb = BernoulliFunction.LogProb(x, logits).ToArray<float>();
        Assert.Equal(0, logProb[0], 1e-30);
        Assert.Equal(0, logProb[1], 1e-30);
        Assert.Equal(-200, logProb[2], 1e-4);
        Assert.Equal(-200, logProb[3], 1e-4);
        Assert.True(float.IsNaN(logProb[4]));
    }

    [Fact]
    public void The_gradient_can_be_differentiated_again()
    {
        using var scope = torch.NewDisposeScope();
        var x = Tensor.From<float>([1, 0, 0], 1, 3);
        var logits = Tensor.From<float>([0.3f, -1.2f, 2], 1, 3).requires_grad_();
        var gradient = Autograd.Grad(BernoulliFunction.LogProb(x, logits).sum(), logits, createGraph: true);
        var second = Autograd.Grad(gradient.sum(), logits).ToArray<double>();
        var l = logits.ToArray<double>();
        for (var i = 0; i < 3; i++)
        {
            var p = 1 / (1 + Math.Exp(-l[i]));
            Assert.Equal(-p * (1 - p), second[i], 1e-6);
        }
    }
}
