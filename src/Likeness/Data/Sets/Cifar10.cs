using System.Formats.Tar;
using System.IO.Compression;

namespace Likeness;

/// <summary>CIFAR-10 (Krizhevsky 2009), 32×32 colour, in its binary version: the published archive or its unpacked files.</summary>
internal static class Cifar10
{
    private const string Archive = "cifar-10-binary.tar.gz";
    private const int ImagesPerFile = 10_000;

    private static readonly string[] Batches = [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin"), "test_batch.bin"];

    private static readonly string[] Classes =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    public static DatasetEntry Entry { get; } = new(
        "cifar10",
        "Photographs of animals and vehicles, 32×32 colour, 10 classes: 50000 training, 10000 test images, no validation split.",
        "for research",
        Protocols.OfImages,
        Load)
    {
        Folders = ["cifar10", "cifar-10-batches-bin", "cifar10/cifar-10-batches-bin"],
        Files =
        [
            new(Archive, new("https://www.cs.toronto.edu/~kriz/" + Archive), "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),
        ],
        Unpacked = Batches,
    };

    private static IDataset Load(DataFiles files, DataOptions options)
    {
        var unpacked = Batches.Select(files.Find).ToArray();
        var parts = unpacked.All(path => path is not null)
            ? [.. unpacked.Select(path => FromFile(path!))]
            : FromArchive(files.Locate(Archive));
        return ImageData.Dataset("cifar10", options, Classes, Joined(parts[..^1]), validation: null, parts[^1]);
    }

    private static ImageData FromFile(string path)
    {
        using var stream = Npz.OpenFile(path);
        return Read(stream, path);
    }

    private static ImageData[] FromArchive(string path)
    {
        var parts = new ImageData[Batches.Length];
        try
        {
            using var packed = Npz.OpenFile(path);
            using var tar = new TarReader(new GZipStream(packed, CompressionMode.Decompress));
            while (tar.GetNextEntry() is { } entry)
            {
                var part = Array.IndexOf(Batches, Path.GetFileName(entry.Name));
                if (part >= 0 && entry.DataStream is { } content)
                {
                    parts[part] = Read(content, $"{path}/{entry.Name}");
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException or FormatException)
        {
            throw new DataException($"'{path}' is a damaged archive ({e.Message.TrimEnd('.')}): get the file again.", e);
        }

        var missing = Array.FindIndex(parts, part => part is null);
        return missing < 0 ? parts : throw new DataException($"'{path}' lacks the file {Batches[missing]}: get the file again.");
    }

    private static ImageData Read(Stream stream, string name)
    {
        // One byte above the published size is enough to see that a file has another one.
        var (images, labels) = CifarBinary.Read(stream, name, limit: (ImagesPerFile * 3073) + 1);
        return images.Rows == ImagesPerFile
            ? new(images.Bytes!, [3, 32, 32], labels.ToLabels(name))
            : throw new DataException($"'{name}' has {images.Rows} images and the published file {ImagesPerFile}: get the file again.");
    }

    private static ImageData Joined(ImageData[] parts)
    {
        var pixels = new byte[parts.Sum(p => p.Pixels.Length)];
        for (int i = 0, at = 0; i < parts.Length; at += parts[i++].Pixels.Length)
        {
            parts[i].Pixels.CopyTo(pixels, at);
        }

        return new(pixels, parts[0].Shape, [.. parts.SelectMany(p => p.Labels!)]);
    }
}
