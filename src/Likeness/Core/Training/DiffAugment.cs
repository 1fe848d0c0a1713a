namespace Likeness;

/// <summary>
/// Differentiable augmentation T (Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training", equations 2 and 3): whatever a critic sees, real or
/// generated, in its own turn and in the generator's, is changed at random first, and gradients go through the change to the generator. With few
/// images the critic can then not learn them by heart, and the generator does not learn the changes.
/// </summary>
/// <param name="Name">The name in options: the kinds of change, joined by +.</param>
/// <param name="Changes">What is done to images [n, channels, height, width] in −1 … 1, in this order.</param>
[JsonConverter(typeof(DiffAugmentChoice))]
public sealed record DiffAugment(string Name, params IReadOnlyList<Func<Tensor, Rng, Tensor>> Changes)
{
    public static DiffAugment None { get; } = new("none");

    /// <summary>Brightness, saturation and contrast.</summary>
    public static DiffAugment Colour { get; } = new("colour", Brightness, Saturation, Contrast);

    /// <summary>Shifted by up to an eighth of the size, with middle grey where nothing was.</summary>
    public static DiffAugment Translation { get; } = new("translation", Shifted);

    /// <summary>With a square of half the size in middle grey.</summary>
    public static DiffAugment Cutout { get; } = new("cutout", WithHole);

    /// <summary>Whether anything is changed.</summary>
    public bool Any => Changes.Count > 0;

    /// <summary>T(x): each image is changed by draws of its own.</summary>
    public Tensor Of(Tensor x, Rng rng) => Changes.Aggregate(x, (changed, change) => change(changed, rng));

    public override string ToString() => Name;

    internal static DiffAugment Join(params IReadOnlyList<DiffAugment> parts) => new(string.Join('+', parts.Select(p => p.Name)), [.. parts.SelectMany(p => p.Changes)]);

    /// <summary>Complains where there is something to change and the data are no images.</summary>
    internal void Check(DataSpec spec)
    {
        if (Any && !spec.IsImage)
        {
            throw new UsageException($"Data of {spec} cannot be augmented by '{Name}', which is for images: leave augment at 'none'.");
        }
    }

    // U(−½, ½) is added to all of an image.
    private static Tensor Brightness(Tensor x, Rng rng) => x + (Uniform(x, rng) - 0.5);

    // Colours move from their mean, or to it, by U(0, 2); grey images have none.
    private static Tensor Saturation(Tensor x, Rng rng)
    {
        var grey = x.mean([1], keepdim: true);
        return (x - grey) * (Uniform(x, rng) * 2) + grey;
    }

    // All values move from the image's mean, or to it, by U(½, 1½).
    private static Tensor Contrast(Tensor x, Rng rng)
    {
        var mean = x.mean([1, 2, 3], keepdim: true);
        return (x - mean) * (Uniform(x, rng) + 0.5) + mean;
    }

    private static Tensor Shifted(Tensor x, Rng rng)
    {
        var (n, height, width) = (x.size(0), x.size(2), x.size(3));
        var (down, across) = (Below(Steps(height), n, rng), Below(Steps(width), n, rng));
        // Row and column of the padded image that come to each place; what is further out is the padding.
        var rows = (torch.arange(height, device: x.device).view(1, -1, 1) + down + 1).clamp(0, height + 1);
        var columns = (torch.arange(width, device: x.device).view(1, 1, -1) + across + 1).clamp(0, width + 1);
        var places = (rows * (width + 2) + columns).view(n, 1, height * width).expand(n, x.size(1), height * width);
        return torch.nn.functional.pad(x, [1, 1, 1, 1]).flatten(2).gather(2, places).view(x.shape);

        // −s … s steps, s an eighth of the side, rounded.
        static (long Least, long Count) Steps(long side) => (-((side + 4) / 8), (2 * ((side + 4) / 8)) + 1);

        static Tensor Below((long Least, long Count) steps, long n, Rng rng) => (rng.Uniform(n, 1, 1) * steps.Count).floor().to(ScalarType.Int64).clamp(0, steps.Count - 1) + steps.Least;
    }

    private static Tensor WithHole(Tensor x, Rng rng)
    {
        var (n, height, width) = (x.size(0), x.size(2), x.size(3));
        var outside = Outside(height).logical_or(Outside(width).transpose(1, 2)); // [n, height, width]
        return x * outside.unsqueeze(1).to(x.dtype);

        // Where along one side, as a column, the square is not: half of the side long, and its middle anywhere.
        Tensor Outside(long side)
        {
            var length = (side + 1) / 2;
            var first = (rng.Uniform(n, 1, 1) * (side + 1 - (length % 2))).floor() - (length / 2);
            var at = torch.arange(side, device: x.device).view(1, -1, 1);
            return (at < first).logical_or(at >= first + length);
        }
    }

    private static Tensor Uniform(Tensor x, Rng rng) => rng.Uniform(x.size(0), 1, 1, 1).to(x.dtype);
}

internal sealed class DiffAugmentChoice() : NamedChoice<DiffAugment>("augmentation", a => a.Name,
    DiffAugment.None, DiffAugment.Translation, DiffAugment.Cutout, DiffAugment.Colour, DiffAugment.Join(DiffAugment.Translation, DiffAugment.Cutout),
    DiffAugment.Join(DiffAugment.Colour, DiffAugment.Translation), DiffAugment.Join(DiffAugment.Colour, DiffAugment.Cutout),
    DiffAugment.Join(DiffAugment.Colour, DiffAugment.Translation, DiffAugment.Cutout));
