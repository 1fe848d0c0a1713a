using System.IO.Compression;

namespace Likeness.Tests.Data;

public sealed class ZipFilesTests
{
    [Theory]
    [InlineData("../outside.png")]
    [InlineData("a/../../outside.png")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\..\\outside.png")]
    public void Names_that_lead_out_of_the_archive_are_refused(string name)
    {
        var error = Assert.Throws<DataException>(() => new ZipFiles(Archive(name, 1), "a.zip"));
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_that_unpacks_to_more_than_the_limit_is_refused_before_it_is_unpacked()
    {
        using var zip = new ZipFiles(Archive("bomb", 32 << 20), "a.zip", limit: 1 << 20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataException>(() => zip.ReadAllBytes(zip.Entries[0]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static MemoryStream Archive(string name, int size)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var content = zip.CreateEntry(name).Open();
            content.Write(new byte[size]);
        }

        return stream;
    }
}
