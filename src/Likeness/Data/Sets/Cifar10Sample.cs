namespace Likeness;

/// <summary>
/// A small part of CIFAR-10 for quick trials in colour. Its test images are training images of the whole set, so its scores are not those of CIFAR-10.
/// </summary>
internal static class Cifar10Sample
{
    private const string File = "cifar10_first4000.npy";
    private const int Training = 3600, Test = 400;

    public static DatasetEntry Entry { get; } = new(
        "cifar10-sample",
        "The first 4000 training images of CIFAR-10, 32×32 colour, no labels: 3600 to train on, 400 to test on, no validation split.",
        "for research",
        Protocols.OfImages,
        Load)
    {
        Files = [new(File, null, "96200bf15e4904e23dd086e380fd110e1f8e69044a0a875d4ba3f0332cec9f81")],
        Remedy = "it has no address of its own, so save the first 4000 images of CIFAR-10's data_batch_1 as a NumPy array of bytes [4000, 32, 32, 3] in a folder 'cifar10-sample' of LIKENESS_DATA",
    };

    private static IDataset Load(DataFiles files, DataOptions options)
    {
        var path = files.Locate(File);
        var array = Npy.Read(path);
        if (array.Bytes is not { } bytes || !array.Shape.SequenceEqual([Training + Test, 32, 32, 3]))
        {
            throw new DataException($"'{path}' has an array of {string.Join('x', array.Shape)}, and {Training + Test}x32x32x3 bytes are expected: save it again as numpy.uint8.");
        }

        var images = ImageData.Interleaved(bytes, array.Shape);
        return ImageData.Dataset(
            Entry.Name,
            options,
            [],
            images.Choose([.. Enumerable.Range(0, Training)]),
            validation: null,
            images.Choose([.. Enumerable.Range(Training, Test)]));
    }
}
