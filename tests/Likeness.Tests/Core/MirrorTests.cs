namespace Likeness.Tests.Core;

/// <summary>Images are mirrored at random while a model learns from them, and only then.</summary>
public sealed class MirrorTests
{
    [Fact]
    public void About_half_of_a_batch_is_mirrored_and_nothing_else_changes()
    {
        var x = torch.arange(2000 * 6, dtype: ScalarType.Float32).reshape(2000, 1, 2, 3);
        var labels = torch.arange(2000);
        var batch = Mirror.Some(new LabelledBatch(x, labels), new Rng(3));
        var turned = batch.X.select(3, 0).select(2, 0).flatten() != x.select(3, 0).select(2, 0).flatten();
        Assert.Equal(torch.where(turned.view(-1, 1, 1, 1), x.flip([3]), x).ToArray<float>(), batch.X.ToArray<float>());
        Assert.Equal(labels.ToArray<long>(), batch.Labels.ToArray<long>());
        // 1000 expected with a deviation of √500 = 22; four of them.
        Assert.InRange(turned.sum().ToInt64(), 911, 1089);
    }

    [Fact]
    public void Pairs_are_mirrored_together()
    {
        var a = new Rng(1).Uniform(50, 3, 4, 4);
        var batch = Mirror.Some(new PairedBatch(a, a * 2, new string[50]), new Rng(3));
        Assert.Equal((batch.A * 2).ToArray<float>(), batch.B.ToArray<float>());
        Assert.NotEqual(a.ToArray<float>(), batch.A.ToArray<float>());
    }

    [Fact]
    public void What_is_no_image_is_refused() =>
        Assert.Contains("cannot be mirrored", Assert.Throws<UsageException>(() => Mirror.Some(new Batch(torch.zeros([2, 3])), new Rng(1))).Message, StringComparison.Ordinal);
}
