using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Likeness.Tests.Data;

/// <summary>A file or a folder that is damaged, odd or meant to do harm.</summary>
/// <param name="Name">What it is called in the test's folder, and what is wrong with it.</param>
/// <param name="Make">Makes it at a path.</param>
internal sealed record HostileFile(string Name, Action<string> Make)
{
    public override string ToString() => Name;
}

/// <summary>Every format that is read, with every fault that could be thought of.</summary>
internal static class HostileFiles
{
    private static readonly byte[] s_png = ImageCodec.EncodePng(ImageFiles.Noise(6, 5, 3));

    public static IEnumerable<HostileFile> All => Struck().Concat(Arrays()).Concat(Tables()).Concat(Pictures()).Concat(Archives()).Concat(Metadata());

    // What befalls files of any format: they are cut, overwritten, doubled, or are something else.
    private static IEnumerable<HostileFile> Struck()
    {
        foreach (var (ending, good) in Good())
        {
            foreach (var (fault, bytes) in Faults(good))
            {
                yield return File($"{fault}{ending}", bytes);
            }
        }
    }

    private static IEnumerable<(string Ending, byte[] Good)> Good() =>
    [
        (".csv", Encoding.UTF8.GetBytes("a,b,label\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{i / 7.0:R},{i % 5},{i % 3}\n")))),
        (".tsv", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 60).Select(i => $"{i % 2}\t{i / 2 % 2}\n")))),
        (".csv.gz", ArrayFormatTests.Gzip(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 60).Select(i => $"{i},{i * i}\n"))))),
        (".npy", Npy("|u1", "(30, 5, 6)", [.. Enumerable.Range(0, 900).Select(i => (byte)i)])),
        (".npy.gz", ArrayFormatTests.Gzip(Npy("<f4", "(30, 4)", new byte[480]))),
        (".npz", NumpyFiles.Archive),
        (".idx", [0, 0, 8, 3, 0, 0, 0, 30, 0, 0, 0, 2, 0, 0, 0, 3, .. Enumerable.Range(0, 180).Select(i => (byte)i)]),
        (".zip", Zip(("a.png", s_png), ("b.png", s_png))),
        (".db", Database()),
        ("/a.png", s_png),
        ("/a.jpg", ImageCodec.EncodeJpeg(ImageFiles.Noise(16, 16, 3))),
        ("/a.webp", ImageFiles.Of(ImageFiles.WebP)),
    ];

    private static byte[] Database()
    {
        using var folder = new TemporaryFolder();
        return System.IO.File.ReadAllBytes(Databases.Make(folder["a.db"], "CREATE TABLE t(n INTEGER, x REAL, word TEXT)",
            "WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c LIMIT 500) INSERT INTO t SELECT i, i / 7.0, CASE WHEN i % 3 = 0 THEN 'red' ELSE 'blue' END FROM c"));
    }

    private static IEnumerable<(string Fault, byte[] Bytes)> Faults(byte[] good)
    {
        yield return ("whole", good);
        yield return ("empty", []);
        foreach (var share in new[] { 0.02, 0.25, 0.5, 0.75 })
        {
            yield return ($"cut-at-{share}", good[..(int)(share * good.Length)]);
        }

        yield return ("cut-by-one", good[..^1]);
        yield return ("other-magic", [0xDE, 0xAD, 0xBE, 0xEF, .. good[Math.Min(4, good.Length)..]]);
        yield return ("zeros", new byte[good.Length]);
        yield return ("doubled", [.. good, .. good]);
        yield return ("utf-16", [0xFF, 0xFE, .. good.SelectMany(b => new byte[] { b, 0 })]);
        var noise = new byte[good.Length];
        new Random(good.Length).NextBytes(noise);
        yield return ("noise", noise);
    }

    // Headers that lie, and values that are no numbers.
    private static IEnumerable<HostileFile> Arrays()
    {
        foreach (var (fault, type, shape, content) in new (string, string, string, int)[]
        {
            ("huge", "|u1", "(2147483647, 2147483647)", 10), ("many", "<f8", "(99999999999,)", 80), ("negative", "<f4", "(-3,)", 12), ("no-rows", "<f4", "(0, 5)", 0),
            ("no-columns", "<f4", "(5, 0)", 0), ("no-columns-huge", "<f4", "(2147483647, 0)", 0), ("no-pixels", "|u1", "(2147483647, 0, 3)", 0), ("scalar", "<f4", "()", 4),
            ("no-shape", "<f4", "", 4), ("nested", "<f4", "((2, 3),)", 24), ("forty-dimensions", "|u1", $"({string.Concat(Enumerable.Repeat("1, ", 40))})", 1),
            ("objects", "|O", "(3,)", 24), ("complex", "<c8", "(3,)", 24), ("dates", "<M8[ns]", "(3,)", 24), ("void", "|V4", "(3,)", 12), ("big-endian", ">f4", "(3,)", 12),
            ("no-text", "<U0", "(2147483647,)", 0), ("long-text", "<U99999999", "(3,)", 12), ("text", "<U1", "(3,)", 12), ("bad-text", "<U1", "(1,)", -4), ("strange-type", "<f3", "(3,)", 9),
            ("short", "<f4", "(30, 4)", 100), ("long", "<f4", "(3, 4)", 480), ("two-ways", "|u1", "(4, 3, 3, 3)", 108), ("one-pixel", "|u1", "(9, 1, 1)", 9),
        })
        {
            var bytes = new byte[Math.Abs(content)];
            bytes.AsSpan().Fill(content < 0 ? (byte)0xFF : (byte)0);
            yield return File($"{fault}.npy", Npy(type, shape, bytes));
        }

        foreach (var value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.Epsilon })
        {
            yield return File($"value-{value}.npy", Npy("<f4", "(30, 1, 2, 2)", [.. Enumerable.Range(0, 120).SelectMany(i => BitConverter.GetBytes(i == 77 ? value : 0.5f))]));
        }

        yield return File("header-lies.npy", [0x93, .. "NUMPY"u8, 2, 0, 0xFF, 0xFF, 0xFF, 0x7F, .. "{'descr'"u8]);
        yield return File("huge.idx", [0, 0, 8, 4, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1, 1]);
        yield return File("nan.idx", [0, 0, 0x0D, 1, 0, 0, 0, 1, 0x7F, 0xC0, 0, 0]);
        yield return File("bomb.idx.gz", ArrayFormatTests.Gzip([0, 0, 8, 1, 4, 0, 0, 0, .. new byte[1 << 20]]));
    }

    private static IEnumerable<HostileFile> Tables() => new (string Name, string Text)[]
    {
        ("nan", "a,b\n1,nan\n"), ("inf", "a,b\n1,inf\n"), ("too-large", "a,b\n1,1e999\n"), ("header-only", "a,b\n"), ("commas", ",,,\n,,,\n"), ("ragged", "1,2\n3\n"), ("wide", "1,2\n3,4,5\n"),
        ("open-quote", "\"a,b\n1,2\n"), ("nulls", "1,2\0\n3,4\n"), ("long-line", new string('7', 3_000_000) + "\n"), ("many-columns", string.Concat(Enumerable.Repeat("1,", 200_000)) + "1\n"),
        ("labels-alone", "label\n1\n2\n"), ("negative-labels", "a,label\n1,-1\n2,0\n"), ("half-labels", "a,label\n1,0.5\n2,0\n"), ("huge-labels", "a,label\n1,1e9\n2,0\n"), ("empty-labels", "a,label\n1,\n2,0\n"),
        ("same-names", "a,a\n1,2\n3,4\n"), ("blank-lines", "\n\n\n"), ("blanks", "   \t  \n"), ("one-cell", "1"), ("sum", "=1+2,3\n"), ("pixels", "c0y0x0,c0y0x1\n1,0.5\n"),
        ("pixels-huge", "c0y0x0,c99999y99999x99999\n1,2\n"), ("pixels-nan", "c0y0x0,c0y0x1\nnan,2\n"), ("returns", "1,2\r3,4\r"),
    }.Select(t => File($"{t.Name}.csv", Encoding.UTF8.GetBytes(t.Text))).Append(File("latin.csv", [.. "gr"u8, 0xF6, 0xDF, .. "e,b\n1,2\n3,4\n"u8]))
        .Append(File("broken-utf8.csv", [.. "a,b\n1,"u8, 0xC3, 0x28, .. "\n"u8]));

    private static IEnumerable<HostileFile> Pictures()
    {
        foreach (var (name, width, height) in new (string, uint, uint)[] { ("huge", 100_000, 100_000), ("overflow", 0x7FFFFFFF, 0x7FFFFFFF), ("nothing", 0, 0), ("line", 60_000_000, 1), ("lies", 7, 5) })
        {
            yield return Folder($"picture-{name}", ("a.png", Resized(width, height)), ("b.png", s_png));
        }

        yield return Folder("no-files");
        yield return Folder("no-pictures", ("a.txt", [1]));
        yield return Folder("two-sizes", ("a.png", s_png), ("b.png", ImageCodec.EncodePng(ImageFiles.Noise(5, 5, 1))));
        yield return Folder("tiff", ("a.png", ImageFiles.Of(ImageFiles.Tiff)));
        yield return Folder("deep", ($"{string.Concat(Enumerable.Repeat("d/", 40))}a.png", s_png), ("b.png", s_png));
        yield return Folder("strange-names", ("a\nb.png", s_png), ("ü ß.png", s_png), ("-o.png", s_png));
        yield return Folder("strange-splits", ("train/a.png", s_png), ("test/b.png", s_png), ("c.png", s_png));
        yield return Folder("icon", ("a.ico", [0, 0, 1, 0, 0xFF, 0xFF, .. new byte[40]]), ("b.png", s_png));
        yield return Folder("bits", ("a.wbmp", [0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 1]), ("b.png", s_png));
        yield return new("circle", path =>
        {
            Directory.CreateDirectory(path);
            System.IO.File.WriteAllBytes(Path.Combine(path, "a.png"), s_png);
            Directory.CreateSymbolicLink(Path.Combine(path, "again"), path);
        });
        yield return new("dangling", path =>
        {
            Directory.CreateDirectory(path);
            System.IO.File.CreateSymbolicLink(Path.Combine(path, "a.png"), Path.Combine(path, "nowhere.png"));
        });
    }

    private static IEnumerable<HostileFile> Archives()
    {
        foreach (var name in new[] { "../a.png", "/etc/a.png", "a/../../b.png", "..\\a.png", $"{string.Concat(Enumerable.Repeat("d/", 300))}a.png", "", "a.png/" })
        {
            yield return File($"named-{(name.Length > 20 ? "deep" : name.Replace('/', '-').Replace('\\', '-'))}.zip", Zip((name, s_png), ("b.png", s_png)));
        }

        yield return File("twice.zip", Zip(("a.png", s_png), ("a.png", s_png)));
        yield return File("nothing.zip", Zip());
        yield return File("bomb.zip", Zip(("a.png", new byte[1 << 24])));
        var lies = Zip(("a.png", s_png));
        // The size that the directory claims: four bytes at 24 of its entry.
        var entry = lies.AsSpan().LastIndexOf("PK\x01\x02"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(lies.AsSpan(entry + 24), 0xFFFFFFF0);
        yield return File("lies.zip", lies);
        yield return File("twice.npz", Zip(("X.npy", Npy("<f4", "(9, 2)", new byte[72])), ("X.npy", Npy("<f4", "(9, 2)", new byte[72]))));
        yield return File("text.npz", Zip(("X.npy", Encoding.UTF8.GetBytes("no array"))));
        yield return File("bomb.npz", Zip(("X.npy", Npy("<f4", "(1000000000,)", new byte[1 << 20]))));
        foreach (var (fault, labels) in new[] { ("few", "(3,)"), ("none", "(0,)"), ("square", "(3, 3)"), ("scalar", "()") })
        {
            yield return File($"labels-{fault}.npz", Zip(("X.npy", Npy("<f4", "(9, 2)", new byte[72])), ("y.npy", Npy("|u1", labels, new byte[fault switch { "few" => 3, "none" => 0, "square" => 9, _ => 1 }]))));
        }

        foreach (var spec in new[] { "9x9 byte", "2 categorical(99999999999)", "2 categorical(0)", "99999999999 byte", "2x2x2x2x2x2x2x2x2x2 real", "", "2 real " })
        {
            yield return File($"spec-{spec}.npz", Zip(("X.npy", Npy("<f4", "(9, 2)", new byte[72])),
                ("spec.npy", Npy($"<U{Math.Max(1, spec.Length)}", "()", [.. Encoding.UTF32.GetBytes(spec.PadRight(1, '\0'))]))));
        }
    }

    private static IEnumerable<HostileFile> Metadata()
    {
        foreach (var (name, text) in new[]
        {
            ("traversal", "file_name\n../../../../etc/passwd\n"), ("rooted", "file_name\n/etc/passwd\n"), ("missing", "file_name\nb.png\n"), ("twice", "file_name\na.png\na.png\n"), ("no-name", "file_name,text\n,x\n"),
            ("header", "file_name\n"), ("no-column", "name\na.png\n"), ("same-columns", "file_name,file_name\na.png,a.png\n"), ("split", "file_name,split\na.png,dev\n"), ("open", "file_name,text\na.png,\"x\n"),
            ("nulls", "file_name,text\na.png,\0\n"), ("strange-label", "file_name,label\na.png,\u202E\n"), ("long", $"file_name,text\na.png,{new string('x', 1 << 21)}\n"),
        })
        {
            yield return Folder($"metadata-{name}", ("a.png", s_png), ("metadata.csv", Encoding.UTF8.GetBytes(text)));
        }

        foreach (var (name, text) in new[]
        {
            ("traversal", "{\"file_name\": \"../a.png\"}"), ("number", "{\"file_name\": 7}"), ("deep", $"{{\"file_name\": \"a.png\", \"x\": {new string('[', 5000)}{new string(']', 5000)}}}"),
            ("surrogate", "{\"file_name\": \"a.png\", \"text\": \"\\ud800\"}"), ("open", "{\"file_name\": \"a.png\""), ("array", "[]"), ("twice", "{\"file_name\": \"a.png\", \"file_name\": \"b.png\"}"), ("null", "null"),
        })
        {
            yield return Folder($"lines-{name}", ("a.png", s_png), ("metadata.jsonl", Encoding.UTF8.GetBytes(text)));
        }
    }

    private static HostileFile File(string name, byte[] bytes) => new(name.TrimStart('/'), path =>
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, bytes);
    });

    private static HostileFile Folder(string name, params (string Name, byte[] Bytes)[] files) => new(name, path =>
    {
        Directory.CreateDirectory(path);
        foreach (var (file, bytes) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(path, file))!);
            System.IO.File.WriteAllBytes(Path.Combine(path, file), bytes);
        }
    });

    private static byte[] Npy(string type, string shape, byte[] content)
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, {(shape.Length > 0 ? $"'shape': {shape}, " : "")}}}\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header), .. content];
    }

    private static byte[] Resized(uint width, uint height)
    {
        var png = (byte[])s_png.Clone();
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), ImageFiles.Crc(png.AsSpan(12, 17)));
        return png;
    }

    private static byte[] Zip(params (string Name, byte[] Bytes)[] files)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in files)
            {
                using var content = zip.CreateEntry(name.Length > 0 ? name : " ").Open();
                content.Write(bytes);
            }
        }

        return stream.ToArray();
    }
}
