using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Likeness;

/// <summary>Tables in SQLite's databases: the rows of a query, which may read and do nothing else.</summary>
internal static class SqliteCells
{
    private const string Endings = ".db, .db3, .sqlite or .sqlite3";
    private const long MostCells = 1L << 28;
    private const int MostShown = 80;
    private const int MostTables = 12;

    // What a statement may do: begin a SELECT, read a column, call a function, recurse. Asking SQLite itself leaves nothing to be parsed here.
    private static readonly int[] s_reading = [raw.SQLITE_SELECT, raw.SQLITE_READ, raw.SQLITE_FUNCTION, raw.SQLITE_RECURSIVE];

    /// <summary>Whether a file is read as a database, by its name's ending.</summary>
    public static bool Reads(string path) => Path.GetExtension(path).ToLowerInvariant() is ".db" or ".db3" or ".sqlite" or ".sqlite3" && File.Exists(path);

    /// <summary>Refuses a query that no database is asked.</summary>
    /// <exception cref="UsageException">There is one, and the file is no database.</exception>
    public static void CheckAsked(string path, string? query)
    {
        if (query is not null && !Reads(path))
        {
            throw new UsageException($"'{path}' does not end in {Endings}, as a database does, and so cannot be asked '{Short(query)}': rename it if it is one, or leave the query out.");
        }
    }

    /// <summary>What is read where nothing was said: the only table, by its name.</summary>
    /// <exception cref="LikenessException">There are several or none, or the file is no database.</exception>
    public static string Only(string path) => Asked(path, null, db => Only(path, Tables(db)));

    /// <summary>A query that another database was asked, where it can be asked here, too: all but the name of a table that is not there.</summary>
    public static string? Known(string path, string query) =>
        Asked(path, query, db => IsName(query) && !Named(db).Contains(query, StringComparer.OrdinalIgnoreCase) ? null : query);

