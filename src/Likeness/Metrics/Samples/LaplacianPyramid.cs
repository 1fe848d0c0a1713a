namespace Likeness;

/// <summary>
/// What an image has at each scale and its halved one has not (Burt and Adelson 1983): differences between an image and its half, doubled again, and at
/// last the smallest itself. Edges are mirrored, as in the reference code of Karras et al. (2018).
/// </summary>
public static class LaplacianPyramid
{
    // Rows 1 4 6 4 1, over 16: a Gaussian nearly.
    private static readonly double[] s_binomial = [1, 4, 6, 4, 1];

    /// <summary>The levels of images [n, channels, h, w], from the finest.</summary>
    /// <exception cref="ArgumentException">The sides do not halve so often.</exception>
    public static IReadOnlyList<Tensor> Of(Tensor images, int levels)
    {
        var pyramid = new List<Tensor> { images };
        while (pyramid.Count < levels)
        {
            var (h, w) = (pyramid[^1].size(2), pyramid[^1].size(3));
            if (h % 2 != 0 || w % 2 != 0 || Math.Min(h, w) < 6)
            {
                throw new ArgumentException($"An image of {images.size(2)}x{images.size(3)} has no {levels} levels: its sides halve evenly only {pyramid.Count - 1} times.", nameof(levels));
            }

            pyramid.Add(Filtered(pyramid[^1], 1, stride: 2));
            pyramid[^2] -= Filtered(Spread(pyramid[^1]), 4, stride: 1);
        }

        return pyramid;
    }

    // The mean of neighbours by the binomial weights, times a gain.
    private static Tensor Filtered(Tensor x, double gain, int stride)
    {
        var (n, c) = (x.size(0), x.size(1));
        var weights = s_binomial.SelectMany(a => s_binomial.Select(b => a * b * gain / 256)).ToArray();
        var filter = Tensor.From(weights, 1, 1, 5, 5).to(x.dtype);
        var y = torch.nn.functional.conv2d(torch.nn.functional.pad(x.reshape(n * c, 1, x.size(2), x.size(3)), [2, 2, 2, 2], PaddingModes.Reflect), filter, null, [stride, stride]);
        return y.reshape(n, c, y.size(2), y.size(3));
    }

    // Zeros between all values: [n, c, 2h, 2w].
    private static Tensor Spread(Tensor x)
    {
        var (h, w) = (x.size(2), x.size(3));
        var rows = torch.stack([x, x.zeros_like()], 4).reshape(x.size(0), x.size(1), h, 2 * w);
        return torch.stack([rows, rows.zeros_like()], 3).reshape(x.size(0), x.size(1), 2 * h, 2 * w);
    }
}
