using System.Text.RegularExpressions;

namespace Likeness;

/// <summary>How a paper was published.</summary>
public enum Publication
{
    /// <summary>In a conference's proceedings.</summary>
    Proceedings,

    /// <summary>In a journal.</summary>
    Article,

    /// <summary>As a book.</summary>
    Book,

    /// <summary>On a server, by the authors.</summary>
    Preprint,
}

/// <summary>The paper that a method comes from.</summary>
/// <param name="Key">BibTeX key.</param>
/// <param name="Title">Title of the paper.</param>
/// <param name="Authors">As in BibTeX, joined by " and ".</param>
/// <param name="Venue">Where it appeared: a conference, a journal, a publisher or a server.</param>
/// <param name="Year">When it appeared.</param>
/// <param name="Identifier">An arXiv number or DOI; of a journal, volume(number):pages.</param>
/// <param name="Kind">How it was published.</param>
public sealed partial record Citation(string Key, string Title, string Authors, string Venue, int Year, string Identifier, Publication Kind = Publication.Proceedings)
{
    /// <summary>For example "Larochelle and Murray, AISTATS 2011".</summary>
    public override string ToString()
    {
        var names = Authors.Split(" and ").Select(a => a.Split(',')[0].Trim()).ToArray();
        var who = names.Length switch { 1 => names[0], 2 => $"{names[0]} and {names[1]}", _ => $"{names[0]} et al." };
        return $"{who}, {Venue} {Year}";
    }

    /// <summary>The entry for a bibliography.</summary>
    public string BibTeX()
    {
        var (entry, place) = Kind switch
        {
            Publication.Article => ("article", "journal"),
            Publication.Book => ("book", "publisher"),
            Publication.Preprint => ("misc", "howpublished"),
            _ => ("inproceedings", "booktitle"),
        };
        (string Name, string Value)[] fields = [("title", Title), ("author", Authors), (place, Venue), ("year", $"{Year}"), .. Place()];
        return $"@{entry}{{{Key},\n{string.Join(",\n", fields.Select(f => $"  {f.Name} = {{{f.Value}}}"))}\n}}";
    }

    private IEnumerable<(string Name, string Value)> Place()
    {
        if (Kind != Publication.Article || VolumeAndPages().Match(Identifier) is not { Success: true } match)
        {
            return [("note", Identifier)];
        }

        var (volume, number, pages) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value.Replace("-", "--", StringComparison.Ordinal));
        return number.Length > 0 ? [("volume", volume), ("number", number), ("pages", pages)] : [("volume", volume), ("pages", pages)];
    }

    [GeneratedRegex(@"^(\d+)(?:\((\d+)\))?:(\d+-\d+)$")]
    private static partial Regex VolumeAndPages();
}
