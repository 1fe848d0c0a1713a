using System.Globalization;

namespace Likeness.Torch.Tests;

/// <summary>The memory of tensors: the C library keeps it for reuse as bring-up asks it to.</summary>
[Collection(Counting.Name)]
public sealed class NativeMemoryTests
{
    private const long MiB = 1 << 20;

    // Without reuse each of the 20 steps of a loop would fault on 3 x 16 MiB: 12,288 pages of 4 KiB, a quarter of a million in all. The rest of the process
    // may fault a little: up to 4,300 were seen on a busy machine.
    private const long MostFaults = 12_000;

    [Fact]
    public void Memory_in_use_follows_what_tensors_take_and_give_back()
    {
        var before = TorchRuntime.MemoryInUse;
        using (torch.NewDisposeScope())
        {
            _ = torch.empty([3, MiB], ScalarType.Float32);
            // Others give back a little of theirs meanwhile.
            Assert.InRange(TorchRuntime.MemoryInUse - before, 12 * MiB - MiB / 4, 13 * MiB);
        }

        Assert.InRange(TorchRuntime.MemoryInUse - before, -MiB, MiB);
    }

    [Fact]
    public void Blocks_start_on_cache_lines()
    {
        for (var bytes = 1L; bytes < 64 * MiB; bytes = bytes * 3 / 2 + 1)
            Assert.Equal(0, AddressOfNew(bytes) % 64);
    }

    [Fact]
    public void A_loop_that_repeats_its_sizes_touches_no_new_pages() => Assert.InRange(FaultsOfALoop(), 0, MostFaults);

    // The C library gives threads that live at the same time heaps of their own, where other rules hold.
    [Fact]
    public void Nor_does_it_in_a_thread_with_a_heap_of_its_own()
    {
        const int threads = 6;
        var (faults, turn) = (new long[threads], new object());
        using var together = new Barrier(threads);
        Thread[] all = [.. Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            using var scope = torch.NewDisposeScope();
            _ = torch.zeros(1000);
            together.SignalAndWait();
            // One after the other: the faults are those of the process.
            lock (turn)
                faults[i] = FaultsOfALoop();
            together.SignalAndWait();
        }))];
        Array.ForEach(all, t => t.Start());
        Array.ForEach(all, t => t.Join());
        Assert.All(faults, f => Assert.InRange(f, 0, MostFaults));
    }

    [Fact]
    public void Asking_for_too_much_is_an_error_that_can_be_caught()
    {
        var error = Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => torch.empty([1L << 45], ScalarType.Float32));

        Assert.Contains("allocate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sources_of_random_numbers_are_freed()
    {
        void Draw(int sources)
        {
            using var scope = torch.NewDisposeScope();
            for (var i = 0; i < sources; i++)
                _ = new Rng((ulong)i).Normal(1);
        }
        Draw(100);
        Counting.Settle();
        var before = TorchRuntime.MemoryInUse;

        Draw(20_000);
        Counting.Settle();

        // A state of the Mersenne twister takes 2.5 KiB: 48 MiB if they stayed. Counted by the C library: the resident memory of the process holds
        // the managed heap, too, which grows when it likes.
        Assert.InRange(TorchRuntime.MemoryInUse - before, long.MinValue, 4 * MiB);
    }

    private static long AddressOfNew(long bytes)
    {
        using var scope = torch.NewDisposeScope();
        return torch.empty([bytes], ScalarType.Byte).DataPointer();
    }

    private static long FaultsOfALoop()
    {
        void Step()
        {
            using var scope = torch.NewDisposeScope();
            var x = torch.zeros([4, MiB]);
            _ = x.exp().mul(x).sum();
        }
        // The first steps find their places: which blocks lie beside which in a heap of 64 MiB changes until then, and up to five of them were seen to go to pages
        // that had not been touched before, in the first 20 steps and never in the 140 that followed.
        for (var i = 0; i < 20; i++)
            Step();
        var before = MinorFaults();
        for (var i = 0; i < 20; i++)
            Step();
        return MinorFaults() - before;
    }

    private static long MinorFaults()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        // Fields are counted after the program's name, which may hold spaces: state is the third field, minor faults the tenth.
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[7], CultureInfo.InvariantCulture);
    }
}
