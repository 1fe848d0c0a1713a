namespace Likeness.Tests.Data;

/// <summary>Facts of the published files, computed from them with other software.</summary>
public sealed class MnistTests
{
    [SkippableTheory]
    [InlineData("mnist", 33.39512885204082, 32.93488443877551, 33.791224489795916, 5, 3, 7)]
    [InlineData("fashion-mnist", 72.80222186224489, 73.63100408163265, 73.14656658163265, 9, 9, 9)]
    public void Splits_are_those_of_the_density_papers(
        string name, double train, double validation, double test, int firstTrain, int firstValidation, int firstTest)
    {
        var data = RealData.Require(name);
        var images = data.As<Batch>();
        var labelled = data.As<LabelledBatch>();

        Assert.Equal((50_000, 10_000, 10_000), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));
        Assert.Equal("1x28x28 byte", data.Spec.ToString());
        Assert.Equal("bytes", data.Protocol);
        // Sums of integers below 2^53 are exact in double precision; only the division rounds.
        Assert.Equal(train, RealData.MeanSum(images, Split.Train) / 784, 1e-10);
        Assert.Equal(validation, RealData.MeanSum(images, Split.Validation) / 784, 1e-10);
        Assert.Equal(test, RealData.MeanSum(images, Split.Test) / 784, 1e-10);
        Assert.Equal(firstTrain, labelled.Read(Split.Train, 1).First().Labels.ToArray<long>()[0]);
        Assert.Equal(firstValidation, labelled.Read(Split.Validation, 1).First().Labels.ToArray<long>()[0]);
        Assert.Equal(firstTest, labelled.Read(Split.Test, 1).First().Labels.ToArray<long>()[0]);
    }

    [SkippableFact]
    public void Mnist_has_its_numbers_of_digits()
    {
        var counts = new int[10];
        foreach (var batch in RealData.Require("mnist").As<LabelledBatch>().Read(Split.Train, 997))
        {
            foreach (var label in batch.Labels.ToArray<long>())
            {
                counts[label]++;
            }
        }

        Assert.Equal([4932, 5678, 4968, 5101, 4859, 4506, 4951, 5175, 4842, 4988], counts);
    }

    [SkippableFact]
    public void Dynamic_binarization_has_the_intensities_as_its_means_and_repeats_itself()
    {
        var data = RealData.Require("mnist", new(Protocol: Protocols.Dynamic)).As<Batch>();
        var mean = RealData.MeanSum(data, Split.Test);

        Assert.Equal("1x28x28 binary", data.Spec.ToString());
        // The expected number of ones is the sum of v/255. Its standard error is below sqrt(784/4)/100 = 0.14; 4 of them.
        Assert.Equal(103.8914509803922, mean, 0.56);
        Assert.Equal(mean, RealData.MeanSum(data, Split.Test));
    }

    [SkippableFact]
    public void Thresholding_gives_the_known_number_of_ones()
    {
        var data = RealData.Require("mnist", new(Protocol: Protocols.Threshold)).As<Batch>();
        Assert.Equal(103.92882, RealData.MeanSum(data, Split.Train), 1e-9);
    }

    [Fact]
    public void A_wrong_protocol_names_the_right_ones()
    {
        var error = Assert.Throws<UsageException>(() => Protocols.ForImages("dynamc"));
        Assert.Contains("Did you mean 'dynamic'?", error.Message, StringComparison.Ordinal);
        Assert.Contains("bytes, dynamic, threshold, reals, dequantised", error.Message, StringComparison.Ordinal);
    }
}
