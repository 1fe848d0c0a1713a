using Likeness.Tests.Models;

namespace Likeness.Tests;

public sealed class BitsBackTests : IDisposable
{
    private static readonly DataSpec s_bits = new([1, 5, 8], new Domain.Binary());
    private readonly TemporaryFolder _folder = new();

    private string File => _folder["x.lk"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_stack_gives_back_in_reverse_and_costs_what_the_frequencies_say()
    {
        var random = new Random(1);
        var symbols = Enumerable.Range(0, 5000).Select(_ => (Start: (ulong)random.NextInt64(1L << 31), Size: (ulong)random.NextInt64(1, 1L << random.Next(1, 32)))).ToArray();
        var stack = new SymbolStack();
        var bits = 0.0;
        foreach (var (start, size) in symbols)
        {
            stack.Encode(start, size);
            bits += 32 - Math.Log2(size);
        }

        var bytes = stack.ToBytes();
        // Up to a word of it is in the top, which has 64 bits of its own; 2^-15 bits of rounding per symbol.
        Assert.InRange((bytes.Length * 8) - 64, bits - 17, bits + 1);
        Assert.Equal(0, stack.InitialBits);
        var back = new SymbolStack(bytes);
        foreach (var (start, size) in symbols.Reverse())
        {
            Assert.InRange(back.Peek(), start, start + size - 1);
            back.Skip(start, size);
        }

        Assert.Equal(new SymbolStack().ToBytes(), back.ToBytes());
    }

    [Fact]
    public void Any_stack_can_be_decoded_and_encoding_brings_it_back()
    {
        var random = new Random(2);
        var bytes = new byte[208];
        random.NextBytes(bytes);
        var stack = new SymbolStack(bytes);
        var taken = new List<(int Bin, double Mean, double Deviation)>();
        for (var i = 0; i < 60; i++)
        {
            var (mean, deviation) = ((4 * random.NextDouble()) - 2, Math.Exp((6 * random.NextDouble()) - 5));
            taken.Add((NormalBins.Decode(stack, mean, deviation), mean, deviation));
        }

        foreach (var (bin, mean, deviation) in Enumerable.Reverse(taken))
        {
            NormalBins.Encode(stack, bin, mean, deviation);
        }

        Assert.Equal(bytes, stack.ToBytes());
        // Random bits are draws: each bin's value is where its Normal says.
        var z = taken.Select(t => (NormalBins.Centre(t.Bin) - t.Mean) / t.Deviation).ToArray();
        Assert.Equal(0, z.Average(), 4 / Math.Sqrt(60));
        Assert.InRange(z.Average(v => v * v), 0.4, 2);
    }

    [Fact]
    public void Bins_have_equal_mass_under_the_standard_normal()
    {
        // scipy.stats.norm.cdf of −9, −3, −0.5, 0, 1.96 and 6.
        (double X, double P)[] known = [(-9, 1.1285884059538324e-19), (-3, 0.0013498980316300933), (-0.5, 0.3085375387259869), (0, 0.5), (1.96, 0.9750021048517795), (6, 0.9999999990134123)];
        Assert.All(known, k => Assert.Equal(k.P, NormalBins.Below(k.X), 1e-9 * Math.Min(k.P, 1) + 1e-25));
        foreach (var bin in new[] { 0, 1, 200, 32767, 32768, 65534, 65535 })
        {
            Assert.Equal((bin + 0.5) / NormalBins.Count, NormalBins.Below(NormalBins.Centre(bin)), 1e-12);
        }

        // N(0, 1) coded as another Normal costs sixteen bits a bin too.
        var stack = new SymbolStack();
        for (var bin = 0; bin < NormalBins.Count; bin += 16)
        {
            NormalBins.Encode(stack, bin, 0, 1);
        }

        Assert.InRange(stack.Bits, (16 * 4096) - 17, (16 * 4096) + 1);
    }

    [Theory]
    [InlineData("binary")]
    [InlineData("byte")]
    public void Examples_come_back_and_take_the_bits_that_the_bound_claims(string kind)
    {
        using var scope = torch.NewDisposeScope();
        var spec = kind == "byte" ? new DataSpec([3, 3, 3], new Domain.Byte()) : s_bits;
        var examples = Drawn(spec, 1500);
        var report = Make(spec).Compress(File, examples, Split.Test, chunk: 1000);
        var back = Make(spec).Decompress(File);
        Assert.Equal(examples.Read(Split.Test, 1500).Single().X.ToArray<float>(), back.Values);
        Assert.Equal((1500, Evidence.UpperBound), (back.Count, report.Evidence));
        Assert.Equal(new FileInfo(File).Length, report.Bytes);

        // Two chunks that begin with the bits of an example's latents each, then seven bits a batch; of both the bound and the file, the draws are random.
        Assert.InRange(report.InitialBits, 16, 2 * 3 * 48);
        Assert.InRange(report.Excess, -0.02, 0.02);
    }

    [Fact]
    public void Real_bits_come_back_from_a_model_that_knows_nothing_of_them()
    {
        using var scope = torch.NewDisposeScope();
        var random = new Random(3);
        var examples = new ListDataset(s_bits, [.. Enumerable.Range(0, 60).Select(i => Enumerable.Range(0, 40).Select(_ => i % 7 == 0 ? 1f : random.Next(2)).ToArray())]);
        Make(s_bits).Compress(File, examples, Split.Test);
        Assert.Equal(examples.Read(Split.Test, 60).Single().X.ToArray<float>(), Make(s_bits).Decompress(File).Values);
    }

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        using var scope = torch.NewDisposeScope();
        var examples = Drawn(s_bits, 90);
        Make(s_bits).Compress(_folder["a.lk"], examples, Split.Test);
        var before = TorchRuntime.Threads;
        TorchRuntime.Threads = 2;
        Make(s_bits).Compress(_folder["b.lk"], examples, Split.Test);
        TorchRuntime.Threads = before;
        Assert.Equal(System.IO.File.ReadAllBytes(_folder["a.lk"]), System.IO.File.ReadAllBytes(_folder["b.lk"]));
    }

