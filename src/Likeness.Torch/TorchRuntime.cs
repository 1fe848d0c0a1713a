using System.Runtime.InteropServices;
using Likeness.Torch.Interop;

namespace Likeness.Torch;

/// <summary>The libtorch that is loaded, and what it runs on.</summary>
public static unsafe class TorchRuntime
{
    /// <summary>libtorch's version, for example "1.13.1".</summary>
    public static string Version => Marshal.PtrToStringUTF8((nint)Native.TorchVersion())!;

    /// <summary>libtorch's summary of its build: compiler, BLAS, processor capability.</summary>
    public static string Configuration => Marshal.PtrToStringUTF8((nint)Native.TorchConfig())!;

    /// <summary>Threads that one operator may use.</summary>
    public static int Threads
    {
        get => Native.ThreadsGet();
        set => Native.ThreadsSet(value);
    }

    /// <summary>CUDA devices that this libtorch can use.</summary>
    public static int CudaDevices => Native.CudaDeviceCount();

    /// <summary>Native tensors that managed code holds now.</summary>
    public static long LiveTensors => Native.TensorLiveCount();

    /// <summary>Bytes of tensor memory in use on the CPU.</summary>
    public static long MemoryInUse => Native.MemoryInUse();

    /// <summary>Bytes of tensor memory held on the CPU, in use or kept for reuse.</summary>
    public static long MemoryReserved => Native.MemoryReserved();

    /// <summary>Gives the memory kept for reuse back to the system.</summary>
    public static void TrimMemory() => Native.MemoryTrim();
}
