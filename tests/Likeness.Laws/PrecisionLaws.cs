namespace Likeness.Laws;

/// <summary>No model knows of mixed precision, so every model must bear it.</summary>
public sealed class PrecisionLaws
{
    public static TheoryData<string, string> All => Cases.Of<Module>();

    [Theory]
    [MemberData(nameof(All))]
    public void The_first_losses_in_bfloat16_are_those_in_fp32_to_its_rounding(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var full = new Subject(recipe, data, 3);
        using var reduced = new Subject(recipe, data, 3, precision: Precision.BFloat16);
        var expected = full.Training.Run().Select(r => r.Terms.ToArray()).ToArray();
        var found = reduced.Training.Run().Select(r => r.Terms.ToArray()).ToArray();
        Assert.Equal(expected.Length, found.Length);
        foreach (var (e, f) in expected[0].Zip(found[0]))
        {
            // bfloat16 keeps 8 bits; products of a few layers add up to a few per cent.
            Assert.Equal(e.Value, f.Value, 0.05 * Math.Max(1, Math.Abs(e.Value)));
        }

        Assert.All(found, step => Assert.All(step, t => Assert.True(double.IsFinite(t.Value))));
        // fp32 stays fp32, and what is kept in double precision stays so.
        Assert.Equal(full.Model.Parameters().Select(p => p.Value.dtype), reduced.Model.Parameters().Select(p => p.Value.dtype));
        Assert.DoesNotContain(reduced.Model.Parameters(), p => p.Value.dtype == ScalarType.BFloat16);
    }
}
