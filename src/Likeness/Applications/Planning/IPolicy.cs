namespace Likeness;

/// <summary>Chooses what to do.</summary>
public interface IPolicy
{
    /// <summary>Forgets what was planned: an episode begins.</summary>
    void Begin(ulong seed);

    /// <summary>The next action, given all states of the episode and all actions so far.</summary>
    double[] Act(IReadOnlyList<double[]> states, IReadOnlyList<double[]> actions);
}

/// <summary>Acts at random.</summary>
public sealed class RandomPolicy(IEnvironment world) : IPolicy
{
    private SplitMix64 _random;

    public void Begin(ulong seed) => _random = new(SplitMix64.Key(seed, 1));

    public double[] Act(IReadOnlyList<double[]> states, IReadOnlyList<double[]> actions)
    {
        var action = new double[world.Actions.Count];
        world.Guess(action, () => _random.Uniform());
        return action;
    }
}
