namespace Likeness.Tests.Data;

public sealed class FeedTests
{
    private const int Count = 103;
    private const int Dimensions = 5;

    [Fact]
    public void An_epoch_presents_different_examples_and_the_next_one_in_another_order()
    {
        using var feed = Numbered().Open(Split.Train, 10, seed: 1);
        var first = Enumerable.Range(0, 10).SelectMany(_ => Ids(feed.Next())).ToArray();
        var second = Enumerable.Range(0, 10).SelectMany(_ => Ids(feed.Next())).ToArray();

        Assert.Equal(100, first.Distinct().Count());
        Assert.Equal(100, second.Distinct().Count());
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void The_same_seed_gives_the_same_batches_and_another_seed_others()
    {
        Assert.Equal(Some(seed: 7), Some(seed: 7));
        Assert.NotEqual(Some(seed: 7), Some(seed: 8));

        static float[] Some(ulong seed)
        {
            using var feed = Numbered().Open(Split.Train, 10, seed);
            return [.. Enumerable.Range(0, 25).SelectMany(_ => feed.Next().X.ToArray<float>())];
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(27)]
    public void A_resumed_feed_goes_on_with_the_batch_that_would_have_come_next(int before)
    {
        var data = Dynamic();
        using var whole = data.Open(Split.Train, 10, seed: 3);
        for (var i = 0; i < before; i++)
        {
            whole.Next();
        }

        var saved = new Cursor();
        whole.State(saved);
        var expected = Enumerable.Range(0, 15).SelectMany(_ => whole.Next().X.ToArray<float>()).ToArray();

        using var resumed = data.Open(Split.Train, 10, seed: 3);
        // A feed that has already run ahead must forget what it has prepared.
        resumed.Next();
        resumed.State(saved.Loader());
        Assert.Equal(expected, Enumerable.Range(0, 15).SelectMany(_ => resumed.Next().X.ToArray<float>()));
    }

    [Fact]
    public void A_place_that_does_not_exist_is_refused()
    {
        using var feed = Numbered().Open(Split.Train, 10, seed: 3);
        var saved = new Cursor { Values = { ["epoch"] = 0, ["position"] = 10 } };
        Assert.Contains("batch 10", Assert.Throws<DataException>(() => feed.State(saved.Loader())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dynamic_binarization_is_new_in_every_epoch_and_the_same_in_every_run()
    {
        var data = Dynamic();
        using var feed = data.Open(Split.Train, Count, seed: 5);
        using var again = data.Open(Split.Train, Count, seed: 5);
        var (first, second) = (feed.Next().X.ToArray<float>(), feed.Next().X.ToArray<float>());

        Assert.All(first, v => Assert.True(v is 0 or 1));
        Assert.NotEqual(first.Sum(), second.Sum());
        Assert.Equal(first, again.Next().X.ToArray<float>());
        Assert.Equal(second, again.Next().X.ToArray<float>());
        Assert.Equal(Values(data), Values(data));

        static float[] Values(IDataset<Batch> data) => [.. data.Read(Split.Train, 10).SelectMany(b => b.X.ToArray<float>())];
    }

    [Fact]
    public void Reading_presents_every_example_once_in_order()
    {
        var batches = Numbered().Read(Split.Train, 25).ToList();
        Assert.Equal([25, 25, 25, 25, 3], batches.Select(b => b.Count));
        Assert.Equal(Enumerable.Range(0, Count), batches.SelectMany(Ids));
        Assert.Equal(30, Numbered().Read(Split.Train, 25, limit: 30).Sum(b => b.Count));
    }

    [Fact]
    public void What_a_data_set_cannot_give_is_said_at_once()
    {
        Assert.Contains("no test split", Assert.Throws<DataException>(() => Numbered().Read(Split.Test, 5)).Message, StringComparison.Ordinal);
        Assert.Contains("fewer than one batch of 104", Assert.Throws<DataException>(() => Numbered().Open(Split.Train, 104, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("A batch of 0", Assert.Throws<UsageException>(() => Numbered().Open(Split.Train, 0, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_while_a_batch_is_assembled_reaches_whoever_asks_for_it()
    {
        var part = new Part(new RenderedExamples(10, 1, (index, _) => throw new DataException($"example {index} is broken."), ByteCodings.Bytes));
        using var feed = Set(part, new(new[] { 1 }, new Domain.Real())).Open(Split.Train, 2, seed: 0);
        Assert.Contains("is broken", Assert.Throws<DataException>(feed.Next).Message, StringComparison.Ordinal);
        Assert.Throws<DataException>(feed.Next);
    }

    [Fact]
    public void Permutations_are_uniform()
    {
        // Where element 0 of 6 lands in 60000 permutations: chi² with 5 degrees of freedom is below 20.5 in 99.9 % of cases.
        var counts = new int[6];
        var order = new int[6];
        for (var i = 0; i < 60_000; i++)
        {
            new SplitMix64(SplitMix64.Key(1, (ulong)i)).Permute(order);
            counts[order.IndexOf(0)]++;
        }

        Assert.InRange(counts.Sum(c => (c - 10_000.0) * (c - 10_000.0) / 10_000), 0, 20.5);
    }

    [Fact]
    public void The_generator_is_SplitMix64()
    {
        // First outputs of the reference implementation for the seed 1234567.
        var random = new SplitMix64(1234567);
        Assert.Equal([6457827717110365317, 3203168211198807973, 9817491932198370423], new[] { random.Next(), random.Next(), random.Next() });
    }

    // Example i holds i in every dimension.
    private static MemoryDataset Numbered() =>
        Set(new(new RenderedExamples(Count, Dimensions, (i, x) => x.Fill((byte)i), ByteCodings.Bytes)), new([Dimensions], new Domain.Real()));

    private static MemoryDataset Dynamic()
    {
        var bytes = Enumerable.Range(0, Count * Dimensions).Select(i => (byte)(i * 37)).ToArray();
        return Set(new(new ByteExamples(bytes, Dimensions, ByteCodings.Dynamic)), new([Dimensions], new Domain.Binary()));
    }

    private static MemoryDataset Set(Part part, DataSpec spec) => new(new("numbers", "reals", spec, part, Part.Empty, Part.Empty));

    private static IEnumerable<int> Ids(Batch batch) => batch.X.ToArray<float>().Where((_, i) => i % Dimensions == 0).Select(v => (int)v);

    /// <summary>State in a dictionary.</summary>
    private sealed class Cursor(bool loads = false) : IStateCursor
    {
        public Dictionary<string, long> Values { get; init; } = [];

        public Cursor Loader() => new(loads: true) { Values = Values };

        public void Visit(string name, ref long value)
        {
            if (loads)
            {
                value = Values[name];
            }
            else
            {
                Values[name] = value;
            }
        }

        public void Visit(string name, Tensor tensor) => throw new NotSupportedException();

        public void Visit(string name, ref Tensor? tensor) => throw new NotSupportedException();

        public void Visit(string name, ref double value) => throw new NotSupportedException();

        public IStateCursor In(string name) => throw new NotSupportedException();
    }
}
