namespace Likeness;

/// <summary>An error that the user can mend. The message is one sentence: the value, what is allowed, what to do.</summary>
public abstract class LikenessException : Exception
{
    private protected LikenessException(Sentence sentence, Exception? inner) : base(sentence.ToString(), inner) => Sentence = sentence;

    /// <summary>The message, in which a program can phrase the remedies.</summary>
    public Sentence Sentence { get; }
}

/// <summary>A name, option or combination that is not allowed (exit code 2 on the command line).</summary>
public sealed class UsageException(Sentence sentence, Exception? inner = null) : LikenessException(sentence, inner)
{
    // More names than these hide what matters.
    private const int Listed = 12;

    /// <summary>"Unknown model 'nad'. Did you mean 'nade'? …": what was probably meant comes first, then where all are listed, or all of them where they are few.</summary>
    /// <param name="kind">What has no such name: "model", or "column of 'mine.csv'".</param>
    /// <param name="name">What was asked for.</param>
    /// <param name="known">What there is.</param>
    /// <param name="list">Where all are listed; null where that is nowhere.</param>
    public static UsageException Unknown(string kind, string name, IEnumerable<string> known, Remedy? list = null)
    {
        var names = known.Distinct().ToList();
        var parts = kind.Split(" of ", 2);
        return new($"Unknown {parts[0]} '{name}'{(parts.Length > 1 ? $" of {parts[1]}" : "")}.{Allowed(NearNames.Of(name, names), names, list)}");
    }

    private static Sentence Allowed(IReadOnlyList<string> near, List<string> names, Remedy? list)
    {
        var hint = near.Count == 0 ? "" : $" Did you mean {NearNames.Or([.. near.Select(n => $"'{n}'")])}?";
        return names.Count <= Listed ? $"{hint}{(names.Count == 0 ? " There is none." : $" Use {NearNames.Or(names)}.")}"
            : list is not null ? Sentence.Of($"{hint} {list} shows all {names.Count}.")
            : near.Count > 0 ? hint
            : $" There are {string.Join(", ", names.Take(Listed))} and {Counted.Of(names.Count - Listed, "other")}.";
    }
}

/// <summary>Data, a file or a run that is missing, damaged or does not fit (exit code 1).</summary>
public sealed class DataException(Sentence sentence, Exception? inner = null) : LikenessException(sentence, inner)
{
    /// <summary>Whether a cell of a table is no number, which a table of several kinds of columns may hold.</summary>
    internal bool IsOfCell { get; init; }

    /// <summary>Whether a table has too few rows, or rows that are all alike, whatever its columns hold.</summary>
    internal bool IsOfRows { get; init; }
}

/// <summary>Images of several sizes where all must have one: give that size (exit code 1).</summary>
public sealed class ImageSizesException(Sentence sentence) : LikenessException(sentence, null);

/// <summary>Training that cannot go on: a loss that is not finite, with the player, term and step named (exit code 1).</summary>
public sealed class TrainingException(Sentence sentence, Exception? inner = null) : LikenessException(sentence, inner);
