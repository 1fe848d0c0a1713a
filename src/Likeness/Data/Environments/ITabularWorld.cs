namespace Likeness;

/// <summary>A world of so few states and choices that they can be listed.</summary>
public interface ITabularWorld : IEnvironment
{
    /// <summary>How many states there are, 0 … StateCount − 1.</summary>
    int StateCount { get; }

    /// <summary>The actions to choose from.</summary>
    IReadOnlyList<double[]> Choices { get; }

    /// <summary>The number of a state.</summary>
    int Number(ReadOnlySpan<double> state);

    /// <summary>The state of a number.</summary>
    double[] State(int number);

    /// <summary>What a choice leads to: states, their probabilities, which add up to one, and what is earned.</summary>
    IEnumerable<(int State, double Probability, double Reward)> After(int state, int choice);

    /// <summary>Whether an episode ends in a state.</summary>
    bool Ends(int state);
}
