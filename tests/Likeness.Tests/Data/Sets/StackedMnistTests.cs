namespace Likeness.Tests.Data;

/// <summary>Three digits in one image: every colour is a picture of MNIST, and the label says which digits.</summary>
public sealed class StackedMnistTests
{
    [SkippableFact]
    public void Every_colour_is_a_digit_of_the_same_split_and_the_label_names_them()
    {
        using var scope = torch.NewDisposeScope();
        var stacked = RealData.Require("stacked-mnist").As<LabelledBatch>();
        var digits = RealData.Require("mnist").As<LabelledBatch>();
        Assert.Equal("3x28x28 byte", stacked.Spec.ToString());
        Assert.Equal((1000, 50_000, 10_000, 10_000), (stacked.Spec.Classes, stacked.Count(Split.Train), stacked.Count(Split.Validation), stacked.Count(Split.Test)));

        // All test digits by their pixels; the few that occur twice have one label.
        var known = new Dictionary<string, long>();
        foreach (var batch in digits.Read(Split.Test, 1000))
        {
            foreach (var (pixels, label) in batch.X.ToArray<float>().Chunk(784).Zip(batch.Labels.ToArray<long>()))
            {
                known[Key(pixels)] = label;
            }
        }

        var some = stacked.Read(Split.Test, 200, 200).Single();
        foreach (var (image, label) in some.X.ToArray<float>().Chunk(3 * 784).Zip(some.Labels.ToArray<long>()))
        {
            Assert.Equal(label, image.Chunk(784).Aggregate(0L, (number, colour) => (10 * number) + known[Key(colour)]));
        }

        static string Key(float[] pixels) => Convert.ToBase64String(Array.ConvertAll(pixels, p => (byte)p));
    }

    [SkippableFact]
    public void Classes_are_equally_likely_and_the_images_are_the_same_every_time()
    {
        using var scope = torch.NewDisposeScope();
        var labels = RealData.Require("stacked-mnist").As<LabelledBatch>().Read(Split.Train, 50_000).Single().Labels.ToArray<long>();
        var counts = new double[1000];
        foreach (var label in labels)
        {
            counts[label]++;
        }

        // χ² of 1000 equally likely classes: 999 ± 45, within five standard deviations.
        Assert.InRange(counts.Sum(c => (c - 50) * (c - 50) / 50), 999 - 225, 999 + 225);
        Assert.Equal(labels.Take(3), RealData.Require("stacked-mnist").As<LabelledBatch>().Read(Split.Train, 3).First().Labels.ToArray<long>());
    }
}
