namespace Likeness.Tests.Samples;

/// <summary>
/// Distances between samples against values that were computed otherwise: in closed form, or once by numpy 1.24 on the points made by
/// <see cref="Points"/> (numpy.linalg.eigvals of the product of covariances for the Fréchet distance, all pairs of distances for neighbours).
/// </summary>
public sealed class SampleMetricTests
{
    private static Tensor A => Tensor.From(Points(40 * 3, 0.7, 0.1, 0), 40, 3);

    private static Tensor B => Tensor.From(Points(50 * 3, 1.1, 0.4, 0.3), 50, 3);

    /// <summary>sin(a·i + b) + cos(0.13·(i² mod 97) + a) + c: numbers that any program makes the same.</summary>
    internal static double[] Points(int count, double a, double b, double c) =>
        [.. Enumerable.Range(0, count).Select(i => Math.Sin((i * a) + b) + Math.Cos(((long)i * i % 97 * 0.13) + a) + c)];

    [Fact]
    public void Fréchet_distance_of_numpy_and_of_Gaussians_in_closed_form()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal(0.3478851403246317, FrechetDistance.Between(A, B), 1e-9);

        // Of N(0, diag(1, 4, 9)) and N((1, 2, 0), diag(4, 4, 1)): 1 + 4 + (1 − 2)² + 0 + (3 − 1)².
        var distance = FrechetDistance.Between((Row(0, 0, 0), Diagonal(1, 4, 9)), (Row(1, 2, 0), Diagonal(4, 4, 1)));
        Assert.Equal(10, distance, 1e-12);

        // Covariances that do not commute: √(C₁C₂) of [[2, 1], [1, 2]] and diag(1, 4) has the trace √(tr + 2√det) = √(10 + 2√12).
        var turned = FrechetDistance.Between((Row(0, 0), Tensor.From([2.0, 1, 1, 2], 2, 2)), (Row(0, 0), Diagonal(1, 4)));
        Assert.Equal(4 + 5 - (2 * Math.Sqrt(10 + (2 * Math.Sqrt(12)))), turned, 1e-12);
        Assert.Equal(0, FrechetDistance.Between(A, A), 1e-9);

        static Tensor Row(params double[] values) => Tensor.From(values, values.Length);

