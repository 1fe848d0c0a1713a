using System.Buffers;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Likeness;

/// <summary>A rectangle of pixels.</summary>
internal readonly record struct PatchBox(int Left, int Top, int Width, int Height)
{
    /// <summary>Intersection as a share of the union.</summary>
    public double Overlap(PatchBox other)
    {
        var width = Math.Min(Left + Width, other.Left + other.Width) - Math.Max(Left, other.Left);
        var height = Math.Min(Top + Height, other.Top + other.Height) - Math.Max(Top, other.Top);
        var both = (double)Math.Max(0, width) * Math.Max(0, height);
        return both / ((Width * Height) + (other.Width * other.Height) - both);
    }
}

/// <summary>
/// Finds the key patches of images without being taught: boxes that hold many edges and cut few, after Zitnick and Dollár 2014 (Edge Boxes, equation 3).
/// There the contours that cross a box's border count nothing; here, where images are small and most contours are long, what lies on the border is
/// taken off. Of boxes that overlap much the best one stays. The same image gives the same boxes, and one without any edge gives boxes around its middle.
/// </summary>
internal sealed class KeyPatches
{
    // κ of equation 3: larger boxes have more edges in them by their size alone.
    private const double Kappa = 1.5;

    // Sides that are tried between the smallest and the largest.
    private const int Rungs = 3;

    // Boxes are this share of their shorter side apart.
    private const int Strides = 4;

    private readonly int _channels, _height, _width;
    private readonly KeyPatchOptions _options;

    // Every box that can be chosen, those near the middle first, and what its sum is divided by.
    private readonly PatchBox[] _candidates;
    private readonly double[] _sizes;

    /// <exception cref="UsageException">There are no such patches.</exception>
    public KeyPatches(int channels, int height, int width, KeyPatchOptions options)
    {
        OptionRanges.Check(options);
        options.Check();
        (_channels, _height, _width, _options) = (channels, height, width, options);
        _candidates = [.. Boxes().OrderBy(b => Math.Pow((2 * b.Left) + b.Width - width, 2) + Math.Pow((2 * b.Top) + b.Height - height, 2)).ThenByDescending(b => b.Width * b.Height)];
        _sizes = Array.ConvertAll(_candidates, b => Math.Pow(2 * (b.Width + b.Height), Kappa));
    }

    /// <summary>The key patches of an image [channels, height, width], the best first; as many as are asked for.</summary>
    public PatchBox[] Find(ReadOnlySpan<float> image)
    {
        var sums = Sums(Edges(image));
        var (scores, overlaps, found) = (new double[_candidates.Length], new double[_candidates.Length], new PatchBox[_options.Count]);
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = Gain(sums, _candidates[i]) / _sizes[i];
        }

        for (var k = 0; k < found.Length; k++)
        {
            var best = 0;
            for (var i = 1; i < scores.Length; i++)
            {
                // Where all overlap too much, those that do so least.
                var (a, b) = (Math.Max(0, overlaps[i] - _options.Overlap), Math.Max(0, overlaps[best] - _options.Overlap));
                if (a < b || (a == b && scores[i] > scores[best]))
                {
                    best = i;
                }
            }

            found[k] = _candidates[best];
            for (var i = 0; i < overlaps.Length; i++)
            {
                overlaps[i] = Math.Max(overlaps[i], found[k].Overlap(_candidates[i]));
            }
        }

