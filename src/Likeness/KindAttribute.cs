namespace Likeness;

/// <summary>The name in options of one kind of a choice: a record inside the abstract one that it is a kind of. What has no name is no part of a run's options.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class KindAttribute(string name) : Attribute
{
    /// <summary>For example "gradient", as in <c>penalty.kind=gradient</c>.</summary>
    public string Name { get; } = name;
}
