using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Likeness.Torch.Interop;

/// <summary>
/// <c>native/likeness_torch.h</c>, function by function, in its order. Handles are <see cref="nint"/>; whoever receives one owns it
/// (see the header). Functions that return <see cref="Status"/> throw by themselves.
/// </summary>
internal static unsafe partial class Native
{
    internal const int AbiVersionExpected = 3;

    private const string Library = NativeLibraryLoader.Name;

    // Runs before the first call and only then, so that nothing native is touched by merely loading this assembly.
    static Native() => NativeLibraryLoader.Register();

    /// <summary>The calling thread's last error, one line.</summary>
    internal static string LastErrorText() => Marshal.PtrToStringUTF8((nint)LastError()) ?? "";

    // ---- errors, versions

    [LibraryImport(Library, EntryPoint = "lk_last_error")]
    internal static partial byte* LastError();

    [LibraryImport(Library, EntryPoint = "lk_abi_version")]
    internal static partial int AbiVersion();

    [LibraryImport(Library, EntryPoint = "lk_torch_version")]
    internal static partial byte* TorchVersion();

    [LibraryImport(Library, EntryPoint = "lk_torch_config")]
    internal static partial byte* TorchConfig();

    [LibraryImport(Library, EntryPoint = "lk_buffer_free")]
    internal static partial void BufferFree(void* buffer);

    // ---- operators; args and results are lk_value*

