using TorchSharp;

namespace Likeness;

/// <summary>The libtorch that is loaded, and what it runs on.</summary>
public static class TorchRuntime
{
    private static int? s_threads;

    /// <summary>libtorch's version, for example "2.10.0".</summary>
    public static string Version => torch.__version__;

    /// <summary>Threads that one operator may use.</summary>
    public static int Threads
    {
        get => s_threads ??= torch.get_num_threads();
        set
        {
            if (value < 1)
            {
                throw new TorchException($"The number of threads must be at least 1, not {value}.");
            }

            torch.set_num_threads(value);
            s_threads = value;
        }
    }

    /// <summary>CUDA devices that this libtorch can use.</summary>
    public static int CudaDevices => torch.cuda_is_available() ? torch.cuda.device_count() : 0;

    /// <summary>Tensors that managed code holds now.</summary>
    public static long LiveTensors => TensorMemory.Live;

    /// <summary>Functions with a derivative of their own that recorded graphs hold now.</summary>
    public static long LiveFunctions => CustomNode.InUse;

    /// <summary>Bytes of native memory in use, tensors and all else; 0 where the C library does not tell.</summary>
    public static long MemoryInUse => GlibcSettings.InUse();

    /// <summary>Gives the memory that is kept for reuse back to the system.</summary>
    public static void TrimMemory() => GlibcSettings.Trim();
}
