namespace Likeness;

/// <summary>
/// A world to act in: its equations, in double precision. States and actions are rows of numbers; randomness comes from a source of uniform numbers in
/// [0, 1), which a world whose equations have none does not ask.
/// </summary>
public interface IEnvironment
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>One sentence.</summary>
    string Summary { get; }

    /// <summary>The name of each value of a state.</summary>
    IReadOnlyList<string> States { get; }

    /// <summary>The name and the range of each value of an action.</summary>
    IReadOnlyList<ActionRange> Actions { get; }

    /// <summary>Steps after which an episode is cut.</summary>
    int Steps { get; }

    /// <summary>Draws the state in which an episode begins.</summary>
    void Start(Span<double> state, Func<double> uniform);

    /// <summary>Draws an action at random, as one who knows nothing would act.</summary>
    void Guess(Span<double> action, Func<double> uniform);

    /// <summary>Makes an action one that is possible: in its range, or the nearest of a few.</summary>
    void Allow(Span<double> action);

    /// <summary>The state after an action.</summary>
    void Next(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> next, Func<double> uniform);

    /// <summary>What a step earns.</summary>
    double Reward(ReadOnlySpan<double> state, ReadOnlySpan<double> action, ReadOnlySpan<double> next);

    /// <summary>
    /// What planners add to the reward of a step into a state, where rewards tell too little within a horizon: it guides and is not earned. Zero where they tell enough.
    /// </summary>
    double Guide(ReadOnlySpan<double> state);

    /// <summary>Whether an episode ends in a state.</summary>
    bool Ends(ReadOnlySpan<double> state);
}

/// <summary>One value of an action.</summary>
/// <param name="Name">Of the value.</param>
/// <param name="Low">The smallest.</param>
/// <param name="High">The greatest.</param>
public readonly record struct ActionRange(string Name, double Low, double High);
