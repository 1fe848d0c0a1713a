namespace Likeness.Torch.Tests.Kernels;

public sealed class TanhTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(200_003)] // large enough for several threads
    public void Values_and_slopes_are_those_of_double_precision(int count)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(7);
        // From tiny to saturated.
        var x = (rng.Normal(count) * (rng.Normal(count) * 4).exp()).requires_grad_();
        var weights = rng.Normal(count);
        var y = TanhFunction.Call(x);
        var slope = Autograd.Grad([y], [x], [weights])[0]!.ToArray<float>();
        var (inputs, values, factors) = (x.ToArray<float>(), y.ToArray<float>(), weights.ToArray<float>());
        for (var i = 0; i < count; i++)
        {
            // Four units in the last place of the value; the slope 1 − y² loses those of 1.
            var exact = Math.Tanh(inputs[i]);
            Assert.True(Math.Abs(values[i] - exact) <= 5e-7 * Math.Abs(exact), $"tanh({inputs[i]:R}) is {exact:R}, not {values[i]:R}.");
            Assert.InRange(values[i], -1, 1);
            Assert.Equal(factors[i] * (1 - (exact * exact)), slope[i], 1e-6 * Math.Max(1, Math.Abs(factors[i])));
        }
    }

    [Fact]
    public void The_gradient_can_be_differentiated_again()
    {
        using var scope = torch.NewDisposeScope();
        double[] Second(ScalarType type)
        {
            var x = new Rng(3).Normal(2, 6).to(type).requires_grad_();
            var slope = Autograd.Grad(TanhFunction.Call(x).sum(), x, createGraph: true);
            return Autograd.Grad(slope.square().sum(), x).ToArray<double>();
        }

        Assert.All(Second(ScalarType.Float64).Zip(Second(ScalarType.Float32)), p => Assert.Equal(p.First, p.Second, 1e-6));
    }

    [Fact]
    public void Infinity_saturates_and_NaN_stays_NaN()
    {
        using var scope = torch.NewDisposeScope();
        var y = TanhFunction.Call(Tensor.From([float.PositiveInfinity, float.NegativeInfinity, float.NaN, 0], 4)).ToArray<float>();
        Assert.Equal(1, y[0], 5e-7);
        Assert.Equal(-1, y[1], 5e-7);
        Assert.True(float.IsNaN(y[2]));
        Assert.Equal(0, y[3]);
    }
}
