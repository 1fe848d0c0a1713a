namespace Likeness.Laws;

/// <summary>What every exact density keeps, on data of so few bits that all inputs can be listed.</summary>
public sealed class DensityLaws
{
    public static TheoryData<string, string> Densities => Cases.Of<IDensity>(Cases.Countable);

    public static TheoryData<string, string> Sampled => Cases.Of<IDensity, IGenerative>(Cases.Countable);

    public static TheoryData<string, string> Autoregressive => Cases.Of<IAutoregressive>(Cases.Countable);

    // A category enters as what it is and not as a size: there is no slope with respect to it.
    public static TheoryData<string, string> AutoregressiveOfSizes => Cases.Of<IAutoregressive>(s => Cases.Countable(s) && s.Domain is not Domain.Categorical);

    [Theory]
    [MemberData(nameof(Densities))]
    public void Probabilities_of_all_inputs_add_up_to_one(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 60);
        var single = ((IDensity)subject.Model).LogProb(Cases.AllInputs(subject.Spec)).ToArray<double>();
        subject.Model.to(ScalarType.Float64);
        var exact = ((IDensity)subject.Model).LogProb(Cases.AllInputs(subject.Spec, ScalarType.Float64)).ToArray<double>();

        // 256 sums of at most 8 terms: rounding of double precision stays below 1e-12.
        Assert.Equal(1, exact.Sum(Math.Exp), 1e-9);

        // A trained model, not a uniform one.
        Assert.True(exact.Max() - exact.Min() > 1, "The density is nearly uniform: nothing was learned.");

        // In fp32 each of d log-probabilities is off by a few 1e-7.
        Assert.All(exact.Zip(single), p => Assert.Equal(p.First, p.Second, 1e-4));
    }

    [Theory]
    [MemberData(nameof(Sampled))]
    public void Samples_are_as_frequent_as_they_are_likely(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 60);
        var probabilities = ((IDensity)subject.Model).LogProb(Cases.AllInputs(subject.Spec)).ToArray<double>().Select(Math.Exp).ToArray();
        Frequencies.Agree(probabilities, Cases.Places(subject.Spec, ((IGenerative)subject.Model).Sample(40_000, new Rng(6))));
    }

    [Theory]
    [MemberData(nameof(AutoregressiveOfSizes))]
    public void A_conditional_does_not_depend_on_later_variables(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 60);
        subject.Model.to(ScalarType.Float64);
        var model = (IAutoregressive)subject.Model;
        var (d, order) = (subject.Spec.Dimensions, model.Order);
        Assert.Equal(Enumerable.Range(0, d), order.Order());

        var x = Cases.AllInputs(subject.Spec, ScalarType.Float64).requires_grad_();
        var conditionals = model.Conditionals(x);
        Assert.Equal([Cases.InputCount(subject.Spec), d], conditionals.shape[..2].ToArray());
        for (var i = 0; i < d; i++)
        {
            var target = conditionals.select(1, order[i]).sum();
            var gradient = Autograd.Grad([target], [x], retainGraph: true, allowUnused: true)[0];
            var slopes = subject.Spec.Flat(gradient ?? x.zeros_like()).abs().amax([0]).ToArray<double>();
            for (var j = i; j < d; j++)
            {
                Assert.Equal(0, slopes[order[j]]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Autoregressive))]
    public void Changing_a_variable_changes_the_conditionals_after_it_and_no_others(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 60);
        var model = (IAutoregressive)subject.Model;
        var (d, order) = (subject.Spec.Dimensions, model.Order);
        var x = Cases.AllInputs(subject.Spec).ToArray<float>();
        var (count, levels) = (Cases.InputCount(subject.Spec), subject.Spec.Domain.LevelCount!.Value);
        var before = model.Conditionals(Tensor.From(x, subject.Spec.BatchShape(count))).ToArray<float>();
        var k = before.Length / x.Length;
        for (var j = 0; j < d; j++)
        {
            var changed = (float[])x.Clone();
            for (var n = order[j]; n < x.Length; n += d)
            {
                changed[n] = (changed[n] + 1) % levels;
            }

            var after = model.Conditionals(Tensor.From(changed, subject.Spec.BatchShape(count))).ToArray<float>();
            for (var i = 0; i < d; i++)
            {
                var changes = 0;
                for (var n = order[i] * k; n < before.Length; n += d * k)
                {
                    changes += before.AsSpan(n, k).SequenceEqual(after.AsSpan(n, k)) ? 0 : 1;
                }

                // A model may look values up, which has no slope, so a dependence shows here and not in the gradient.
                Assert.Equal(i > j, changes > 0);
            }
        }
    }
}
