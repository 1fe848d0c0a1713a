namespace Likeness.Data;

/// <summary>A data set whose classes have names.</summary>
public interface IClassNames
{
    /// <summary>The name of each class label, in their order.</summary>
    IReadOnlyList<string> ClassNames { get; }
}
