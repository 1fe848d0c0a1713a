using System.Runtime.InteropServices;

namespace Likeness;

/// <summary>
/// The operators that TorchSharp lacks, through libtorch's stable C interface; gradients flow through them. Only operators whose
/// arguments are tensors, numbers and truth values can be called this way, and those that have an entry of their own.
/// </summary>
internal static unsafe class StableAbi
{
    // The version of the interface that these calls are written for: 2.10.
    private const ulong Version = (2UL << 56) | (10UL << 48);

    private static readonly delegate* unmanaged[Cdecl]<byte*, byte*, ulong*, ulong, int> s_call =
        (delegate* unmanaged[Cdecl]<byte*, byte*, ulong*, ulong, int>)Libtorch.Export("torch_call_dispatcher");

    private static readonly delegate* unmanaged[Cdecl]<nint, nint*, int> s_newHandle =
        (delegate* unmanaged[Cdecl]<nint, nint*, int>)Libtorch.Export("aoti_torch_new_tensor_handle");

    private static readonly delegate* unmanaged[Cdecl]<nint, int> s_zero = (delegate* unmanaged[Cdecl]<nint, int>)Libtorch.Export("aoti_torch_zero_");

    private static readonly delegate* unmanaged[Cdecl]<nint, nint, nint, long**, long, long*, long, long*, long, long*, long, int, long*, long, long, int*, long, nint*, nint*, nint*, int> s_convolutionBackward =
        (delegate* unmanaged[Cdecl]<nint, nint, nint, long**, long, long*, long, long*, long, long*, long, int, long*, long, long, int*, long, nint*, nint*, nint*, int>)Libtorch.Export("aoti_torch_cpu_convolution_backward");

    /// <summary>log Φ(x), the logarithm of the standard Normal's distribution function.</summary>
    public static Tensor LogNdtr(Tensor x)
    {
        var stack = stackalloc ulong[1];
        stack[0] = (ulong)Duplicate(x);
        Call("aten::special_log_ndtr"u8, stack);
        GC.KeepAlive(x);
        return Tensor.UnsafeCreateTensor((nint)stack[0]);
    }

    /// <summary>The same tensor as another object, which is freed by itself.</summary>
    public static Tensor Again(Tensor tensor) => Tensor.UnsafeCreateTensor(Duplicate(tensor));

    /// <summary>Makes all elements zero; without the second object for the same tensor that TorchSharp's <c>zero_</c> returns.</summary>
    public static void Zero(Tensor tensor)
    {
        if (s_zero(tensor.Handle) != 0)
        {
            throw new TorchException($"libtorch could not make a tensor of {tensor.ShapeText()} zero.");
        }

        GC.KeepAlive(tensor);
    }

    /// <summary>Makes a tensor take over another's values, type and device; whoever holds it sees that.</summary>
    public static void SetData(Tensor tensor, Tensor data)
    {
        var stack = stackalloc ulong[2];
        stack[0] = (ulong)Duplicate(tensor);
        stack[1] = (ulong)Duplicate(data);
        Call("aten::set_data"u8, stack);
        GC.KeepAlive((tensor, data));
    }

    /// <summary>The gradients of a convolution of two dimensions in main memory: of its input, its weight and its bias, where wanted.</summary>
    public static (Tensor? Input, Tensor? Weight, Tensor? Bias) ConvolutionBackward(Tensor grad, Tensor input, Tensor weight,
        ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, long groups, ReadOnlySpan<bool> wanted)
    {
        long outputs = weight.size(0);
        var sizes = &outputs;
        var one = stackalloc long[] { 1, 1 };
        var zero = stackalloc long[] { 0, 0 };
        var mask = stackalloc int[] { wanted[0] ? 1 : 0, wanted[1] ? 1 : 0, wanted[2] ? 1 : 0 };
        nint toInput = 0, toWeight = 0, toBias = 0;
        int status;
        fixed (long* s = stride, p = padding)
        {
            status = s_convolutionBackward(grad.Handle, input.Handle, weight.Handle, wanted[2] ? &sizes : null, wanted[2] ? 1 : 0, s, 2, p, 2, one, 2, 0, zero, 2, groups, mask, 3,
                &toInput, &toWeight, &toBias);
        }

        GC.KeepAlive((grad, input, weight));
        if (status != 0)
        {
            throw new TorchException($"libtorch refused the gradients of a convolution of {input.ShapeText()} with {weight.ShapeText()} from {grad.ShapeText()}.");
        }

        return (Take(toInput, wanted[0]), Take(toWeight, wanted[1]), Take(toBias, wanted[2]));

        static Tensor? Take(nint handle, bool wanted)
        {
            if (handle == 0)
            {
                return null;
            }

            var tensor = Tensor.UnsafeCreateTensor(handle);
            if (wanted)
            {
                return tensor;
            }

            tensor.Dispose();
            return null;
        }
    }

    private static nint Duplicate(Tensor tensor)
    {
        nint same;
        return s_newHandle(tensor.Handle, &same) == 0 ? same : throw new TorchException("libtorch did not give out a second handle of a tensor.");
    }

    private static void Call(ReadOnlySpan<byte> name, ulong* stack)
    {
        fixed (byte* n = name)
        {
            byte none = 0;
            if (s_call(n, &none, stack, Version) != 0)
            {
                throw new TorchException($"libtorch's operator {Marshal.PtrToStringUTF8((nint)n)} failed.");
            }
        }
    }
}
