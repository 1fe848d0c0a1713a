namespace Likeness;

/// <summary>What anyone would do without a model: what every method is compared with.</summary>
internal static class Baselines
{
    public static IRestoringMethod Nearest(LinearMeasurement measurement) => new Filled("nearest", y => Nearest(measurement, y));

    /// <summary>Bicubic enlargement; null where nothing was made smaller.</summary>
    public static IRestoringMethod? Bicubic(LinearMeasurement measurement) => measurement.Output is not [var channels, var height, var width] || (height, width) == (measurement.Input[1], measurement.Input[2]) ? null
        : new Filled("bicubic", y =>
        {
            var large = torch.nn.functional.interpolate(y, [measurement.Input[1], measurement.Input[2]], mode: TorchSharp.torch.InterpolationMode.Bicubic, align_corners: false);
            return channels == measurement.Input[0] ? large : large.expand(-1, measurement.Input[0], -1, -1);
        });

    /// <summary>The image next to the mean of training images of which y is seen.</summary>
    public static IRestoringMethod Mean(LinearMeasurement measurement, Tensor mean) => new Filled("mean fill", y => measurement.Project(mean.to(y.device).expand(y.size(0), -1, -1, -1), y));

    private static Tensor Nearest(LinearMeasurement measurement, Tensor y)
    {
        if (measurement is not Mask mask)
        {
            return measurement.Picture(y, 0);
        }

        var places = Sources(mask);
        return mask.Invert(y).flatten(1).index_select(1, Tensor.From(places, places.Length).to(y.device)).reshape([y.size(0), .. measurement.Input.Select(d => (long)d)]);
    }

    // For each value the place of the nearest that is seen, by steps up, down, left and right.
    private static long[] Sources(Mask mask)
    {
        var (height, width) = (mask.Input[1], mask.Input[2]);
        var sources = Enumerable.Repeat(-1L, mask.Given.Count).ToArray();
        var queue = new Queue<int>(Enumerable.Range(0, sources.Length).Where(i => mask.Given[i]));
        foreach (var i in queue)
        {
            sources[i] = i;
        }

        while (queue.TryDequeue(out var i))
        {
            var (row, column) = (i / width % height, i % width);
            foreach (var next in (int[])[row > 0 ? i - width : i, row < height - 1 ? i + width : i, column > 0 ? i - 1 : i, column < width - 1 ? i + 1 : i])
            {
                if (sources[next] < 0)
                {
                    sources[next] = sources[i];
                    queue.Enqueue(next);
                }
            }
        }

        // A channel of which nothing is seen is left at nothing: the first place.
        return Array.ConvertAll(sources, s => Math.Max(s, 0));
    }

    private sealed class Filled(string name, Func<Tensor, Tensor> fill) : IRestoringMethod
    {
        public string Name => name;

        public bool IsRandom => false;

        public Tensor Restore(Tensor y, Rng rng, Action<double>? progress = null)
        {
            var x = fill(y);
            progress?.Invoke(1);
            return x;
        }
    }
}
