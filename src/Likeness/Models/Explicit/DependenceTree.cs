namespace Likeness;

/// <summary>Which variables depend on which, from how often their values meet.</summary>
internal static class DependenceTree
{
    /// <summary>The mutual information of every two variables in nats, [d, d]: Σ p log p / (p_i p_j), where 0 log 0 = 0.</summary>
    /// <param name="pairs">Counts [d, d, k, k]: how often variable i was u while j was v.</param>
    public static double[,] MutualInformation(Tensor pairs)
    {
        var d = (int)pairs.shape[0];
        var counts = pairs.to(ScalarType.Float64);
        // Of variable i alone, [d, k]: its table with the first variable, summed over that one's values.
        var single = counts.select(1, 0).sum([2]);
        var total = single.select(0, 0).sum();
        Tensor Log(Tensor c) => (c.clamp_min(1) / total).log(); // counts of 0 are multiplied by 0
        var ratio = Log(counts) - Log(single).reshape(d, 1, -1, 1) - Log(single).reshape(1, d, 1, -1);
        var values = (counts / total * ratio).sum([2, 3]).ToArray<double>();
        var information = new double[d, d];
        Buffer.BlockCopy(values, 0, information, 0, values.Length * sizeof(double));
        return information;
    }

    /// <summary>The spanning tree of the largest total weight, grown from variable 0 (Prim 1957).</summary>
    /// <returns>The variables in the order in which they join, and for each place that of its parent; the root's own for the root.</returns>
    public static (int[] Order, int[] Parents) Largest(double[,] weights)
    {
        var d = weights.GetLength(0);
        var (order, parents) = (new int[d], new int[d]);
        var (best, joint, place) = (new double[d], new int[d], Enumerable.Repeat(-1, d).ToArray());
        Array.Fill(best, double.NegativeInfinity);
        for (var next = 0; next < d; next++)
        {
            // The variable outside of the tree that has the most to do with one inside.
            var variable = Enumerable.Range(0, d).Where(i => place[i] < 0).MaxBy(i => best[i]);
            (order[next], parents[next], place[variable]) = (variable, joint[variable], next);
            for (var i = 0; i < d; i++)
            {
                if (place[i] < 0 && weights[variable, i] > best[i])
                {
                    (best[i], joint[i]) = (weights[variable, i], next);
                }
            }
        }

        return (order, parents);
    }
}
