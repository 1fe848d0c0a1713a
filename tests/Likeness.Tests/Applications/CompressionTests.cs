using System.Security.Cryptography;

namespace Likeness.Tests;

public sealed class CompressionTests : IDisposable
{
    private static readonly DataSpec s_bits = new([1, 4, 3], new Domain.Binary());
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Kinds => ["binary", "categorical", "byte"];

    private string File => _folder["x.lk"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Examples_come_back_and_take_the_bits_that_the_model_claims(string kind)
    {
        var spec = Spec(kind);
        var examples = Drawn(spec, 500);
        var report = Make(spec).Compress(File, examples, Split.Test, chunk: 200);
        var back = Make(spec).Decompress(File);

        Assert.Equal(examples.Read(Split.Test, 500).Single().X.ToArray<float>(), back.Values);
        Assert.Equal((500, spec), (back.Count, back.Spec));
        Assert.Equal(new FileInfo(File).Length, report.Bytes);
        Assert.Equal(500 * spec.Dimensions * Math.Log2(spec.Domain.LevelCount!.Value), report.RawBits);
        // Header, checksums, three lengths and three ends: fewer than 60 bytes.
        Assert.InRange(report.Bytes - (report.ClaimedBits / 8), 0, 60);
    }

    [Fact]
    public void The_number_of_threads_and_of_the_limit_change_nothing()
    {
        var examples = Drawn(s_bits, 90);
        Make(s_bits).Compress(_folder["a.lk"], examples, Split.Test, chunk: 40);
        var before = TorchRuntime.Threads;
        TorchRuntime.Threads = 2;
        Make(s_bits).Compress(_folder["b.lk"], examples, Split.Test, limit: 1000, chunk: 40);
        Assert.Equal(2, TorchRuntime.Threads);
        TorchRuntime.Threads = before;
        Assert.Equal(System.IO.File.ReadAllBytes(_folder["a.lk"]), System.IO.File.ReadAllBytes(_folder["b.lk"]));
        Assert.Equal(7, Limited().Count);

        DecompressedExamples Limited()
        {
            Make(s_bits).Compress(File, examples, Split.Test, limit: 7);
            return Make(s_bits).Decompress(File);
        }
    }

    [Fact]
    public void No_cut_or_changed_file_is_read()
    {
        Make(s_bits).Compress(File, Drawn(s_bits, 60), Split.Test, chunk: 25);
        var good = System.IO.File.ReadAllBytes(File);
        var compression = Make(s_bits);
        for (var length = 0; length < good.Length; length++)
        {
            Refused(compression, good[..length]);
        }

        for (var bit = 0; bit < good.Length * 8; bit++)
        {
            var bad = good.ToArray();
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            Refused(compression, bad);
        }

        Refused(compression, [.. good, 0]);
    }

    [Fact]
    public void A_file_that_was_changed_together_with_its_checksum_is_refused_or_the_same()
    {
        Make(s_bits).Compress(File, Drawn(s_bits, 60), Split.Test, chunk: 25);
        var good = System.IO.File.ReadAllBytes(File);
        var values = Make(s_bits).Decompress(File).Values;
        var compression = Make(s_bits);
        var random = new Random(5);
        var refused = 0;
        for (var trial = 0; trial < 2000; trial++)
        {
            var bad = good.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                // Half of the changes strike the header, where the lengths are.
                bad[random.Next(trial % 2 == 0 ? 36 : bad.Length - 8)] = (byte)random.Next(256);
            }

            SHA256.HashData(bad.AsSpan(..^8)).AsSpan(0, 8).CopyTo(bad.AsSpan(bad.Length - 8));
            System.IO.File.WriteAllBytes(File, bad);
            try
            {
                // The last bits of a chunk's code may be free.
                Assert.Equal(values, compression.Decompress(File).Values);
            }
            catch (DataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1900, 2000);
    }

    [Fact]
    public void Another_model_version_or_rounding_is_named()
    {
        Make(s_bits).Compress(File, Drawn(s_bits, 60), Split.Test);
        Says("another model", () => Make(s_bits, seed: 2).Decompress(File));
        Says("another model", () => new Compression(Model(s_bits), s_bits, "other options").Decompress(File));
        // The same weights, of which the decoder sees slightly other probabilities.
        Says("rounds the model's probabilities", () => new Compression(Model(s_bits, shift: 0.01), s_bits, "test").Decompress(File));

        var bytes = System.IO.File.ReadAllBytes(File);
        bytes[4] = 9;
        System.IO.File.WriteAllBytes(File, bytes);
        Says("version 9", () => Make(s_bits).Decompress(File));
        System.IO.File.WriteAllText(File, "index,value\n");
        Says("not a file of compressed examples", () => Make(s_bits).Decompress(File));
        Says("cannot be read", () => Make(s_bits).Decompress(_folder["nowhere.lk"]));
    }

    [Fact]
    public void What_cannot_be_coded_is_refused_and_leaves_no_file()
    {
        var real = new DataSpec([3], new Domain.Real());
        Assert.Contains("real", Assert.Throws<UsageException>(() => new Compression(new Mute(), real, "")).Message, StringComparison.Ordinal);
        Assert.Throws<UsageException>(() => new Compression(new Mute(), s_bits, ""));
        var odd = new ListDataset(s_bits, [.. Enumerable.Repeat(0.5f, 12)]);
        Assert.Contains("0.5", Assert.Throws<DataException>(() => Make(s_bits).Compress(File, odd, Split.Test)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Bytes_are_kept_as_bytes_and_bits_as_truth_values()
    {
        foreach (var kind in new[] { "binary", "byte" })
        {
            var spec = Spec(kind);
            Make(spec).Compress(File, Drawn(spec, 5), Split.Test);
            var back = Make(spec).Decompress(File);
            Compression.Write(_folder["x.npy"], back);
            var array = Npy.Read(_folder["x.npy"]);
            Assert.Equal([5, .. spec.Shape], array.Shape);
            Assert.NotNull(array.Bytes);
            Assert.Equal(kind == "binary", array.IsBoolean);
            Assert.Equal(back.Values, array.ToSingles("x"));
        }
    }

    private static DataSpec Spec(string kind) => kind switch
    {
        "binary" => s_bits,
        "categorical" => new([7], new Domain.Categorical(5)),
        _ => new([3, 2, 2], new Domain.Byte()),
    };

    private static Independents Model(DataSpec spec, ulong seed = 1, double shift = 0) =>
        new(spec, new Rng(seed).Normal(spec.Dimensions, spec.Domain.LevelCount!.Value) * 2.0, shift);

    private static Compression Make(DataSpec spec, ulong seed = 1) => new(Model(spec, seed), spec, "test");

    // Drawn from the model itself, so they cost what it expects.
    private static ListDataset Drawn(DataSpec spec, int count)
    {
        var x = Model(spec).Draw(count, new Rng(3)).ToArray<float>();
        return new(spec, [.. x.Chunk(spec.Dimensions)]);
    }

    private void Refused(Compression compression, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File, bytes);
        Assert.Throws<DataException>(() => compression.Decompress(File));
    }

    private static void Says(string words, Action action) => Assert.Contains(words, Assert.Throws<DataException>(action).Message, StringComparison.Ordinal);

    private sealed class Mute : Module;
}
