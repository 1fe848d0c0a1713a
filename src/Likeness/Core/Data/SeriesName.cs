namespace Likeness;

/// <summary>What tells a series from the others of its file.</summary>
/// <param name="Column">The column that names series.</param>
/// <param name="Name">Its cell in that column.</param>
public sealed record SeriesName(string Column, string Name);
