using System.Diagnostics;

namespace Likeness.Bench;

/// <summary>Seconds of both sides, round by round.</summary>
/// <param name="First">The side that is divided by.</param>
/// <param name="Other">The side that is divided.</param>
internal sealed record Times(IReadOnlyList<double> First, IReadOnlyList<double> Other)
{
    /// <summary>Median over the rounds of other ÷ first: what else the machine did in a round met both.</summary>
    public double Ratio => Duel.Median(Other.Zip(First, (other, first) => other / first));
}

/// <summary>Programs that take turns, so what else the machine does meets all of them.</summary>
internal static class Duel
{
    // .NET compiles again what has been called often, in the background: rows of many short operators take their time to get there.
    private const int Warmup = 2;
    private const double WarmupSeconds = 10;

    /// <returns>For each side its seconds, round by round.</returns>
    public static List<double>[] Run(IReadOnlyList<Peer> sides, int rounds, Action<int, IEnumerable<double>> say)
    {
        var seconds = sides.Select(_ => new List<double>()).ToArray();
        var warm = Stopwatch.StartNew();
        for (var i = 0; i < Warmup || warm.Elapsed.TotalSeconds < WarmupSeconds * sides.Count; i++)
        {
            _ = sides.Sum(side => side.Round());
        }

        for (var i = 0; i < rounds; i++)
        {
            var round = sides.Select(side => side.Round()).ToArray();
            for (var side = 0; side < round.Length; side++)
            {
                seconds[side].Add(round[side]);
            }

            say(i + 1, round);
        }

        return seconds;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
