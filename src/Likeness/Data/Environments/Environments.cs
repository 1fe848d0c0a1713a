namespace Likeness;

/// <summary>The worlds that have a name.</summary>
public static class Environments
{
    /// <summary>Every world that comes with the library.</summary>
    public static IReadOnlyList<IEnvironment> BuiltIn { get; } = [new CartPole(), new Pendulum(), new GridWorld()];

    /// <exception cref="UsageException">There is none of this name.</exception>
    public static IEnvironment Find(string name) =>
        BuiltIn.FirstOrDefault(e => e.Name == name) ?? throw UsageException.Unknown("environment", name, BuiltIn.Select(e => e.Name));
}
