namespace Likeness.Laws;

/// <summary>What every density that can be asked for parts of an example keeps.</summary>
public sealed class PartLaws
{
    public static TheoryData<string, string> Marginals => Cases.Of<IMarginal>(Cases.Countable);

    // A network that predicts in any order need not say the same in each: its completions are exact for the order that they take, and
    // Bayes' rule on the density of another one does not bind it. It has no marginals.
    public static TheoryData<string, string> Completers => Cases.Of<ICompleter, IMarginal>(Cases.Countable);

    [Theory]
    [MemberData(nameof(Marginals))]
    public void A_marginal_is_the_sum_over_what_is_missing(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 60);
        subject.Model.to(ScalarType.Float64);
        var model = (IMarginal)subject.Model;
        var all = Cases.AllInputs(subject.Spec, ScalarType.Float64);
        var (d, values) = (subject.Spec.Dimensions, all.ToArray<double>());
        var joint = model.LogProb(all).ToArray<double>().Select(Math.Exp).ToArray();
        foreach (var pattern in Patterns(d))
        {
            var sums = Enumerable.Range(0, joint.Length).GroupBy(n => Part(values, n, pattern)).ToDictionary(g => g.Key, g => g.Sum(n => joint[n]));
            var marginal = model.LogMarginal(WithHoles(all, pattern, subject.Spec), pattern).ToArray<double>();
            for (var n = 0; n < joint.Length; n++)
            {
                Assert.Equal(Math.Log(sums[Part(values, n, pattern)]), marginal[n], 1e-8);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Completers))]
    public void Completions_are_as_frequent_as_bayes_rule_says(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 60);
        const int many = 20_000;
        var (d, spec) = (subject.Spec.Dimensions, subject.Spec);
        var all = Cases.AllInputs(spec);
        var (values, joint) = (all.ToArray<double>(), ((IDensity)subject.Model).LogProb(all).ToArray<double>().Select(Math.Exp).ToArray());
        // With nearly everything given there are too few outcomes left for the test of frequencies.
        foreach (var pattern in Patterns(d).Where(p => p.Count(given => !given) > 1))
        {
            var start = joint.Length / 3;
            var x = WithHoles(all.narrow(0, start, 1), pattern, spec).repeat([many, .. Enumerable.Repeat(1L, spec.Shape.Count)]);
            var completed = ((ICompleter)subject.Model).Complete(x, pattern, new Rng(9));
            Assert.Equal(spec.BatchShape(many), completed.shape);
            var drawn = Cases.Places(spec, completed);
            var same = Enumerable.Range(0, joint.Length).Where(n => Part(values, n, pattern) == Part(values, start, pattern)).ToArray();
            Assert.All(drawn.Distinct(), n => Assert.Contains(n, same));
            var total = same.Sum(n => joint[n]);
            Frequencies.Agree([.. Enumerable.Range(0, joint.Length).Select(n => same.Contains(n) ? joint[n] / total : 0)], drawn);
        }
    }

    [Theory]
    [MemberData(nameof(Completers))]
    public void Completion_leaves_what_is_given_and_repeats_with_its_seed(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 20);
        var (spec, model) = (subject.Spec, (ICompleter)subject.Model);
        var x = new OneBatch(spec).First(4).X;
        var before = x.ToArray<float>();
        foreach (var pattern in Patterns(spec.Dimensions))
        {
            var after = model.Complete(WithHoles(x, pattern, spec), pattern, new Rng(4)).ToArray<float>();
            Assert.All(Enumerable.Range(0, before.Length), k =>
                Assert.True(pattern[k % spec.Dimensions] ? after[k] == before[k] : float.IsFinite(after[k]), $"Value {k} of {before[k]} became {after[k]}."));
            Assert.Equal(after, model.Complete(x, pattern, new Rng(4)).ToArray<float>());
        }

        var e = Assert.Throws<UsageException>(() => model.Complete(x, new bool[spec.Dimensions + 1], new Rng(4)));
        Assert.Contains("mark each of them", e.Message, StringComparison.Ordinal);
    }

    // What is missing is not a number, and must not matter.
    private static Tensor WithHoles(Tensor x, bool[] given, DataSpec spec)
    {
        var values = x.ToArray<double>();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = given[i % given.Length] ? values[i] : double.NaN;
        }

        return Tensor.From(values, spec.BatchShape(x.shape[0])).to(x.dtype);
    }

    // Nothing, a half, every other variable, all but the first, and everything.
    private static IEnumerable<bool[]> Patterns(int d) =>
    [
        new bool[d],
        [.. Enumerable.Range(0, d).Select(i => i >= d / 2)],
        [.. Enumerable.Range(0, d).Select(i => i % 2 == 0)],
        [.. Enumerable.Range(0, d).Select(i => i > 0)],
        [.. Enumerable.Repeat(true, d)],
    ];

    private static string Part(double[] values, int n, bool[] given) =>
        string.Join(' ', Enumerable.Range(0, given.Length).Where(i => given[i]).Select(i => values[(n * given.Length) + i]));
}