    [LibraryImport(Library, EntryPoint = "lk_op_find", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial Status OpFind(string name, string overload, nint* op);

    [LibraryImport(Library, EntryPoint = "lk_op_schema")]
    internal static partial Status OpSchema(nint op, byte** schema);

    [LibraryImport(Library, EntryPoint = "lk_op_call")]
    internal static partial Status OpCall(nint op, void* args, int argCount, void* results, int maxResults, int* resultCount);

    // ---- tensors

    [LibraryImport(Library, EntryPoint = "lk_tensor_release")]
    internal static partial void TensorRelease(nint tensor);

    [LibraryImport(Library, EntryPoint = "lk_tensor_retain")]
    internal static partial Status TensorRetain(nint tensor, nint* same);

    /// <summary><paramref name="release"/> is called exactly once, also when this call fails.</summary>
    [LibraryImport(Library, EntryPoint = "lk_tensor_from_memory")]
    internal static partial Status TensorFromMemory(
        void* data, long* shape, int dims, int dtype, delegate* unmanaged[Cdecl]<void*, void> release, void* context, nint* result);

    [LibraryImport(Library, EntryPoint = "lk_tensor_info")]
    internal static partial Status TensorInfo(nint tensor, int* dims, int* dtype, int* deviceType, int* deviceIndex, long* bytes);

    [LibraryImport(Library, EntryPoint = "lk_tensor_shape")]
    internal static partial Status TensorShape(nint tensor, long* shape, long* strides);

    [LibraryImport(Library, EntryPoint = "lk_tensor_data")]
    internal static partial Status TensorData(nint tensor, void** data);

    [LibraryImport(Library, EntryPoint = "lk_tensor_is_contiguous")]
    internal static partial Status TensorIsContiguous(nint tensor, int memoryFormat, int* yes);

    [LibraryImport(Library, EntryPoint = "lk_tensor_live_count")]
    internal static partial long TensorLiveCount();

    [LibraryImport(Library, EntryPoint = "lk_memory_in_use")]
    internal static partial long MemoryInUse();

    [LibraryImport(Library, EntryPoint = "lk_memory_reserved")]
    internal static partial long MemoryReserved();

    [LibraryImport(Library, EntryPoint = "lk_memory_trim")]
    internal static partial void MemoryTrim();

    // ---- autograd

    [LibraryImport(Library, EntryPoint = "lk_autograd_grad")]
    internal static partial Status AutogradGrad(
        nint* outputs, int outputCount, nint* inputs, int inputCount, nint* outputGrads,
        int retainGraph, int createGraph, int allowUnused, nint* grads);

    [LibraryImport(Library, EntryPoint = "lk_autograd_requires_grad")]
    internal static partial Status AutogradRequiresGrad(nint tensor, int* yes);

    [LibraryImport(Library, EntryPoint = "lk_autograd_set_requires_grad")]
    internal static partial Status AutogradSetRequiresGrad(nint tensor, int yes);

    [LibraryImport(Library, EntryPoint = "lk_autograd_grad_mode")]
    internal static partial int AutogradGradMode();

    [LibraryImport(Library, EntryPoint = "lk_autograd_set_grad_mode")]
    internal static partial void AutogradSetGradMode(int on);

    [LibraryImport(Library, EntryPoint = "lk_autograd_inference_enter")]
    internal static partial Status AutogradInferenceEnter(nint* guard);

    [LibraryImport(Library, EntryPoint = "lk_autograd_inference_leave")]
    internal static partial Status AutogradInferenceLeave(nint guard);

    [LibraryImport(Library, EntryPoint = "lk_autograd_bump_version")]
    internal static partial Status AutogradBumpVersion(nint tensor);

    /// <summary>
    /// <paramref name="backward"/>(context, grads, gradCount, results, resultCount, message, messageSize); <paramref name="release"/> is
    /// called exactly once, also when this call fails.
    /// </summary>
    [LibraryImport(Library, EntryPoint = "lk_autograd_custom")]
    internal static partial Status AutogradCustom(
        nint* inputs, int inputCount, nint* outputs, int outputCount,
        delegate* unmanaged[Cdecl]<void*, nint*, int, nint*, int, byte*, int, int> backward,
        delegate* unmanaged[Cdecl]<void*, void> release, void* context);

    // ---- generators

    [LibraryImport(Library, EntryPoint = "lk_generator_create")]
    internal static partial Status GeneratorCreate(int deviceType, int deviceIndex, ulong seed, nint* result);

    [LibraryImport(Library, EntryPoint = "lk_generator_release")]
    internal static partial void GeneratorRelease(nint generator);

    [LibraryImport(Library, EntryPoint = "lk_generator_get_state")]
    internal static partial Status GeneratorGetState(nint generator, nint* state);

    [LibraryImport(Library, EntryPoint = "lk_generator_set_state")]
    internal static partial Status GeneratorSetState(nint generator, nint state);

    // ---- precision, threads, devices

    [LibraryImport(Library, EntryPoint = "lk_autocast_set")]
    internal static partial Status AutocastSet(int deviceType, int enabled, int dtype, int* wasEnabled, int* wasDtype);

    [LibraryImport(Library, EntryPoint = "lk_autocast_clear_cache")]
    internal static partial Status AutocastClearCache();

    [LibraryImport(Library, EntryPoint = "lk_threads_get")]
    internal static partial int ThreadsGet();

    [LibraryImport(Library, EntryPoint = "lk_threads_set")]
    internal static partial Status ThreadsSet(int count);

    [LibraryImport(Library, EntryPoint = "lk_parallel_run")]
    internal static partial void ParallelRun(int parts, int threads, delegate* unmanaged[Cdecl]<void*, int, void> body, void* context);

    [LibraryImport(Library, EntryPoint = "lk_denormals_flush")]
    internal static partial int DenormalsFlush(int on);

    [LibraryImport(Library, EntryPoint = "lk_cuda_device_count")]
    internal static partial int CudaDeviceCount();

    [LibraryImport(Library, EntryPoint = "lk_cuda_memory")]
    internal static partial Status CudaMemory(int index, long* used, long* total);

    // ---- TorchScript

    [LibraryImport(Library, EntryPoint = "lk_script_load", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial Status ScriptLoad(string path, int deviceType, int deviceIndex, nint* result);

    [LibraryImport(Library, EntryPoint = "lk_script_release")]
    internal static partial void ScriptRelease(nint script);

    [LibraryImport(Library, EntryPoint = "lk_script_forward")]
    internal static partial Status ScriptForward(nint script, nint* inputs, int inputCount, nint* output);

    // ---- images; reading throws InvalidDataException

    [LibraryImport(Library, EntryPoint = "lk_image_info")]
    [return: MarshalUsing(typeof(FileStatusMarshaller))]
    internal static partial Status ImageInfo(byte* bytes, long length, int* format, int* width, int* height, int* channels);

    [LibraryImport(Library, EntryPoint = "lk_image_decode")]
    [return: MarshalUsing(typeof(FileStatusMarshaller))]
    internal static partial Status ImageDecode(byte* bytes, long length, int channels, byte* pixels, long pixelBytes);

    [LibraryImport(Library, EntryPoint = "lk_image_encode_png")]
    internal static partial Status ImageEncodePng(byte* pixels, int width, int height, int channels, byte** bytes, long* length);

    [LibraryImport(Library, EntryPoint = "lk_image_encode_jpeg")]
    internal static partial Status ImageEncodeJpeg(
        byte* pixels, int width, int height, int channels, int quality, byte** bytes, long* length);
}
