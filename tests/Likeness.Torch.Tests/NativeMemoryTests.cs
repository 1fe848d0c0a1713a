using System.Globalization;

namespace Likeness.Torch.Tests;

/// <summary>The caching allocator behind tensors in main memory.</summary>
[Collection(Counting.Name)]
public sealed class NativeMemoryTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void Memory_in_use_is_what_tensors_asked_for()
    {
        var before = TorchRuntime.MemoryInUse;
        using (new TensorScope())
        {
            _ = Ops.Empty([3, MiB], dtype: ScalarType.Float32);
            _ = Ops.Empty([7], dtype: ScalarType.Float32);
            Assert.Equal(12 * MiB + 28, TorchRuntime.MemoryInUse - before);
        }
        Assert.Equal(before, TorchRuntime.MemoryInUse);
    }

    [Fact]
    public void A_freed_block_is_used_again_and_given_back_when_asked()
    {
        TorchRuntime.TrimMemory();
        var before = TorchRuntime.MemoryReserved;
        var first = AddressOfNew(5 * MiB);
        var reserved = TorchRuntime.MemoryReserved;

        Assert.Equal(first, AddressOfNew(5 * MiB));
        Assert.Equal(reserved, TorchRuntime.MemoryReserved);
        // The next of four sizes to a doubling: 5 MiB and the block's own 64 bytes take 6 MiB.
        Assert.Equal(6 * MiB, reserved - before);

        TorchRuntime.TrimMemory();
        Assert.Equal(before, TorchRuntime.MemoryReserved);
    }

    [Fact]
    public void Blocks_start_on_cache_lines()
    {
        for (var bytes = 1L; bytes < 64 * MiB; bytes = bytes * 3 / 2 + 1)
            Assert.Equal(0, AddressOfNew(bytes) % 64);
    }

    [Fact]
    public void A_loop_that_repeats_its_sizes_touches_no_new_pages()
    {
        void Step()
        {
            using var scope = new TensorScope();
            var x = Ops.Zeros([4, MiB]);
            _ = x.Exp().Mul(x).Sum();
        }
        Step();
        var before = MinorFaults();

        for (var i = 0; i < 20; i++)
            Step();

        // Without reuse each step would fault on 3 x 16 MiB: 12,288 pages of 4 KiB. The rest of the process may fault a little.
        Assert.InRange(MinorFaults() - before, 0, 2_000);
    }

    [Fact]
    public void Asking_for_too_much_is_a_sentence_with_the_size()
    {
        var error = Assert.Throws<TorchException>(() => Ops.Empty([1L << 45], dtype: ScalarType.Float32));

        Assert.Contains("Out of memory: a tensor of 128.0 TiB was asked for", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Threads_do_not_share_a_block()
    {
        var before = TorchRuntime.MemoryInUse;

        Parallel.For(0, 4, thread =>
        {
            using var scope = new TensorScope();
            var random = new Random(thread);
            var held = new List<Tensor>();
            for (var i = 0; i < 2_000; i++)
            {
                using var step = new TensorScope();
                var x = Ops.Full([random.Next(1, 5_000)], thread * 10_000f + i);
                held.Add(step.Keep(x));
                if (held.Count < 20)
                    continue;
                var oldest = held[0];
                held.RemoveAt(0);
                var values = oldest.AsSpan<float>();
                Assert.False(values.ContainsAnyExcept(thread * 10_000f + i - 19));
                oldest.Free();
            }
        });

        Assert.Equal(before, TorchRuntime.MemoryInUse);
    }

    [Fact]
    public void Sources_of_random_numbers_are_freed()
    {
        void Draw(int sources)
        {
            using var scope = new TensorScope();
            for (var i = 0; i < sources; i++)
                _ = new Rng((ulong)i).Normal(1);
        }
        Draw(100);
        Counting.Settle();
        TorchRuntime.TrimMemory();
        var before = Environment.WorkingSet;

        Draw(20_000);
        Counting.Settle();
        TorchRuntime.TrimMemory();

        // A state of the Mersenne twister takes 2.5 KiB: 48 MiB if they stayed.
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 16 * MiB);
    }

    private static long AddressOfNew(long bytes)
    {
        using var scope = new TensorScope();
        return Ops.Empty([bytes], dtype: ScalarType.Byte).DataPointer();
    }

    private static long MinorFaults()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        // Fields are counted after the program's name, which may hold spaces: state is the third field, minor faults the tenth.
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[7], CultureInfo.InvariantCulture);
    }
}
