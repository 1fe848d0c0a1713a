namespace Likeness;

/// <summary>
/// MNIST binarized once and for all (Salakhutdinov and Murray 2008; the split of Larochelle and Murray 2011): the data behind
/// every published table of NADE, MADE and PixelRNN.
/// </summary>
internal static class BinarizedMnist
{
    private const string Address = "http://www.cs.toronto.edu/~larocheh/public/datasets/binarized_mnist/";
    private const int Pixels = 28 * 28;

    public static DatasetEntry Entry { get; } = new(
        "mnist-binarized",
        "MNIST with fixed binary pixels, 28×28, no labels: 50000 training, 10000 validation, 10000 test images.",
        "CC BY-SA 3.0",
        [Protocols.Fixed],
        Load)
    {
        Folders = ["binarized-mnist", "mnist-binarized", "binarized_mnist"],
        Files =
        [
            File("train", "ad693b29f94c14277b095f5238ddefbbdaaae0939789dd2f4f0205278cee3e4d"),
            File("valid", "1de3d397c40fe8eeb33dafd4099a1f665ec01e96d9be234aaeeac8a34930e2e2"),
            File("test", "e6687bfea3f820c174f33b7865140b2a2dd2930ef786f35d45795fc193b5ab2c"),
        ],
    };

    private static DataFile File(string part, string sha256) => new($"binarized_mnist_{part}.amat", new($"{Address}binarized_mnist_{part}.amat"), sha256);

    private static MemoryDataset Load(DataFiles files, DataOptions options)
    {
        var protocol = Protocols.Choose(options.Protocol, Protocols.Fixed);
        if (options.Size is not (null or 28))
        {
            throw new UsageException($"'mnist-binarized' has images of 28×28 binary pixels that cannot be scaled to {options.Size}: use 'mnist' with the protocol 'dynamic' or 'threshold'.");
        }

        var parts = new Part[3];
        // Unpacking and reading 110 MB of text takes most of a second: do the files side by side.
        InParallel.For(3, i => parts[i] = Read(files.Locate(files.Entry.Files[i].Name), i == 0 ? 50_000 : 10_000));
        return new(new("mnist-binarized", protocol, new([1, 28, 28], new Domain.Binary()), parts[0], parts[1], parts[2]));
    }

    private static Part Read(string path, int images)
    {
        var table = TextTable.Read(path);
        return BinaryTable.Part(table.Values, path, Pixels, images);
    }
}
