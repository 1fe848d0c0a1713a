namespace Likeness;

/// <summary>How the cells of a table stand in its lines.</summary>
/// <param name="Separator">Between cells.</param>
/// <param name="Cells">How many a line has.</param>
/// <param name="Values">Which of them hold values, from 0.</param>
internal sealed record TableLayout(char Separator, int Cells, IReadOnlyList<int> Values);
