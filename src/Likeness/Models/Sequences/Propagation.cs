namespace Likeness;

/// <summary>How particles go through the members of an ensemble.</summary>
/// <param name="Name">The name in options.</param>
[JsonConverter(typeof(PropagationChoice))]
public sealed record Propagation(string Name)
{
    /// <summary>A particle meets a member anew at every step.</summary>
    public static Propagation Ts1 { get; } = new("ts1");

    /// <summary>A particle keeps its member: what members do not know is then told apart from chance.</summary>
    public static Propagation TsInfinity { get; } = new("ts-inf");

    public override string ToString() => Name;
}

internal sealed class PropagationChoice() : NamedChoice<Propagation>("propagation", p => p.Name, Propagation.Ts1, Propagation.TsInfinity);
