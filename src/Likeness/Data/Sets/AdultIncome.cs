using System.Text;

namespace Likeness;

/// <summary>The census extract of UCI (Kohavi 1996) as a mixed table: six numbers and nine columns of words, of which the last, whether an income is above 50,000, is to be told from the others.</summary>
internal static class AdultIncome
{
    private const string Address = "https://archive.ics.uci.edu/ml/machine-learning-databases/adult/";

    private static readonly string[] s_columns =
    [
        "age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income",
    ];

    public static DatasetEntry Entry { get; } = new(
        "adult-income",
        "A census's people with their incomes below or above 50,000: a mixed table of 15 columns, 32561 and 16281 rows.",
        "CC BY 4.0",
        [Protocols.Mixed, Protocols.Discretised],
        Load)
    {
        Folders = ["tabular", "adult-income"],
        Files = [new("adult-train.csv", new($"{Address}adult.data")), new("adult-test.csv", new($"{Address}adult.test"))],
    };

    private static IDataset Load(DataFiles files, DataOptions options)
    {
        var protocol = Protocols.Choose(options.Protocol, Protocols.Mixed, Protocols.Discretised);
        var (train, test) = (Rows(files.Locate("adult-train.csv")), Rows(files.Locate("adult-test.csv")));
        return train.Count == 32_561 && test.Count == 16_281
            ? MixedTable.Open(CellTable.Of("adult-income", s_columns, [.. train, .. test], []) with { Parts = [.. Enumerable.Repeat(Split.Train, train.Count), .. Enumerable.Repeat(Split.Test, test.Count)] },
                options with { Protocol = protocol, Whole = false, Table = new() { Target = s_columns[^1] } })
            : throw new DataException($"'{files.Locate("adult-train.csv")}' has {train.Count} rows and the test file {test.Count}, where 32561 and 16281 are expected: get the published files.");
    }

    // The test file begins with a comment, and its incomes end in a full stop.
    private static List<string[]> Rows(string path)
    {
        using var file = BoundedReader.Open(path);
        var rows = new List<string[]>();
        new TextLines(file).Each((bytes, line) =>
        {
            var text = Encoding.UTF8.GetString(bytes).Trim();
            if (text.Length == 0 || text[0] == '|')
            {
                return;
            }

            string[] cells = [.. CsvText.Cells(text.TrimEnd('.'), ',')];
            rows.Add(cells.Length == s_columns.Length ? cells : throw new DataException($"'{path}' has {cells.Length} cells in line {line}, where {s_columns.Length} are expected: get the published file."));
        });
        return rows;
    }
}
