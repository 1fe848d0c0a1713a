using System.Security.Cryptography;
using System.Text;
using Likeness.Torch.Interop;
using Likeness.Torch.Kernels;

namespace Likeness.Torch;

/// <summary>
/// A source of random numbers on one device. Every random draw takes one; there is no global seed. Its state can be saved,
/// and independent sources are forked from it by name.
/// </summary>
public sealed unsafe class Rng
{
    private readonly Lazy<NativeGenerator> _generator;

    /// <param name="seed">The same seed gives the same draws (on the same kind of device).</param>
    /// <param name="device">Where the draws are made; main memory unless said.</param>
    public Rng(ulong seed, Device? device = null)
    {
        Seed = seed;
        Device = device ?? Device.Cpu;
        _generator = new(() => new NativeGenerator(Device, Seed));
    }

    public ulong Seed { get; }

    public Device Device { get; }

    /// <summary>An independent source that depends only on this one's seed and the name, not on what was drawn so far.</summary>
    public Rng Fork(string name)
    {
        Span<byte> input = stackalloc byte[8 + Encoding.UTF8.GetMaxByteCount(name.Length)];
        BitConverter.TryWriteBytes(input, Seed);
        var length = 8 + Encoding.UTF8.GetBytes(name, input[8..]);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(input[..length], hash);
        return new(BitConverter.ToUInt64(hash), Device);
    }

    /// <summary>Draws from the standard Normal, fp32.</summary>
    public Tensor Normal(params ReadOnlySpan<long> shape) => Empty(shape).NormalInPlace(generator: this);

    /// <summary>Draws from the uniform distribution on [0, 1), fp32.</summary>
    public Tensor Uniform(params ReadOnlySpan<long> shape) => Empty(shape).UniformInPlace(generator: this);

    /// <summary>0 or 1 with these probabilities of 1, in the probabilities' shape and type.</summary>
    public Tensor Bernoulli(Tensor probabilities) => probabilities.Bernoulli(generator: this);

    /// <summary>
    /// Values 1/keep with probability <paramref name="keep"/>, else 0, fp32: what dropout multiplies with. On a processor they are
    /// drawn by a kernel of our own from one number of this source, since libtorch draws one by one on one thread.
    /// </summary>
    /// <param name="keep">Above 0 and at most 1.</param>
    /// <param name="shape">The mask's shape.</param>
    public Tensor DropoutMask(double keep, params ReadOnlySpan<long> shape)
    {
        using var noGrad = Autograd.NoGrad();
        var mask = Empty(shape);
        if (Device.Type != DeviceType.Cpu)
        {
            return mask.BernoulliInPlace(this, keep).DivInPlace(keep);
        }

        ulong key;
        using (var scope = new TensorScope())
        {
            key = (ulong)Integers(0, long.MaxValue, 1).AsSpan<long>()[0];
        }

        MaskKernel.Fill((float*)mask.DataPointer(), mask.Count, keep, (float)(1 / keep), key, TorchRuntime.Threads);
        return mask;
    }

    /// <summary>Whole numbers, uniform on low … high − 1, int64.</summary>
    public Tensor Integers(long low, long high, params ReadOnlySpan<long> shape) =>
        Ops.Empty(shape, dtype: ScalarType.Int64, device: Device).RandomInPlace(low, high, generator: this);

    /// <summary>The numbers 0 … count − 1 in random order, int64.</summary>
    public Tensor Permutation(long count) => Ops.Randperm(count, generator: this, dtype: ScalarType.Int64, device: Device);

    /// <summary>The state, to be given back to <see cref="SetState"/>: the next draws will be the same.</summary>
    public Tensor GetState()
    {
        nint state;
        Native.GeneratorGetState(Handle, &state);
        return Tensor.Wrap(state);
    }

    public void SetState(Tensor state) => Native.GeneratorSetState(Handle, state.Handle);

    internal nint Handle => _generator.Value.Handle;

    private Tensor Empty(ReadOnlySpan<long> shape) => Ops.Empty(shape, dtype: ScalarType.Float32, device: Device);

    private sealed class NativeGenerator
    {
        public readonly nint Handle;

        public NativeGenerator(Device device, ulong seed)
        {
            nint handle;
            Native.GeneratorCreate((int)device.Type, device.Index, seed, &handle);
            Handle = handle;
        }

        ~NativeGenerator() => Native.GeneratorRelease(Handle);
    }
}
