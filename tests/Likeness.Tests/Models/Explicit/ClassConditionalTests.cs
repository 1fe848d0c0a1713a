namespace Likeness.Tests.Models;

/// <summary>Naive Bayes is a joint density of examples and classes, which Bayes' rule turns into a classifier.</summary>
public sealed class ClassConditionalTests
{
    private const int Count = 400, Inputs = 5, Classes = 3;

    private static readonly DataSpec s_spec = new([Inputs], new Domain.Categorical(3), Classes);

    [Fact]
    public void Estimates_are_smoothed_frequencies_within_each_class()
    {
        using var scope = torch.NewDisposeScope();
        const double prior = 1;
        var (model, x, labels) = Make();
        foreach (var n in Enumerable.Range(0, 50))
        {
            var example = x.AsSpan(n * Inputs, Inputs).ToArray();
            for (var y = 0; y < Classes; y++)
            {
                var same = Enumerable.Range(0, Count).Where(m => labels[m] == y).ToArray();
                var expected = Enumerable.Range(0, Inputs).Sum(i =>
                    Math.Log((same.Count(m => x[(m * Inputs) + i] == example[i]) + (prior / 3)) / (same.Length + prior)));
                var found = model.LogProb(Tensor.From(example, 1, Inputs), new ClassCondition(Tensor.From<long>([y], 1))).ToDouble();
                Assert.Equal(expected, found, 1e-5 * Math.Abs(expected));
            }
        }
    }

    [Fact]
    public void Classes_follow_by_bayes_rule()
    {
        using var scope = torch.NewDisposeScope();
        var (model, values, labels) = Make();
        model.to(ScalarType.Float64);
        var x = Tensor.From(values, Count, Inputs).to(ScalarType.Float64);
        var posterior = model.ClassLogProbs(x).ToArray<double>();
        var evidence = model.LogProb(x).ToArray<double>();
        for (var y = 0; y < Classes; y++)
        {
            // log p(y | x) + log p(x) − log p(x | y) is log p(y), whatever x is.
            var likelihood = model.LogProb(x, new ClassCondition(Tensor.From<long>([y], 1))).ToArray<double>();
            var prior = Enumerable.Range(0, Count).Select(n => posterior[(n * Classes) + y] + evidence[n] - likelihood[n]).ToArray();
            Assert.All(prior, p => Assert.Equal(prior[0], p, 1e-12));
            Assert.Equal(Math.Log((labels.Count(l => l == y) + (1.0 / 3)) / (Count + 1)), prior[0], 1e-6);
        }

        // Three classes that agree in a sixth of their values: most examples give theirs away.
        var right = Enumerable.Range(0, Count).Count(n => labels[n] == Enumerable.Range(0, Classes).MaxBy(y => posterior[(n * Classes) + y]));
        Assert.InRange((double)right / Count, 0.9, 1);
    }

    [Fact]
    public void Samples_of_a_class_are_as_frequent_as_they_are_likely_in_it()
    {
        using var scope = torch.NewDisposeScope();
        const int many = 30_000;
        var (model, _, _) = Make();
        var condition = new ClassCondition(Tensor.From<long>([1], 1));
        var drawn = model.Sample(condition, many, new Rng(3));
        Assert.Equal([many, Inputs], drawn.shape);
        var frequencies = drawn.ToArray<float>().Chunk(Inputs).GroupBy(e => string.Join(' ', e)).ToDictionary(g => g.Key, g => (Example: g.First(), Share: g.Count() / (double)many));
        Assert.All(frequencies.Values.OrderByDescending(f => f.Share).Take(10), f =>
        {
            var p = Math.Exp(model.LogProb(Tensor.From(f.Example, 1, Inputs), condition).ToDouble());
            Assert.Equal(p, f.Share, 4.5 * Math.Sqrt(p * (1 - p) / many));
        });

        // One label for each example.
        var labels = Tensor.From<long>([.. Enumerable.Range(0, many).Select(n => (long)(n % Classes))], many);
        var each = model.Sample(new ClassCondition(labels), many, new Rng(4));
        var found = model.ClassLogProbs(each).ToArray<float>();
        var right = Enumerable.Range(0, many).Count(n => n % Classes == Enumerable.Range(0, Classes).MaxBy(y => found[(n * Classes) + y]));
        Assert.InRange((double)right / many, 0.9, 1);
    }

    [Fact]
    public void Labels_that_do_not_fit_are_refused()
    {
        using var scope = torch.NewDisposeScope();
        var (model, x, _) = Make();
        var two = Tensor.From(x.AsSpan(0, 2 * Inputs), 2, Inputs);
        var e = Assert.Throws<UsageException>(() => model.LogProb(two, new ClassCondition(Tensor.From<long>([0, 1, 2], 3))));
        Assert.Contains("one for all, or one for each", e.Message, StringComparison.Ordinal);
        var unknown = Assert.Throws<DataException>(() => model.Sample(new ClassCondition(Tensor.From<long>([3], 1)), 2, new Rng(1)));
        Assert.Contains("classes 0 to 2", unknown.Message, StringComparison.Ordinal);
    }

    // Each class has a favourite value in each place, which is kept four times in five.
    private static (ClassConditional Model, float[] X, long[] Labels) Make()
    {
        TorchRuntime.Threads = 1;
        var random = new Random(6);
        var (x, labels) = (new float[Count * Inputs], new long[Count]);
        for (var n = 0; n < Count; n++)
        {
            labels[n] = Math.Max(random.Next(4) - 1, 0);
            for (var i = 0; i < Inputs; i++)
            {
                x[(n * Inputs) + i] = random.NextDouble() < 0.8 ? (labels[n] + i) % 3 : random.Next(3);
            }
        }

        var model = new ClassConditional(s_spec, new(), new Rng(1));
        var part = new Part(new SingleExamples(x, Inputs)) { Label = n => (int)labels[n] };
        var data = new MemoryDataset(new Splits("by hand", "as it is", s_spec, part, part, part), ["a", "b", "c"]).As<LabelledBatch>();
        using var training = new Trainer<LabelledBatch>(
            new Counting<ClassConditional, LabelledBatch>(model), data.Open(Split.Train, Count, 1), new Rng(2), new(1, Count));
        Assert.Single(training.Run());
        return (model, x, labels);
    }
}
