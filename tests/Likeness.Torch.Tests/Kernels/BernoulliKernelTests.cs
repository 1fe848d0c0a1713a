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
        var x = rng.Uniform(rows, columns).Lt(0.3).To(ScalarType.Float32);
        var logits = (rng.Normal(rows, columns) * 8).WithGrad();
        var weights = rng.Normal(rows);

        var fused = BernoulliFunction.LogProb(x, logits);
        var gradient = Autograd.Grad([fused], [logits], [weights])[0]!;

        var exactLogits = logits.Detach().To(ScalarType.Float64).WithGrad();
        var exact = BernoulliFunction.Twin(x.To(ScalarType.Float64), exactLogits);
        var exactGradient = Autograd.Grad([exact], [exactLogits], [weights.To(ScalarType.Float64)])[0]!;
        // fp32 sums of up to 784 terms of size 8: 1e-6 of the sum.
        Assert.True(((fused.To(ScalarType.Float64) - exact).Abs() / (exact.Abs() + 1)).Max().Item() < 1e-6);
        Assert.True((gradient.To(ScalarType.Float64) - exactGradient).Abs().Max().Item() < 1e-6);
    }

    [Fact]
    public void A_row_of_bits_serves_several_rows_of_logits()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(8);
        var x = rng.Uniform(3, 37).Lt(0.4).To(ScalarType.Float32);
        var repeated = x.Unsqueeze(1).Expand([3, 5, 37]).Reshape([15, 37]);
        var logits = (rng.Normal(15, 37) * 3).WithGrad();
        var (shared, apart, twin) = (BernoulliFunction.LogProb(x, logits), BernoulliFunction.LogProb(repeated, logits), BernoulliFunction.Twin(x, logits));
        Assert.Equal(apart.ToArray<float>(), shared.ToArray<float>());
        // fp32 sums of 37 terms of size 3.
        Assert.True((twin - shared).Abs().Max().Item() < 1e-4);
        Assert.Equal(Autograd.Grad(apart.Sum(), logits).ToArray<float>(), Autograd.Grad(shared.Sum(), logits).ToArray<float>());
        Assert.Throws<TorchException>(() => BernoulliFunction.LogProb(x, logits.Narrow(0, 0, 14)));
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
        var logits = Tensor.From<float>([0.3f, -1.2f, 2], 1, 3).WithGrad();
        var gradient = Autograd.Grad(BernoulliFunction.LogProb(x, logits).Sum(), logits, createGraph: true);
        var second = Autograd.Grad(gradient.Sum(), logits).ToArray<double>();
        var l = logits.ToArray<double>();
        for (var i = 0; i < 3; i++)
        {
            var p = 1 / (1 + Math.Exp(-l[i]));
            Assert.Equal(-p * (1 - p), second[i], 1e-6);
        }
    }
}
