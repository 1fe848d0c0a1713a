namespace Likeness;

/// <summary>
/// How simple an image is, by a code that knows no data. Simple images are likely under every density, so log p(x) alone
/// does not tell out-of-distribution examples from ordinary ones; log p(x) plus the length of this code does (Serrà et al. 2020).
/// </summary>
public static class Complexity
{
    // Left, and three above: what an adaptive coder of bilevel images looks at.
    private static readonly (int Down, int Right)[] s_neighbours = [(0, -1), (-1, -1), (-1, 0), (-1, 1)];

    /// <summary>The length of each image's code, in nats.</summary>
    /// <param name="x">Binary images are coded bit by bit from counts in the context of four neighbours, bytes as PNG files.</param>
    /// <param name="spec">What they are.</param>
    /// <exception cref="UsageException">The data is of another kind.</exception>
    public static double[] Nats(Tensor x, DataSpec spec)
    {
        if (!spec.IsImage || spec.Domain is not (Domain.Binary or Domain.Byte))
        {
            throw new UsageException($"The complexity of {spec} is not known: give binary or byte images.");
        }

        var values = x.ToArray<float>();
        return [.. Enumerable.Range(0, (int)x.shape[0]).Select(i =>
        {
            var image = values.AsSpan(i * spec.Dimensions, spec.Dimensions);
            return spec.Domain is Domain.Binary ? Bilevel(image, spec) : Png(image, spec);
        })];
    }

    // Krichevsky and Trofimov's estimate (1981) in each context: p(1) = (ones + 1/2) / (bits + 1).
    private static double Bilevel(ReadOnlySpan<float> image, DataSpec spec)
    {
        var nats = 0.0;
        Span<int> ones = stackalloc int[1 << s_neighbours.Length];
        Span<int> bits = stackalloc int[1 << s_neighbours.Length];
        for (var c = 0; c < spec.Channels; c++)
        {
            for (var y = 0; y < spec.Height; y++)
            {
                for (var x = 0; x < spec.Width; x++)
                {
                    var context = 0;
                    foreach (var (down, right) in s_neighbours)
                    {
                        context = (context << 1) | (At(image, c, y + down, x + right) ? 1 : 0);
                    }

                    var bit = At(image, c, y, x);
                    var one = (ones[context] + 0.5) / (bits[context] + 1);
                    nats -= Math.Log(bit ? one : 1 - one);
                    ones[context] += bit ? 1 : 0;
                    bits[context]++;
                }
            }
        }

        return nats;

        // Outside is 0.
        bool At(ReadOnlySpan<float> pixels, int c, int y, int x) =>
            y >= 0 && x >= 0 && x < spec.Width && pixels[(((c * spec.Height) + y) * spec.Width) + x] > 0.5f;
    }

    private static double Png(ReadOnlySpan<float> image, DataSpec spec)
    {
        var pixels = new byte[image.Length];
        var plane = spec.Height * spec.Width;
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)image[(i % spec.Channels * plane) + (i / spec.Channels)];
        }

        return ImageCodec.EncodePng(new(spec.Width, spec.Height, spec.Channels, pixels)).Length * 8 * Math.Log(2);
    }
}
