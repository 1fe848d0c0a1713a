namespace Likeness.Laws;

/// <summary>What every bound on the likelihood keeps, on data of so few bits that all inputs can be listed.</summary>
public sealed class BoundLaws
{
    public static TheoryData<string, string> Bounds => Cases.Of<IBound>(Cases.Countable);

    public static TheoryData<string, string> Weighted => Cases.Of<IImportanceWeighted>(Cases.Countable);

    public static TheoryData<string, string> Latent => Cases.Of<ILatentVariable>(Cases.Countable);

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Bounds_of_all_inputs_leave_room_for_the_probabilities(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 150);
        using var noGrad = torch.no_grad();
        var x = Cases.AllInputs(subject.Spec);
        double Uncertainty((double[] Mean, double[] Error) bound) => Math.Sqrt(bound.Mean.Zip(bound.Error, (m, e) => Math.Pow(Math.Exp(m) * e, 2)).Sum());

        (double[] Mean, double[] Error) After(int repeats) => Moments(repeats, x.shape[0], rng => ((IBound)subject.Model).LogProbBound(x, rng));

        // Some evaluations average over many draws themselves.
        var few = After(15);
        var (mean, error) = Uncertainty(few) < 0.01 ? few : After(60);

        // Σ exp(bound) ≤ Σ p(x) = 1.
        var sum = mean.Sum(Math.Exp);
        var uncertainty = Uncertainty((mean, error));
        Assert.InRange(sum, double.Epsilon, 1 + (4 * uncertainty));
        if (subject.Model is IDensity density)
        {
            Assert.All(density.LogProb(x).ToArray<double>().Zip(mean.Zip(error)), p => Assert.True(p.Second.First <= p.First + (4 * p.Second.Second)));
        }
    }

    [Theory]
    [MemberData(nameof(Weighted))]
    public void The_mean_weight_is_the_probability(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 150);
        using var noGrad = torch.no_grad();
        const int draws = 4000;
        var model = (IImportanceWeighted)subject.Model;
        var x = Cases.AllInputs(subject.Spec);
        var weights = model.LogWeights(x, draws, new Rng(4));
        Assert.Equal([x.shape[0], draws], weights.shape);
        var probabilities = (weights.to(ScalarType.Float64).logsumexp(1) - Math.Log(draws)).exp().ToArray<double>();
        var deviations = weights.to(ScalarType.Float64).exp().std([1]).ToArray<double>();

        // E w = ∫ p(x, z) dz = p(x), whatever the posterior is.
        var error = Math.Sqrt(deviations.Sum(s => s * s / draws));
        Assert.InRange(error, 0, 0.02);
        Assert.Equal(1, probabilities.Sum(), 4 * error);

        if (model is IGenerative generative)
        {
            Frequencies.Agree([.. probabilities.Select(p => p / probabilities.Sum())], Cases.Places(subject.Spec, generative.Sample(20_000, new Rng(6))));
        }

        var (bound, uncertainty) = Moments(100, x.shape[0], rng => model.LogProbBound(x, rng));
        Assert.All(probabilities.Zip(bound.Zip(uncertainty)), p => Assert.True(
            p.Second.First <= Math.Log(p.First) + (4 * p.Second.Second) + 0.01, $"The bound {p.Second.First} is above log p = {Math.Log(p.First)}."));
    }

    [Theory]
    [MemberData(nameof(Latent))]
    public void Annealing_from_the_prior_finds_probabilities_that_sum_to_one(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 150);
        var x = Cases.AllInputs(subject.Spec);
        var annealing = new AnnealedImportanceSampling(Steps: 15, Chains: 20, Leapfrogs: 4);

        // The mean weight has the expectation p(x) whatever the number of steps, if prior, likelihood and draws of codes belong together.
        var sums = Enumerable.Range(0, 10).Select(r => annealing.LowerBounds((ILatentVariable)subject.Model, x, new Rng(9).Fork($"repeat {r}")).Sum(Math.Exp));
        var sum = Score.Mean([.. sums], "", Evidence.Estimate);
        Assert.InRange(sum.StandardError, 0, 0.03);
        Assert.Equal(1, sum.Value, 5 * sum.StandardError);
    }

    [Theory]
    [MemberData(nameof(Weighted))]
    public void The_bound_is_the_mean_of_the_log_weights(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 150);
        using var noGrad = torch.no_grad();
        var model = (IImportanceWeighted)subject.Model;
        var x = Cases.AllInputs(subject.Spec);
        var (bound, error) = Moments(200, x.shape[0], rng => model.LogProbBound(x, rng));
        var (weight, other) = Moments(200, x.shape[0], rng => model.LogWeights(x, 1, rng).squeeze(1));
        var difference = bound.Zip(weight, (a, b) => a - b).Average();
        var deviation = Math.Sqrt(error.Zip(other, (a, b) => (a * a) + (b * b)).Sum()) / error.Length;
        Assert.InRange(difference, -4 * deviation, 4 * deviation);
    }

    [Theory]
    [MemberData(nameof(Weighted))]
    public void More_draws_do_not_lower_the_bound(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 150);
        using var noGrad = torch.no_grad();
        var x = Cases.AllInputs(subject.Spec);
        double[] Bound(int k) => Moments(40, x.shape[0],
            rng => ((IImportanceWeighted)subject.Model).LogWeights(x, k, rng.Fork($"{k}")).logsumexp(1) - Math.Log(k)).Mean;
        var (one, five, fifty) = (Bound(1), Bound(5), Bound(50));
        NotBelow(one, five);
        NotBelow(five, fifty);
    }

    // Paired over the inputs, so only the difference between the bounds is uncertain.
    private static void NotBelow(double[] fewer, double[] more)
    {
        var gain = Score.Mean([.. more.Zip(fewer, (a, b) => a - b)], "nats", Evidence.Estimate);
        Assert.True(gain.Value >= -3 * gain.StandardError, $"The bound changed by {gain}.");
    }

    // Mean and its standard error over repeated evaluations, per example.
    private static (double[] Mean, double[] Error) Moments(int repeats, long count, Func<Rng, Tensor> evaluate)
    {
        var rng = new Rng(8);
        var all = new double[repeats][];
        for (var r = 0; r < repeats; r++)
        {
            using var scope = torch.NewDisposeScope();
            all[r] = evaluate(rng.Fork($"repeat {r}")).ToArray<double>();
            Assert.Equal(count, all[r].Length);
        }

        var scores = Enumerable.Range(0, (int)count).Select(i => Score.Mean([.. all.Select(a => a[i])], "nats", Evidence.Estimate)).ToArray();
        return ([.. scores.Select(s => s.Value)], [.. scores.Select(s => s.StandardError)]);
    }
}
