using System.Security.Cryptography;
using System.Text;
using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// A source of random numbers on one device. Every random draw takes one; there is no global seed. Its state can be saved,
/// and independent sources are forked from it by name.
/// </summary>
public sealed unsafe class Rng
{
    private readonly Lazy<torch.Generator> _generator;

    /// <param name="seed">The same seed gives the same draws (on the same kind of device).</param>
    /// <param name="device">Where the draws are made; main memory unless said.</param>
    public Rng(ulong seed, Device? device = null)
    {
        Seed = seed;
        Device = device ?? torch.CPU;
        _generator = new(() => new torch.Generator(Seed, Device));
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
    public Tensor Normal(params ReadOnlySpan<long> shape) => Empty(shape).normal_(generator: Generator);

    /// <summary>Draws from the uniform distribution on [0, 1), fp32.</summary>
    public Tensor Uniform(params ReadOnlySpan<long> shape) => Empty(shape).uniform_(0, 1, Generator);

    /// <summary>0 or 1 with these probabilities of 1, in the probabilities' shape and type.</summary>
    public Tensor Bernoulli(Tensor probabilities) => probabilities.bernoulli(Generator);

    /// <summary>
    /// Values 1/keep with probability <paramref name="keep"/>, else 0, fp32: what dropout multiplies with. On a processor they are
    /// drawn by a kernel of our own from one number of this source, since libtorch draws one by one on one thread.
    /// </summary>
    /// <param name="keep">Above 0 and at most 1.</param>
    /// <param name="shape">The mask's shape.</param>
    public Tensor DropoutMask(double keep, params ReadOnlySpan<long> shape)
    {
        using var noGrad = torch.no_grad();
        var mask = Empty(shape);
        if (Device.type != DeviceType.CPU)
        {
            return mask.bernoulli_(keep, Generator).div_(keep);
        }

        ulong key;
        using (torch.NewDisposeScope())
        {
            key = (ulong)Integers(0, long.MaxValue, 1).AsSpan<long>()[0];
        }

        MaskKernel.Fill((float*)mask.DataPointer(), mask.numel(), keep, (float)(1 / keep), key, TorchRuntime.Threads);
        return mask;
    }

    /// <summary>Whole numbers, uniform on low … high − 1, int64.</summary>
    public Tensor Integers(long low, long high, params ReadOnlySpan<long> shape) =>
        torch.randint(low, high, shape.ToArray(), ScalarType.Int64, Device, generator: Generator);

    /// <summary>The numbers 0 … count − 1 in random order, int64.</summary>
    public Tensor Permutation(long count) => torch.randperm(count, ScalarType.Int64, Device, generator: Generator);

    /// <summary>The state, to be given back to <see cref="SetState"/>: the next draws will be the same.</summary>
    public Tensor GetState() => Generator.get_state();

    /// <exception cref="TorchException">These bytes are no state of a generator on this device.</exception>
    public void SetState(Tensor state)
    {
        // libtorch's own check would end the process.
        if (!IsState(state))
        {
            throw new TorchException($"{state.numel()} numbers of type {state.dtype} are not the state of a random generator on {Device}: it was damaged, or saved on another kind of device.");
        }

        Generator.set_state(state);
    }

    /// <summary>The generator of TorchSharp behind it, for draws that this class does not offer.</summary>
    public torch.Generator Generator => _generator.Value;

    private bool IsState(Tensor state)
    {
        using var scope = torch.NewDisposeScope();
        var own = Generator.get_state();
        if (state.dtype != own.dtype || state.device_type != own.device_type || state.numel() != own.numel() || !state.is_contiguous())
        {
            return false;
        }

        // The Mersenne twister's: its seed (8 bytes), how many numbers are left (4), whether it was seeded (4), and the next one (8).
        return Device.type != DeviceType.CPU || (state.AsSpan<byte>() is var bytes
            && BitConverter.ToInt32(bytes[8..]) is > 0 and <= 624 && BitConverter.ToInt32(bytes[12..]) == 1 && BitConverter.ToUInt64(bytes[16..]) <= 624);
    }

    private Tensor Empty(ReadOnlySpan<long> shape) => torch.empty(shape, ScalarType.Float32, Device);
}
