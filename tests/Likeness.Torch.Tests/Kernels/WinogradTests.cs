using Likeness.Torch.Kernels;

namespace Likeness.Torch.Tests.Kernels;

/// <summary>Convolutions by Winograd's algorithm equal libtorch's in double precision, and so do their gradients and the gradients of those.</summary>
public sealed class WinogradTests
{
    [Theory]
    [InlineData(2, 8, 8, 32, 32, 1, true)]
    [InlineData(3, 7, 5, 32, 48, 1, true)]    // tiles beyond the edges, and outputs that fill vectors of eight only
    [InlineData(2, 6, 7, 48, 32, 0, true)]
    [InlineData(1, 5, 4, 64, 32, 2, false)]
    [InlineData(5, 9, 11, 32, 96, 1, false)]  // more tiles than are done together, the last of them few
    [InlineData(2, 1, 1, 32, 32, 1, true)]
    [InlineData(1, 3, 3, 32, 32, 0, true)]
    [InlineData(1, 2, 1, 32, 64, 2, false)]
    public void The_convolution_its_gradients_and_theirs_equal_those_in_double_precision(int count, int height, int width, int inputs, int outputs, int padding, bool hasBias)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(7);
        Tensor[] values = [rng.Normal(count, inputs, height, width), rng.Normal(outputs, inputs, 3, 3) / Math.Sqrt(9 * inputs), .. hasBias ? [rng.Normal(outputs)] : Array.Empty<Tensor>()];
        Assert.True(WinogradConvolution.Fits(values[0].ChannelsLast(), values[1], [1, 1], [padding, padding], 1));
        Assert.False(WinogradConvolution.Fits(values[0].to(ScalarType.Float64).ChannelsLast(), values[1].to(ScalarType.Float64), [1, 1], [padding, padding], 1));
        List<Tensor> Of(ScalarType type)
        {
            var inputs = Array.ConvertAll(values, v => v.to(type, copy: true).requires_grad_());
            var y = ConvolutionFunction.Call(inputs[0].ChannelsLast(), inputs[1], inputs.ElementAtOrDefault(2), [padding, padding]);
            var first = Autograd.Grad([y.pow(3).mean()], inputs, createGraph: true).Select(g => g!).ToArray();
            return [y.detach(), .. first, .. Autograd.Grad([first[0].square().sum() + first[1].square().sum()], inputs).Select(g => g!)];
        }

        Assert.All(Of(ScalarType.Float64).Zip(Of(ScalarType.Float32)), p =>
        {
            Assert.Equal(p.First.shape, p.Second.shape);

            // fp32: sums of up to a thousand products of order one, of which the transforms make a few times as large ones.
            Assert.InRange(p.First.sub(p.Second).abs().max().ToDouble(), 0, 2e-5 * Math.Max(1, p.First.abs().max().ToDouble()));
        });
    }

    [Fact]
    public void An_example_does_not_depend_on_the_others_nor_on_the_threads()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var weight = new Rng(1).Normal(64, 32, 3, 3);
        Tensor Convolved(Tensor images) => ConvolutionFunction.Call(images, weight, null, [1, 1]);
        var x = new Rng(2).Normal(9, 32, 14, 14).ChannelsLast();
        var (threads, y) = (TorchRuntime.Threads, Convolved(x));
        Assert.True(y.IsChannelsLast());
        try
        {
            TorchRuntime.Threads = threads == 1 ? 2 : 1;
            Assert.True(Convolved(x).eq(y).all().ToBoolean());
            Assert.True(Convolved(x.narrow(0, 3, 4)).eq(y.narrow(0, 3, 4)).all().ToBoolean());
        }
        finally
        {
            TorchRuntime.Threads = threads;
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public unsafe void Vectors_of_every_width_give_the_same_up_to_rounding(int most)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(9);
        var (x, w, dy) = (rng.Normal(3, 6, 5, 32), rng.Normal(64, 32, 3, 3), rng.Normal(3, 6, 5, 64));
        var (y, dx, dw) = (torch.empty_like(dy), torch.empty_like(x), torch.empty_like(w));
        WinogradKernel.Forward(new(3, 6, 5, 32, 64, 1, most), x.Floats(), w.Floats(), 32 * 9, 9, false, null, y.Floats(), 1);
        WinogradKernel.Forward(new(3, 6, 5, 64, 32, 1, most), dy.Floats(), w.Floats(), 9, 32 * 9, true, null, dx.Floats(), 1);
        WinogradKernel.ToKernels(new(3, 6, 5, 32, 64, 1, most), x.Floats(), dy.Floats(), dw.Floats(), 1);

        Tensor Exact(Tensor t) => t.to(ScalarType.Float64);
        var (images, kernels) = (Exact(x).permute(0, 3, 1, 2).requires_grad_(), Exact(w).requires_grad_());
        var exact = torch.nn.functional.conv2d(images, kernels, padding: [1, 1]);
        var slopes = Autograd.Grad([exact], [images, kernels], [Exact(dy).permute(0, 3, 1, 2)]);

        // Sums of 288 and 576 products of order one.
        Assert.All(new[] { (y.permute(0, 3, 1, 2), exact), (dx.permute(0, 3, 1, 2), slopes[0]!), (dw, slopes[1]!) }, p => Assert.InRange(p.Item1.sub(p.Item2).abs().max().ToDouble(), 0, 2e-4));
    }

    [Fact]
    public void What_does_not_fit_is_left_to_libtorch()
    {
        using var scope = torch.NewDisposeScope();
        var (x, w) = (torch.zeros([1, 32, 8, 8]).ChannelsLast(), torch.zeros([32, 32, 3, 3]));
        bool Fits(Tensor x, Tensor w, long stride = 1, long padding = 1, long groups = 1) => WinogradConvolution.Fits(x, w, [stride, stride], [padding, padding], groups);
        Assert.True(Fits(x, w));
        Assert.False(Fits(x.contiguous(), w));
        Assert.False(Fits(x, w, stride: 2));
        Assert.False(Fits(x, w, padding: 3));
        Assert.False(Fits(x, w, groups: 2));
        Assert.False(Fits(x, torch.zeros([32, 32, 1, 1])));
        Assert.False(Fits(x, torch.zeros([40, 32, 3, 3])));
        Assert.False(Fits(torch.zeros([0, 32, 8, 8]), w));
        var error = Assert.Throws<ArgumentException>(() => ConvolutionFunction.Call(torch.zeros([1, 32, 2, 5]).ChannelsLast(), w, null, [0, 0]));
        Assert.StartsWith("Images of 2 by 5 pixels are smaller than a kernel of three by three", error.Message, StringComparison.Ordinal);
    }
}
