namespace Likeness.Laws;

/// <summary>What every density that is walked variable by variable keeps.</summary>
public sealed class StepwiseLaws
{
    public static TheoryData<string, string> All => Cases.Of<IStepwise>();

    public static TheoryData<string, string> Small => Cases.Of<IStepwise>(Cases.Countable);

    [Theory]
    [MemberData(nameof(All))]
    public void A_walks_log_probabilities_add_up_to_the_density(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 20);
        var model = (IStepwise)subject.Model;
        var x = new OneBatch(subject.Spec).First(5).X;
        var everything = Enumerable.Repeat(true, subject.Spec.Dimensions).ToArray();
        var walked = model.LogMarginal(subject.Spec.Flat(x), everything).ToArray<float>();
        var whole = model.LogProb(x).ToArray<float>();

        // Each of d conditionals is off by a few 1e-7 of a nat or of its size, and so is their running sum.
        Assert.All(walked.Zip(whole), p => Assert.Equal(p.Second, p.First, 1e-4 + (2e-6 * Math.Max(subject.Spec.Dimensions, Math.Abs(p.Second)))));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Examples_of_a_walk_do_not_know_of_each_other(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 20);
        var model = (IStepwise)subject.Model;
        var x = subject.Spec.Flat(new OneBatch(subject.Spec).First(3).X);
        var everything = Enumerable.Repeat(true, subject.Spec.Dimensions).ToArray();
        var together = model.LogMarginal(x, everything).ToArray<float>();
        for (var n = 0; n < 3; n++)
        {
            Assert.Equal(together[n], model.LogMarginal(x.narrow(0, n, 1), everything).ToDouble(), 1e-4 + (2e-6 * Math.Max(subject.Spec.Dimensions, Math.Abs(together[n]))));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Completion_keeps_what_is_given_and_changes_only_the_rest(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 20);
        var model = (IStepwise)subject.Model;
        var d = subject.Spec.Dimensions;
        var given = new bool[d];
        foreach (var i in model.Order.Take(d / 2))
        {
            given[i] = true;
        }

        var x = subject.Spec.Flat(new OneBatch(subject.Spec).First(4).X);
        var before = x.ToArray<float>();
        var after = model.Complete(x, given, new Rng(4)).ToArray<float>();
        Assert.Equal(before, x.ToArray<float>());
        Assert.All(Enumerable.Range(0, before.Length).Where(k => given[k % d]), k => Assert.Equal(before[k], after[k]));
        Assert.Equal(after, model.Complete(x, given, new Rng(4)).ToArray<float>());
        var e = Assert.Throws<UsageException>(() => model.Complete(x, Array.ConvertAll(given, g => !g), new Rng(4)));
        Assert.Contains("is missing", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void Walked_samples_are_as_frequent_as_they_are_likely(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 60);
        var probabilities = ((IDensity)subject.Model).LogProb(Cases.AllInputs(subject.Spec)).ToArray<float>().Select(p => Math.Exp(p)).ToArray();
        Frequencies.Agree(probabilities, Cases.Places(subject.Spec, ((IStepwise)subject.Model).Draw(40_000, new Rng(6))));
    }
}
