namespace Likeness;

/// <summary>
/// Small real-valued tables of the UCI repository, as the density estimation papers use them (Tang et al. 2012; Uria et al.
/// 2013): without discrete columns and without one of every pair of columns that correlate above 0.98, in ten folds. The papers'
/// own folds were not published with all of the sets; these are the file's rows shuffled once and for all and cut into ten.
/// </summary>
internal static class Uci
{
    private const string Address = "https://archive.ics.uci.edu/ml/machine-learning-databases/";
    private const ulong Shuffle = 0;

    private static readonly string[] s_protocols = [.. Protocols.Folds, .. Protocols.WholeFolds];

    // The last column of the wines is a judge's mark.
    private static readonly int[] s_wine = [.. Enumerable.Range(0, 11)];

    // test_time, motor_UPDRS, total_UPDRS, Jitter(Abs), Jitter:PPQ5, Jitter:DDP, Shimmer(dB), Shimmer:APQ5, Shimmer:APQ11,
    // Shimmer:DDA, NHR, HNR, RPDE, DFA, PPE.
    private static readonly int[] s_parkinsons = [3, 4, 5, 7, 9, 10, 12, 14, 15, 16, 17, 18, 19, 20, 21];

    public static IReadOnlyList<DatasetEntry> Entries { get; } =
    [
        Entry("red-wine", "chemistry of red wines", "wine-quality/", "winequality-red.csv", 1599, 12, s_wine),
        Entry("white-wine", "chemistry of white wines", "wine-quality/", "winequality-white.csv", 4898, 12, s_wine),
        Entry("parkinsons", "voices of people with Parkinson's disease", "parkinsons/telemonitoring/", "parkinsons_updrs.data", 5875, 22, s_parkinsons),
    ];

    private static DatasetEntry Entry(string name, string what, string folder, string file, int rows, int columns, int[] chosen)
    {
        return new(
            $"uci/{name}",
            $"{chosen.Length} real columns, {what}: {rows} rows in ten folds, each standardised by its own training part.",
            "CC BY 4.0",
            s_protocols,
            Load)
        {
            Folders = ["uci", $"uci/{name}"],
            Files = [new(file, new($"{Address}{folder}{file}"))],
        };

        MemoryDataset Load(DataFiles files, DataOptions options)
        {
            var protocol = Protocols.Choose(options.Protocol, s_protocols);
            var path = files.Locate(file);
            var (names, table) = TextTable.Read(path);
            if ((table.Rows, table.RowLength) != (rows, columns))
            {
                throw new DataException($"'{path}' has {table.Rows} rows of {table.RowLength}, where {rows} rows of {columns} are expected: get the published file.");
            }

            var (parts, fit) = Folded(Array.IndexOf(s_protocols, protocol), table.ToSingles(path), columns, names, chosen);
            return new(new($"uci/{name}", protocol, new([chosen.Length], new Domain.Real()), Part(0), Part(1), Part(2)) { Fit = fit });

            Part Part(int split) => new(new SingleExamples(parts[split], chosen.Length));
        }
    }

    // The fold is the test part, the one after it the validation part: a ninth of what is left. All parts are standardised by
    // the mean and deviation of what is left, validation included. The last ten protocols train on the validation part, too.
    private static (float[][] Parts, DataFit Fit) Folded(int protocol, float[] values, int columns, IReadOnlyList<string>? names, int[] chosen)
    {
        const int folds = 10;
        var (fold, whole, count) = (protocol % folds, protocol >= folds, values.Length / columns);
        var order = new int[count];
        new SplitMix64(SplitMix64.Key(Shuffle, (ulong)count)).Permute(order);
        var parts = new List<float>[] { [], [], [] };
        for (var i = 0; i < count; i++)
        {
            var of = (int)((long)i * folds / count);
            var part = parts[of == fold ? 2 : of == (fold + 1) % folds && !whole ? 1 : 0];
            foreach (var column in chosen)
            {
                part.Add(values[(order[i] * columns) + column]);
            }
        }

        var split = Array.ConvertAll(parts, p => p.ToArray());
        var training = Standardisation.Of(names is null ? null : [.. chosen.Select(c => names[c])], chosen.Length, split[0], split[1]);
        Array.ForEach(split, part => training.ToModel(part));
        return (split, training);
    }
}
