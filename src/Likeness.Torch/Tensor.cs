using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Likeness.Torch.Interop;

namespace Likeness.Torch;

/// <summary>
/// An array of numbers in libtorch's memory. Its operators are generated from <c>ops.schema</c>. Nobody disposes of a tensor:
/// the innermost <see cref="TensorScope"/> frees it, else the garbage collector does.
/// </summary>
public sealed unsafe partial class Tensor
{
    private static long s_finalised;

    private nint _handle;
    private long[]? _shape;
    private ScalarType _type;
    private Device _device;
    private long _pressure;
    private bool _scoped;

    private Tensor(nint handle)
    {
        _handle = handle;
        _scoped = TensorScope.Register(this);
        if (!_scoped)
        {
            Press();
        }
    }

    ~Tensor()
    {
        // A tensor that left its scopes on purpose (a parameter, a result) ends here by design; one that never had a scope is counted.
        if (!_scoped)
        {
            Interlocked.Increment(ref s_finalised);
        }

        Release();
    }

    /// <summary>Tensors that no scope freed and that were not held by a module or a caller on purpose: zero in well-scoped code.</summary>
    public static long FinalisedCount => Interlocked.Read(ref s_finalised);

    /// <summary>Dimensions.</summary>
    public ReadOnlySpan<long> Shape => Describe();

    /// <summary>Number of dimensions.</summary>
    public int Dims => Describe().Length;

    /// <summary>Number of elements.</summary>
    public long Count
    {
        get
        {
            var count = 1L;
            foreach (var d in Describe())
            {
                count *= d;
            }

            return count;
        }
    }

    public ScalarType ScalarType
    {
        get
        {
            Describe();
            return _type;
        }
    }

    public Device Device
    {
        get
        {
            Describe();
            return _device;
        }
    }

    /// <summary>The size of one dimension; negative dimensions count from the end.</summary>
    public long Size(int dim) => Describe()[dim < 0 ? dim + Dims : dim];

    public bool IsContiguous(MemoryFormat format = MemoryFormat.Contiguous)
    {
        int yes;
        Native.TensorIsContiguous(Handle, (int)format, &yes);
        GC.KeepAlive(this);
        return yes != 0;
    }

    /// <summary>Whether gradients flow to or through this tensor.</summary>
    public bool RequiresGrad
    {
        get
        {
            int yes;
            Native.AutogradRequiresGrad(Handle, &yes);
            GC.KeepAlive(this);
            return yes != 0;
        }
    }

    /// <summary>Makes a leaf tensor collect gradients, or stop to.</summary>
    public Tensor WithGrad(bool requires = true)
    {
        Native.AutogradSetRequiresGrad(Handle, requires ? 1 : 0);
        return this;
    }

    /// <summary>
    /// The elements in place, in row-major order: no copy. Valid while the tensor lives. Writing does not tell autograd.
    /// </summary>
    /// <exception cref="InvalidOperationException">The tensor is elsewhere than in main memory, of another type, or not contiguous.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        if (ScalarTypes.Of<T>() != ScalarType)
        {
            throw new InvalidOperationException($"The tensor holds {ScalarType} elements, not {typeof(T).Name}: convert it with To({ScalarTypes.Of<T>()}) first.");
        }

