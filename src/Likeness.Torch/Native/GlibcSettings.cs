using System.Runtime.InteropServices;

namespace Likeness;

/// <summary>What libtorch's speed on Linux needs of the C library and its environment, so no user has to set it.</summary>
internal static partial class GlibcSettings
{
    private const int TrimThreshold = -1, TopPad = -2, MapThreshold = -3;

    // Twice what the C library gives a thread of its own at a time.
    private const int TwoHeaps = 128 << 20;

    internal static bool IsGlibc { get; } =
        OperatingSystem.IsLinux() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "gnu_get_libc_version", out _);

    /// <summary>What libtorch and its OpenMP read when they are loaded; a user's own settings win.</summary>
    internal static void Prepare()
    {
        // GNU's OpenMP threads spin for milliseconds between two operators before they sleep, at the cost of everything else that
        // runs; long enough to bridge two small operators is enough.
        SetIfUnset("GOMP_SPINCOUNT", "20000");
        UseEveryCore();
    }

    /// <summary>
    /// Keeps large blocks instead of giving them back to the kernel at each free, only to have them cleared page by page a moment later: a 3×3
    /// convolution of 128×64×32×32 numbers with its gradients takes 215 ms instead of 355, an addition and a rectifier 7 instead of 41. A DCGAN in
    /// training then holds 6 % more memory; a loop over nothing but a few blocks of 128 MB up to three times as much.
    /// </summary>
    /// <remarks>
    /// libtorch's own switch for huge pages, THP_MEM_ALLOC_ENABLE, holds nothing back, takes 240 and 14 ms where the system has such pages on
    /// request, and half as much memory again in models of middling blocks; both together take twice the memory and are no faster than this alone.
    /// </remarks>
    internal static void Apply()
    {
        // The largest that the type holds: any block comes from the heap, which is never trimmed.
        _ = SetOption(MapThreshold, int.MaxValue);
        _ = SetOption(TrimThreshold, int.MaxValue);

        // Some threads are served from heaps of their own, and the last of these is unmapped whenever it is free, unless that leaves less than this. Only addresses are
        // taken for it, and no memory.
        _ = SetOption(TopPad, TwoHeaps);
    }

    // MKL takes the cores of some virtual machines for threads of one core, and libtorch then leaves half of them idle.
    private static void UseEveryCore()
    {
        const string variable = "OMP_NUM_THREADS";
        const string siblings = "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list";
        if (Environment.GetEnvironmentVariable(variable) is null && Environment.GetEnvironmentVariable("MKL_NUM_THREADS") is null)
        {
            // "0" for a core with one thread, "0-1" or "0,64" for one with two, of which one is enough.
            var threadsPerCore = File.Exists(siblings) && File.ReadAllText(siblings).AsSpan().ContainsAny('-', ',') ? 2 : 1;
            SetIfUnset(variable, Math.Max(1, Environment.ProcessorCount / threadsPerCore).ToString());
        }
    }

    /// <summary>Gives the blocks that are kept for reuse back to the kernel.</summary>
    internal static void Trim()
    {
        if (IsGlibc)
        {
            _ = TrimHeap(0);
        }
    }

    /// <summary>Bytes that were asked for and not given back; 0 on other C libraries.</summary>
    internal static long InUse()
    {
        if (!IsGlibc)
        {
            return 0;
        }

        var all = Account();
        return all.InUse + all.Mapped;
    }

    // getenv is what C++ asks, and .NET's own SetEnvironmentVariable does not reach it.
    private static void SetIfUnset(string variable, string value) => _ = SetVariable(variable, value, 0);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    // struct mallinfo2
    private struct HeapAccount
    {
#pragma warning disable CS0649, CS0169, IDE0051 // The C library fills it.
        public nint Arena, FreeChunks, FastChunks, MappedChunks, Mapped, Unused, FreeFast, InUse, Free, Trimmable;
#pragma warning restore
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial HeapAccount Account();

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeap(nint keep);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
