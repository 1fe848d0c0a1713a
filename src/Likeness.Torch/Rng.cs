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
    private readonly ExampleDraws? _examples;

    /// <param name="seed">The same seed gives the same draws (on the same kind of device).</param>
    /// <param name="device">Where the draws are made; main memory unless said.</param>
    public Rng(ulong seed, Device? device = null)
    {
        Seed = seed;
        Device = device ?? torch.CPU;
        _generator = new(() => new torch.Generator(Seed, Device));
    }

    private Rng(ulong seed, Device device, uint[]? examples)
        : this(seed, device) => _examples = new(seed, device, examples);

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
        var seed = BitConverter.ToUInt64(hash);
        return _examples is null ? new(seed, Device) : new(seed, Device, _examples.Numbers);
    }

    /// <summary>
    /// A source whose draws are made example by example, from one number of this one: the first dimension of what it draws counts examples, and
    /// those of example i depend on its number alone and not on how many are drawn. Of such a source it is the source itself.
    /// </summary>
    public Rng PerExample()
    {
        return _examples is null ? new(Key(), Device, null) : this;
    }

    /// <summary>Of a source that draws <see cref="PerExample"/>: the same draws for some of the examples, whose numbers these are.</summary>
    /// <exception cref="InvalidOperationException">This source does not draw per example.</exception>
    public Rng Only(params ReadOnlySpan<long> examples)
    {
        if (_examples is not { } own)
        {
            throw new InvalidOperationException("Only a source that draws per example can draw for some of them: ask it for PerExample() first.");
        }

        var numbers = new uint[examples.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            var number = checked((uint)examples[i]);
            numbers[i] = own.Numbers is { } named ? named[number] : number;
        }

        return new(Seed, Device, numbers);
    }

    /// <summary>Draws from the standard Normal, fp32.</summary>
    public Tensor Normal(params ReadOnlySpan<long> shape) => _examples?.Normal(shape) ?? Empty(shape).normal_(generator: Generator);

    /// <summary>Draws from the uniform distribution on [0, 1), fp32.</summary>
    public Tensor Uniform(params ReadOnlySpan<long> shape) => _examples?.Uniform(shape) ?? Empty(shape).uniform_(0, 1, Generator);

    /// <summary>0 or 1 with these probabilities of 1, in the probabilities' shape and type.</summary>
    public Tensor Bernoulli(Tensor probabilities) => _examples?.Bernoulli(probabilities) ?? probabilities.bernoulli(Generator);

    /// <summary>Indices 0 … k − 1 with probabilities in proportion to these weights […, k]: int64 […].</summary>
    public Tensor Choice(Tensor weights)
    {
        using var noGrad = torch.no_grad();
        var (shape, levels) = (weights.shape[..^1], weights.shape[^1]);
        if (_examples is null)
        {
            return weights.reshape(-1, levels).multinomial(1, replacement: true, generator: Generator).reshape(shape);
        }

        // Summed in double precision: many small weights would else be lost to rounding.
        var sums = weights.to(ScalarType.Float64).cumsum(-1);
        var chosen = torch.searchsorted(sums, _examples.Uniform([.. shape, 1]) * sums.narrow(-1, levels - 1, 1), right: true);
        return chosen.squeeze(-1).clamp_(0, levels - 1);
    }

    /// <summary>As many indices 0 … k − 1, independent of each other, with probabilities in proportion to these weights [k]: int64 [count].</summary>
    public Tensor Choice(Tensor weights, int count) => _examples is null
        ? weights.multinomial(count, replacement: true, generator: Generator)
        : Choice(weights.unsqueeze(0).expand(count, weights.size(0)));

    /// <summary>
    /// Values 1/keep with probability <paramref name="keep"/>, else 0, fp32: what dropout multiplies with. On a processor they are
    /// drawn by a kernel of our own from one number of this source, since libtorch draws one by one on one thread.
    /// </summary>
    /// <param name="keep">Above 0 and at most 1.</param>
    /// <param name="shape">The mask's shape.</param>
    public Tensor DropoutMask(double keep, params ReadOnlySpan<long> shape)
    {
        using var noGrad = torch.no_grad();
        if (_examples is not null)
        {
            return _examples.Uniform(shape).lt(keep).to(ScalarType.Float32).div_(keep);
        }

        var mask = Empty(shape);
        if (Device.type != DeviceType.CPU)
        {
            return mask.bernoulli_(keep, Generator).div_(keep);
        }

        MaskKernel.Fill((float*)mask.DataPointer(), mask.numel(), keep, (float)(1 / keep), Key(), TorchRuntime.Threads);
        return mask;
    }

    /// <summary>Whole numbers, uniform on low … high − 1, int64.</summary>
    public Tensor Integers(long low, long high, params ReadOnlySpan<long> shape) => _examples?.Integers(low, high, shape) ??
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

    // One number of the generator.
    private ulong Key()
    {
        using var scope = torch.NewDisposeScope();
        var key = torch.randint(0, long.MaxValue, [1], ScalarType.Int64, Device, generator: Generator).cpu();
        return (ulong)key.AsSpan<long>()[0];
    }

    private Tensor Empty(ReadOnlySpan<long> shape) => torch.empty(shape, ScalarType.Float32, Device);
}
