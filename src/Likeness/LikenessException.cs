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
    /// <summary>"Unknown model 'nad': use one of …; did you mean 'nade'?"</summary>
    public static UsageException Unknown(string kind, string name, IEnumerable<string> known)
    {
        var names = known.ToList();
        var near = names.Select(n => (Name: n, Distance: Distance(name.ToLowerInvariant(), n.ToLowerInvariant())))
            .Where(c => c.Distance <= Math.Max(2, name.Length / 3)).OrderBy(c => c.Distance).Select(c => c.Name).Take(3).ToList();
        var hint = near.Count == 0 ? "" : $" Did you mean {string.Join(" or ", near.Select(n => $"'{n}'"))}?";
        return new($"Unknown {kind} '{name}': use one of {string.Join(", ", names)}.{hint}");
    }

    // Levenshtein distance: typing errors are near, other words are far.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
            }
        }

        return row[b.Length];
    }
}

/// <summary>Data, a file or a run that is missing, damaged or does not fit (exit code 1).</summary>
public sealed class DataException(Sentence sentence, Exception? inner = null) : LikenessException(sentence, inner)
{
    /// <summary>Whether a cell of a table is no number, which a table of several kinds of columns may hold.</summary>
    internal bool IsOfCell { get; init; }
}

/// <summary>Images of several sizes where all must have one: give that size (exit code 1).</summary>
public sealed class ImageSizesException(Sentence sentence) : LikenessException(sentence, null);

/// <summary>Training that cannot go on: a loss that is not finite, with the player, term and step named (exit code 1).</summary>
public sealed class TrainingException(Sentence sentence, Exception? inner = null) : LikenessException(sentence, inner);
