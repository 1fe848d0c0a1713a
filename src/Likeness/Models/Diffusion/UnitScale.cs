namespace Likeness;

/// <summary>Brings values without units to the mean 0 and the deviation ½ that noise processes are made for, as measured on the first training batches.</summary>
internal static class UnitScale
{
    private const int Batches = 32;

    /// <summary>Sets what is taken off each value, and what it is then multiplied by.</summary>
    /// <param name="first">The first batch.</param>
    /// <param name="feed">Where others come from.</param>
    /// <param name="read">The values of a batch, [n, size].</param>
    /// <param name="centre">The mean of each value, [size].</param>
    /// <param name="scale">½ over its deviation; a value that does not change is left as it is.</param>
    /// <param name="grid">Where the values are images, whose channels are measured as wholes: a place that hardly changes is not to become as loud as the others.</param>
    public static void Measure(Batch first, IFeed<Batch> feed, Func<Batch, Tensor> read, Tensor centre, Tensor scale, CodeGrid? grid = null)
    {
        using var noGrad = torch.no_grad();
        var all = torch.cat([read(first), .. Enumerable.Range(0, Batches - 1).Select(_ => read(feed.Next()))]).to(ScalarType.Float64);
        var maps = grid?.ToMaps(all) ?? all;
        long[] together = grid is null ? [0] : [0, 2, 3];
        Tensor Each(Tensor moment) => grid is null ? moment.flatten() : grid.FromMaps(moment.expand([1, .. maps.shape[1..]])).flatten();
        centre.copy_(Each(maps.mean(together, keepdim: true)));
        var deviation = Each(maps.std(together, false, keepdim: true));
        scale.copy_(torch.where(deviation > 1e-6, 0.5 / deviation, torch.ones_like(deviation)));
    }
}
