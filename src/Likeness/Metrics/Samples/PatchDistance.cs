namespace Likeness;

/// <summary>
/// The sliced Wasserstein distance of patches at each scale (Karras et al. 2018, section 5): 128 random 7×7 patches of each image's Laplacian pyramid, each
/// colour brought to mean 0 and deviation 1 over the set, projected on 512 random directions; the mean absolute difference of sorted projections.
/// No network is asked: it sees texture and sharpness, and nothing of what is where.
/// </summary>
public sealed class PatchDistance() : SampleMetric("patch-swd",
    "sliced Wasserstein distance between 7×7 patches of generated and real images, at each scale of a Laplacian pyramid")
{
    private const int Side = 7;
    private const int PatchesPerImage = 128;
    private const int Directions = 512;
    private const int DirectionsAtOnce = 32;
    private const int SmallestLevel = 16;

    // Bounds the memory: of both sets as many.
    private const int MostImages = 2048;

    public override string? Missing(Comparison samples) => samples.Spec.IsImage && Math.Min(samples.Spec.Height, samples.Spec.Width) >= Side ? null : $"it needs images of at least {Side}×{Side}: judge such";

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        var count = Math.Min(MostImages, Math.Min(samples.Generated.Count, samples.Real.Count));
        var scores = Compare(Name, samples.Generated);
        if (samples.Training is { } training && training.Count >= count)
        {
            // What a perfect sampler would get.
            scores.AddRange(Compare($"{Name}-of-training-data", training));
        }

        return scores;

        List<NamedScore> Compare(string name, ExampleSet examples)
        {
            var levels = Levels(samples.Spec);
            var (all, named) = (new List<double>(), new List<NamedScore>());
            Chain.Each(Enumerable.Range(0, levels), level =>
            {
                // The same places and directions for all that is compared.
                var places = new Rng(0).Fork($"places {level}");
                var distances = Distances(
                    Patches(Level(examples, level, levels), places), Patches(Level(samples.Real, level, levels), places), new Rng(0).Fork($"directions {level}"));
                all.AddRange(distances);
                named.Add(new($"{name}-{samples.Spec.Height >> level}", Mean(distances)));
            });

            return [new(name, Mean([.. all])), .. levels > 1 ? named : []];
        }

        // Karras et al. show the distance times a thousand. The standard error is over directions.
        Score Mean(double[] distances) => Score.Mean(distances, "‰ of a deviation", Evidence.Estimate).Times(1000, "‰ of a deviation") with { Count = count };

        Tensor Level(ExampleSet examples, int level, int levels) =>
            LaplacianPyramid.Of(Tensor.From(examples.First(count).Values, samples.Spec.BatchShape(count)), levels)[level];
    }

    /// <summary>Halvings down to a side of 16, as in the paper; of smaller images the whole is the only level.</summary>
    internal static int Levels(DataSpec spec)
    {
        var (h, w, levels) = (spec.Height, spec.Width, 1);
        for (; h % 2 == 0 && w % 2 == 0 && Math.Min(h, w) / 2 >= SmallestLevel; levels++)
        {
            (h, w) = (h / 2, w / 2);
        }

        return levels;
    }

    /// <summary>Random patches of images [n, c, h, w], each colour of mean 0 and deviation 1 over them all: [n·patches, c·49].</summary>
    internal static Tensor Patches(Tensor images, Rng rng)
    {
        var (n, c, h, w) = ((int)images.size(0), (int)images.size(1), (int)images.size(2), (int)images.size(3));
        var pixels = images.contiguous().ToArray<float>();
        var (tops, lefts) = (rng.Integers(0, h - Side + 1, n * PatchesPerImage).ToArray<long>(), rng.Integers(0, w - Side + 1, n * PatchesPerImage).ToArray<long>());
        var patches = new float[n * PatchesPerImage * c * Side * Side];
        for (int patch = 0, to = 0; patch < tops.Length; patch++)
        {
            for (var colour = 0; colour < c; colour++)
            {
                var from = (((((patch / PatchesPerImage * c) + colour) * h) + (int)tops[patch]) * w) + (int)lefts[patch];
                for (var row = 0; row < Side; row++, from += w, to += Side)
                {
                    pixels.AsSpan(from, Side).CopyTo(patches.AsSpan(to));
                }
            }
        }

        var all = Tensor.From(patches, tops.Length, c, Side * Side);
        var mean = all.mean([0, 2], keepdim: true);
        var deviation = (all - mean).square().mean([0, 2], keepdim: true).sqrt().clamp_min(1e-8);
        return ((all - mean) / deviation).flatten(1);
    }

    /// <summary>Of as many points on both sides [n, d], for each random direction the mean absolute difference of sorted projections.</summary>
    internal static double[] Distances(Tensor a, Tensor b, Rng rng)
    {
        var distances = new List<double>();
        Chain.Parts(Directions, DirectionsAtOnce, (_, _) =>
        {
            var directions = rng.Normal(a.size(1), DirectionsAtOnce);
            directions /= directions.square().sum([0], keepdim: true).sqrt();
            distances.AddRange((Sorted(a) - Sorted(b)).abs().mean([1]).ToArray<double>());

            Tensor Sorted(Tensor points) => points.matmul(directions).t().contiguous().sort().Values;
        });

        return [.. distances];
    }
}
