namespace Likeness.Torch.Tests;

/// <summary>Convolutions that can be differentiated twice, against libtorch's in double precision: the same sums in another order.</summary>
public sealed class ConvolutionFunctionTests
{
    private const double Rounding = 1e-11;

    public static TheoryData<double?> Slopes => [null, 0, 0.2];

    [Theory]
    [MemberData(nameof(Slopes))]
    public void A_convolution_and_its_two_gradients(double? slope)
    {
        using var scope = torch.NewDisposeScope();
        Tensor Rectified(Tensor y) => slope is { } s ? y.leaky_relu(s) : y;
        long[][] shapes = [[2, 4, 6, 5], [6, 2, 3, 3], [6]];
        Compare(shapes, i => ConvolutionFunction.Call(i[0], i[1], i[2], [1, 1], [2, 1], 2, slope), i => Rectified(torch.nn.functional.conv2d(i[0], i[1], i[2], [2, 1], [1, 1], groups: 2)));
        Compare(shapes[..2], i => ConvolutionFunction.Call(i[0], i[1], null, [0, 1], groups: 2, slope: slope), i => Rectified(torch.nn.functional.conv2d(i[0], i[1], null, padding: [0, 1], groups: 2)));
    }

    [Theory]
    [MemberData(nameof(Slopes))]
    public void A_transposed_convolution_and_its_two_gradients(double? slope)
    {
        using var scope = torch.NewDisposeScope();
        Tensor Rectified(Tensor y) => slope is { } s ? y.leaky_relu(s) : y;
        long[][] shapes = [[2, 3, 4, 5], [3, 2, 4, 4], [2]];
        Compare(shapes, i => ConvolutionFunction.Transposed(i[0], i[1], i[2], 2, 1, slope), i => Rectified(torch.nn.functional.conv_transpose2d(i[0], i[1], i[2], [2, 2], [1, 1])));
        Compare(shapes[..2], i => ConvolutionFunction.Transposed(i[0], i[1], null, 2, 1, slope), i => Rectified(torch.nn.functional.conv_transpose2d(i[0], i[1], null, [2, 2], [1, 1])));
    }

    [Fact]
    public void In_fp32_it_is_the_same_up_to_rounding_in_either_layout()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(4);
        var (x, w, b) = (rng.Normal(4, 16, 8, 8), rng.Normal(32, 16, 3, 3), rng.Normal(32));
        var exact = torch.nn.functional.conv2d(x.to(ScalarType.Float64), w.to(ScalarType.Float64), b.to(ScalarType.Float64), padding: [1, 1]).leaky_relu(0.2);
        foreach (var layout in new Func<Tensor, Tensor>[] { t => t.contiguous(), t => t.ChannelsLast() })
        {
            // Sums of 144 products of order one.
            Assert.True(ConvolutionFunction.Call(layout(x), w, b, [1, 1], slope: 0.2).sub(exact).abs().max().ToDouble() < 5e-5);
        }
    }

    [Theory]
    [InlineData(1, 4, 2, 1)]
    [InlineData(3, 4, 2, 1)]
    [InlineData(2, 5, 3, 0)] // pixels at the end that no patch sees
    [InlineData(3, 7, 1, 3)] // a kernel wider than what is left of the image at its edges
    public void The_gradient_of_an_image_with_few_channels_is_the_same_by_patches(int channels, int kernel, int stride, int padding)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(4);
        Tensor[] values = [rng.Normal(2, channels, 10, 8), rng.Normal(16, channels, kernel, kernel), rng.Normal(16)];
        Assert.True(ConvolutionGradients.ByPatches(values[1], 1));
        List<Tensor> Of(ScalarType type)
        {
            // A penalty too: the gradient by patches is itself differentiated.
            var inputs = Array.ConvertAll(values, v => v.to(type, copy: true).requires_grad_());
            var y = ConvolutionFunction.Call(inputs[0].ChannelsLast(), inputs[1], inputs[2], [padding, padding], [stride, stride], slope: 0.2);
            var first = Autograd.Grad([y.square().mean()], inputs, createGraph: true).Select(g => g!).ToArray();
            return [y.detach(), .. first, .. Autograd.Grad([first[0].square().sum()], inputs).Select(g => g!)];
        }

        Assert.All(Of(ScalarType.Float64).Zip(Of(ScalarType.Float32)), p =>
        {
            Assert.Equal(p.First.shape, p.Second.shape);
            Assert.InRange(p.First.sub(p.Second).abs().max().ToDouble(), 0, 1e-5 * Math.Max(1, p.First.abs().max().ToDouble()));
        });
    }

    [Theory]
    [InlineData(1, 4, 2, 1, 0)]
    [InlineData(3, 3, 2, 1, 1)]
    public void A_transposed_convolution_to_few_channels_is_the_same_by_patches(int channels, int kernel, int stride, int padding, int outputPadding)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(6);
        Tensor[] values = [rng.Normal(2, 16, 5, 4), rng.Normal(16, channels, kernel, kernel), rng.Normal(channels)];
        List<Tensor> Of(ScalarType type)
        {
            var inputs = Array.ConvertAll(values, v => v.to(type, copy: true).requires_grad_());
            var y = TransposedConvolution.Call(inputs[0].ChannelsLast(), inputs[1], inputs[2], [stride, stride], [padding, padding], [outputPadding, outputPadding], 1);
            return [y.detach(), .. Autograd.Grad([y.square().mean()], inputs).Select(g => g!)];
        }

        Assert.All(Of(ScalarType.Float64).Zip(Of(ScalarType.Float32)), p => Assert.InRange(p.First.sub(p.Second).abs().max().ToDouble(), 0, 1e-4));
    }

    [Fact]
    public void Only_gradients_that_are_asked_for_are_computed()
    {
        using var scope = torch.NewDisposeScope();
        var (x, w) = (new Rng(5).Normal(2, 2).requires_grad_(), new Rng(6).Normal(2, 2).requires_grad_());
        bool[]? asked = null;
        var y = Autograd.Custom([x, w], [x, w], () => x * w, (grad, saved, wanted) =>
        {
            asked = wanted;
            return [grad * saved[1], grad * saved[0]];
        });
        Autograd.Grad([y.sum()], [x], retainGraph: true);
        Assert.Equal([true, false], asked!);
        Autograd.Grad([y.sum()], [w, x]);
        Assert.Equal([true, true], asked!);
    }

    private static void Compare(long[][] shapes, Func<Tensor[], Tensor> ours, Func<Tensor[], Tensor> theirs)
    {
        var rng = new Rng(3);
        var inputs = Array.ConvertAll(shapes, s => rng.Normal(s).to(ScalarType.Float64));
        Assert.All(Derivatives(inputs, theirs).Zip(Derivatives(inputs, ours)), p =>
        {
            Assert.Equal(p.First.shape, p.Second.shape);
            Assert.True(p.First.sub(p.Second).abs().max().ToDouble() < Rounding);
        });
    }

    // The value, the gradients of a function of it, and the gradients of a penalty on those: all second derivatives take part.
    private static List<Tensor> Derivatives(Tensor[] values, Func<Tensor[], Tensor> f)
    {
        var inputs = Array.ConvertAll(values, v => v.to(v.dtype, copy: true).requires_grad_());
        var y = f(inputs);
        var first = Array.ConvertAll(Autograd.Grad([y.square().sum()], inputs, createGraph: true), g => g!);
        var penalty = first.Aggregate(torch.zeros([], ScalarType.Float64), (sum, g) => sum + g.square().sum().sqrt());
        return [y.detach(), .. first, .. Autograd.Grad([penalty], inputs).Select(g => g!)];
    }
}
