namespace Likeness;

/// <summary>What each column of a mixed table may hold: whatever a model makes of it obeys this.</summary>
/// <param name="Columns">In the order of the table.</param>
/// <param name="Target">The column that is to be told from the others, where there is one.</param>
public sealed record TableSchema(IReadOnlyList<SchemaColumn> Columns, string? Target = null)
{
    /// <summary>The columns that a model's tables have: all but texts.</summary>
    [JsonIgnore]
    public IReadOnlyList<SchemaColumn> Written => [.. Columns.Where(c => c.Kind != ColumnKind.Text)];

    /// <summary>The same with a column that is to be told from the others.</summary>
    /// <exception cref="UsageException">There is no such column.</exception>
    public TableSchema WithTarget(string? target) => target is null || Columns.Any(c => c.Name == target)
        ? this with { Target = target }
        : throw UsageException.Unknown("column", target, Columns.Select(c => c.Name));

    /// <summary>Reads a schema that was kept by <see cref="Save"/>, and perhaps edited.</summary>
    /// <exception cref="DataException">It is no schema, or contradicts itself.</exception>
    public static TableSchema Load(string path)
    {
        TableSchema? schema;
        try
        {
            schema = JsonSerializer.Deserialize(File.ReadAllText(path), TableSchemaJson.Default.TableSchema);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new DataException($"'{path}' cannot be read as a schema of a table ({e.Message.TrimEnd('.')}): let {new Remedy.Deed(Work.ListData)} write one and edit it.", e);
        }

        return schema is { Columns: not null } ? schema.Checked(path) : throw new DataException($"'{path}' holds no columns: a schema lists the columns of a table.");
    }

    /// <summary>Keeps the schema as a small JSON file that can be edited.</summary>
    public void Save(string path) => WholeFile.Write(path, stream => JsonSerializer.Serialize(stream, this, TableSchemaJson.Default.TableSchema));

    /// <summary>The schema as the JSON that a file of it holds.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, TableSchemaJson.Default.TableSchema);

    private TableSchema Checked(string path)
    {
        foreach (var column in Columns)
        {
            var wrong = column.Low > column.High ? $"a low of {column.Low} above its high of {column.High}"
                : column.Step <= 0 ? $"a step of {column.Step}, and steps are positive"
                : column.Decimals is < 0 or > 15 ? $"{column.Decimals} decimals, and 0 to 15 can be written"
                : column.IsCategory && column.Values.Count != column.Values.Distinct().Count() ? "the same value twice"
                : column.Kind == ColumnKind.Date && string.IsNullOrEmpty(column.Format) ? "dates and no format for them, such as yyyy-MM-dd"
                : null;
            if (wrong is not null)
            {
                throw new DataException($"The column '{column.Name}' of the schema '{path}' has {wrong}: correct it.");
            }
        }

        return Columns.GroupBy(c => c.Name).FirstOrDefault(g => g.Skip(1).Any()) is { } twice
            ? throw new DataException($"The schema '{path}' has the column '{twice.Key}' twice: name each once.")
            : WithTarget(Target);
    }

    public bool Equals(TableSchema? other) => other is not null && Target == other.Target && Columns.SequenceEqual(other.Columns);

    public override int GetHashCode() => HashCode.Combine(Target, Columns.Count);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TableSchema))]
internal sealed partial class TableSchemaJson : JsonSerializerContext;