    [Fact]
    public void No_cut_or_changed_file_is_read()
    {
        using var scope = torch.NewDisposeScope();
        Make(s_bits).Compress(File, Drawn(s_bits, 30), Split.Test);
        var good = System.IO.File.ReadAllBytes(File);
        var compression = Make(s_bits);
        for (var at = 0; at < good.Length; at++)
        {
            Refused(good[..at]);
            var bad = good.ToArray();
            bad[at] ^= (byte)(1 << (at % 8));
            Refused(bad);
        }

        // Changed together with the checksum at the end: no longer the values whose checksum it holds.
        var random = new Random(4);
        for (var trial = 0; trial < 300; trial++)
        {
            var bad = good.ToArray();
            // Behind the header, whose size of a chunk only matters where there is another chunk.
            bad[random.Next(32, bad.Length - 8)] ^= (byte)random.Next(1, 256);
            System.Security.Cryptography.SHA256.HashData(bad.AsSpan(..^8)).AsSpan(0, 8).CopyTo(bad.AsSpan(bad.Length - 8));
            Refused(bad);
        }

        Assert.Throws<DataException>(() => Make(s_bits, seed: 2).Decompress(File));

        void Refused(byte[] bytes)
        {
            System.IO.File.WriteAllBytes(File, bytes);
            Assert.Throws<DataException>(() => compression.Decompress(File));
        }
    }

    [Fact]
    public void A_prior_without_bins_and_a_likelihood_without_levels_are_refused()
    {
        var spec = new DataSpec([3], new Domain.Binary());
        double[][] columns = [[1, 0, 0], [0, 1, 0]];
        var wide = Assert.Throws<UsageException>(() => new Compression(new LinearGaussian(1, columns, prior: 2), spec, ""));
        Assert.Contains("prior of this LinearGaussian is not a standard Normal", wide.Message, StringComparison.Ordinal);
        var real = Assert.Throws<UsageException>(() => new Compression(new LinearGaussian(1, columns), spec, ""));
        Assert.Contains("does not list the probabilities", real.Message, StringComparison.Ordinal);
    }

    // The codes say something of the examples; the posterior knows nothing of it, which makes the bound loose but no less a size. Neither is extreme: no value
    // costs more than 32 bits and no code is beyond the outermost bins, whatever the bound says, and the file would be smaller.
    private static Vae Model(DataSpec spec, ulong seed = 1)
    {
        TorchRuntime.Threads = 1;
        var vae = new Vae(spec, new() { Latent = 3, Network = new AutoencoderNetwork.Mlp { Hidden = [6] } }, new Rng(seed));
        vae.Scatter(0.3, seed);
        foreach (var name in new[] { "encoder.1.weight", "encoder.3.weight", "encoder.3.bias" })
        {
            vae.Set(name, Array.ConvertAll(vae.Get(name), v => v / 2));
        }

        return vae;
    }

    private static Compression Make(DataSpec spec, ulong seed = 1) => new(Model(spec, seed), spec, "test");

    private static ListDataset Drawn(DataSpec spec, int count) => new(spec, [.. Model(spec).Sample(count, new Rng(3)).ToArray<float>().Chunk(spec.Dimensions)]);
}
