using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Likeness.Torch.Kernels;

/// <summary>
/// Splits work into a fixed number of parts, so results depend on the thread count at most and never on timing. The threads
/// are the ones that libtorch's operators run on: those wait for more work by spinning, and threads of our own beside them would
/// have to wait for a core.
/// </summary>
internal static unsafe class Parts
{
    // torch_parallel_for(begin, end, grain, body, context) of libtorch's stable C interface.
    private static readonly delegate* unmanaged[Cdecl]<long, long, long, delegate* unmanaged[Cdecl]<long, long, void*, void>, void*, int> s_parallelFor =
        (delegate* unmanaged[Cdecl]<long, long, long, delegate* unmanaged[Cdecl]<long, long, void*, void>, void*, int>)Libtorch.Export("torch_parallel_for");

    /// <summary>Runs <paramref name="body"/> for each part 0 … parts − 1 on up to <paramref name="threads"/> threads; the first failure is thrown at the end.</summary>
    public static void Run(int parts, int threads, Action<int> body)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (parts == 1 || threads == 1)
        {
            for (var part = 0; part < parts; part++) body(part);
            return;
        }

        var work = new Work(body);
        var handle = GCHandle.Alloc(work);
        try
        {
            // libtorch hands out one piece to each of its threads; the parts of a piece run one after the other.
            s_parallelFor(0, parts, (parts + threads - 1) / threads, &RunParts, (void*)GCHandle.ToIntPtr(handle));
        }
        finally
        {
            handle.Free();
        }

        if (work.Failure is { } failure) ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>The first of the items of a part, when <paramref name="count"/> items are split as evenly as possible.</summary>
    public static int Start(int count, int parts, int part) => (int)((long)count * part / parts);

    /// <summary>Calls a function once on each of the threads that libtorch's operators may use, the calling one among them.</summary>
    internal static void OnEveryThread(delegate* unmanaged[Cdecl]<long, long, void*, void> body, nint argument) =>
        s_parallelFor(0, TorchRuntime.Threads, 1, body, (void*)argument);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void RunParts(long begin, long end, void* context)
    {
        var work = (Work)GCHandle.FromIntPtr((nint)context).Target!;
        try
        {
            for (var part = begin; part < end; part++)
            {
                work.Body((int)part);
            }
        }
#pragma warning disable CA1031 // No exception may cross into native code: it is thrown again on the other side.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref work.Failure, e, null);
        }
    }

    private sealed class Work(Action<int> body)
    {
        public Exception? Failure;

        public Action<int> Body => body;
    }
}
