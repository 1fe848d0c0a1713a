namespace Likeness.Tests.Applications;

/// <summary>p-values that are calibrated on the examples that the model learned from, by models that have not seen them.</summary>
public sealed class CrossCalibrationTests
{
    private const int Rows = 60, Columns = 20, Others = 2000;

    [Fact]
    public void Ordinary_examples_are_called_no_more_often_than_they_should_be()
    {
        using var scope = torch.NewDisposeScope();
        using var folder = new TemporaryFolder();
        var spec = new DataSpec([Columns], new Domain.Real());
        var own = MemoryDataset.Of("own", "made up", spec, new Rng(1).Normal(Rows, Columns).ToArray<float>());
        var others = MemoryDataset.Of("others", "made up", spec, new Rng(2).Normal(Others, Columns).ToArray<float>());
        using var run = Run.Create(folder["run"], Gaussian.Recipe, own);
        foreach (var _ in run.Train())
        {
        }

        var trained = new TrainedModel(run.Folder, Gaussian.Recipe, run.Model, run.Step);
        var options = new MeasureOptions(Split.Train);
        var scores = ExampleScores.Measure(run.Model, others, options, new Rng(3));
        double Share(AnomalyReport report) => report.PValues.Count(p => p <= 0.05) / (double)Others;

        // A Normal in 20 dimensions fits its own 60 points far better than others.
        var seen = AnomalyReport.Of(scores, ExampleScores.Measure(run.Model, own, options, new Rng(3)), Split.Train, 0.05);
        Assert.InRange(Share(seen), 0.3, 1);

        // 60 held-out scores: their 5 % point is off by two standard errors of 0.03.
        var cross = CrossCalibration.Judge(trained, own, scores, others, options, 0.05, new Rng(4));
        Assert.InRange(Share(cross), 0, 0.11);
        Assert.Equal((Rows, 5, false), (cross.Calibration.Count, cross.Calibration.Folds, cross.Calibration.Seen));

        // On average over 60 and 2000 examples, p is uniform.
        Assert.InRange(cross.PValues.Average(), 0.4, 0.6);
        Assert.Equal(cross.PValues, CrossCalibration.Judge(trained, own, scores, others, options, 0.05, new Rng(4)).PValues);
    }

    [Fact]
    public void Folds_hold_every_example_out_once_and_series_in_stretches()
    {
        foreach (var spec in new[] { new DataSpec([1], new Domain.Real()), new DataSpec([1, 1], new Domain.Real()) })
        {
            using var scope = torch.NewDisposeScope();
            var data = MemoryDataset.Of("own", "made up", spec, [.. Enumerable.Range(0, 10).Select(i => (float)i)]);
            var folds = Folds.Of(data, 4, 0).Select(fold => (Train: Values(fold, Split.Train), Held: Values(fold, Split.Validation))).ToArray();
            Assert.Equal(Enumerable.Range(0, 10).Select(i => (float)i), folds.SelectMany(f => f.Held).Order());
            Assert.All(folds, f => Assert.Equal(10, f.Train.Union(f.Held).Count()));
            Assert.Equal(spec.IsSeries, folds.All(f => f.Held.Zip(f.Held.Skip(1)).All(pair => pair.Second == pair.First + 1)));
            Assert.Throws<UsageException>(() => Folds.Of(data, 1, 0));
        }

        static float[] Values(IDataset data, Split split) => ExampleSet.Of(data, split, int.MaxValue, 4).Values;
    }
}
