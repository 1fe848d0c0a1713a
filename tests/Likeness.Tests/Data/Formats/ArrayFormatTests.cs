using System.IO.Compression;

namespace Likeness.Tests.Data;

public sealed class ArrayFormatTests
{
    [Fact]
    public void Npy_of_every_kind_reads_as_numpy_wrote_it()
    {
        var doubles = Npy(NumpyFiles.DoublesInFortranOrder);
        Assert.Equal([2, 3], doubles.Shape);
        Assert.Equal([0f, 0.25f, 0.5f, 0.75f, 1f, 1.25f], doubles.ToSingles("x"));

        var bytes = Npy(NumpyFiles.Bytes);
        Assert.Equal([2, 3, 4], bytes.Shape);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (byte)i), bytes.Bytes);

        Assert.Equal([3f, -1f, 7f], Npy(NumpyFiles.Longs).ToSingles("x"));
        Assert.Equal([0.5f, -2f], Npy(NumpyFiles.Halves).ToSingles("x"));
        Assert.Equal([1f, 0f], Npy(NumpyFiles.Booleans).ToSingles("x"));
        Assert.Equal([1.5f], Npy(NumpyFiles.SecondVersion).ToSingles("x"));
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (float)i), Npy(NumpyFiles.ShortsInFortranOrder).ToSingles("x"));
    }

    [Fact]
    public void Npy_refuses_pickles_records_and_foreign_byte_orders()
    {
        Assert.Contains("type '|O'", Assert.Throws<DataException>(() => Npy(NumpyFiles.Objects)).Message, StringComparison.Ordinal);
        Assert.Contains("type '>f4'", Assert.Throws<DataException>(() => Npy(NumpyFiles.BigEndian)).Message, StringComparison.Ordinal);
        Assert.Contains("records", Assert.Throws<DataException>(() => Npy(NumpyFiles.Records)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Npz_keeps_names_and_order()
    {
        var arrays = Npz.Read(new MemoryStream(NumpyFiles.Archive), "a.npz");
        Assert.Equal(["X", "y"], arrays.Select(a => a.Name));
        Assert.Equal([1f, 2f, 3f, 4f], arrays[0].Array.ToSingles("X"));
        Assert.Equal([0, 1], arrays[1].Array.ToLabels("y"));
    }

    [Fact]
    public void Npy_reads_back_what_was_written_and_leaves_no_other_file()
    {
        using var folder = new TemporaryFolder();
        float[] values = [1, -2.5f, float.Epsilon, float.MaxValue, 0, 1e-20f];
        Likeness.Npy.Write(folder["x.npy"], values, 3, 2);
        var read = Likeness.Npy.Read(folder["x.npy"]);

        Assert.Equal([3, 2], read.Shape);
        Assert.Equal(values, (float[])read.Values);
        Assert.Equal("x.npy", Path.GetFileName(Assert.Single(Directory.GetFiles(folder.Path))));
        // NumPy wants the values to start at a multiple of 64 bytes.
        Assert.Equal(0, (new FileInfo(folder["x.npy"]).Length - (4 * values.Length)) % 64);
    }

    [Fact]
    public void Idx_reads_every_type_packed_or_not()
    {
        byte[] file = [0, 0, 0x0B, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0x01, 0x02, 0xFF, 0xFE];
        var array = Idx.Read(new MemoryStream(file), "x");
        Assert.Equal([1, 2], array.Shape);
        Assert.Equal([258f, -2f], array.ToSingles("x"));
        Assert.Equal([258f, -2f], Idx.Read(new MemoryStream(Gzip(file)), "x").ToSingles("x"));

        byte[] singles = [0, 0, 0x0D, 1, 0, 0, 0, 1, 0x3F, 0xC0, 0, 0];
        Assert.Equal([1.5f], Idx.Read(new MemoryStream(singles), "x").ToSingles("x"));
        byte[] doubles = [0, 0, 0x0E, 1, 0, 0, 0, 1, 0xBF, 0xF0, 0, 0, 0, 0, 0, 0];
        Assert.Equal([-1f], Idx.Read(new MemoryStream(doubles), "x").ToSingles("x"));
        byte[] integers = [0, 0, 0x0C, 1, 0, 0, 0, 1, 0, 1, 0, 0];
        Assert.Equal([65536f], Idx.Read(new MemoryStream(integers), "x").ToSingles("x"));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 3, 1, 2 }, "more than it can contain")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 1, 1, 2 }, "more data follows")]
    [InlineData(new byte[] { 0, 0, 8, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1 }, "dimension of 4294967295")]
    [InlineData(new byte[] { 0, 0, 8, 2, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF }, "values")]
    [InlineData(new byte[] { 0, 0, 7, 1, 0, 0, 0, 1, 1 }, "type byte is 07")]
    [InlineData(new byte[] { 0, 0, 8, 0 }, "are not IDX's")]
    [InlineData(new byte[] { 0, 0 }, "ends inside its header")]
    public void Damaged_idx_says_what_is_wrong(byte[] file, string expected)
    {
        var error = Assert.Throws<DataException>(() => Idx.Read(new MemoryStream(file), "some-ubyte"));
        Assert.Contains("'some-ubyte'", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cifar_keeps_planes_and_labels()
    {
        var file = new byte[2 * 3073];
        (file[0], file[3073], file[1], file[3073 + 3072]) = (6, 9, 77, 88);
        var (images, labels) = CifarBinary.Read(new MemoryStream(file), "batch");

        Assert.Equal([2, 3, 32, 32], images.Shape);
        Assert.Equal([6, 9], labels.Bytes!);
        Assert.Equal((77, 88), (images.Bytes![0], images.Bytes[^1]));
        Assert.Contains("record 1", Assert.Throws<DataException>(() => CifarBinary.Read(new MemoryStream(file[..^1]), "batch")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gzip_bomb_is_stopped_at_the_limit()
    {
        // A header that claims 64 MiB, followed by as many zeros, packed into 64 KiB.
        byte[] file = [0, 0, 8, 1, 4, 0, 0, 0, .. new byte[64 << 20]];
        var packed = new MemoryStream(Gzip(file));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataException>(() => Idx.Read(packed, "bomb", limit: 1 << 20));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    internal static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private static NumericArray Npy(byte[] file) => Likeness.Npy.Read(new MemoryStream(file), "a.npy");
}
