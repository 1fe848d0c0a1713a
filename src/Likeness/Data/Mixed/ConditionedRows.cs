namespace Likeness;

/// <summary>Rows of a mixed table by the levels that they have. Batch i of a feed depends on the seed and on i alone.</summary>
internal sealed class ConditionedRows
{
    private readonly Part _part;
    private readonly DataSpec _spec;
    private readonly int[] _categories, _offsets;

    // For each level of each column the rows that have it, and how far the sums of the logarithms of frequencies have come in its column.
    private readonly int[][] _rows;
    private readonly double[][] _sums;
    private readonly float[] _shares;

    public ConditionedRows(Part part, DataSpec spec)
    {
        (_part, _spec) = (part, spec);
        var levels = ((Domain.Mixed)spec.Domain).Levels;
        _categories = [.. Enumerable.Range(0, levels.Count).Where(c => levels[c] > 0)];
        _offsets = new int[_categories.Length + 1];
        for (var i = 0; i < _categories.Length; i++)
        {
            _offsets[i + 1] = _offsets[i] + levels[_categories[i]];
        }

        var rows = Enumerable.Range(0, _offsets[^1]).Select(_ => new List<int>()).ToArray();
        var row = new float[levels.Count];
        for (var i = 0; i < part.X.Count; i++)
        {
            part.X.Fill([i], 0, row);
            for (var c = 0; c < _categories.Length; c++)
            {
                rows[_offsets[c] + (int)row[_categories[c]]].Add(i);
            }
        }

        _rows = [.. rows.Select(r => r.ToArray())];
        _shares = [.. _rows.Select(r => (float)r.Length / Math.Max(1, part.X.Count))];
        _sums = new double[_categories.Length][];
        for (var c = 0; c < _categories.Length; c++)
        {
            var sum = 0.0;
            _sums[c] = [.. Enumerable.Range(_offsets[c], levels[_categories[c]]).Select(l => sum += Math.Log(1 + _rows[l].Length))];
        }
    }

    /// <summary>A batch.</summary>
    public ConditionedBatch Make(int batchSize, ulong seed, long number)
    {
        var (x, condition) = (new float[batchSize * _spec.Dimensions], new float[(long)batchSize * _offsets[^1]]);
        for (var i = 0; i < batchSize; i++)
        {
            var random = new SplitMix64(SplitMix64.Key(seed, (ulong)number, (ulong)i));
            var chosen = random.Below(_part.X.Count);
            if (_categories.Length > 0)
            {
                var column = random.Below(_categories.Length);
                var at = random.Uniform(0, _sums[column][^1]);
                var level = Array.FindIndex(_sums[column], s => s > at) is >= 0 and var found ? found : _sums[column].Length - 1;
                var having = _rows[_offsets[column] + level];
                if (having.Length > 0)
                {
                    chosen = having[random.Below(having.Length)];
                }

                condition[((long)i * _offsets[^1]) + _offsets[column] + level] = 1;
            }

            _part.X.Fill([chosen], SplitMix64.Key(seed, (ulong)number), x.AsSpan(i * _spec.Dimensions, _spec.Dimensions));
        }

        return new(Tensor.From(x, batchSize, _spec.Dimensions), Tensor.From(condition, batchSize, _offsets[^1]), Tensor.From(_shares, _shares.Length));
    }

    /// <summary>An endless feed of such batches.</summary>
    public sealed class Feed(ConditionedRows rows, int batchSize, ulong seed) : IFeed<ConditionedBatch>
    {
        private long _next;

        public int BatchSize => batchSize;

        public ConditionedBatch Next() => rows.Make(batchSize, seed, _next++);

        public void State(IStateCursor cursor)
        {
            cursor.Visit("batch", ref _next);
            if (_next < 0)
            {
                throw new DataException($"The saved place of the feed (batch {_next}) does not exist: resume from another checkpoint.");
            }
        }

        public void Dispose()
        {
        }
    }
}
