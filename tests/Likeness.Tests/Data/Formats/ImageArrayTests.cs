using System.Formats.Tar;
using System.IO.Compression;

namespace Likeness.Tests.Data;

/// <summary>Arrays of bytes in the shape of images, from whatever file they come.</summary>
public sealed class ImageArrayTests
{
    [Fact]
    public void Interleaved_colours_become_planes()
    {
        // One image of 5×5 pixels, [n, height, width, channels].
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x.npy"], Npy("(1, 5, 5, 3)", [.. Enumerable.Range(1, 75).Select(i => (byte)i)]));
        var data = DatasetCatalog.Open(folder["x.npy"]).As<Batch>();
        var split = Enum.GetValues<Split>().Single(s => data.Count(s) > 0);
        Assert.Equal("3x5x5 byte", data.Spec.ToString());
        Assert.Equal([1f, 4f, 7f], data.Read(split, 1).Single().X.ToArray<float>()[..3]);
    }

    [SkippableFact]
    public void The_sample_of_cifar_is_a_set_of_images()
    {
        var data = DatasetCatalog.Open(RealData.RequireFile("cifar10-sample/cifar10_first4000.npy")).As<Batch>();
        Assert.Equal("3x32x32 byte", data.Spec.ToString());
        Assert.Equal(4000, Enum.GetValues<Split>().Sum(data.Count));
    }

    [Fact]
    public void Idx_images_find_the_labels_beside_them()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["my-images-idx3-ubyte"], [0, 0, 8, 3, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, .. Enumerable.Range(0, 40).Select(i => (byte)i)]);
        File.WriteAllBytes(folder["my-labels-idx1-ubyte"], [0, 0, 8, 1, 0, 0, 0, 40, .. Enumerable.Range(0, 40).Select(i => (byte)(i % 3))]);
        var data = DatasetCatalog.Open(folder["my-images-idx3-ubyte"]);
        var batch = data.As<LabelledBatch>().Read(Split.Train, 40).Single();
        Assert.Equal(("1x1x1 byte", 3), (data.Spec.ToString(), data.Spec.Classes));
        Assert.Equal(batch.X.ToArray<float>().Select(v => (long)v % 3), batch.Labels.ToArray<long>());
    }

    [Fact]
    public void Shrinking_averages_and_growing_interpolates()
    {
        // The filter reaches two pixels: 0, 0 and 200 weigh 3/7, 3/7 and 1/7 in the left half, and the right half mirrors it.
        var half = ImageScaling.Square(new(4, 4, 1, [.. Enumerable.Repeat(new byte[] { 0, 0, 200, 200 }, 4).SelectMany(r => r)]), 2);
        Assert.Equal([29, 171, 29, 171], half.Pixels);
        var twice = ImageScaling.Square(new(2, 2, 1, [0, 200, 0, 200]), 4);
        Assert.Equal([0, 50, 150, 200], twice.Pixels[..4]);
        Assert.Equal(ImageScaling.Square(new(9, 3, 1, [.. Enumerable.Range(0, 27).Select(i => (byte)(i % 9))]), 3).Pixels, [3, 4, 5, 3, 4, 5, 3, 4, 5]);
    }

    [Fact]
    [Trait("Category", "Long")]
    public void Cifar_is_read_from_its_archive_and_from_its_unpacked_files()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["cifar-10-batches-bin"]);
        string[] names = [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin"), "test_batch.bin"];
        for (var i = 0; i < names.Length; i++)
        {
            var records = new byte[10_000 * 3073];
            (records[0], records[1]) = ((byte)i, (byte)(100 + i));
            File.WriteAllBytes(folder[$"cifar-10-batches-bin/{names[i]}"], records);
        }

        Check(DatasetCatalog.Open("cifar10", new(folder.Path)));

        Directory.CreateDirectory(folder["cifar10"]);
        using (var packed = new GZipStream(File.Create(folder["cifar10/cifar-10-binary.tar.gz"]), CompressionLevel.Fastest))
        {
            TarFile.CreateFromDirectory(folder["cifar-10-batches-bin"], packed, includeBaseDirectory: true);
        }

        Directory.Delete(folder["cifar-10-batches-bin"], recursive: true);
        Check(DatasetCatalog.Open("cifar10", new(folder.Path)));

        static void Check(IDataset data)
        {
            Assert.Equal((50_000, 0, 10_000), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));
            var test = data.As<LabelledBatch>().Read(Split.Test, 1, limit: 1).Single();
            Assert.Equal((5, 105f), (test.Labels.ToArray<long>()[0], test.X.ToArray<float>()[0]));
            var train = data.As<LabelledBatch>().Read(Split.Train, 10_000).Select(b => b.Labels.ToArray<long>()[0]);
            Assert.Equal([0, 1, 2, 3, 4], train);
        }
    }

    private static byte[] Npy(string shape, byte[] values)
    {
        var header = $"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header), .. values];
    }
}
