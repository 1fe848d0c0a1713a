namespace Likeness;

/// <summary>Binary data sets of the density estimation literature (Lowd and Davis 2010; Van Haaren and Davis 2012), in their usual splits.</summary>
internal static class Debd
{
    private const string Address = "https://raw.githubusercontent.com/UCLA-StarAI/Density-Estimation-Datasets/master/datasets/";

    public static IReadOnlyList<DatasetEntry> Entries { get; } =
    [
        Entry("nltcs", "disabilities in a survey of the aged", 16, 16181, 2157, 3236),
        Entry("plants", "states in which plants grow", 69, 17412, 2321, 3482),
        Entry("baudio", "artists that people listen to", 100, 15000, 2000, 3000),
        Entry("adult", "census answers", 123, 5000, 1414, 26147),
        Entry("connect4", "positions of a board game", 126, 16000, 4000, 47557),
        Entry("mushrooms", "properties of mushrooms", 112, 2000, 500, 5624),
        Entry("nips", "words in abstracts", 500, 400, 100, 1240),
    ];

    private static DatasetEntry Entry(string name, string what, int variables, int train, int validation, int test)
    {
        string[] files = [$"{name}.train.data", $"{name}.valid.data", $"{name}.test.data"];
        return new(
            $"debd/{name}",
            $"{variables} binary variables, {what}: {train} training, {validation} validation, {test} test rows.",
            "for research; where from the UCI repository CC BY 4.0",
            [Protocols.Binary],
            Load)
        {
            Files = [.. files.Select(file => new DataFile(file, new($"{Address}{name}/{file}")))],
        };

        MemoryDataset Load(DataFiles found, DataOptions options)
        {
            var protocol = Protocols.Choose(options.Protocol, Protocols.Binary);
            return new(new(
                $"debd/{name}",
                protocol,
                new([variables], new Domain.Binary()),
                Read(files[0], train),
                Read(files[1], validation),
                Read(files[2], test)));

            Part Read(string file, int rows)
            {
                var path = found.Locate(file);
                return BinaryTable.Part(TextTable.Read(path).Values, path, variables, rows);
            }
        }
    }
}
