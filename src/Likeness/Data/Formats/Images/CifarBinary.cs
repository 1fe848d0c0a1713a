namespace Likeness;

/// <summary>
/// The binary version of CIFAR: records of one label byte (CIFAR-10; CIFAR-100 has two, of which the second is the fine
/// label) and a 32×32 image, red plane first.
/// </summary>
public static class CifarBinary
{
    private const int Pixels = 3 * 32 * 32;

    /// <summary>Reads a file of records.</summary>
    /// <param name="stream">The file's content, gzipped or not.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="labelBytes">1 for CIFAR-10, 2 for CIFAR-100.</param>
    /// <param name="limit">Most bytes that it may unpack to.</param>
    /// <returns>Images, bytes [n, 3, 32, 32], and their labels, bytes [n].</returns>
    /// <exception cref="DataException">The file ends inside a record, or is empty.</exception>
    public static (NumericArray Images, NumericArray Labels) Read(
        Stream stream, string name, int labelBytes = 1, long limit = BoundedReader.DefaultLimit)
    {
        using var file = new BoundedReader(stream, name, limit);
        var record = new byte[labelBytes + Pixels];
        var (images, labels) = (new List<byte>(), new List<byte>());
        while (file.Read(record) is var count and > 0)
        {
            if (count < record.Length)
            {
                throw file.Damaged($"it ends inside record {labels.Count}, and records have {record.Length} bytes");
            }

            labels.Add(record[labelBytes - 1]);
            images.AddRange(record.AsSpan(labelBytes));
        }

        return labels.Count > 0
            ? (new(images.ToArray(), [labels.Count, 3, 32, 32]), new(labels.ToArray(), [labels.Count]))
            : throw file.Damaged("it is empty");
    }
}
