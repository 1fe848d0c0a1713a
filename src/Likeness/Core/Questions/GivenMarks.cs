namespace Likeness;

/// <summary>Which variables of an example are given, one mark for each.</summary>
internal static class GivenMarks
{
    /// <exception cref="UsageException">There are more or fewer marks than variables.</exception>
    public static bool[] Of(ReadOnlySpan<bool> given, int variables) => given.Length == variables
        ? given.ToArray()
        : throw new UsageException($"{given.Length} variables are marked as given or missing and the model has {variables}: mark each of them.");
}