    /// <summary>All rows of a query, or of a table.</summary>
    /// <param name="path">The database.</param>
    /// <param name="query">A SELECT, or the name of a table or a view; null for the only table.</param>
    /// <param name="wanted">Which columns matter: binary data is an error in these alone.</param>
    /// <param name="most">As many cells are read.</param>
    /// <exception cref="LikenessException">The file is no database, or the query fails, does more than read, or gives no table.</exception>
    public static CellTable Read(string path, string? query, Predicate<string> wanted, long most = MostCells) => Asked(path, query, db =>
    {
        using var command = db.CreateCommand();
        // The statement is the user's own, and SQLite holds it to reading.
#pragma warning disable CA2100
        command.CommandText = Statement(db, path, query);
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        if (reader.FieldCount == 0)
        {
            throw new DataException($"The query '{Short(query ?? "")}' of '{path}' gives no rows and columns: give a SELECT.");
        }

        var table = CellTable.Of(path, [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)], [], []);
        var (idle, rows) = (table.Columns.Select(c => !wanted(c)).ToArray(), new List<string[]>());
        while (reader.Read())
        {
            if ((rows.Count + 1L) * table.Columns.Count > most)
            {
                throw new DataException($"'{path}' gives more than {Counted.Of(rows.Count, "row")} of {Counted.Of(table.Columns.Count, "column")}, and at most {most} cells are read: choose fewer in the query (LIMIT).");
            }

            rows.Add([.. table.Columns.Select((c, i) => reader.GetValue(i) switch
            {
                byte[] when idle[i] => "",
                byte[] => throw new DataException($"The column '{c}' of '{path}' holds binary data (a BLOB) in row {rows.Count + 1}, and a cell is a number, a word or a date: leave the column out ({new Remedy.Option("Drop", c)})."),
                double value when !idle[i] && !double.IsFinite(value) => throw new DataException($"The column '{c}' of '{path}' holds an infinite number in row {rows.Count + 1}: leave the row out in the query, or the column ({new Remedy.Option("Drop", c)})."),
                var value => CellTable.Cell(value),
            })]);
        }

        return reader.NextResult() ? throw new UsageException($"The query '{Short(query!)}' is several: give one SELECT.")
            : rows.Count > 0 ? table with { Rows = rows }
            : throw new DataException($"'{path}' gives no rows{(query is null ? "" : $" for '{Short(query)}'")}: a table needs at least one.") { IsOfRows = true };
    });

    private static T Asked<T>(string path, string? query, Func<SqliteConnection, T> ask)
    {
        try
        {
            using var db = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.GetFullPath(path), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            db.Open();
            using (var setting = db.CreateCommand())
            {
                // Functions that a file brings in its views may not do harm, and damaged pages are found where they are read.
                setting.CommandText = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;";
                setting.ExecuteNonQuery();
            }

            raw.sqlite3_set_authorizer(db.Handle, (strdelegate_authorizer)((_, action, _, _, _, _) => s_reading.Contains(action) ? raw.SQLITE_OK : raw.SQLITE_DENY), null);
            return ask(db);
        }
        catch (SqliteException e)
        {
            throw Refused(path, query, e);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException || e is TypeInitializationException { InnerException: DllNotFoundException or BadImageFormatException })
        {
            throw new DataException($"'{path}' cannot be read, as SQLite does not load on this system ({(e.InnerException ?? e).Message.Split('\n')[0].TrimEnd('.')}): write the table to a CSV file.", e);
        }
    }

    private static LikenessException Refused(string path, string? query, SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_NOTADB => new DataException($"'{path}' is no SQLite database, or an encrypted one: give one that is, or write the table to a CSV file.", e),
        raw.SQLITE_CORRUPT => new DataException($"'{path}' is damaged ({Said(e)}): get it again.", e),
        raw.SQLITE_AUTH or raw.SQLITE_READONLY => new UsageException($"The query '{Short(query ?? "")}' does more than read, and '{path}' is never changed: give one SELECT.", e),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new DataException($"'{path}' is being written by another program: try again when it is done.", e),
        raw.SQLITE_ERROR when query is not null => new UsageException($"The query '{Short(query)}' of '{path}' fails ({Said(e)}): correct it{Offered(path)}.", e),
        _ => new DataException($"'{path}' cannot be read ({Said(e)}): check that you may read it, and that it is whole.", e),
    };

    // SQLite's own words, which the exception quotes after the code.
    private static string Said(SqliteException e) => e.Message.IndexOf('\'', StringComparison.Ordinal) is >= 0 and var start && e.Message.LastIndexOf('\'') is var end && end > start
        ? e.Message[(start + 1)..end] : e.Message.TrimEnd('.');

    private static string Offered(string path) => Asked(path, null, Named) is { Count: > 0 } names ? $"; it has {Listed(names)}" : "";

    private static string Statement(SqliteConnection db, string path, string? query)
    {
        if (query is not null && string.IsNullOrWhiteSpace(query))
        {
            throw new UsageException($"The query of '{path}' is empty: give a SELECT, or the name of a table.");
        }

        var names = Named(db);
        var name = query is null ? Only(path, Tables(db)) : names.FirstOrDefault(n => n.Equals(query, StringComparison.OrdinalIgnoreCase));
        return name is not null ? $"SELECT * FROM \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : !IsName(query!) ? query!
            : names.Count == 0 ? throw None(path)
            : throw UsageException.Unknown($"table of '{path}'", query!, names);
    }

    private static string Only(string path, List<string> names) => names switch
    {
        [var only] => only,
        [] => throw None(path),
        _ => throw new UsageException($"'{path}' has {Counted.Of(names.Count, "table")} ({Listed(names)}): name one ({new Remedy.Option("Query", names[0])}), or give a SELECT there."),
    };

    private static DataException None(string path) => new($"'{path}' has no tables: give a database that has one.") { IsOfRows = true };

    private static List<string> Tables(SqliteConnection db) => Names(db, "type = 'table'");

    private static List<string> Named(SqliteConnection db) => Names(db, "type IN ('table', 'view')");

    private static List<string> Names(SqliteConnection db, string kind)
    {
        using var command = db.CreateCommand();
#pragma warning disable CA2100 // One of the two conditions above.
        command.CommandText = $"SELECT name FROM sqlite_master WHERE {kind} AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    // A word alone is no query.
    private static bool IsName(string query) => query.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.');

    private static string Listed(List<string> names) => string.Join(", ", names.Take(MostTables)) + (names.Count > MostTables ? $" and {Counted.Of(names.Count - MostTables, "other")}" : "");

    private static string Short(string query)
    {
        var line = string.Join(' ', query.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length > MostShown ? $"{line[..MostShown]}…" : line;
    }
}
