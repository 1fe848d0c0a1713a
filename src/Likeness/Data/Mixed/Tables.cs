using System.Data;

namespace Likeness;

/// <summary>Mixed tables that come from elsewhere than files.</summary>
public static class Tables
{
    /// <summary>The rows that a query of any database returns, as a data set with a schema that is inferred from its training rows. A run of it has to be given the data again to be resumed.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="reader">Its rows; read to the end.</param>
    /// <param name="options">The protocol, mixed where null, and what is said about columns.</param>
    /// <exception cref="LikenessException">There are no rows, or they contradict the schema.</exception>
    public static IDataset Open(string name, IDataReader reader, DataOptions? options = null)
    {
        options ??= DataOptions.Default;
        return MixedTable.Open(CellTable.Of(name, reader).Choose(options.Table ?? new(), null), options);
    }
}
