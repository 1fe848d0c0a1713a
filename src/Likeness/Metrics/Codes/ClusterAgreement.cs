namespace Likeness;

/// <summary>How well clusters that were found without labels agree with classes; each is 1 for the same division, whatever the numbers of the clusters.</summary>
/// <param name="Accuracy">The share of examples whose cluster is the one of their class, with clusters and classes matched one to one as well as can be.</param>
/// <param name="MutualInformation">The mutual information of cluster and class, divided by the mean of their entropies; 0 where they are independent.</param>
/// <param name="RandIndex">The share of pairs that both divisions treat alike, adjusted for chance: 0 is what random divisions get (Hubert and Arabie 1985).</param>
public sealed record ClusterAgreement(double Accuracy, double MutualInformation, double RandIndex)
{
    // Resamples of the examples behind the standard errors.
    private const int Resamples = 200;

    /// <summary>Compares two divisions of the same examples.</summary>
    /// <param name="clusters">The cluster of each example, from 0.</param>
    /// <param name="classes">The class of each example, from 0.</param>
    /// <exception cref="ArgumentException">There are none, or they are not of the same examples.</exception>
    public static ClusterAgreement Of(ReadOnlySpan<int> clusters, ReadOnlySpan<int> classes)
    {
        if (clusters.IsEmpty || clusters.Length != classes.Length)
        {
            throw new ArgumentException($"{clusters.Length} clusters and {classes.Length} classes do not agree or disagree: give both for each of at least one example.", nameof(clusters));
        }

        return Of(Table(clusters, classes), clusters.Length);
    }

    /// <summary>The three as scores in %, "PREFIX-accuracy", "-nmi" and "-ari", each with its standard error over resamples of the examples (the bootstrap).</summary>
    public static IReadOnlyList<NamedScore> Scores(string prefix, int[] clusters, int[] classes, Evidence evidence, Rng rng)
    {
        var found = Of(clusters, classes);
        var again = new ClusterAgreement[Resamples];
        var (some, those) = (new int[clusters.Length], new int[clusters.Length]);
        Chain.Each(Enumerable.Range(0, Resamples), r =>
        {
            var drawn = rng.Integers(0, clusters.Length, clusters.Length).ToArray<long>();
            for (var i = 0; i < drawn.Length; i++)
            {
                (some[i], those[i]) = (clusters[drawn[i]], classes[drawn[i]]);
            }

            again[r] = Of(some, those);
        });

        return [Scored("accuracy", a => a.Accuracy), Scored("nmi", a => a.MutualInformation), Scored("ari", a => a.RandIndex)];

        NamedScore Scored(string name, Func<ClusterAgreement, double> value)
        {
            var values = Array.ConvertAll(again, a => value(a));
            // The deviation of the resampled values themselves, not of their mean.
            var error = Score.Mean(values, "", evidence).StandardError * Math.Sqrt(Resamples);
            return new($"{prefix}-{name}", new Score(value(found), error, "", evidence, clusters.Length).Times(100, "%"));
        }
    }

    private static double[,] Table(ReadOnlySpan<int> clusters, ReadOnlySpan<int> classes)
    {
        var (rows, columns) = (0, 0);
        for (var i = 0; i < clusters.Length; i++)
        {
            (rows, columns) = (Math.Max(rows, clusters[i] + 1), Math.Max(columns, classes[i] + 1));
        }

        var table = new double[rows, columns];
        for (var i = 0; i < clusters.Length; i++)
        {
            table[clusters[i], classes[i]]++;
        }

        return table;
    }

    private static ClusterAgreement Of(double[,] table, int n)
    {
        var (rows, columns) = (table.GetLength(0), table.GetLength(1));
        var (ofRow, ofColumn) = (new double[rows], new double[columns]);
        var negative = new double[rows, columns];
        var (joint, pairs) = (0.0, 0.0);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var count = table[i, j];
                ofRow[i] += count;
                ofColumn[j] += count;
                negative[i, j] = -count;
                joint += Entropy(count / n);
                pairs += Pairs(count);
            }
        }

        var match = Assignment.Cheapest(negative);
        var right = Enumerable.Range(0, rows).Where(i => match[i] >= 0).Sum(i => table[i, match[i]]);
        var (rowEntropy, columnEntropy) = (ofRow.Sum(c => Entropy(c / n)), ofColumn.Sum(c => Entropy(c / n)));
        var (rowPairs, columnPairs) = (ofRow.Sum(Pairs), ofColumn.Sum(Pairs));
        var chance = n > 1 ? rowPairs * columnPairs / Pairs(n) : 0;
        var most = (rowPairs + columnPairs) / 2;
        return new(
            right / n,
            // Two divisions into one part each are the same.
            rowEntropy + columnEntropy > 0 ? Math.Max(0, 2 * (rowEntropy + columnEntropy - joint) / (rowEntropy + columnEntropy)) : 1,
            most > chance ? (pairs - chance) / (most - chance) : 1);
    }

    private static double Entropy(double p) => p > 0 ? -p * Math.Log(p) : 0;

    private static double Pairs(double count) => count * (count - 1) / 2;
}
