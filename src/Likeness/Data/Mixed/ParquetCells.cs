using Parquet;
using Parquet.Schema;

namespace Likeness;

/// <summary>Tables in Parquet files: flat columns of numbers, words, truth values and dates.</summary>
internal static class ParquetCells
{
    private const long MostCells = 1L << 28;

    /// <summary>All row groups of a file.</summary>
    /// <exception cref="DataException">It is damaged, or has nested columns.</exception>
    public static CellTable Read(string path)
    {
        try
        {
            return ReadAsync(path).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or ParquetException or NotSupportedException or InvalidOperationException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            throw new DataException($"'{path}' cannot be read as a Parquet file ({e.Message.TrimEnd('.')}): get it again, or give a CSV file.", e);
        }
    }

    /// <summary>Keeps rows of cells as the types of their columns; written whole or not at all.</summary>
    public static void Write(string path, TableSchema schema, IReadOnlyList<string[]> rows) => WholeFile.Write(path, stream => WriteAsync(stream, schema, rows).GetAwaiter().GetResult());

    private static async Task<CellTable> ReadAsync(string path)
    {
        var reader = await ParquetReader.CreateAsync(path).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var fields = reader.Schema.Fields;
        if (fields.FirstOrDefault(f => f is not DataField { IsArray: false }) is { } nested)
        {
            throw new DataException($"'{path}' has a nested column '{nested.Name}': a table has one value in each cell; leave it out of the file.");
        }

        var rows = new List<string[]>();
        for (var g = 0; g < reader.RowGroupCount; g++)
        {
            using var group = reader.OpenRowGroupReader(g);
            var count = group.RowCount;
            if (count < 0 || (rows.Count + count) * fields.Count > MostCells)
            {
                throw new DataException($"'{path}' claims {Counted.Of(count, "row")} of {Counted.Of(fields.Count, "column")}, more than the {MostCells} cells that are read: give a part of it.");
            }

            var columns = new List<string[]>();
            foreach (var field in fields.Cast<DataField>())
            {
                columns.Add(await ColumnAsync(group, field, (int)count).ConfigureAwait(false));
            }

            rows.AddRange(Enumerable.Range(0, (int)count).Select(i => columns.Select(c => c[i]).ToArray()));
        }

        return rows.Count > 0 ? CellTable.Of(path, [.. fields.Select(f => f.Name)], rows, []) : throw new DataException($"'{path}' has no rows: a table needs at least one.");
    }

    private static Task<string[]> ColumnAsync(ParquetRowGroupReader group, DataField field, int count) => Type.GetTypeCode(field.ClrType) switch
    {
        TypeCode.String => TextsAsync(group, field, count),
        _ when field.ClrType == typeof(ReadOnlyMemory<char>) => TextsAsync(group, field, count),
        TypeCode.Boolean => ValuesAsync<bool>(group, field, count),
        TypeCode.Byte => ValuesAsync<byte>(group, field, count),
        TypeCode.SByte => ValuesAsync<sbyte>(group, field, count),
        TypeCode.Int16 => ValuesAsync<short>(group, field, count),
        TypeCode.UInt16 => ValuesAsync<ushort>(group, field, count),
        TypeCode.Int32 => ValuesAsync<int>(group, field, count),
        TypeCode.UInt32 => ValuesAsync<uint>(group, field, count),
        TypeCode.Int64 => ValuesAsync<long>(group, field, count),
        TypeCode.UInt64 => ValuesAsync<ulong>(group, field, count),
        TypeCode.Single => ValuesAsync<float>(group, field, count),
        TypeCode.Double => ValuesAsync<double>(group, field, count),
        TypeCode.Decimal => ValuesAsync<decimal>(group, field, count),
        TypeCode.DateTime => ValuesAsync<DateTime>(group, field, count),
        _ when field.ClrType == typeof(DateOnly) => ValuesAsync<DateOnly>(group, field, count),
        _ when field.ClrType == typeof(TimeOnly) => ValuesAsync<TimeOnly>(group, field, count),
        _ when field.ClrType == typeof(Guid) => ValuesAsync<Guid>(group, field, count),
        _ => throw new NotSupportedException($"its column '{field.Name}' holds {field.ClrType.Name} values"),
    };

    private static async Task<string[]> TextsAsync(ParquetRowGroupReader group, DataField field, int count)
    {
        var values = new string?[count];
        await group.ReadAsync(field, values.AsMemory()).ConfigureAwait(false);
        return Array.ConvertAll(values, v => CellTable.Cell(v));
    }

    private static async Task<string[]> ValuesAsync<T>(ParquetRowGroupReader group, DataField field, int count)
        where T : struct
    {
        if (field.IsNullable)
        {
            var some = new T?[count];
            await group.ReadAsync<T>(field, some.AsMemory()).ConfigureAwait(false);
            return Array.ConvertAll(some, v => CellTable.Cell(v));
        }

        var values = new T[count];
        await group.ReadAsync<T>(field, values.AsMemory()).ConfigureAwait(false);
        return Array.ConvertAll(values, v => CellTable.Cell(v));
    }

    private static async Task WriteAsync(Stream stream, TableSchema schema, IReadOnlyList<string[]> rows)
    {
        var columns = schema.Written;
        DataField[] fields = [.. columns.Select(Field)];
        var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream).ConfigureAwait(false);
        await using var _ = writer.ConfigureAwait(false);
        using var group = writer.CreateRowGroup();
        for (var c = 0; c < fields.Length; c++)
        {
            var (column, place) = (columns[c], c);
            if (fields[c].ClrType == typeof(double))
            {
                double?[] values = [.. rows.Select(r => SchemaColumn.IsMissing(r[place]) ? null : column.Parse(r[place]))];
                await group.WriteAsync<double>(fields[c], values.AsMemory()).ConfigureAwait(false);
            }
            else if (fields[c].ClrType == typeof(long))
            {
                long?[] values = [.. rows.Select(r => SchemaColumn.IsMissing(r[place]) ? null : (long?)column.Parse(r[place]))];
                await group.WriteAsync<long>(fields[c], values.AsMemory()).ConfigureAwait(false);
            }
            else
            {
                string[] values = [.. rows.Select(r => r[place])];
                await group.WriteAsync(fields[c], values).ConfigureAwait(false);
            }
        }
    }

    // Dates stay as they were written, in words: their format is part of the schema.
    private static DataField Field(SchemaColumn column) =>
        column is { Kind: ColumnKind.Integer, High: < 9e15, Low: > -9e15 } ? new DataField<long?>(column.Name)
        : column.Kind is ColumnKind.Number or ColumnKind.Integer ? new DataField<double?>(column.Name)
        : new DataField<string>(column.Name);
}
