namespace Likeness.Core;

/// <summary>The paper that a method comes from.</summary>
/// <param name="Key">BibTeX key.</param>
/// <param name="Title">Title of the paper.</param>
/// <param name="Authors">As in BibTeX, joined by " and ".</param>
/// <param name="Venue">Where it appeared.</param>
/// <param name="Year">When it appeared.</param>
/// <param name="Identifier">An arXiv number or DOI.</param>
public sealed record Citation(string Key, string Title, string Authors, string Venue, int Year, string Identifier)
{
    /// <summary>For example "Larochelle and Murray, AISTATS 2011".</summary>
    public override string ToString()
    {
        var names = Authors.Split(" and ").Select(a => a.Split(',')[0].Trim()).ToArray();
        var who = names.Length switch { 1 => names[0], 2 => $"{names[0]} and {names[1]}", _ => $"{names[0]} et al." };
        return $"{who}, {Venue} {Year}";
    }

    /// <summary>The entry for a bibliography.</summary>
    public string BibTeX() => string.Join('\n',
        $"@inproceedings{{{Key},",
        $"  title = {{{Title}}},",
        $"  author = {{{Authors}}},",
        $"  booktitle = {{{Venue}}},",
        $"  year = {{{Year}}},",
        $"  note = {{{Identifier}}}",
        "}");
}
