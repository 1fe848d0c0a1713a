namespace Likeness.Tests.Models;

/// <summary>A world of few states, counted: its table is the world's own, and plans through it are as good as can be.</summary>
public sealed class TransitionTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Values_of_the_counted_board_are_those_of_value_iteration_on_the_true_table()
    {
        using var scope = torch.NewDisposeScope();
        using (var run = Run.Create(_folder["board"], TransitionTable.Recipe, DatasetCatalog.Open("grid-world"), new TransitionTableOptions(), new(Seed: 1) { Training = TransitionTable.Recipe.Defaults }))
        {
            // The board does not slip: what follows is certain, and its log-frequency is 0.
            Assert.Equal(0, Assert.Single(run.Train()).Terms[0].Value, 1e-9);
        }

        var world = (ITabularWorld)Environments.Find("grid-world");
        var (exact, counted) = (new ValueIteration(world), ValueIteration.By(TrainedModel.Open(_folder["board"], Zoo.BuiltIn), world, 2, new Rng(1)));
        double[] start = new double[2];
        world.Start(start, () => 0.5);
        var (reached, open) = (new HashSet<int>(), new Queue<int>([world.Number(start)]));
        while (open.TryDequeue(out var s))
        {
            if (reached.Add(s) && !world.Ends(s))
            {
                Assert.Equal(exact.Values[s], counted.Values[s], 1e-4);
                Enumerable.Range(0, world.Choices.Count).SelectMany(a => world.After(s, a)).ToList().ForEach(o => open.Enqueue(o.State));
            }
        }

        Assert.True(reached.Count > 20);
        var episode = Assert.Single(Planning.Act(world, counted, 1, 1));
        Assert.Equal(exact.From(start), episode.Rewards.Sum(), 1e-9);
    }

    [Fact]
    public void What_followed_follows_as_often_as_it_did_and_unmet_pairs_are_answered_by_the_nearest()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([2, 2], new Domain.Real(), Actions: 1);
        // From 0 with 1 to 2 three times and to 3 once; from 1 with −1 to 5.
        float[] series = [0, 0, 2, 1, 0, 0, 2, 1, 0, 0, 2, 1, 0, 0, 3, 1, 1, 0, 5, -1];
        var model = new TransitionTable(spec, new(), new Rng(1));
        TransitionTable.Recipe.Train(model, new(), Weights.Data(spec, series), 1, 5);
        double[] After(double state, double action, int draws) =>
            model.RollOut(torch.full([draws, 1, 2], state), 1, new Rng(2), torch.full([draws, 1, 1], action)).ToArray<double>();

        // The share of a quarter in 4000 draws has a deviation of 0.007.
        var drawn = After(0, 1, 4000);
        Assert.Equal(0.25, drawn.Count(v => v == 3) / 4000.0, 0.028);
        Assert.All(drawn, v => Assert.True(v is 2 or 3));
        Assert.All(After(1, -1, 10), v => Assert.Equal(5, v));
        Assert.All(After(1.2, -0.9, 10), v => Assert.Equal(5, v));
    }

    [Fact]
    public void More_transitions_than_it_holds_are_refused()
    {
        var spec = new DataSpec([2, 1], new Domain.Real());
        var model = new TransitionTable(spec, new() { Capacity = 2 }, new Rng(1));
        var refused = Assert.Throws<UsageException>(() => TransitionTable.Recipe.Train(model, new(), Weights.Data(spec, 0, 1, 1, 2, 2, 3), 1, 3));
        Assert.Contains("more than 2 different transitions", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
