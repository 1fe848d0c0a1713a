namespace Likeness;

/// <summary>AdaBoost of decision stumps (Freund and Schapire 1997, as SAMME of Hastie et al. 2009) for two classes.</summary>
internal static class AdaBoost
{
    /// <summary>Fits stumps, each on what those before it got wrong, and gives what tells the classes of rows.</summary>
    public static Func<float[][], int[]> Fit(float[][] x, int[] y, int rounds)
    {
        var (edges, bins) = ClassificationTree.Binned(x);
        var weights = Enumerable.Repeat(1.0 / y.Length, y.Length).ToArray();
        var stumps = new List<(ClassificationTree Tree, double Say)>();
        for (var round = 0; round < rounds; round++)
        {
            var stump = ClassificationTree.Fit(edges, bins, y, weights, depth: 1);
            var told = stump.Classify(x);
            var error = Enumerable.Range(0, y.Length).Where(i => told[i] != y[i]).Sum(i => weights[i]);
            if (error >= 0.5)
            {
                break;
            }

            var say = Math.Log((1 - error) / Math.Max(error, 1e-10));
            stumps.Add((stump, say));
            if (error <= 0)
            {
                break;
            }

            var total = 0.0;
            for (var i = 0; i < y.Length; i++)
            {
                weights[i] *= told[i] != y[i] ? Math.Exp(say) : 1;
                total += weights[i];
            }

            for (var i = 0; i < y.Length; i++)
            {
                weights[i] /= total;
            }
        }

        return asked =>
        {
            var votes = new double[asked.Length];
            foreach (var (tree, say) in stumps)
            {
                var told = tree.Classify(asked);
                for (var i = 0; i < asked.Length; i++)
                {
                    votes[i] += told[i] == 1 ? say : -say;
                }
            }

            return Array.ConvertAll(votes, v => v > 0 ? 1 : 0);
        };
    }
}
