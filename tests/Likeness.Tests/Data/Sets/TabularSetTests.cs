namespace Likeness.Tests.Data;

/// <summary>The tables of the literature in its protocols: the protocols are right when they give the literature's numbers.</summary>
public sealed class TabularSetTests
{
    [SkippableTheory]
    [InlineData("red-wine", 1599, 11)]
    [InlineData("parkinsons", 5875, 15)]
    public void Folds_partition_the_rows_and_are_standardised_by_what_is_not_tested_on(string name, int rows, int columns)
    {
        foreach (var protocol in Protocols.Folds)
        {
            var data = RealData.Require($"uci/{name}", new(Protocol: protocol)).As<Batch>();
            Assert.Equal([columns], data.Spec.Shape);
            Assert.Equal(rows, data.Count(Split.Train) + data.Count(Split.Validation) + data.Count(Split.Test));
            Assert.InRange(data.Count(Split.Test), rows / 10, (rows / 10) + 1);
            Assert.InRange(data.Count(Split.Validation), rows / 10, (rows / 10) + 1);
            float[] x = [.. All(data, Split.Train), .. All(data, Split.Validation)];
            for (var column = 0; column < columns; column++)
            {
                var values = Enumerable.Range(0, x.Length / columns).Select(i => (double)x[(i * columns) + column]).ToArray();

                // fp32 values, a few thousand of them.
                Assert.Equal(0, values.Average(), 1e-5);
                Assert.Equal(1, values.Average(v => v * v), 1e-5);
            }
        }
    }

    [SkippableFact]
    public void Whole_folds_train_on_the_validation_part_as_well()
    {
        var (part, whole) = (RealData.Require("uci/red-wine", new(Protocol: "fold-3")).As<Batch>(), RealData.Require("uci/red-wine", new(Protocol: "whole-fold-3")).As<Batch>());
        Assert.Equal(0, whole.Count(Split.Validation));
        Assert.Equal(All(part, Split.Test), All(whole, Split.Test));
        Assert.Equal([.. All(part, Split.Train).Concat(All(part, Split.Validation)).Order()], [.. All(whole, Split.Train).Order()]);
    }

    [SkippableFact]
    public void Held_out_rows_of_one_class_are_normal_ones_that_are_not_trained_on()
    {
        var (all, held) = (RealData.Require("adbench/cardio"), RealData.Require("adbench/cardio", new(Protocol: Protocols.OneClassHeldOut)));
        Assert.Equal((827, 0), (all.Count(Split.Train), all.Count(Split.Validation)));
        Assert.Equal((662, 165, all.Count(Split.Test)), (held.Count(Split.Train), held.Count(Split.Validation), held.Count(Split.Test)));
        using var scope = torch.NewDisposeScope();
        Assert.All(held.As<LabelledBatch>().Read(Split.Validation, 165).Single().Labels.ToArray<long>(), label => Assert.Equal(0, label));
    }

    // kNN (distance to the fifth neighbour) of the paper's tables, in per cent. Ties between rows that differ by rounding move a
    // figure by a few anomalies in thousands of pairs: 0.02.
    [SkippableTheory]
    [InlineData("letter", 35.43)]
    [InlineData("cardio", 92.00)]
    [InlineData("vowels", 82.21)]
    [InlineData("thyroid", 98.68)]
    public void Nearest_neighbours_find_the_published_share_of_anomalies(string name, double published)
    {
        var data = RealData.Require($"adbench/{name}");
        Assert.Equal(["normal", "anomaly"], data.ClassNames);
        Assert.Equal(0, data.Count(Split.Validation));
        var d = data.Spec.Dimensions;
        var (train, test) = (All(data.As<Batch>(), Split.Train), All(data.As<Batch>(), Split.Test));
        var labels = data.As<LabelledBatch>().Read(Split.Test, 1000).SelectMany(b => b.Labels.ToArray<long>()).ToArray();
        Assert.All(data.As<LabelledBatch>().Read(Split.Train, 1000), b => Assert.All(b.Labels.ToArray<long>(), l => Assert.Equal(0, l)));
        var distances = new double[labels.Length];
        Parallel.For(0, labels.Length, i => distances[i] = Fifth(i));
        Assert.Equal(published, 100 * RankArea(distances, labels), 0.02);

        double Fifth(int i)
        {
            var all = new double[train.Length / d];
            for (var k = 0; k < all.Length; k++)
            {
                for (var j = 0; j < d; j++)
                {
                    double difference = test[(i * d) + j] - train[(k * d) + j];
                    all[k] += difference * difference;
                }
            }

            Array.Sort(all);
            return all[4];
        }
    }

    [SkippableFact]
    public void Logits_are_those_of_dequantised_pixels()
    {
        var dequantised = All(RealData.Require("mnist", new(Protocol: Protocols.Dequantised)).As<Batch>(), Split.Test, 50);
        var logits = All(RealData.Require("mnist", new(Protocol: Protocols.Logit)).As<Batch>(), Split.Test, 50);
        for (var i = 0; i < logits.Length; i++)
        {
            var p = 1e-6 + ((1 - 2e-6) * dequantised[i]);

            // At the ends the logit is steep: 6e-8 of fp32 over λ = 1e-6.
            Assert.Equal(Math.Log(p / (1 - p)), logits[i], 0.1);
            if (p is > 0.01 and < 0.99)
            {
                Assert.Equal(Math.Log(p / (1 - p)), logits[i], 1e-4);
            }
        }
    }

    private static float[] All(IDataset<Batch> data, Split split, int limit = int.MaxValue) =>
        [.. data.Read(split, 1000, limit).SelectMany(b => b.X.ToArray<float>())];

    // The chance that an anomaly is farther than a normal row; ties count half.
    private static double RankArea(double[] scores, long[] labels)
    {
        var (normal, anomalies) = (new List<double>(), new List<double>());
        for (var i = 0; i < scores.Length; i++)
        {
            (labels[i] == 1 ? anomalies : normal).Add(scores[i]);
        }

        return anomalies.Average(a => normal.Average(n => a > n ? 1 : a == n ? 0.5 : 0));
    }
}
