using System.Security.Cryptography;

namespace Likeness;

/// <summary>Noise that nobody is to know: from the system's secret randomness unless a seed is given. Its state is saved with the training.</summary>
internal sealed class SecretNoise : IStateful
{
    private readonly Rng _rng;

    public SecretNoise(ulong? seed, Device device) => _rng = new(seed ?? Secret(), device);

    /// <summary>A number that nobody can guess.</summary>
    public static ulong Secret()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    /// <summary>Normal noise of this deviation.</summary>
    public Tensor Draw(ReadOnlySpan<long> shape, double deviation) => _rng.Normal(shape).mul_(deviation);

    public void State(IStateCursor cursor) => cursor.Visit("rng", _rng);
}
