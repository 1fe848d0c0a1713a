namespace Likeness.Bench;

/// <summary>Two builds of Likeness beside each other: our side of each row, out of two source trees.</summary>
internal static class Builds
{
    public static void Compare(string old, string next, IEnumerable<Row> rows, int threads, int rounds)
    {
        Console.WriteLine($"{Processor.Name} ({string.Join(", ", Processor.Features)}), threads: {threads}, {rounds} rounds in turn; medians, the ratio over the rounds");
        Console.WriteLine();
        Console.WriteLine("| work | old, ms | new, ms | old ÷ new |");
        Console.WriteLine("|---|---|---|---|");
        var logarithms = new List<double>();
        // Rows that differ in PyTorch's side only are one here.
        foreach (var row in rows.DistinctBy(row => (row.Model, row.Spec, row.Draws, row.Precision, string.Join(' ', row.Settings))))
        {
            using var first = Peer.Ours(next, row, threads);
            using var other = Peer.Ours(old, row, threads);
            var seconds = Duel.Run([first, other], rounds, (i, round) => Console.Error.WriteLine($"  {row.Name}, round {i}: {string.Join(", ", round.Select(s => $"{s * 1e3:0.0} ms"))}"));
            var ratio = new Times(seconds[0], seconds[1]).Ratio;
            logarithms.Add(Math.Log(ratio));
            Console.WriteLine($"| {row.Name} | {Duel.Median(seconds[1]) * 1e3:0.00} | {Duel.Median(seconds[0]) * 1e3:0.00} | {ratio:0.00} |");
        }

        Console.WriteLine($"| geometric mean of {logarithms.Count} | | | {Math.Exp(logarithms.Average()):0.00} |");
    }
}
