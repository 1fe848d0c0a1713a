namespace Likeness;

/// <summary>Marks an option on which no weight depends: it may be chosen anew whenever the trained model is asked.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LaterAttribute : Attribute;
