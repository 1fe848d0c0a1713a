namespace Likeness.Tests.Applications;

/// <summary>Worlds follow their published equations, and what is planned in them is as good as can be known.</summary>
public sealed class EnvironmentTests
{
    /// <summary>One step each, computed from Gymnasium's formulas by another program in double precision.</summary>
    [Theory]
    [InlineData(new[] { 0.01, -0.02, 0.03, 0.04 }, 1, new[] { 0.0096, 0.17467919574755525, 0.0308, -0.2430687179600081 })]
    [InlineData(new[] { 0.5, 1.2, -0.15, -0.7 }, 0, new[] { 0.524, 1.0072406808605303, -0.164, -0.4580425512956115 })]
    public void A_cart_pole_moves_as_in_Gymnasium(double[] state, double push, double[] expected)
    {
        var next = new double[4];
        new CartPole().Next(state, [push], next, NoChance);
        Assert.All(expected.Zip(next), p => Assert.Equal(p.First, p.Second, 1e-12));
    }

    [Fact]
    public void A_cart_pole_ends_where_Gymnasium_ends_it()
    {
        var world = new CartPole();
        var twelve = 12 * Math.PI / 180;
        Assert.False(world.Ends([2.4, 0, twelve, 0]));
        Assert.True(world.Ends([-2.4001, 0, 0, 0]));
        Assert.True(world.Ends([0, 0, -twelve - 1e-9, 0]));
        Assert.Equal(500, world.Steps);
    }

    /// <summary>The same of a pendulum: angle 2.5, speed −1, torque 1.5; and one at its limits of speed and torque.</summary>
    [Theory]
    [InlineData(2.5, -1.0, 1.5, -0.7912780656900046, 0.6114564765851161, -0.3261458919220326, -6.35225)]
    [InlineData(-0.3, 7.9, 5.0, 0.9951116033415345, 0.09875675619946434, 7.978359845003996, -6.335)]
    public void A_pendulum_moves_and_pays_as_in_Gymnasium(double angle, double speed, double torque, double cosine, double sine, double later, double reward)
    {
        var world = new Pendulum();
        double[] state = [Math.Cos(angle), Math.Sin(angle), speed], next = new double[3];
        world.Next(state, [torque], next, NoChance);
        Assert.All(new[] { cosine, sine, later }.Zip(next), p => Assert.Equal(p.First, p.Second, 1e-12));
        Assert.Equal(reward, world.Reward(state, [torque], next), 1e-12);
    }

    [Fact]
    public void A_board_is_drawn_with_its_walls_and_the_way_that_was_taken()
    {
        var world = new GridWorld();
        var episode = Planning.Act(world, new ValueIteration(world), 1, 1).Single();
        var picture = EpisodePicture.Draw(world, [episode], "grid-world");
        var went = episode.States.Select(s => ((int)s[0], (int)s[1])).ToHashSet();
        Assert.Equal(12, went.Count);
        for (var row = 0; row < 6; row++)
        {
            for (var column = 0; column < 6; column++)
            {
                // The middle of a place: sides of 80 pixels, below the title and right of the margin.
                var at = 3 * (((44 + 40 + (80 * row)) * picture.Width) + 24 + 40 + (80 * column));
                var (red, green, blue) = (picture.Pixels[at], picture.Pixels[at + 1], picture.Pixels[at + 2]);
                var seen = (red, green, blue) switch { (255, 255, 255) => "free", (70, 70, 70) => "wall", _ => "went" };
                Assert.Equal(went.Contains((row, column)) ? "went" : world.Board[row][column] == '#' ? "wall" : "free", seen);
            }
        }
    }

    [Fact]
    public void Value_iteration_finds_the_shortest_way()
    {
        var world = new GridWorld();
        var best = new ValueIteration(world);
        // Counted by hand on the board: four down, two right, one down, three right, one up.
        Assert.Equal(-11, best.From([0, 0]), 1e-9);
        var episode = Planning.Act(world, best, 1, 1).Single();
        Assert.Equal((11, -11.0), (episode.Actions.Count, episode.Return));
    }

    [Fact]
    public void On_slippery_ground_the_mean_return_is_the_value()
    {
        var world = new GridWorld(["S..", ".#.", "..G"], slip: 0.3);
        var best = new ValueIteration(world);
        var returns = Planning.Act(world, best, 4000, 2).Select(e => e.Return).ToArray();
        var mean = returns.Average();
        var error = Math.Sqrt(returns.Average(r => Math.Pow(r - mean, 2)) / returns.Length);
        // Four standard errors; an episode that is cut after 100 steps has a chance of nothing here.
        Assert.InRange(mean - best.From([0, 0]), -4 * error, 4 * error);
        Assert.True(best.From([0, 0]) < -4, "Slipping costs steps.");
    }

    [Fact]
    public void Planning_by_the_equations_keeps_the_pole_up_and_brings_the_pendulum_up()
    {
        var cart = Planning.Act(new CartPole(), CrossEntropyPlanner.ByEquations(new CartPole(), new() { Population = 100, Elites = 10, Iterations = 3 }), 1, 3).Single();
        Assert.Equal(500, cart.Return);

        var pendulum = Planning.Act(new Pendulum(), CrossEntropyPlanner.ByEquations(new Pendulum(), new() { Population = 200, Elites = 20 }), 1, 4).Single();
        // Upright and still at the end: the cosine of less than 0.1 radians.
        Assert.All(pendulum.States.Skip(180), s => Assert.True(s[0] > 0.995));
    }

    [Fact]
    public void The_same_seed_begins_in_the_same_state_whoever_acts()
    {
        var world = new Pendulum();
        double[] Start(IPolicy policy, ulong seed) => Planning.Act(world, policy, 2, seed).Last().States[0];
        var quick = new PlannerOptions { Population = 4, Elites = 2, Iterations = 1, Horizon = 2 };
        Assert.Equal(Start(new RandomPolicy(world), 5), Start(CrossEntropyPlanner.ByEquations(world, quick), 5));
        Assert.NotEqual(Start(new RandomPolicy(world), 5), Start(new RandomPolicy(world), 6));
    }

    [Fact]
    public void A_planner_that_cannot_choose_is_refused() =>
        Assert.Contains("50 elites", Assert.Throws<UsageException>(() => CrossEntropyPlanner.ByEquations(new CartPole(), new() { Population = 20, Elites = 50 })).Message, StringComparison.Ordinal);

    private static double NoChance() => throw new InvalidOperationException("These equations have no chance in them.");
}