        static Tensor Diagonal(params double[] values) => torch.eye(values.Length, dtype: ScalarType.Float64) * Tensor.From(values, values.Length);
    }

    [Fact]
    public void Fréchet_resamples_spread_as_new_samples_do()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([2], new Domain.Real());
        var scores = Enumerable.Range(0, 40).Select(i =>
        {
            var rng = new Rng((ulong)i);
            return Compare<FrechetDistance>(spec, rng.Normal(300, 2) + 1, rng.Normal(300, 2))[0];
        }).ToArray();
        var mean = scores.Average(s => s.Score.Value);
        var spread = Math.Sqrt(scores.Sum(s => Math.Pow(s.Score.Value - mean, 2)) / 39);

        // The distance of N(1, I) from N(0, I) is 2, and the deviation 2·2·√(2/300)/√2 ≈ 0.23; 40 draws know it to 11 %.
        Assert.InRange(mean, 1.85, 2.15);
        Assert.InRange(scores.Average(s => s.Score.StandardError) / spread, 0.7, 1.4);
        Assert.InRange(scores.Count(s => s.Interval!.Value.Low < 2 && 2 < s.Interval.Value.High), 33, 40);
    }

    [Fact]
    public void Kernel_distance_of_numpy_and_no_bias()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal(0.32184042901746057, PolynomialKernelDistance.Squared(A, B), 1e-10);

        // Equal distributions: the mean over many small samples is 0 within three standard errors.
        var values = Enumerable.Range(0, 400).Select(i => PolynomialKernelDistance.Squared(
            new Rng((ulong)i).Normal(10, 2).to(ScalarType.Float64), new Rng(1000 + (ulong)i).Normal(10, 2).to(ScalarType.Float64))).ToArray();
        var score = Score.Mean(values, "", Evidence.Estimate);
        Assert.InRange(score.Value, -3 * score.StandardError, 3 * score.StandardError);
    }

    [Fact]
    public void Precision_recall_density_and_coverage_of_numpy()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal((1.0, 0.94), (PrecisionRecall.Inside(A, B).Average(), Math.Round(PrecisionRecall.Inside(B, A).Average(), 12)));
        var (density, coverage) = DensityCoverage.Of(A, B);
        Assert.Equal((0.905, 0.98), (Math.Round(density.Average(), 12), Math.Round(coverage.Average(), 12)));
    }

    [Fact]
    public void A_lost_mode_costs_recall_and_coverage_and_noise_precision_and_density()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(1);
        var real = torch.cat([rng.Normal(200, 2), rng.Normal(200, 2) + 20], 0).to(ScalarType.Float64);
        var half = rng.Normal(400, 2).to(ScalarType.Float64);
        var noise = (rng.Uniform(400, 2) * 60 - 20).to(ScalarType.Float64);

        Assert.InRange(PrecisionRecall.Inside(half, real).Average(), 0.9, 1);
        Assert.InRange(PrecisionRecall.Inside(real, half).Average(), 0.4, 0.5);
        Assert.InRange(DensityCoverage.Of(half, real).Coverage.Average(), 0.4, 0.5);
        Assert.InRange(DensityCoverage.Of(half, real).Density.Average(), 0.8, 1.2);
        Assert.InRange(PrecisionRecall.Inside(noise, real).Average(), 0, 0.1);
        Assert.InRange(DensityCoverage.Of(noise, real).Density.Average(), 0, 0.1);
    }

    [Fact]
    public void One_outlier_among_real_points_fools_precision_and_not_density()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(2);
        var real = torch.cat([rng.Normal(200, 2), Tensor.From([30f, 0, 34, 0, 30, 4, 34, 4], 4, 2) * 3], 0).to(ScalarType.Float64);
        var far = (rng.Uniform(200, 2) * 8).to(ScalarType.Float64) + Tensor.From([92.0, 2], 2);
        Assert.InRange(PrecisionRecall.Inside(far, real).Average(), 0.9, 1);
        Assert.InRange(DensityCoverage.Of(far, real).Coverage.Average(), 0, 0.05);
    }

    [Fact]
    public void Classifier_score_of_numpy_and_its_extremes()
    {
        using var scope = torch.NewDisposeScope();
        var logits = Tensor.From(Points(30 * 4, 0.3, 0.2, 0), 30, 4) * 2;
        Assert.Equal(1.5436001605069878, ClassifierScore.Of(logits.log_softmax(1)), 1e-10);

        // All classes equally often and surely: their number. Always the same answer: 1.
        Assert.Equal(4, ClassifierScore.Of(torch.eye(4, dtype: ScalarType.Float64).log()), 1e-10);
        Assert.Equal(1, ClassifierScore.Of(torch.zeros([6, 4], ScalarType.Float64).log_softmax(1)), 1e-10);

        // Weights are repetitions.
        var twice = ClassifierScore.Of(logits.log_softmax(1).index_select(0, Tensor.From([0L, 0, 2], 3)));
        var weighted = ClassifierScore.Of(logits.log_softmax(1).narrow(0, 0, 3), Tensor.From([2.0, 0, 1], 3));
        Assert.Equal(twice, weighted, 1e-12);
    }

    [Fact]
    public void Copies_are_found_and_fresh_samples_are_not()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(3);
        var (training, held, fresh) = (rng.Normal(500, 4), rng.Normal(300, 4), rng.Normal(300, 4));
        var copies = training.narrow(0, 0, 300) + rng.Normal(300, 4) * 0.01;
        var spec = new DataSpec([4], new Domain.Real());

        var honest = Compare<Memorisation>(spec, fresh, held, training);
        Assert.InRange(honest[0].Score.Value, 0.42, 0.58); // ½ ± 3.4 of the standard error √(1/12·2/300).
        Assert.InRange(honest[1].Score.Value, 0.01, 1);
        var copied = Compare<Memorisation>(spec, copies, held, training);
        Assert.InRange(copied[0].Score.Value, 0.99, 1);
        Assert.InRange(copied[1].Score.Value, 0, 1e-12);
    }

    [Fact]
    public void The_rank_sum_counts_pairs_and_ties_half()
    {
        var (share, p) = Memorisation.Test([1, 2, 2, 7], [2, 3]);

        // Pairs won: 1 beats both, each 2 ties once and wins once, 7 loses both: (2 + 1.5 + 1.5 + 0)/8. By scipy.stats.mannwhitneyu's formula with ties:
        // U = 3, variance 4·2/12·(7 − 24/30), z = (3 − 4)/√4.1333.
        Assert.Equal(5.0 / 8, share, 1e-12);
        Assert.Equal(0.31141, p, 1e-4);
    }

    [Fact]
    public void Parzen_windows_of_numpy_and_the_bandwidth_of_the_truth()
    {
        using var scope = torch.NewDisposeScope();
        var found = ParzenWindow.LogDensities(A, B, [0.3, 1]);
        Assert.Equal(-5.128469452959861, found[0].Average(), 1e-9);
        Assert.Equal(-4.555644429651605, found[1].Average(), 1e-9);
    }

    [Fact]
    public void Modes_are_counted_with_their_divergence()
    {
        Assert.Equal([0.5, 0, 0.25, 0.25], ModeCount.Frequencies([0, 2, 0, 3], 4));
        Assert.Equal(0.5 * Math.Log(2), ModeCount.Divergence([0.5, 0, 0.25, 0.25], [0.25, 0.25, 0.25, 0.25]), 1e-12);
        Assert.Equal(double.PositiveInfinity, ModeCount.Divergence([0.5, 0.5], [1, 0]));
    }

    [Fact]
    public void Augmentation_is_worth_what_it_moves_the_border_of_the_classes()
    {
        // Two classes of the line with means −1 and 1. Of each one training example, whose means put the border at 1; generated ones put it at 0 when they have as much weight.
        var training = new ExampleSet([0, 2], 2, [0, 1]);
        var generated = new ExampleSet([-1.5f, -0.5f, -1, -1, 0.5f, 1.5f, 1, -1], 8, [0, 0, 0, 0, 1, 1, 1, 1]);
        var held = new ExampleSet([-1, -0.5f, 0.1f, 0.3f, 0.5f, 0.9f, 1.1f, 2], 8, [0, 0, 0, 1, 1, 1, 1, 1]);
        var seen = new List<ExampleSet>();
        var network = new FeatureNetwork("border", x => x) { ClassLogProbs = x => x.expand(-1, 2), KnowsClasses = true };
        var samples = new Comparison(new([1], new Domain.Real()), generated, held, network) { Training = training, Teach = (examples, asked, _) => Border(examples, asked) };
        var measured = new Augmentation().Measure(samples, new Rng(0));
        var scores = measured.ToDictionary(s => s.Name, s => s.Score.Value);

        // Border 1: five of eight right, the ones at −1, −0.5, 0.1, 1.1 and 2. Together each class has four real and four generated examples: means −0.5 and 1.25, border 0.375: all but 0.3 right.
        Assert.Equal(100 * 5 / 8.0, scores["augmentation-without"], 1e-9);
        Assert.Equal(100 * 7 / 8.0, scores["augmentation"], 1e-9);
        Assert.Equal(25, scores["augmentation-gain"], 1e-9);
        // Sure is the border at 1 of 0.5 and more to either side: of class 0 all four, of class 1 the one at 1.5.
        Assert.Equal([2, 16, 9], seen.Select(s => s.Count));
        Assert.Equal(100 * 5 / 8.0, scores["augmentation-sure"], 1e-9);
        Assert.Contains("62.50 % are right, with all generated examples 87.50 %", new Augmentation().Verdict(measured), StringComparison.Ordinal);
        Assert.Contains("labelled training data", new Augmentation().Missing(new(samples.Spec, generated, held, network)), StringComparison.Ordinal);

        IReadOnlyList<Codes> Border(ExampleSet examples, IReadOnlyList<ExampleSet> asked)
        {
            seen.Add(examples);
            var means = Enumerable.Range(0, 2).Select(c => examples.Values.Zip(examples.Labels!).Where(e => e.Second == c).Average(e => e.First)).ToArray();
            return [.. asked.Select(a => new Codes([.. a.Values.SelectMany(x => Probabilities(x - means.Average()))], 2, a.Labels))];
        }

        static float[] Probabilities(double above) => above >= 0.5 ? [-9, -0.001f] : above > 0 ? [-2, -1] : above > -0.5 ? [-1, -2] : [-0.001f, -9];
    }

    [Fact]
    public void Stacked_colours_are_judged_one_by_one()
    {
        using var scope = torch.NewDisposeScope();
        // A "digit" is whether the one pixel is on.
        var network = new FeatureNetwork("bit", x => x.flatten(1))
        {
            ClassLogProbs = x => torch.cat([1 - x.flatten(1) * 0.8 - 0.1, x.flatten(1) * 0.8 + 0.1], 1).log(),
        }.PerChannel(3);
        var spec = new DataSpec([3, 1, 1], new Domain.Binary(), Classes: 8);
        var samples = new Comparison(spec, new([1, 0, 1, 0, 0, 1, 1, 1, 1], 3), new([0, 0, 0], 1), network);
        Assert.Equal([5, 1, 7], samples.Classes(samples.Generated));
        Assert.Equal(3, samples.Features(samples.Generated).Width);
        Assert.Equal(1, samples.ClassLogProbs(samples.Generated).Values.Take(8).Sum(v => Math.Exp(v)), 1e-6);
    }

    [Fact]
    public void Copies_are_of_what_the_model_learned_from_and_not_of_the_data_it_is_judged_on()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([2], new Domain.Real());
        ExampleSet Set(ulong seed, double shift) => new((new Rng(seed).Normal(200, 2) + shift).ToArray<float>(), 200);
        var learned = Set(1, 0);
        var samples = new Comparison(spec, learned, Set(2, 0), FeatureNetwork.Values(spec)) { Training = Set(3, 0), Learned = learned };

        // Every generated example is one of those that were learned.
        Assert.Equal(1, new Memorisation().Measure(samples, new Rng(0))[0].Score.Value, 1e-6);
        Assert.NotNull(new Memorisation().Missing(new Comparison(spec, learned, Set(2, 0), FeatureNetwork.Values(spec)) { Training = Set(3, 0) }));
    }

    internal static IReadOnlyList<NamedScore> Compare<TMetric>(DataSpec spec, Tensor generated, Tensor real, Tensor? training = null) where TMetric : SampleMetric, new()
    {
        var samples = new Comparison(spec, Set(generated)!, Set(real)!, FeatureNetwork.Values(spec)) { Training = Set(training), Learned = Set(training) };
        Assert.Null(new TMetric().Missing(samples));
        return new TMetric().Measure(samples, new Rng(0));

        static ExampleSet? Set(Tensor? x) => x is null ? null : new(x.to(ScalarType.Float32).contiguous().ToArray<float>(), (int)x.shape[0]);
    }
}
