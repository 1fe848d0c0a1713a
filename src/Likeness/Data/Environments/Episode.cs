namespace Likeness;

/// <summary>What happened from a start to an end.</summary>
/// <param name="States">Where it was, one more than there are steps.</param>
/// <param name="Actions">What was done.</param>
/// <param name="Rewards">What each step earned.</param>
public sealed record Episode(IReadOnlyList<double[]> States, IReadOnlyList<double[]> Actions, IReadOnlyList<double> Rewards)
{
    /// <summary>The sum of the rewards.</summary>
    public double Return => Rewards.Sum();

    /// <summary>Acts in a world until the episode ends or is cut.</summary>
    /// <param name="world">The world.</param>
    /// <param name="act">Chooses an action, given all states and all actions so far.</param>
    /// <param name="uniform">Where randomness comes from.</param>
    public static Episode In(IEnvironment world, Func<IReadOnlyList<double[]>, IReadOnlyList<double[]>, double[]> act, Func<double> uniform)
    {
        var state = new double[world.States.Count];
        world.Start(state, uniform);
        var (states, actions, rewards) = (new List<double[]> { state }, new List<double[]>(), new List<double>());
        while (actions.Count < world.Steps && !world.Ends(state))
        {
            double[] action = [.. act(states, actions)];
            world.Allow(action);
            var next = new double[state.Length];
            world.Next(state, action, next, uniform);
            rewards.Add(world.Reward(state, action, next));
            actions.Add(action);
            states.Add(state = next);
        }

        return new(states, actions, rewards);
    }

    /// <summary>The same by actions at random.</summary>
    public static Episode AtRandom(IEnvironment world, Func<double> uniform) => In(world, (_, _) =>
    {
        var action = new double[world.Actions.Count];
        world.Guess(action, uniform);
        return action;
    }, uniform);
}
