namespace Likeness;

/// <summary>Whole images from patches: patches in files, and patches that are cut out of examples.</summary>
public static class PatchPuzzle
{
    private const long LargestFile = 256L << 20;
    private const long MostPixels = 64L << 20;

    /// <summary>What makes a whole of patches.</summary>
    /// <exception cref="UsageException">The model cannot.</exception>
    public static IRestorer Restorer(Module model) => Capabilities.Require<IRestorer>(model);

    /// <summary>The patches in image files of any size, [1, patches, channels, height, width], each stretched to the size of an example.</summary>
    /// <param name="paths">The files, in any order.</param>
    /// <param name="restorer">Which says how many there have to be.</param>
    /// <param name="spec">What examples are.</param>
    /// <param name="protocol">How values came about of bytes.</param>
    /// <exception cref="UsageException">There are more or fewer than the model was trained with.</exception>
    /// <exception cref="DataException">A file is no readable image.</exception>
    public static Tensor Read(IReadOnlyList<string> paths, IRestorer restorer, DataSpec spec, string protocol)
    {
        if (paths.Count != restorer.PatchCount)
        {
            throw new UsageException($"The model makes a whole of {restorer.PatchCount} patches, and {paths.Count} {(paths.Count == 1 ? "was" : "were")} given: give {restorer.PatchCount}.");
        }

        var (_, coding) = Protocols.ForImages(protocol);
        var values = new float[paths.Count * spec.Dimensions];
        var bytes = new byte[spec.Dimensions];
        foreach (var (i, path) in paths.Index())
        {
            var image = Open(path);
            image = spec.Channels == 1 ? ImageScaling.Grey(image) : image;
            ImageScaling.Planes(ImageScaling.Stretch(image, spec.Width, spec.Height), spec.Channels, bytes);
            coding(bytes, (ulong)i, values.AsSpan(i * bytes.Length, bytes.Length));
        }

        return Tensor.From(values, [1, paths.Count, .. spec.Shape.Select(d => (long)d)]);
    }

    /// <summary>Cuts the patches of examples out and makes wholes of them; both in main memory.</summary>
    /// <param name="restorer">What knows patches.</param>
    /// <param name="x">Examples [n, channels, height, width], where the model is.</param>
    /// <param name="rng">Where that is drawn from which the patches leave open.</param>
    public static (Puzzle Puzzle, Restoration Whole) Solve(IRestorer restorer, Tensor x, Rng rng)
    {
        var puzzle = restorer.Cut(x);
        var whole = restorer.Restore(puzzle.Patches, rng);
        return (new(puzzle.Patches.to(torch.CPU), puzzle.Mask.to(torch.CPU)), new(whole.Image.to(torch.CPU), whole.Mask.to(torch.CPU)));
    }

    /// <summary>In each row the patches of an example, the mask that was made of them, the image that was made of them, and the example.</summary>
    /// <param name="originals">[n, channels, height, width].</param>
    /// <param name="puzzle">Their patches.</param>
    /// <param name="made">What was made of these.</param>
    /// <param name="spec">What they are.</param>
    public static Image Picture(Tensor originals, Puzzle puzzle, Restoration made, DataSpec spec)
    {
        return Chain.Value(() =>
        {
            var (n, count) = (originals.shape[0], puzzle.Patches.shape[1]);
            // Masks between the darkest and the brightest value.
            var (low, high) = spec.Domain.LevelCount is { } levels ? (0, levels - 1) : (originals.min().ToDouble(), originals.max().ToDouble());
            var mask = (made.Mask * (high - low) + low).expand(originals.shape);
            var rows = torch.cat([puzzle.Patches, mask.unsqueeze(1), made.Image.unsqueeze(1), originals.unsqueeze(1)], 1);
            var bytes = ((rows - low) * (high > low ? 255 / (high - low) : 0)).round().clamp(0, 255);
            return ImageGrid.Draw(bytes.reshape([n * (count + 3), .. originals.shape[1..]]), spec with { Domain = new Domain.Byte() }, (int)count + 3);
        });
    }

    private static Image Open(string path)
    {
        try
        {
            using var file = BoundedReader.Open(path, LargestFile);
            return ImageScaling.Opaque(ImageCodec.Decode(file.ReadToEnd(), 0, MostPixels));
        }
        catch (InvalidDataException e)
        {
            throw new DataException($"'{path}' is not a readable image ({e.Message.TrimEnd('.')}): give {ImageCodec.Formats}.", e);
        }
    }
}
