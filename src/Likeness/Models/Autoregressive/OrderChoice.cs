namespace Likeness;

/// <summary>Samples of a density that is an average over orders: each example is drawn in one order, which is drawn first.</summary>
internal static class OrderChoice
{
    /// <param name="count">How many examples.</param>
    /// <param name="dimensions">Variables of each.</param>
    /// <param name="orders">How many orders there are, all equally likely.</param>
    /// <param name="rng">Where the draws come from.</param>
    /// <param name="draw">Draws so many examples [n, d] in an order, which is told by its number.</param>
    /// <returns>[count, d].</returns>
    public static Tensor Sample(int count, int dimensions, int orders, Rng rng, Func<int, int, Rng, Tensor> draw)
    {
        rng = rng.PerExample();
        var chosen = rng.Integers(0, orders, count).ToArray<long>();
        var places = Enumerable.Range(0, count).Select(i => (long)i).ToLookup(i => chosen[i]);
        return Chain.Run(torch.zeros([count, dimensions], device: rng.Device), chosen.Distinct().Order(), (x, order) =>
        {
            long[] those = [.. places[order]];
            var drawn = draw((int)order, those.Length, rng.Fork($"order {order}").Only(those));
            return x.index_copy_(0, Tensor.From(those, those.Length).to(rng.Device), drawn);
        });
    }
}
