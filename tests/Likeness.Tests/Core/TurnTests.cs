namespace Likeness.Tests;

public sealed class TurnTests
{
    [Fact]
    public void The_first_round_sees_the_batch_that_training_began_with()
    {
        using var scope = torch.NewDisposeScope();
        var noted = new Noted();
        var data = MemoryDataset.Of("numbers", "reals", new([1], new Domain.Real()), [.. Enumerable.Range(0, 40).Select(i => (float)i)]);
        using var training = new Trainer<Batch>(noted, data.Open(Split.Train, 4, 1), new Rng(2), new(2, 4));
        var reports = training.Run().ToArray();

        Assert.Equal(noted.Begun, noted.Rounds[0]);
        Assert.NotEqual(noted.Rounds[0], noted.Rounds[1]);
        Assert.Equal([4, 8], reports.Select(r => r.Examples));
    }

    [Fact]
    public void What_descends_nothing_needs_no_player_and_is_logged_under_its_name()
    {
        using var scope = torch.NewDisposeScope();
        var noted = new Noted();
        var data = MemoryDataset.Of("numbers", "reals", new([1], new Domain.Real()), [1, 2, 3, 4]);
        using var training = new Trainer<Batch>(noted, data.Open(Split.Train, 4, 1), new Rng(2), new(1, 4));
        Assert.Equal([new TermValue("sums", "sum", 10)], Assert.Single(training.Run()).Terms);
    }

    private sealed class Noted : Objective<Batch>
    {
        public float[] Begun { get; private set; } = [];

        public List<float[]> Rounds { get; } = [];

        public override IReadOnlyList<Player> Players => [];

        public override void Begin(Batch first, IFeed<Batch> feed, Rng rng) => Begun = first.X.ToArray<float>();

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var x = feed.Next().X;
            Rounds.Add(x.ToArray<float>());
            var sum = torch.zeros([]);
            yield return Turn.Do("sums", () => sum.copy_(x.sum()), ("sum", sum));
        }
    }
}
