namespace Likeness;

/// <summary>An endless feed of batches that hold each example with the same chance, independently of all else. Its seed is part of its state, as it may be a secret.</summary>
internal sealed class PoissonFeed<TBatch>(Part part, DataSpec spec, int expected, ulong seed, BatchMaker<TBatch> make) : ISampledFeed<TBatch>
{
    private long _seed = unchecked((long)seed);
    private long _step;
    private int[] _indices = [];

    public int BatchSize => expected;

    public IReadOnlyList<long> Numbers => Array.ConvertAll(_indices, i => (long)i);

    public TBatch Next()
    {
        var key = unchecked((ulong)_seed);
        var random = new SplitMix64(SplitMix64.Key(key, (ulong)_step));
        _indices = Chosen(ref random, part.X.Count, (double)expected / part.X.Count);
        var x = new float[_indices.Length * part.X.Dimensions];
        part.X.Fill(_indices, SplitMix64.Key(key, (ulong)_step, 1), x);
        _step++;
        return make(part, Tensor.From(x.AsSpan(), spec.BatchShape(_indices.Length)), _indices);
    }

    public void State(IStateCursor cursor)
    {
        cursor.Visit("seed", ref _seed);
        cursor.Visit("step", ref _step);
    }

    public void Dispose()
    {
    }

    // From one chosen example to the next, as many are left out as a geometric number says.
    private static int[] Chosen(ref SplitMix64 random, int count, double rate)
    {
        if (rate >= 1)
        {
            return [.. Enumerable.Range(0, count)];
        }

        var chosen = new List<int>();
        var log = Math.Log(1 - rate);
        for (var at = -1.0; ;)
        {
            at += 1 + Math.Floor(Math.Log(1 - random.Uniform()) / log);
            if (at >= count)
            {
                return [.. chosen];
            }

            chosen.Add((int)at);
        }
    }
}
