namespace Likeness.Tests;

public sealed class AnomalyReportTests
{
    [Fact]
    public void The_share_of_false_calls_is_what_was_asked_for()
    {
        // 30 anomalies, five deviations off, among 300: the mean over trials of the share of false calls is at most 0.1 · 270/300.
        const int trials = 200;
        var random = new Rng(3);
        var (shares, recalls) = (new List<double>(), new List<double>());
        for (var trial = 0; trial < trials; trial++)
        {
            var report = AnomalyReport.Of(Score(300, 30), Score(1000, 0), Split.Validation, 0.1);
            var truth = report.Against([.. Enumerable.Range(0, 300).Select(i => i < 30 ? 1 : 0)]);
            shares.Add(truth.FalseDiscoveries);
            recalls.Add(truth.Recall);
            Assert.InRange(truth.Auroc, 0.98, 1);
        }

        var share = Likeness.Score.Mean(shares.ToArray(), "", Evidence.Estimate);
        Assert.InRange(share.Value, 0.05, 0.09 + (3 * share.StandardError));
        Assert.InRange(recalls.Average(), 0.9, 1);

        ExampleScores Score(int count, int anomalies)
        {
            using var scope = torch.NewDisposeScope();
            var z = random.Normal(count).ToArray<double>();
            return new([.. z.Select((v, i) => -0.5 * (v + (i < anomalies ? 5 : 0)) * (v + (i < anomalies ? 5 : 0)))], ScoreBasis.Density);
        }
    }

    [Fact]
    public void The_least_likely_are_called_first_and_counted()
    {
        var ordinary = new ExampleScores([.. Enumerable.Range(1, 99).Select(i => (double)i)], ScoreBasis.Density);
        var report = AnomalyReport.Of(new([50, -5, 60, -9, 0, 70], ScoreBasis.Density), ordinary, Split.Train, 0.05);
        Assert.Equal([3, 1, 4], report.Flagged);
        Assert.Equal(0.01, report.Threshold);
        Assert.True(report.Calibration.Seen);
        // ⌈6 / (0.05 · 100)⌉.
        Assert.Equal(2, report.LeastCalls);

        var truth = report.Against([0, 1, 0, 1, 0, 1]);
        Assert.Equal((3, 3, 2), (truth.Anomalies, truth.Called, truth.Right));
        Assert.Equal((2 / 3.0, 2 / 3.0), (truth.Precision, truth.Recall));
        Assert.Equal(1 / 3.0, truth.FalseDiscoveries, 12);
        // Pairs in order: 50 and 60 above −5 and −9 but not 70, 0 above both: 6 of 9.
        Assert.Equal(6 / 9.0, truth.Auroc, 12);

        Assert.Empty(AnomalyReport.Of(new([0], ScoreBasis.Density), new([1, 2], ScoreBasis.Density), Split.Validation, 0.05).Flagged);
        Assert.Throws<UsageException>(() => AnomalyReport.Of(ordinary, ordinary, Split.Validation, 1));
    }

    [Fact]
    public void Examples_are_scored_by_what_the_model_has()
    {
        using var scope = torch.NewDisposeScope();
        double[][] columns = [[0.5, 1, -1], [0.4, 0.2, 0.4]];
        var model = new LinearGaussian(0.5, columns);
        float[][] x = [[0.9f, -0.4f, 0.6f], [-2, 1.5f, 1], [0, 0, 0]];
        var data = new ListDataset(new([3], new Domain.Real()), x);
        var byBound = ExampleScores.Measure(model, data, new MeasureOptions(Samples: 3), new Rng(1));
        Assert.Equal(ScoreBasis.Bound, byBound.Basis);
        // With the exact posterior every draw gives the exact value.
        Near.Equal(model.LogProb(torch.stack([.. x.Select(v => Tensor.From(v, 3))], 0)), byBound.Values, 1e-6);
        Assert.Equal(byBound.Values[1], byBound.Shown(1));

        // Decoded: Σ_i w_i v_i w_i·x/σ², the shrunken projections onto the columns.
        var byError = ExampleScores.Measure(model, data, new MeasureOptions(), new Rng(1), ScoreBasis.Reconstruction);
        for (var n = 0; n < x.Length; n++)
        {
            var codes = columns.Select((w, i) => model.Variance(i) / 0.25 * w.Zip(x[n], (a, b) => a * b).Sum()).ToArray();
            var error = Enumerable.Range(0, 3).Sum(j => Math.Pow(x[n][j] - (codes[0] * columns[0][j]) - (codes[1] * columns[1][j]), 2));
            Assert.Equal(error, byError.Shown(n), 1e-6);
            Assert.Equal(-error, byError.Values[n], 1e-6);
        }

        Assert.Contains("use bound or reconstruction", Assert.Throws<UsageException>(() => ScoreBasis.Of(model, "density")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_count_only_where_they_tell_anomalies()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["two.csv"], "x,label\n1.5,0\n2,1\n3,0\n");
        File.WriteAllText(folder["three.csv"], "x,label\n1.5,0\n2,1\n3,2\n");
        Assert.Equal([0, 1, 0], Read("two.csv")!);
        Assert.Null(Read("three.csv"));
        Assert.Null(AnomalyReport.Labels(new ListDataset(new([1], new Domain.Real()), [1f]), Split.Test, 10));

        int[]? Read(string name) => AnomalyReport.Labels(Likeness.DatasetCatalog.Open(folder[name], new(Whole: true)), Split.Test, int.MaxValue);
    }
}
