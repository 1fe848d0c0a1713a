namespace Likeness.Torch.Kernels;

/// <summary>Where the rows of a matrix are not zero, leaving out the last column, after which nothing depends on x.</summary>
internal sealed unsafe class Changes
{
    private readonly int[] _starts;
    private readonly int[] _positions;

    private Changes(int[] starts, int[] positions, int longest) => (_starts, _positions, Longest) = (starts, positions, longest);

    /// <summary>The largest <see cref="Count"/>.</summary>
    public int Longest { get; }

    public static Changes Of(float* x, int count, int inputs)
    {
        var starts = new int[count + 1];
        var total = 0;
        var longest = 0;
        for (var n = 0; n < count; n++)
        {
            var row = x + ((long)n * inputs);
            var before = total;
            for (var i = 0; i < inputs - 1; i++) total += row[i] != 0f ? 1 : 0;
            starts[n + 1] = total;
            longest = Math.Max(longest, total - before);
        }

        // One place more than there are changes: the loop below writes before it knows whether to keep.
        var positions = new int[total + 1];
        var at = 0;
        for (var n = 0; n < count; n++)
        {
            var row = x + ((long)n * inputs);
            for (var i = 0; i < inputs - 1; i++)
            {
                positions[at] = i;
                at += row[i] != 0f ? 1 : 0;
            }
        }

        return new(starts, positions, longest);
    }

    public int Count(int row) => _starts[row + 1] - _starts[row];

    /// <summary>Columns in ascending order.</summary>
    public ReadOnlySpan<int> Positions(int row) => _positions.AsSpan(_starts[row], Count(row));
}
