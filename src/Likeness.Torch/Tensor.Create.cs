using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Likeness.Torch.Interop;

namespace Likeness.Torch;

public sealed unsafe partial class Tensor
{
    /// <summary>A tensor with a copy of these values, in row-major order.</summary>
    /// <exception cref="ArgumentException">The shape does not hold as many elements.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        Check(values.Length, shape);
        var tensor = Ops.Empty(shape, dtype: ScalarTypes.Of<T>());
        values.CopyTo(tensor.AsSpan<T>());
        return tensor;
    }

    /// <summary>A tensor with a copy of these values.</summary>
    public static Tensor From<T>(T[] values, params ReadOnlySpan<long> shape) where T : unmanaged => From(values.AsSpan(), shape);

    /// <summary>A tensor with a copy of these values.</summary>
    public static Tensor From<T>(Span<T> values, params ReadOnlySpan<long> shape) where T : unmanaged => From((ReadOnlySpan<T>)values, shape);

    /// <summary>A tensor over the caller's memory, without a copy: the memory is pinned until the last use of the tensor ends and must not change meanwhile.</summary>
    /// <exception cref="ArgumentException">The shape does not hold as many elements.</exception>
    public static Tensor From<T>(ReadOnlyMemory<T> memory, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        Check(memory.Length, shape);
        var pin = GCHandle.Alloc(new StrongBox<MemoryHandle>(memory.Pin()));
        var box = (StrongBox<MemoryHandle>)pin.Target!;
        fixed (long* s = shape)
        {
            nint handle;
            Native.TensorFromMemory(box.Value.Pointer, s, shape.Length, (int)ScalarTypes.Of<T>(), &Unpin, (void*)GCHandle.ToIntPtr(pin), &handle);
            return Wrap(handle);
        }
    }

    /// <summary>Converts to an element type; the same tensor if it already has it.</summary>
    public Tensor To(ScalarType type) => ScalarType == type ? this : To(type, false);

    /// <summary>Brings to a device; the same tensor if it is already there.</summary>
    public Tensor To(Device device) =>
        Device == device || (Device.Type == DeviceType.Cpu && device.Type == DeviceType.Cpu) ? this : ToCopy(device: device);

    public static Tensor operator +(Tensor a, Tensor b) => a.Add(b);

    public static Tensor operator +(Tensor a, Scalar b) => a.Add(b);

    public static Tensor operator +(Scalar a, Tensor b) => b.Add(a);

    public static Tensor operator -(Tensor a, Tensor b) => a.Sub(b);

    public static Tensor operator -(Tensor a, Scalar b) => a.Sub(b);

    public static Tensor operator -(Scalar a, Tensor b) => b.Rsub(a);

    public static Tensor operator -(Tensor a) => a.Neg();

    public static Tensor operator *(Tensor a, Tensor b) => a.Mul(b);

    public static Tensor operator *(Tensor a, Scalar b) => a.Mul(b);

    public static Tensor operator *(Scalar a, Tensor b) => b.Mul(a);

    public static Tensor operator /(Tensor a, Tensor b) => a.Div(b);

    public static Tensor operator /(Tensor a, Scalar b) => a.Div(b);

    private static void Check(long length, ReadOnlySpan<long> shape)
    {
        var count = 1L;
        foreach (var d in shape)
        {
            count *= d;
        }

        if (count != length)
        {
            throw new ArgumentException($"{length} values do not fill the shape [{string.Join(", ", shape.ToArray())}], which has {count} elements.", nameof(shape));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Unpin(void* context)
    {
        var pin = GCHandle.FromIntPtr((nint)context);
        ((StrongBox<MemoryHandle>)pin.Target!).Value.Dispose();
        pin.Free();
    }
}
