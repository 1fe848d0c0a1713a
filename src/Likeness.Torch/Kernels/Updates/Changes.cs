using System.Numerics;
using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>Where the rows of a matrix are not zero, leaving out the last column, after which nothing depends on x.</summary>
internal sealed unsafe class Changes
{
    private readonly int[] _starts;

    private Changes(int[] starts, int[] positions, int longest) => (_starts, Positions, Longest) = (starts, positions, longest);

    /// <summary>Columns, row after row, ascending within a row.</summary>
    public int[] Positions { get; }

    /// <summary>The most changes of any row.</summary>
    public int Longest { get; }

    public static Changes Of<TLanes, TVector>(float* x, int count, int inputs)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var starts = new int[count + 1];
        var positions = new int[Math.Max(64, count * Math.Min(inputs, 64))];
        var longest = 0;
        for (var n = 0; n < count; n++)
        {
            if (positions.Length - starts[n] < inputs) Array.Resize(ref positions, Math.Max(2 * positions.Length, starts[n] + inputs));
            var found = Row<TLanes, TVector>(x + ((long)n * inputs), inputs - 1, positions.AsSpan(starts[n]));
            starts[n + 1] = starts[n] + found;
            longest = Math.Max(longest, found);
        }

        return new(starts, positions, longest);
    }

    /// <summary>Where a row begins in <see cref="Positions"/>.</summary>
    public int Start(int row) => _starts[row];

    public int Count(int row) => _starts[row + 1] - _starts[row];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Row<TLanes, TVector>(float* x, int columns, Span<int> positions)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var found = 0;
        var i = 0;
        for (; i + TLanes.Width <= columns; i += TLanes.Width)
        {
            for (var bits = TLanes.NonZero(TLanes.Load(x + i)); bits != 0; bits &= bits - 1)
                positions[found++] = i + BitOperations.TrailingZeroCount(bits);
        }

        for (; i < columns; i++)
        {
            if (x[i] != 0f) positions[found++] = i;
        }

        return found;
    }
}
