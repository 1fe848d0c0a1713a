using System.Runtime.CompilerServices;

namespace Likeness;

/// <summary>Between tensors and the memory of .NET: TorchSharp takes whole arrays and pins them; these copy spans, or show what is there.</summary>
public static unsafe class TensorMemory
{
    private static long s_emptied;

    /// <summary>Tensors that are not empty and not yet freed.</summary>
    internal static long Live => Tensor.TotalCount - Interlocked.Read(ref s_emptied);

    extension(Tensor)
    {
        /// <summary>A tensor with a copy of these values, in row-major order, in main memory.</summary>
        /// <exception cref="ArgumentException">The shape does not hold as many elements.</exception>
        public static Tensor From<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> shape) where T : unmanaged
        {
            var count = 1L;
            foreach (var d in shape)
            {
                count *= d;
            }

            if (count != values.Length)
            {
                throw new ArgumentException($"{values.Length} values do not fill the shape [{string.Join(", ", shape.ToArray())}], which has {count} elements.", nameof(shape));
            }

            var tensor = torch.empty(shape, ScalarTypes.Of<T>());
            values.CopyTo(tensor.AsSpan<T>());
            return tensor;
        }

        /// <summary>A tensor with a copy of these values.</summary>
        public static Tensor From<T>(T[] values, params ReadOnlySpan<long> shape) where T : unmanaged => Tensor.From((ReadOnlySpan<T>)values, shape);

        /// <summary>A tensor with a copy of these values.</summary>
        public static Tensor From<T>(Span<T> values, params ReadOnlySpan<long> shape) where T : unmanaged => Tensor.From((ReadOnlySpan<T>)values, shape);
    }

    extension(Tensor self)
    {
        /// <summary>
        /// The elements in place, in row-major order: no copy. Valid while the tensor lives. Writing does not tell autograd.
        /// </summary>
        /// <exception cref="InvalidOperationException">The tensor is elsewhere than in main memory, of another type, or not contiguous.</exception>
        public Span<T> AsSpan<T>() where T : unmanaged
        {
            if (ScalarTypes.Of<T>() != self.dtype)
            {
                throw new InvalidOperationException($"The tensor holds {self.dtype} elements, not {typeof(T).Name}: convert it with to(ScalarType.{ScalarTypes.Of<T>()}) first.");
            }

            return new Span<T>((void*)self.DataPointer(), checked((int)self.numel()));
        }

        /// <summary>The elements as a new array, in row-major order, whatever the device, order or element type.</summary>
        public T[] ToArray<T>() where T : unmanaged
        {
            using var scope = torch.NewDisposeScope();
            return self.detach().to(torch.CPU).to(ScalarTypes.Of<T>()).contiguous().AsSpan<T>().ToArray();
        }

        /// <summary>Lives from now on as long as the object that holds it, whatever scopes are open.</summary>
        public Tensor Own() => self.DetachFromDisposeScope();

        /// <summary>The same tensor as a parameter, for a module to hold; this object is empty from then on.</summary>
        internal TorchSharp.Modules.Parameter ToParameter()
        {
            // TorchSharp goes on counting the empty one.
            Interlocked.Increment(ref s_emptied);
            var parameter = new TorchSharp.Modules.Parameter(self);
            parameter.DetachFromDisposeScope();
            return parameter;
        }

        /// <summary>Whether two tensors are one object; TorchSharp's own equality compares elements.</summary>
        internal bool Is(Tensor? other) => ReferenceEquals(self, other);

        internal string ShapeText() => $"[{string.Join(", ", self.shape)}]";

        /// <summary>Whether the kernels of this library can work on it: fp32 in main memory.</summary>
        internal bool IsHostFloat() => self.dtype == ScalarType.Float32 && self.device_type == DeviceType.CPU;

        /// <summary>The numbers of a contiguous tensor of fp32 in main memory, for a kernel.</summary>
        internal float* Floats() => (float*)self.DataPointer();

        /// <summary>The address of the first element of a contiguous tensor in main memory.</summary>
        internal nint DataPointer()
        {
            if (self.device_type != DeviceType.CPU)
            {
                throw new InvalidOperationException($"The tensor lives on {self.device}: bring it to main memory with to(torch.CPU) first.");
            }

            if (!self.is_contiguous())
            {
                throw new InvalidOperationException($"The tensor of shape {self.ShapeText()} is a view that is not contiguous: call contiguous() first.");
            }

            return self.Address();
        }

        /// <summary>The address of the first element, whatever the order in memory.</summary>
        internal nint Address() => self.numel() == 0 ? 0 : DataOf(self.Handle);

        /// <summary>Tells autograd that the elements were changed through their address, so no recorded use of the old ones goes unnoticed.</summary>
        internal void MarkWritten()
        {
            using var mark = self.Mark();
            mark.Touch();
        }

        /// <summary>Tells autograd, through an empty view, that the whole has changed.</summary>
        internal void Touch() => StableAbi.Zero(self);

        /// <summary>An empty view. It shares the counter of changes, so writing none of its elements counts as a change of the whole.</summary>
        internal Tensor Mark()
        {
            using var noGrad = torch.no_grad();
            using var flat = self.view(-1);
            return flat.narrow(0, 0, 0);
        }

        /// <summary>Takes over another tensor's values, element type and device, and stays the same leaf for autograd.</summary>
        internal void Become(Tensor other) => StableAbi.SetData(self, other);
    }

    /// <summary>The values in the order of memory [n, height, width, channels], seen as [n, channels, height, width]: convolutions keep it and are faster in it.</summary>
    /// <remarks>An image of one channel is the same in both orders, and its strides alone say which libtorch takes for the layers behind it: they are made to.</remarks>
    public static Tensor ChannelsLast(this Tensor x) =>
        x.ndim == 4 && x.size(1) == 1 && x.is_contiguous() ? x.reshape(x.size(0), x.size(2), x.size(3), 1).permute(0, 3, 1, 2)
        : x.IsChannelsLast() ? x : x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    /// <summary>
    /// The values in an order that convolutions can be trusted with on the CPU. oneDNN turns images that are not <see cref="ChannelsLast"/> into blocks of 16 channels, and where
    /// channels do not fill the last block it leaves in the rest what the memory held before. The weights there are 0, but a NaN of former days times 0 is NaN: in the result where the
    /// channels that come in do not, in the gradients where those that go out do not.
    /// </summary>
    /// <remarks>An image of one channel is the same in both orders. It keeps its strides, by which libtorch's other layers know what its gradient is.</remarks>
    /// <param name="x">Images.</param>
    /// <param name="outputs">Channels that go out.</param>
    internal static Tensor ForConvolution(this Tensor x, long outputs) =>
        x.ndim == 4 && x.size(1) > 1 && (x.size(1) % 16 != 0 || outputs % 16 != 0) && x.device_type == DeviceType.CPU && x.numel() > 0 ? x.ChannelsLast() : x;

    /// <summary>Whether the values lie in memory pixel by pixel.</summary>
    public static bool IsChannelsLast(this Tensor x)
    {
        if (x.ndim != 4)
        {
            return false;
        }

        using var pixels = x.permute(0, 2, 3, 1);
        return pixels.is_contiguous();
    }

    [System.Runtime.InteropServices.DllImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    private static extern nint THSTensorData(nint tensor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static nint DataOf(nint handle) => THSTensorData(handle);
}
