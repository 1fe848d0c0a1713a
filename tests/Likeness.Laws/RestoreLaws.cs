namespace Likeness.Laws;

/// <summary>What every model that makes whole examples of patches keeps.</summary>
public sealed class RestoreLaws
{
    public static TheoryData<string, string> Restorers => Cases.Of<IRestorer>();

    [Theory]
    [MemberData(nameof(Restorers))]
    public void Whole_examples_have_the_shape_of_the_data_and_masks_are_probabilities(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 5);
        var (patches, truth) = Cut(subject);
        Assert.All(truth.ToArray<float>(), v => Assert.True(v is 0 or 1));
        var (image, mask) = ((IRestorer)subject.Model).Restore(patches, new Rng(3));
        Assert.Equal(subject.Spec.BatchShape(6), image.shape);
        Assert.Equal(truth.shape, mask.shape);
        Assert.All(mask.ToArray<float>(), v => Assert.InRange(v, 0, 1));
        Assert.All(image.ToArray<float>(), v => Assert.True(subject.Spec.Domain.LevelCount is { } levels ? v >= 0 && v < levels && v == MathF.Round(v) : float.IsFinite(v)));
    }

    [Theory]
    [MemberData(nameof(Restorers))]
    public void The_order_of_the_patches_changes_no_bit_of_what_is_made(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 5);
        var (patches, _) = Cut(subject);
        var (image, mask) = Bits(patches);
        var count = (int)patches.shape[1];
        for (var shift = 1; shift < count; shift++)
        {
            long[] turned = [.. Enumerable.Range(0, count).Select(k => (long)((k + shift) % count))];
            foreach (var order in new[] { turned, [.. turned.Reverse()] })
            {
                var (otherImage, otherMask) = Bits(patches.index_select(1, Tensor.From(order, count)));
                Assert.Equal(image, otherImage);
                Assert.Equal(mask, otherMask);
            }
        }

        // Other patches are not the same.
        Assert.NotEqual(mask, Bits(patches.index_select(0, Tensor.From([5L, 4, 3, 2, 1, 0], 6))).Mask);

        (int[] Image, int[] Mask) Bits(Tensor some)
        {
            var (i, m) = ((IRestorer)subject.Model).Restore(some, new Rng(3));
            return (Array.ConvertAll(i.ToArray<float>(), BitConverter.SingleToInt32Bits), Array.ConvertAll(m.ToArray<float>(), BitConverter.SingleToInt32Bits));
        }
    }

    private static Puzzle Cut(Subject subject) => ((IRestorer)subject.Model).Cut(new OneBatch(subject.Spec).First(6).X);
}
