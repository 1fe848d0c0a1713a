using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Likeness.Tests.Data;

/// <summary>
/// Whatever a file holds, a reader succeeds or throws a DataException, and takes no memory that the file's size does not
/// justify. Good files are cut, flipped, grown and given huge lengths; the corruptions are printed by FsCheck when one fails.
/// </summary>
public sealed class FuzzTests
{
    private const int Limit = 1 << 20;

    // Reading buffers, the unpacked limit twice over while arrays grow, and what unpacking and text parsing take.
    private const long MostAllocated = 16 << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private static readonly (string Name, byte[] Good, Action<Stream> Read)[] Readers =
    [
        ("idx", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, .. new byte[24]], s => Idx.Read(s, "f", Limit)),
        ("idx.gz", ArrayFormatTests.Gzip([0, 0, 0x0D, 2, 0, 0, 0, 2, 0, 0, 0, 3, .. new byte[24]]), s => Idx.Read(s, "f", Limit)),
        ("cifar", new byte[2 * 3073], s => CifarBinary.Read(s, "f", 1, Limit)),
        ("npy", NumpyFiles.DoublesInFortranOrder, s => Npy.Read(s, "f", Limit).ToSingles("f")),
        ("npy-2", NumpyFiles.SecondVersion, s => Npy.Read(s, "f", Limit).ToSingles("f")),
        ("npy-shorts", NumpyFiles.ShortsInFortranOrder, s => Npy.Read(s, "f", Limit).ToLabels("f")),
        ("npz", NumpyFiles.Archive, s => Npz.Read(s, "f", Limit)),
        ("csv", Encoding.UTF8.GetBytes("a,\"b\",c\n1,2,3\n4.5,-6e3,7\n"), s => TextTable.Read(s, "f", Limit)),
        ("csv.gz", ArrayFormatTests.Gzip(Encoding.UTF8.GetBytes("1;2;3\n4.5;-6e3;7\n")), s => TextTable.Read(s, "f", Limit)),
        ("amat", Encoding.UTF8.GetBytes("0 1 0 1 \n1 1 0 0 \n"), s => TextTable.Read(s, "f", Limit)),
        ("metadata", Encoding.UTF8.GetBytes("file_name,text\na.png,\"one, \"\"two\"\"\"\nb.png,x\n"), s => Metadata.Read(s, "f", Limit)),
        ("zip", Zip(), ReadZip),
    ];

    public static TheoryData<string> Names => [.. Readers.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_good_file_is_read(string name)
    {
        var (_, good, read) = Readers.Single(r => r.Name == name);
        read(new MemoryStream(good));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_beginning_of_a_file_is_refused_or_read(string name)
    {
        var (_, good, read) = Readers.Single(r => r.Name == name);
        // 6146 beginnings of a CIFAR file say no more than some of them.
        for (var length = 0; length < good.Length; length += 1 + (good.Length / 1000))
        {
            Survives(read, good[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_corruption_is_refused_or_read(string name)
    {
        var (_, good, read) = Readers.Single(r => r.Name == name);
        // Half of the corruptions strike the beginning, where the lengths are.
        var place = Gen.OneOf(Gen.Choose(0, Math.Min(good.Length, 140) - 1), Gen.Choose(0, good.Length - 1));
        var value = Gen.OneOf(Gen.Choose(0, 255), Gen.Elements(0, 0x7F, 0x80, 0xFF));
        var corruption = Gen.Choose(0, 4).SelectMany(kind => place.SelectMany(at => value.Select(v => (kind, at, (byte)v))));
        var several = corruption.NonEmptyListOf().Select(list => list.Take(6).ToArray());

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(20260801, 1),
            Prop.ForAll(several.ToArbitrary(), corruptions => Survives(read, corruptions.Aggregate(good, Corrupted))));
    }

    private static byte[] Corrupted(byte[] file, (int Kind, int At, byte Value) corruption)
    {
        var (kind, at, value) = corruption;
        at = Math.Min(at, Math.Max(0, file.Length - 1));
        return kind switch
        {
            _ when file.Length == 0 => [value],
            // One byte becomes another; one is put in; the end is cut; four bytes become a huge number; a part is doubled.
            0 => [.. file[..at], value, .. file[(at + 1)..]],
            1 => [.. file[..at], value, .. file[at..]],
            2 => file[..at],
            3 => [.. file[..at], value, 0xFF, 0xFF, 0xFF, .. file[Math.Min(file.Length, at + 4)..]],
            _ => file.Length < 100_000 ? [.. file, .. file[at..]] : file,
        };
    }

    private static void Survives(Action<Stream> read, byte[] file)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = TimeProvider.System.GetTimestamp();
        try
        {
            read(new MemoryStream(file));
        }
        catch (DataException e)
        {
            Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, Longest);
    }

    private static byte[] Zip()
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in new[] { "a.txt", "folder/b.txt" })
            {
                using var content = zip.CreateEntry(name).Open();
                content.Write(new byte[500]);
            }
        }

        return stream.ToArray();
    }

    private static void ReadZip(Stream stream)
    {
        using var zip = new ZipFiles(stream, "f", Limit);
        foreach (var entry in zip.Entries)
        {
            zip.ReadAllBytes(entry);
        }
    }
}
