namespace Likeness;

/// <summary>Which columns of a mixed table are numbers, and which are levels.</summary>
internal sealed class ColumnLayout
{
    /// <exception cref="UsageException">The data is no mixed table.</exception>
    public ColumnLayout(DataSpec spec)
    {
        Levels = spec.Domain is Domain.Mixed mixed && spec.Shape is [var width] && width == mixed.Levels.Count
            ? mixed.Levels
            : throw new UsageException($"A model of mixed tables needs columns that a schema describes, and the data is {spec}: choose a table, or read it under the protocol 'mixed'.");
        Numbers = [.. Enumerable.Range(0, Levels.Count).Where(i => Levels[i] == 0)];
        Categories = [.. Enumerable.Range(0, Levels.Count).Where(i => Levels[i] > 0)];
        AllLevels = Categories.Sum(c => Levels[c]);
    }

    /// <summary>Levels of each column; 0 for numbers.</summary>
    public IReadOnlyList<int> Levels { get; }

    /// <summary>The places of numbers.</summary>
    public int[] Numbers { get; }

    /// <summary>The places of columns of levels.</summary>
    public int[] Categories { get; }

    /// <summary>Levels of all columns together.</summary>
    public int AllLevels { get; }

    /// <summary>The numbers of rows [n, d], [n, numbers].</summary>
    public Tensor NumbersOf(Tensor x) => Columns(x, Numbers);

    /// <summary>The levels of rows [n, d], int64 [n, categories].</summary>
    /// <exception cref="DataException">A level is none of a column's.</exception>
    public Tensor LevelsOf(Tensor x)
    {
        var levels = Columns(x, Categories);
        if (Categories.Length > 0)
        {
            using var noGrad = torch.no_grad();
            var most = Tensor.From<long>([.. Categories.Select(c => Levels[c] - 1L)], Categories.Length).to(x.device);
            // Negated, so it also refuses what is not a number.
            if (!((levels >= 0) & (levels <= most)).all().ToBoolean())
            {
                throw new DataException($"The examples have values outside the levels of their columns ({string.Join(", ", Categories.Select(c => $"0 … {Levels[c] - 1}").Take(6))}): give data of the model's own schema.");
            }
        }

        return levels.round().to(ScalarType.Int64);
    }

    /// <summary>Indicators [n, all levels] of levels [n, categories].</summary>
    public Tensor Indicators(Tensor levels, ScalarType type) => torch.cat([
        .. Categories.Select((c, i) => torch.nn.functional.one_hot(levels.select(1, i), Levels[c]).to(type)),
        .. Categories.Length == 0 ? [torch.zeros([levels.size(0), 0], type, levels.device)] : Array.Empty<Tensor>(),
    ], 1);

    /// <summary>The part of each column of levels of [n, all levels].</summary>
    public Tensor[] Parts(Tensor all) => Categories.Length == 0 ? [] : all.split([.. Categories.Select(c => (long)Levels[c])], 1);

    /// <summary>Levels [n, categories] of one column after the other, which may be none.</summary>
    public static Tensor Joined(IReadOnlyList<Tensor> levels, Tensor like) =>
        levels.Count == 0 ? torch.zeros([like.size(0), 0], ScalarType.Int64, like.device) : torch.stack([.. levels], 1);

    /// <summary>Rows [n, d] of numbers [n, numbers] and levels [n, categories].</summary>
    public Tensor Rows(Tensor numbers, Tensor levels)
    {
        var columns = new Tensor[Levels.Count];
        for (var i = 0; i < Numbers.Length; i++)
        {
            columns[Numbers[i]] = numbers.select(1, i);
        }

        for (var i = 0; i < Categories.Length; i++)
        {
            columns[Categories[i]] = levels.select(1, i).to(numbers.dtype);
        }

        return torch.stack(columns, 1);
    }

    private static Tensor Columns(Tensor x, int[] places) => x.index_select(1, Tensor.From(Array.ConvertAll(places, i => (long)i), places.Length).to(x.device));
}
