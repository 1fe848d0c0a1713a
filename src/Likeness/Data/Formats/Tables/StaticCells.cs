namespace Likeness;

/// <summary>A column that is the same in all rows of a series, as its cells are written.</summary>
/// <param name="Name">Of the column.</param>
/// <param name="Place">Among the columns of values and those like itself, from 0.</param>
/// <param name="Cells">One for each row.</param>
internal sealed record StaticCells(string Name, int Place, IReadOnlyList<string> Cells);
