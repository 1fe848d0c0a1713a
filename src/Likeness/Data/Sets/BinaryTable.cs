namespace Likeness;

/// <summary>Rows of zeros and ones.</summary>
internal static class BinaryTable
{
    /// <summary>The rows as examples, after a check that they are what the set is known to have.</summary>
    /// <exception cref="DataException">Another number of rows or columns, or another value than 0 and 1.</exception>
    public static Part Part(NumericArray table, string path, int columns, int? rows = null)
    {
        if (table.RowLength != columns || (rows ?? table.Rows) != table.Rows)
        {
            throw new DataException(
                $"'{path}' has {table.Rows} rows of {table.RowLength}, where {rows?.ToString() ?? "any number of"} rows of {columns} are expected: get the published file.");
        }

        return table.Bytes is { } bytes && !bytes.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)1)
            ? new(new ByteExamples(bytes, columns, ByteCodings.Bytes))
            : throw new DataException($"'{path}' holds other values than 0 and 1: a binary set is expected.");
    }
}
