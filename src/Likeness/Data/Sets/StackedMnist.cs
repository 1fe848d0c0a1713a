namespace Likeness;

/// <summary>
/// Stacked MNIST (Metz et al. 2017; Srivastava et al. 2017): three random digits of MNIST as the red, green and blue of one image. Its 1000 equally
/// likely classes, 100·red + 10·green + blue, are modes that can be counted in what a model generates. Which digits an image has is a function of its
/// split and place alone.
/// </summary>
internal static class StackedMnist
{
    private const ulong Seed = 3;
    private const int Channels = 3;

    private static readonly string[] Classes = [.. Enumerable.Range(0, 1000).Select(c => $"{c:000}")];

    public static DatasetEntry Entry { get; } = new(
        "stacked-mnist",
        "Three MNIST digits as the colours of one image, 28×28, 1000 classes: 50000 training, 10000 validation, 10000 test images.",
        Mnist.Entry.Licence,
        Protocols.OfImages,
        Load)
    {
        Folders = Mnist.Entry.Folders,
        Files = Mnist.Entry.Files,
    };

    private static IDataset Load(DataFiles files, DataOptions options)
    {
        var (train, validation, test) = Mnist.Read("mnist", Mnist.Digits, files);
        return ImageData.Dataset(Entry.Name, options, Classes, Stack(train, 0), Stack(validation, 1), Stack(test, 2));
    }

    // Uniform over the classes: each colour's digit is drawn first, and then one of its pictures.
    private static ImageData Stack(ImageData digits, ulong split)
    {
        var (area, random) = (digits.Dimensions, new SplitMix64(SplitMix64.Key(Seed, split)));
        var pictures = Enumerable.Range(0, digits.Count).ToLookup(i => digits.Labels![i]);
        var ofDigit = Enumerable.Range(0, 10).Select(d => pictures[d].ToArray()).ToArray();
        var (pixels, labels) = (new byte[digits.Count * Channels * area], new int[digits.Count]);
        for (var plane = 0; plane < digits.Count * Channels; plane++)
        {
            var digit = random.Below(10);
            var picture = ofDigit[digit][random.Below(ofDigit[digit].Length)];
            digits.Pixels.AsSpan(picture * area, area).CopyTo(pixels.AsSpan(plane * area));
            labels[plane / Channels] = (labels[plane / Channels] * 10) + digit;
        }

        return new(pixels, [Channels, digits.Shape[1], digits.Shape[2]], labels);
    }
}