        return new Span<T>((void*)DataPointer(), checked((int)Count));
    }

    /// <summary>The elements in place, as the type that other .NET numerical code speaks: no copy. See <see cref="AsSpan{T}"/>.</summary>
    public TensorSpan<T> AsTensorSpan<T>() where T : unmanaged
    {
        var shape = new nint[Dims];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = (nint)Shape[i];
        }

        AsSpan<T>();
        return new TensorSpan<T>((T*)DataPointer(), (nint)Count, shape, default);
    }

    /// <summary>The elements as a new array, in row-major order, whatever the device, order or element type.</summary>
    public T[] ToArray<T>() where T : unmanaged
    {
        using var scope = new TensorScope();
        var here = Detach();
        here = here.Device.Type == DeviceType.Cpu ? here : here.To(Device.Cpu);
        return here.To(ScalarTypes.Of<T>()).Contiguous().AsSpan<T>().ToArray();
    }

    /// <summary>The only element as a number.</summary>
    public double Item()
    {
        if (Count != 1)
        {
            throw new InvalidOperationException($"Only a tensor of one element is a number; this one has shape {ShapeText()}.");
        }

        return ToArray<double>()[0];
    }

    /// <summary>For example "Float32 [64, 1, 28, 28] cpu".</summary>
    public override string ToString() => _handle == 0 ? "freed tensor" : $"{ScalarType} {ShapeText()} {Device}";

    internal string ShapeText() => $"[{string.Join(", ", Shape.ToArray())}]";

    /// <summary>The native handle, borrowed.</summary>
    internal nint Handle => _handle != 0
        ? _handle
        : throw new ObjectDisposedException(nameof(Tensor), "This tensor was freed at the end of its scope: keep it with TensorScope.Keep, or copy what you need.");

    internal static Tensor Wrap(nint handle) => new(handle);

    /// <summary>A second handle on the same native tensor, outside all scopes, for the native side to own.</summary>
    internal nint Retain()
    {
        nint same;
        Native.TensorRetain(Handle, &same);
        GC.KeepAlive(this);
        return same;
    }

    /// <summary>The address of the first element of a contiguous tensor in main memory.</summary>
    internal nint DataPointer()
    {
        if (Device.Type != DeviceType.Cpu)
        {
            throw new InvalidOperationException($"The tensor lives on {Device}: bring it to main memory with To(Device.Cpu) first.");
        }

        if (!IsContiguous())
        {
            throw new InvalidOperationException($"The tensor of shape {ShapeText()} is a view that is not contiguous: call Contiguous() first.");
        }

        void* data;
        Native.TensorData(Handle, &data);
        return (nint)data;
    }

    /// <summary>Tells autograd that the elements were changed through their address, so that no recorded use of the old ones goes unnoticed.</summary>
    internal void MarkWritten()
    {
        Native.AutogradBumpVersion(Handle);
        GC.KeepAlive(this);
    }

    /// <summary>Lives from now on as long as the object that holds it, whatever scopes are open.</summary>
    internal Tensor Own()
    {
        TensorScope.Release(this);
        _scoped = true;
        return this;
    }

    /// <summary>Takes over another tensor's values, element type and device, and stays the same leaf for autograd.</summary>
    internal void Become(Tensor other)
    {
        SetData(other);
        _shape = null;
    }

    internal void LeaveScopes()
    {
        _scoped = true;
        Press();
    }

    internal void Free()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    // The garbage collector sees 40 bytes where there may be megabytes; only tensors that wait for it need to tell.
    private void Press()
    {
        const long worthTelling = 16 << 10;
        long bytes;
        int dims, type, deviceType, deviceIndex;
        Native.TensorInfo(_handle, &dims, &type, &deviceType, &deviceIndex, &bytes);
        if (bytes >= worthTelling && _pressure == 0)
        {
            _pressure = bytes;
            GC.AddMemoryPressure(bytes);
        }
    }

    private void Release()
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle == 0)
        {
            return;
        }

        Native.TensorRelease(handle);
        if (_pressure > 0)
        {
            GC.RemoveMemoryPressure(_pressure);
            _pressure = 0;
        }
    }

    private long[] Describe()
    {
        if (_shape is { } known)
        {
            return known;
        }

        int dims, type, deviceType, deviceIndex;
        long bytes;
        Native.TensorInfo(Handle, &dims, &type, &deviceType, &deviceIndex, &bytes);
        var shape = dims == 0 ? [] : new long[dims];
        fixed (long* s = shape)
        {
            if (dims > 0)
            {
                Native.TensorShape(Handle, s, null);
            }
        }

        _type = (ScalarType)type;
        _device = new((DeviceType)deviceType, deviceType == 0 ? -1 : deviceIndex);
        GC.KeepAlive(this);
        return _shape = shape;
    }
}
