namespace Likeness.Torch.Tests.Kernels;

/// <summary>A causal convolution, pixel by pixel, equals the one over the whole image.</summary>
public sealed class PixelKernelTests
{
    [Theory]
    [InlineData(8, 3, 5, 16, 16, 2, 3, true, false)]
    [InlineData(5, 2, 4, 32, 16, 1, 1, true, true)]
    [InlineData(1, 3, 6, 1, 32, 4, 7, false, false)]
    [InlineData(3, 3, 2, 3, 5, 4, 7, false, true)]
    [InlineData(7, 2, 3, 20, 33, 1, 3, true, true)]
    [InlineData(6, 2, 2, 300, 500, 1, 1, true, true)] // weights that leave the cache
    [InlineData(64, 2, 2, 256, 96, 1, 1, true, false)] // worth a second thread
    public void Pixel_by_pixel_equals_the_whole_image(int count, int height, int width, int inputs, int outputs, int rows, int columns, bool rectify, bool adds)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(3);
        var x = rng.Normal(count, height, width, inputs);
        var weight = rng.Normal(outputs, inputs, rows, columns) / Math.Sqrt(inputs * rows * columns);
        var open = torch.ones([1, 1, rows, columns], ScalarType.Float32);
        open.AsSpan<float>()[(((rows - 1) * columns) + (columns / 2) + 1)..].Clear();
        var (bias, plus) = (rng.Normal(outputs), adds ? rng.Normal(count, height, width, outputs) : null);
        weight *= open;

        double Difference(ScalarType type)
        {
            var expected = CausalConvolutionFunction.Call(x.to(ScalarType.Float64), weight.to(ScalarType.Float64), bias.to(ScalarType.Float64), rectify, plus?.to(ScalarType.Float64));
            var (panel, padded) = (PixelFunction.Panel(weight.to(type).flatten(2).transpose(1, 2)), PixelFunction.Padded(bias.to(type)));
            var seen = PixelFunction.Seen(rows, width + columns - 1, count, inputs, panel);
            var worst = 0.0;
            for (var i = 0; i < height * width; i++)
            {
                if (i > 0 && i % width == 0)
                {
                    for (var r = 1; r < rows; r++) seen.select(0, r - 1).copy_(seen.select(0, r));
                    seen.select(0, rows - 1).fill_(0);
                }

                // In two parts, as the features of two colours.
                var (pixel, half) = (x.select(1, i / width).select(1, i % width).to(type), inputs / 2);
                PixelFunction.Write(seen, rows - 1, (i % width) + (columns / 2), half, pixel.narrow(1, half, inputs - half), rectify);
                if (half > 0) PixelFunction.Write(seen, rows - 1, (i % width) + (columns / 2), 0, pixel.narrow(1, 0, half), rectify);
                var y = PixelFunction.Read(seen, i % width, columns, count, panel, padded, outputs, plus?.select(1, i / width).select(1, i % width).to(type));
                worst = Math.Max(worst, (y.to(ScalarType.Float64) - expected.select(1, i / width).select(1, i % width)).abs().max().ToDouble());
            }

            return worst;
        }

        // fp32: sums of some hundred products of order one. The twin in double precision is exact.
        Assert.True(Difference(ScalarType.Float32) < 5e-6);
        Assert.True(Difference(ScalarType.Float64) < 1e-12);
    }

    [Fact]
    public void Rectifying_keeps_what_is_no_number()
    {
        using var scope = torch.NewDisposeScope();
        var seen = PixelFunction.Seen(1, 1, 2, 9, torch.empty([0], ScalarType.Float32));
        PixelFunction.Write(seen, 0, 0, 0, torch.full([2, 9], float.NaN), rectify: true);
        Assert.All(seen.narrow(2, 0, 2).ToArray<float>(), v => Assert.True(float.IsNaN(v)));
    }
}
