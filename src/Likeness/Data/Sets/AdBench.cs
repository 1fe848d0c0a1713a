namespace Likeness;

/// <summary>
/// Tables with known anomalies of ADBench (Han et al. 2022) in the one-class protocol of Livernoche et al. (2024): the first half
/// of the normal rows in the file's order trains, the other half and all anomalies test, all standardised by the training
/// part. Not shuffled: some files are ordered, and shuffling changes their results by as much as 15 points. The protocol trains on
/// all of the first half, so there is no validation part; where one is needed, to calibrate or to stop early, a protocol of ours holds
/// out every fifth of these rows.
/// </summary>
internal static class AdBench
{
    private const string Address = "https://raw.githubusercontent.com/Minqi824/ADBench/main/adbench/datasets/Classical/";

    private static readonly string[] s_classes = ["normal", "anomaly"];

    public static IReadOnlyList<DatasetEntry> Entries { get; } =
    [
        Entry("2_annthyroid", 7200, 6, 534),
        Entry("6_cardio", 1831, 21, 176),
        Entry("19_landsat", 6435, 36, 1333),
        Entry("20_letter", 1600, 32, 100),
        Entry("22_magic.gamma", 19020, 10, 6688),
        Entry("23_mammography", 11183, 6, 260),
        Entry("24_mnist", 7603, 100, 700),
        Entry("26_optdigits", 5216, 64, 150),
        Entry("28_pendigits", 6870, 16, 156),
        Entry("30_satellite", 6435, 36, 2036),
        Entry("32_shuttle", 49097, 9, 3511),
        Entry("35_SpamBase", 4207, 57, 1679),
        Entry("38_thyroid", 3772, 6, 93),
        Entry("40_vowels", 1456, 12, 50),
        Entry("41_Waveform", 3443, 21, 100),
        Entry("47_yeast", 1484, 8, 507),
    ];

    private static DatasetEntry Entry(string file, int rows, int columns, int anomalies)
    {
        var name = $"adbench/{file[(file.IndexOf('_') + 1)..]}";
        return new(
            name,
            $"{columns} real columns: {(rows - anomalies) / 2} normal training rows, {rows - ((rows - anomalies) / 2)} test rows with {anomalies} anomalies among them.",
            "BSD-2-Clause",
            [Protocols.OneClass, Protocols.OneClassHeldOut],
            Load)
        {
            Folders = ["adbench"],
            Files = [new($"{file}.npz", new($"{Address}{file}.npz"))],
        };

        MemoryDataset Load(DataFiles files, DataOptions options)
        {
            var protocol = Protocols.Choose(options.Protocol, Protocols.OneClass, Protocols.OneClassHeldOut);
            var path = files.Locate($"{file}.npz");
            var arrays = Npz.Read(path).ToDictionary(a => a.Name, a => a.Array);
            if (!arrays.TryGetValue("X", out var x) || !arrays.TryGetValue("y", out var y) || (x.Rows, x.RowLength, y.Rows) != (rows, columns, rows))
            {
                throw new DataException($"'{path}' does not hold an array X of {rows}×{columns} and an array y of {rows}: get the published file.");
            }

            var (values, labels) = (x.ToSingles(path), y.ToLabels(path));
            var normal = Enumerable.Range(0, rows).Where(i => labels[i] == 0).ToArray();
            if (rows - normal.Length != anomalies || labels.Any(l => l > 1))
            {
                throw new DataException($"'{path}' has {normal.Length} rows with the label 0, where {rows - anomalies} normal rows are expected and the rest labelled 1: get the published file.");
            }

            var half = normal[..(normal.Length / 2)];
            var held = protocol == Protocols.OneClass ? [] : half.Where((_, i) => i % 5 == 4).ToArray();
            var train = half.Except(held).ToArray();
            int[] test = [.. normal[half.Length..], .. Enumerable.Range(0, rows).Where(i => labels[i] == 1)];
            var (seen, validation, unseen) = (Rows(train), Rows(held), Rows(test));
            var training = Standardisation.Of(null, columns, seen);
            training.ToModel(seen);
            training.ToModel(validation);
            training.ToModel(unseen);
            return new(
                new(name, protocol, new([columns], new Domain.Real(), s_classes.Length), Part(seen, train), Part(validation, held), Part(unseen, test)) { Fit = training },
                s_classes);

            float[] Rows(int[] chosen) => [.. chosen.SelectMany(i => values.AsSpan(i * columns, columns).ToArray())];

            Part Part(float[] rows, int[] chosen) => new(new SingleExamples(rows, columns)) { Label = i => labels[chosen[i]] };
        }
    }
}