        return found;
    }

    /// <summary>The key patches of images [n, channels, height, width], enlarged to their size, and where they were.</summary>
    public Puzzle Cut(Tensor x)
    {
        var (n, d, area) = ((int)x.shape[0], _channels * _height * _width, _height * _width);
        var values = x.to(torch.CPU).to(ScalarType.Float32).ToArray<float>();
        var (patches, mask) = (new float[n * _options.Count * d], new float[n * area]);
        InParallel.For(n, i =>
        {
            var image = values.AsSpan(i * d, d);
            foreach (var (k, box) in Find(image).Index())
            {
                Enlarge(image, box, patches.AsSpan(((i * _options.Count) + k) * d, d));
                for (var y = box.Top; y < box.Top + box.Height; y++)
                {
                    mask.AsSpan((i * area) + (y * _width) + box.Left, box.Width).Fill(1);
                }
            }
        }, TorchRuntime.Threads);
        return new(
            Tensor.From(patches, n, _options.Count, _channels, _height, _width).to(x.dtype).to(x.device),
            Tensor.From(mask, n, 1, _height, _width).to(x.dtype).to(x.device));
    }

    /// <summary>A part of an image [channels, height, width] at the image's size, interpolated between the centres of its own pixels.</summary>
    public void Enlarge(ReadOnlySpan<float> image, PatchBox box, Span<float> patch)
    {
        Span<(int First, int Second, float Share)> across = stackalloc (int, int, float)[_width];
        Taps(box.Width, across);
        Span<(int First, int Second, float Share)> down = stackalloc (int, int, float)[_height];
        Taps(box.Height, down);
        // First across, of the box's own rows only.
        var rows = ArrayPool<float>.Shared.Rent(box.Height * _width);
        for (var c = 0; c < _channels; c++)
        {
            for (var y = 0; y < box.Height; y++)
            {
                var from = image.Slice((((c * _height) + box.Top + y) * _width) + box.Left, box.Width);
                var to = rows.AsSpan(y * _width, _width);
                for (var x = 0; x < to.Length; x++)
                {
                    var (left, right, share) = across[x];
                    to[x] = from[left] + (share * (from[right] - from[left]));
                }
            }

            for (var y = 0; y < _height; y++)
            {
                var (above, below, share) = down[y];
                TensorPrimitives.Lerp(rows.AsSpan(above * _width, _width), rows.AsSpan(below * _width, _width), share, patch.Slice(((c * _height) + y) * _width, _width));
            }
        }

        ArrayPool<float>.Shared.Return(rows);
    }

    private static void Taps(int length, Span<(int First, int Second, float Share)> taps)
    {
        for (var i = 0; i < taps.Length; i++)
        {
            var at = Math.Clamp(((i + 0.5) * length / taps.Length) - 0.5, 0, length - 1);
            var first = (int)at;
            taps[i] = (first, Math.Min(first + 1, length - 1), (float)(at - first));
        }
    }

    // The edges inside, less those on the border.
    private double Gain(double[] sums, PatchBox b)
    {
        var inside = Sum(sums, b.Left, b.Top, b.Left + b.Width, b.Top + b.Height);
        var around = Sum(sums, Math.Max(0, b.Left - 1), Math.Max(0, b.Top - 1), Math.Min(_width, b.Left + b.Width + 1), Math.Min(_height, b.Top + b.Height + 1));
        var within = Sum(sums, b.Left + 1, b.Top + 1, b.Left + b.Width - 1, b.Top + b.Height - 1);
        return inside - (around - within);
    }

    // Length of the gradient at each pixel, of the channel where it is longest.
    private float[] Edges(ReadOnlySpan<float> image)
    {
        var edges = new float[_height * _width];
        for (var c = 0; c < _channels; c++)
        {
            var plane = image.Slice(c * _height * _width, _height * _width);
            for (var y = 0; y < _height; y++)
            {
                var (above, below) = (Math.Max(0, y - 1) * _width, Math.Min(_height - 1, y + 1) * _width);
                for (var x = 0; x < _width; x++)
                {
                    var across = plane[(y * _width) + Math.Min(_width - 1, x + 1)] - plane[(y * _width) + Math.Max(0, x - 1)];
                    var down = plane[below + x] - plane[above + x];
                    ref var edge = ref edges[(y * _width) + x];
                    edge = Math.Max(edge, MathF.Sqrt((across * across) + (down * down)));
                }
            }
        }

        return edges;
    }

    // Of everything above and to the left, [height + 1, width + 1].
    private double[] Sums(float[] edges)
    {
        var sums = new double[(_height + 1) * (_width + 1)];
        for (var y = 0; y < _height; y++)
        {
            var row = 0.0;
            for (var x = 0; x < _width; x++)
            {
                row += edges[(y * _width) + x];
                sums[((y + 1) * (_width + 1)) + x + 1] = sums[(y * (_width + 1)) + x + 1] + row;
            }
        }

        return sums;
    }

    private double Sum(double[] sums, int left, int top, int right, int bottom)
    {
        var (above, below) = (top * (_width + 1), bottom * (_width + 1));
        return right <= left || bottom <= top ? 0 : sums[below + right] - sums[below + left] - sums[above + right] + sums[above + left];
    }

    private IEnumerable<PatchBox> Boxes()
    {
        foreach (var height in Sides(_height))
        {
            foreach (var width in Sides(_width))
            {
                var stride = Math.Max(1, Math.Min(height, width) / Strides);
                for (var top = 0; top <= _height - height; top += stride)
                {
                    for (var left = 0; left <= _width - width; left += stride)
                    {
                        yield return new(left, top, width, height);
                    }
                }
            }
        }
    }

    // Each a constant factor longer than the one before.
    private IEnumerable<int> Sides(int whole) => Enumerable.Range(0, Rungs)
        .Select(r => Math.Clamp((int)Math.Round(whole * _options.Smallest * Math.Pow(_options.Largest / _options.Smallest, r / (Rungs - 1.0))), 1, whole)).Distinct();
}
