namespace Likeness.Tests.Applications;

/// <summary>What is done in worlds becomes data, models learn it, and their futures are measured.</summary>
public sealed class LearnedWorldTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Worlds => [.. Environments.BuiltIn.Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Worlds))]
    public void Rows_of_a_named_world_follow_from_each_other_by_its_equations(string name)
    {
        var (world, data) = (Environments.Find(name), DatasetCatalog.Open(name));
        var columns = data.Origin.Fit.Columns.Select(c => c.Name).ToList();
        Assert.Equal((2, world.Actions.Count), (data.Spec.Shape[0], data.Spec.Actions));
        Assert.Equal(data.Spec.Rewards == 1, columns.Contains("reward"));
        var (width, states) = (columns.Count, world.States.Count);
        var checkedRows = 0;
        foreach (var window in data.Origin.Fit.ToData(data.As<Batch>().Read(Split.Train, 300).First().X).ToArray<float>().Chunk(2 * width))
        {
            double[] row = [.. window.Select(v => (double)v)], next = new double[states];
            double[] action = row[(width + columns.IndexOf(world.Actions[0].Name))..];
            world.Allow(action);
            world.Next(row.AsSpan(0, states), action, next, () => 0);
            // Standardised and back in single precision.
            Assert.All(next.Zip(row[width..]), p => Assert.Equal(p.First, p.Second, 2e-4));
            if (data.Spec.Rewards == 1)
            {
                Assert.Equal(world.Reward(row.AsSpan(0, states), action, next), row[width + states], 2e-3);
            }

            checkedRows++;
        }

        Assert.True(checkedRows > 100);
    }

    [Fact]
    public void Logged_transitions_are_read_as_the_episodes_that_they_were()
    {
        var world = new Pendulum();
        var episodes = Planning.Act(world, new RandomPolicy(world), 12, 3).ToArray();
        Planning.Log(_folder["log.csv"], world, episodes[..5]);
        Planning.Log(_folder["log.csv"], world, episodes[5..]);
        Assert.Equal(1 + (12 * 200), File.ReadAllLines(_folder["log.csv"]).Length);

        var table = new TableOptions { Next = "next_", Actions = ["torque"], Reward = "reward" };
        var data = DatasetCatalog.Open(_folder["log.csv"], new() { Table = table });
        Assert.Equal("2x5 real with 1 of actions", data.Spec.ToString());
        Assert.Equal(["cosine", "sine", "speed", "reward", "torque"], data.Origin.Fit.Columns.Select(c => c.Name));
        // Each of the twelve episodes is cut in time: windows of two of 160, 20 and 21 rows.
        Assert.Equal((12 * 159, 12 * 19, 12 * 20), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));
        var first = data.Origin.Fit.ToData(data.As<Batch>().Read(Split.Train, 1).First().X).ToArray<float>();
        double[] expected = [.. episodes[0].States[0], episodes[0].Rewards[0], episodes[0].Actions[0][0], .. episodes[0].States[1], episodes[0].Rewards[0], episodes[0].Actions[0][0]];
        Assert.All(expected.Zip(first), p => Assert.Equal(p.First, p.Second, 1e-4));
        Assert.Contains("does not begin with", Assert.Throws<DataException>(() => Planning.Log(_folder["log.csv"], new CartPole(), [])).Message, StringComparison.Ordinal);
        Assert.Contains("'after_'", Assert.Throws<UsageException>(() => DatasetCatalog.Open(_folder["log.csv"], new() { Table = table with { Next = "after_" } })).Message, StringComparison.Ordinal);
        Assert.Contains("toque", Assert.Throws<UsageException>(() => DatasetCatalog.Open(_folder["log.csv"], new() { Table = table with { Actions = ["toque"] } })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reward_that_is_always_the_same_is_left_out()
    {
        var world = new CartPole();
        Planning.Log(_folder["cart.csv"], world, [.. Planning.Act(world, new RandomPolicy(world), 12, 1)]);
        var data = DatasetCatalog.Open(_folder["cart.csv"], new() { Table = new() { Next = "next_", Actions = ["push"], Reward = "reward" } });
        Assert.Equal((0, 5), (data.Spec.Rewards, data.Spec.Shape[1]));
        Assert.Contains(data.Origin.Notes, n => n.Contains("'reward' is the same", StringComparison.Ordinal));
    }

    [Fact]
    public void A_world_learned_from_ten_random_episodes_holds_the_pole_for_a_hundred_steps()
    {
        TorchRuntime.Threads = 1;
        var options = new PetsOptions { Hidden = 64, Layers = 2 };
        using (var run = Run.Create(_folder["cart"], Pets.Recipe, DatasetCatalog.Open("cart-pole"), options, new(Seed: 1) { Training = Pets.Recipe.Defaults with { Steps = 3000 }, Threads = 1 }))
        {
            foreach (var _ in run.Train())
            {
            }
        }

        var trained = TrainedModel.Open(_folder["cart"], Zoo.BuiltIn);
        var world = new CartPole();
        var planner = CrossEntropyPlanner.By(trained, world, new() { Population = 60, Elites = 6, Iterations = 2, Horizon = 15, Particles = 5 });
        planner.Begin(1);
        var steps = 0;
        var random = new Random(1);
        // A hundred steps are five times as long as chance holds it, and a fifth of what is shown elsewhere.
        Episode.In(world, (states, actions) => ++steps > 100 ? [0] : planner.Act(states, actions), random.NextDouble);
        Assert.True(steps > 100, $"It fell after {steps} steps.");

        // Errors grow with the steps, and spreads tell them: the truth is in the middle 90 % at least as often as said.
        var errors = RollOutError.Measure(trained, trained.OpenWindows(11), Split.Test, 1, 60, 100, new Rng(1));
        Assert.Equal(10, errors.Count);
        Assert.True(errors[9].Error > errors[0].Error);
        Assert.All(errors, e => Assert.InRange(e.Coverage, 0.85, 1));
        Assert.Contains("the world 'pendulum' has cosine", Assert.Throws<UsageException>(() => CrossEntropyPlanner.By(trained, new Pendulum())).Message, StringComparison.Ordinal);

        // What would happen if: pushed to the right for a while, the cart goes there.
        var series = Forecast.SeriesAt(trained.OpenWindows(2), Split.Test, 0);
        double Velocity(string push) => Simulation.Intervals(Simulation.Draw(trained, series, new("velocity=0,angle=0", push, Steps: 5, Count: 50), new Rng(2)), trained.Fit)[4]
            .Single(v => v.Name == "velocity").Median;
        // 10 N on 1.1 kg over 0.1 s, and a little for the pole: 0.9 and more.
        Assert.InRange(Velocity("push=1"), 0.8, 1.2);
        Assert.InRange(Velocity("push=0"), -1.2, -0.8);
        Assert.Contains("velocty", Assert.Throws<UsageException>(() => Simulation.Draw(trained, series, new("velocty=0"), new Rng(1))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
