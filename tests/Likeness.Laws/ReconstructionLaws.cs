namespace Likeness.Laws;

/// <summary>What every model keeps that images can be restored with, by whatever method.</summary>
public sealed class ReconstructionLaws
{
    public static TheoryData<string, string> Reconstructors => Cases.Of<IReconstructor>();

    public static TheoryData<string, string> Decoders => Cases.Of<ILatentPrior>(s => s.IsImage && s.Domain is not Domain.Categorical);

    public static TheoryData<string, string> Denoisers => Cases.Of<IDenoiser>(s => s.IsImage && s.Domain is not Domain.Categorical);

    [Theory]
    [MemberData(nameof(Reconstructors))]
    public void What_has_been_learned_draws_examples_one_by_one(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 5);
        using var noGrad = torch.no_grad();
        var (model, x) = ((IReconstructor)subject.Model, new OneBatch(subject.Spec).First(4).X);
        var y = model.Measurement!.Measure(x);
        var made = model.Reconstruct(y, new Rng(3));
        Assert.Equal(subject.Spec.BatchShape(4), made.shape);
        var most = subject.Spec.Domain.LevelCount - 1;
        Assert.All(made.ToArray<float>(), v => Assert.True(float.IsFinite(v) && (most is null || (v >= 0 && v <= most && v == MathF.Round(v))), $"{v} is no value of {subject.Spec}."));
        Assert.Equal(made.ToArray<float>(), model.Reconstruct(y, new Rng(3)).ToArray<float>());
        // The first of a seed is the same whatever comes after it, to the rounding of a byte: sums over channels are taken in other orders.
        Assert.InRange((model.Reconstruct(y.narrow(0, 0, 1), new Rng(3)) - made.narrow(0, 0, 1)).abs().max().ToDouble(), 0, 1);
    }

    [Theory]
    [MemberData(nameof(Reconstructors))]
    public void What_was_learned_is_seen_of_it(string recipe, string data) => Agrees(recipe, data, model => ((IReconstructor)model).Measurement!.ToString());

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Pixels_that_were_given_are_kept_by_a_search_of_codes(string recipe, string data) => Agrees(recipe, data, _ => "mask:half");

    [Theory]
    [MemberData(nameof(Denoisers))]
    public void What_was_given_is_seen_of_what_null_space_steps_make(string recipe, string data)
    {
        // Of two rows a box would leave nothing.
        Agrees(recipe, data, _ => Cases.Spec(data).Height < 4 ? "mask:half" : "mask:box");
        // Means of squares of bits are no bits.
        if (Cases.Spec(data).Domain is not Domain.Binary)
        {
            Agrees(recipe, data, _ => "downsample:2");
        }
    }

    // A x̂ = y, to the last bit for pixels, and for means to half a level or, of real numbers, to the rounding of the largest.
    private static void Agrees(string recipe, string data, Func<Module, string> measurement)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 5);
        var (model, spec, x) = (subject.Model, subject.Spec, new OneBatch(subject.Spec).First(3).X);
        var a = Measurements.Parse(measurement(model), spec);
        IRestoringMethod method;
        try
        {
            method = RestoringMethods.Of(model, spec, a, new RestoringOptions { Walk = new(8, Repeats: 2, Jump: 3), Search = new(Moves: 4, Starts: 8) });
        }
        catch (UsageException e)
        {
            // Codes that are choices are refused in a sentence.
            Assert.Contains("choices", e.Message, StringComparison.Ordinal);
            return;
        }

        var (restoring, y) = (new Restoring(method, a, spec), a.Measure(x));
        var made = restoring.Draw(y, 2, new Rng(4));
        Assert.Equal(spec.BatchShape(6), made.shape);
        var allowed = a is Mask ? 0 : spec.Domain is Domain.Real ? 1e-5 * Math.Max(1, made.abs().max().ToDouble()) : 0.53 / (spec.Domain.LevelCount!.Value - 1);
        Assert.All(restoring.Disagreement(made, y.repeat_interleave(2, 0)), d => Assert.InRange(d, 0, allowed));
        Assert.Equal(made.ToArray<float>(), restoring.Draw(y, 2, new Rng(4)).ToArray<float>());
    }
}
