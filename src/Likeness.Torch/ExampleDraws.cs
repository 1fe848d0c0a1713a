using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// Draws that are made example by example: which draw it is, the number of the example and the place within it say what comes out. They are made in
/// main memory, on every device alike.
/// </summary>
/// <param name="seed">Of the source.</param>
/// <param name="device">Where the draws are wanted.</param>
/// <param name="numbers">The number of each example; null counts from 0.</param>
internal sealed unsafe class ExampleDraws(ulong seed, Device device, uint[]? numbers)
{
    private uint _draws;

    public uint[]? Numbers { get; } = numbers;

    public Tensor Normal(ReadOnlySpan<long> shape) => Fill<CountingKernel.Normal>(shape);

    public Tensor Uniform(ReadOnlySpan<long> shape) => Fill<CountingKernel.Uniform>(shape);

    public Tensor Bernoulli(Tensor probabilities)
    {
        using var noGrad = torch.no_grad();
        if (!probabilities.IsHostFloat() || !probabilities.is_contiguous())
        {
            return Uniform(probabilities.shape).lt(probabilities).to(probabilities.dtype);
        }

        // One pass in place of three operators: a walk over the variables draws once for each of them.
        var drawn = Uniform(probabilities.shape);
        float* to = (float*)drawn.DataPointer(), p = (float*)probabilities.DataPointer();
        for (long i = 0, n = drawn.numel(); i < n; i++) to[i] = to[i] < p[i] ? 1 : 0;
        GC.KeepAlive(probabilities);
        return drawn;
    }

    public Tensor Integers(long low, long high, ReadOnlySpan<long> shape)
    {
        if (high <= low)
        {
            throw new ArgumentOutOfRangeException(nameof(high), high, $"There is no whole number from {low} to below {high}.");
        }

        var (rows, width, key) = Next(shape);
        var drawn = torch.empty(shape, ScalarType.Int64);
        var to = drawn.AsSpan<long>();
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < width; i++)
            {
                // The upper half of the product is uniform to within 2⁻⁶⁴ times the range.
                to[row * width + i] = low + (long)Math.BigMul(CountingKernel.Word(key, Numbers?[row] ?? (uint)row, (uint)i), (ulong)(high - low), out _);
            }
        }

        return device.type == DeviceType.CPU ? drawn : drawn.to(device);
    }

    private Tensor Fill<TValue>(ReadOnlySpan<long> shape) where TValue : struct, CountingKernel.IValue
    {
        var (rows, width, key) = Next(shape);
        var drawn = torch.empty(shape, ScalarType.Float32);
        if (drawn.numel() > 0)
        {
            CountingKernel.Fill<TValue>((float*)drawn.DataPointer(), rows, width, key, Numbers, TorchRuntime.Threads);
        }

        return device.type == DeviceType.CPU ? drawn : drawn.to(device);
    }

    private (int Rows, int Width, ulong Key) Next(ReadOnlySpan<long> shape)
    {
        var rows = shape.IsEmpty ? 1 : checked((int)shape[0]);
        if (Numbers is { } named && named.Length != rows)
        {
            throw new ArgumentException($"A draw of {rows} rows was asked of a source that draws for {named.Length} examples.", nameof(shape));
        }

        var width = 1L;
        for (var i = 1; i < shape.Length; i++) width *= shape[i];
        return (rows, checked((int)width), CountingKernel.Word(seed, _draws++, 0));
    }
}
