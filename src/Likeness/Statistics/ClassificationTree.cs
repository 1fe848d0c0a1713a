namespace Likeness;

/// <summary>
/// A decision tree of two classes (CART; Breiman et al. 1984): each node is cut where the weighted Gini impurity falls most. Values of a feature are told apart by at most 255 quantiles of them.
/// </summary>
internal sealed class ClassificationTree
{
    private const int MostBins = 255;

    private readonly float[][] _edges;
    private readonly List<(int Feature, int Bin, int Left, int Right, int Class)> _nodes = [];

    private ClassificationTree(float[][] edges) => _edges = edges;

    /// <summary>Fits a tree.</summary>
    /// <param name="x">Rows.</param>
    /// <param name="y">The class of each, 0 or 1.</param>
    /// <param name="weights">Of the rows.</param>
    /// <param name="depth">Cuts above each leaf at most.</param>
    public static ClassificationTree Fit(float[][] x, int[] y, double[] weights, int depth)
    {
        var (edges, bins) = Binned(x);
        return Fit(edges, bins, y, weights, depth);
    }

    /// <summary>The borders between the values of each feature, and where each value lies among them, feature by feature.</summary>
    public static (float[][] Edges, byte[][] Bins) Binned(float[][] x)
    {
        var features = x[0].Length;
        var (edges, bins) = (new float[features][], new byte[features][]);
        for (var f = 0; f < features; f++)
        {
            float[] sorted = [.. x.Select(row => row[f]).Order()];
            float[] distinct = [.. sorted.Distinct()];
            edges[f] = distinct.Length <= MostBins ? distinct[1..] : [.. Enumerable.Range(1, MostBins - 1).Select(k => sorted[(int)((long)k * sorted.Length / MostBins)]).Distinct()];
            bins[f] = [.. x.Select(row => (byte)Bin(edges[f], row[f]))];
        }

        return (edges, bins);
    }

    public static ClassificationTree Fit(float[][] edges, byte[][] bins, int[] y, double[] weights, int depth)
    {
        var tree = new ClassificationTree(edges);
        tree.Grow([.. Enumerable.Range(0, y.Length)], bins, y, weights, depth);
        return tree;
    }

    public int[] Classify(float[][] x) => Array.ConvertAll(x, row =>
    {
        var at = 0;
        while (_nodes[at].Feature >= 0)
        {
            at = Bin(_edges[_nodes[at].Feature], row[_nodes[at].Feature]) <= _nodes[at].Bin ? _nodes[at].Left : _nodes[at].Right;
        }

        return _nodes[at].Class;
    });

    private int Grow(int[] rows, byte[][] bins, int[] y, double[] weights, int depth)
    {
        double first = 0, second = 0;
        foreach (var i in rows)
        {
            first += y[i] == 0 ? weights[i] : 0;
            second += y[i] == 1 ? weights[i] : 0;
        }

        var place = _nodes.Count;
        _nodes.Add((-1, 0, 0, 0, second > first ? 1 : 0));
        if (depth == 0 || first <= 0 || second <= 0)
        {
            return place;
        }

        var (feature, bin) = Cut(rows, bins, y, weights, first, second);
        if (feature < 0)
        {
            return place;
        }

        var column = bins[feature];
        var left = Grow([.. rows.Where(i => column[i] <= bin)], bins, y, weights, depth - 1);
        var right = Grow([.. rows.Where(i => column[i] > bin)], bins, y, weights, depth - 1);
        _nodes[place] = (feature, bin, left, right, 0);
        return place;
    }

    // Where Σ p₁p₂·w over both sides is least; −1 where no cut lessens it.
    private (int Feature, int Bin) Cut(int[] rows, byte[][] bins, int[] y, double[] weights, double first, double second)
    {
        var (best, feature, bin) = ((first * second / (first + second)) - 1e-12, -1, 0);
        var sums = new double[2 * (MostBins + 1)];
        for (var f = 0; f < bins.Length; f++)
        {
            Array.Clear(sums);
            var column = bins[f];
            foreach (var i in rows)
            {
                sums[(2 * column[i]) + y[i]] += weights[i];
            }

            double a = 0, b = 0;
            for (var k = 0; k < _edges[f].Length; k++)
            {
                a += sums[2 * k];
                b += sums[(2 * k) + 1];
                var (c, d) = (first - a, second - b);
                if (a + b > 0 && c + d > 1e-12)
                {
                    var impurity = (a * b / (a + b)) + (c * d / (c + d));
                    if (impurity < best)
                    {
                        (best, feature, bin) = (impurity, f, k);
                    }
                }
            }
        }

        return (feature, bin);
    }

    // How many borders a value has reached.
    private static int Bin(float[] edges, float value)
    {
        var (low, high) = (0, edges.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = value >= edges[middle] ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
