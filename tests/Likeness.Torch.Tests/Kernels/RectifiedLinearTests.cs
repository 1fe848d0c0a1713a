namespace Likeness.Torch.Tests.Kernels;

/// <summary>Product, bias and leaky rectifier in one, and the gradients of it and of its gradient, against libtorch's operators in double precision.</summary>
public sealed class RectifiedLinearTests
{
    [Theory]
    [InlineData(3, 5, 7, 0.2, true)]
    [InlineData(6, 4, 16, 0, true)]
    [InlineData(2, 9, 150, 0.2, false)]
    [InlineData(500, 20, 100, 0.01, true)] // large enough for several threads, and rows that are no multiple of them
    [InlineData(512, 64, 64, 1, true)]
    public void Values_and_gradients_are_those_of_libtorch_in_double_precision(int rows, int inputs, int outputs, double slope, bool hasBias)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(7);
        Tensor[] leaves = [rng.Normal(rows, inputs), rng.Normal(outputs, inputs), .. hasBias ? [rng.Normal(outputs)] : Array.Empty<Tensor>()];
        var weights = rng.Normal(rows, outputs);
        var fused = Gradients(leaves, ScalarType.Float32, weights, (x, w, b) => RectifiedLinearFunction.Call(x, w, b, slope));
        var exact = Gradients(leaves, ScalarType.Float64, weights, (x, w, b) => torch.nn.functional.linear(x, w, b).leaky_relu(slope));

        // Sums of up to 512 products of order one, in fp32; a rectifier's input whose sign differs would be off by its own size, which is rounding too.
        Assert.All(exact.Zip(fused), p => Assert.InRange(Numbers.Error(p.First, Array.ConvertAll(p.Second, v => (float)v)), 0, 2e-6));
    }

    [Fact]
    public void A_penalty_on_the_slope_has_libtorchs_gradient()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(8);
        Tensor[] leaves = [rng.Normal(40, 6), rng.Normal(33, 6), rng.Normal(33), rng.Normal(20, 33), rng.Normal(20)];
        Tensor[] Penalised(ScalarType type, Func<Tensor, Tensor, Tensor, Tensor> layer)
        {
            var own = Array.ConvertAll(leaves, l => l.to(type, copy: true).requires_grad_());
            var y = layer(layer(own[0], own[1], own[2]), own[3], own[4]);
            var slope = Autograd.Grad(y.sum(), own[0], createGraph: true);
            return [.. Autograd.Grad([(slope.square().sum([1]).sqrt() - 1).square().mean() + y.mean()], own.AsSpan(1)).Select(g => g!)];
        }

        var fused = Penalised(ScalarType.Float32, (x, w, b) => RectifiedLinearFunction.Call(x, w, b, 0.2));
        var twin = Penalised(ScalarType.Float64, (x, w, b) => RectifiedLinearFunction.Call(x, w, b, 0.2));
        var exact = Penalised(ScalarType.Float64, (x, w, b) => torch.nn.functional.linear(x, w, b).leaky_relu(0.2));
        Assert.All(exact.Zip(twin), p => Assert.True(p.First.sub(p.Second).abs().max().ToDouble() < 1e-12));
        Assert.All(exact.Zip(fused), p => Assert.InRange(Numbers.Error(p.First.ToArray<double>(), p.Second.ToArray<float>()), 0, 5e-6));
    }

    [Fact]
    public void Further_dimensions_stay_and_a_single_row_too()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(9);
        var (x, w, b) = (rng.Normal(2, 3, 4), rng.Normal(5, 4), rng.Normal(5));
        var y = RectifiedLinearFunction.Call(x, w, b, 0.2);
        Assert.Equal([2, 3, 5], y.shape);
        Assert.True(y.sub(torch.nn.functional.linear(x, w, b).leaky_relu(0.2)).abs().max().ToDouble() < 1e-6);
        Assert.Equal([5], RectifiedLinearFunction.Call(x.select(0, 0).select(0, 0), w, b, 0.2).shape);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void Infinity_passes_and_NaN_stays_NaN(double slope)
    {
        using var scope = torch.NewDisposeScope();
        var x = Tensor.From([float.PositiveInfinity, float.NegativeInfinity, float.NaN], 3, 1);
        var y = RectifiedLinearFunction.Call(x, torch.ones([17, 1]), torch.zeros([17]), slope).ToArray<float>();
        Assert.All(y[..17], v => Assert.Equal(float.PositiveInfinity, v));
        Assert.All(y[17..34], v => Assert.Equal(slope == 0 ? 0 : float.NegativeInfinity, v));
        Assert.All(y[34..], v => Assert.True(float.IsNaN(v)));
    }

    [Fact]
    public void The_gradient_of_a_rectifiers_gradient_does_not_reach_its_input()
    {
        using var scope = torch.NewDisposeScope();
        var x = new Rng(1).Normal(4, 4).requires_grad_();
        var g = new Rng(2).Normal(4, 4).requires_grad_();
        var slope = Autograd.Grad([RectifierFunction.Call(x, 0.2)], [x], [g], createGraph: true)[0]!;
        var second = Autograd.Grad([slope.sum()], [x, g], allowUnused: true);
        Assert.Null(second[0]);
        Assert.Equal(x.gt(0).to(ScalarType.Float32).mul(0.8).add(0.2).ToArray<float>(), second[1]!.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    private static double[][] Gradients(Tensor[] leaves, ScalarType type, Tensor weights, Func<Tensor, Tensor, Tensor?, Tensor> layer)
    {
        var own = Array.ConvertAll(leaves, l => l.to(type, copy: true).requires_grad_());
        var y = layer(own[0], own[1], own.Length > 2 ? own[2] : null);
        return [y.ToArray<double>(), .. Autograd.Grad([y], own, [weights.to(type)]).Select(g => g!.ToArray<double>())];
    }
}
