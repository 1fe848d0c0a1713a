namespace Likeness;

/// <summary>The dates of the steps of a series, as its file has them.</summary>
/// <param name="Name">Of the column.</param>
/// <param name="Cells">One per step, from the first one of the series to the last one of the example.</param>
public sealed record StepDates(string Name, IReadOnlyList<string> Cells);
