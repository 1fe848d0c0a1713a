using System.Buffers;
using System.Runtime.InteropServices;

namespace Likeness.Torch.Kernels;

/// <summary>
/// Working memory of one part of a kernel: pooled, pinned while in use, and aligned to a cache line so that no vector load
/// crosses one. The contents are undefined at first.
/// </summary>
internal unsafe ref struct Scratch
{
    private const int Alignment = 64;
    private readonly float[] _rented;
    private readonly int _length;
    private GCHandle _pin;
    private int _used;

    /// <param name="floats">The total of all later <see cref="Take"/>s, each rounded up by <see cref="Round"/>.</param>
    public Scratch(int floats)
    {
        _length = floats;
        _rented = ArrayPool<float>.Shared.Rent(floats + (Alignment / sizeof(float)));
        _pin = GCHandle.Alloc(_rented, GCHandleType.Pinned);
    }

    /// <summary>The space that a block of so many floats takes.</summary>
    public static int Round(int floats) => (floats + 15) & ~15;

    /// <summary>The next block, aligned to 64 bytes.</summary>
    public float* Take(int floats)
    {
        var address = ((nuint)_pin.AddrOfPinnedObject() + Alignment - 1) & ~(nuint)(Alignment - 1);
        var block = (float*)address + _used;
        _used += Round(floats);
        if (_used > _length) throw new InvalidOperationException($"A kernel took {_used} floats of a scratch of {_length}.");
        return block;
    }

    public void Dispose()
    {
        _pin.Free();
        ArrayPool<float>.Shared.Return(_rented);
    }
}
