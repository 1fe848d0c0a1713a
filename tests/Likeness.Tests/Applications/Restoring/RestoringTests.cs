namespace Likeness.Tests.Applications;

public sealed class RestoringTests
{
    private static readonly DataSpec s_bytes = new([3, 8, 8], new Domain.Byte());

    [Theory]
    [InlineData("mask:box", 0)]
    [InlineData("mask:share=0.25", 0)]
    [InlineData("downsample:4", 0.5)]
    [InlineData("grey", 0.5)]
    [InlineData("downsample:2+luma", 0.5)]
    public void What_was_given_is_seen_of_every_draw_to_the_rounding_of_bytes(string text, double levels)
    {
        using var scope = torch.NewDisposeScope();
        var a = Measurements.Parse(text, s_bytes);
        // Whole images with values at both ends, where a projection leaves the range.
        var x = ((new Rng(1).Normal(5, 3, 8, 8) * 120) + 127).round().clamp(0, 255);
        var y = a.Measure(x);
        var restoring = new Restoring(new Noise(), a, s_bytes);
        var made = restoring.Draw(y, 3, new Rng(2));
        Assert.Equal([15, 3, 8, 8], made.shape);
        Assert.All(made.ToArray<float>(), v => Assert.True(v is >= 0 and <= 255 && v == MathF.Round(v), $"{v} is no byte."));
        // Half a level of rounding, and a hundredth of a level that alternating projections may leave.
        Assert.All(restoring.Disagreement(made, y.repeat_interleave(3, 0)), d => Assert.InRange(d * 255, 0, levels == 0 ? 0 : levels + 0.03));
        Assert.Equal(made.ToArray<float>(), restoring.Draw(y, 3, new Rng(2)).ToArray<float>());
    }

    [Fact]
    public void The_search_of_codes_finds_the_posterior_of_a_linear_decoder()
    {
        using var scope = torch.NewDisposeScope();
        // x = W z of four values, of which the upper two are seen with noise: z | y is Normal in closed form.
        var spec = new DataSpec([1, 2, 2], new Domain.Real());
        var w = Tensor.From([1.0f, 0.2f, -0.5f, 0.8f, 0.3f, 1.0f, 0.7f, -0.6f], 4, 2);
        const double noise = 0.3;
        var mask = (Mask)Measurements.Parse("mask:half", spec);
        var seen = w.narrow(0, 0, 2).to(ScalarType.Float64);
        var y = Tensor.From([0.9f, -0.4f], 1, 2);
        var precision = torch.eye(2, dtype: ScalarType.Float64) + seen.t().matmul(seen) / (noise * noise);
        var covariance = precision.inverse();
        var mean = covariance.matmul(seen.t()).matmul(y.to(ScalarType.Float64).t()) / (noise * noise);
        var (expected, spread) = (w.to(ScalarType.Float64).matmul(mean).ToArray<double>(), w.to(ScalarType.Float64).matmul(covariance).matmul(w.to(ScalarType.Float64).t()).diagonal().ToArray<double>());

        var method = RestoringMethods.Of(new Linear(w), spec, mask, new RestoringOptions { Search = new(noise, Moves: 60) });
        Assert.Equal("posterior", method.Name);
        var draws = method.Restore(y.repeat(4000, 1), new Rng(3)).reshape(4000, 4).to(ScalarType.Float64);
        var (found, variance) = (draws.mean([0]).ToArray<double>(), draws.@var([0]).ToArray<double>());
        for (var i = 0; i < 4; i++)
        {
            // 4000 chains: five standard errors.
            Assert.InRange(found[i], expected[i] - (5 * Math.Sqrt(spread[i] / 4000)), expected[i] + (5 * Math.Sqrt(spread[i] / 4000)));
            Assert.InRange(variance[i] / spread[i], 0.88, 1.12);
        }
    }

    [Fact]
    public void Methods_are_those_that_a_model_can()
    {
        var spec = new DataSpec([1, 2, 2], new Domain.Real());
        var mask = Measurements.Parse("mask:half", spec);
        using var decoder = new Linear(torch.ones(4, 2));
        Assert.Equal(["posterior"], RestoringMethods.Of(decoder));
        var refused = Assert.Throws<UsageException>(() => RestoringMethods.Of(decoder, spec, mask, new RestoringOptions("exact")));
        Assert.Contains("cannot restore images by the method 'exact': ask for 'posterior'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'exakt'", Assert.Throws<UsageException>(() => RestoringMethods.Of(decoder, spec, mask, new RestoringOptions("exakt"))).Message, StringComparison.Ordinal);
        using var completer = new Completer();
        Assert.Equal("exact", RestoringMethods.Of(completer, spec, mask, new RestoringOptions()).Name);
        var unfit = Assert.Throws<UsageException>(() => RestoringMethods.Of(completer, spec, Measurements.Parse("downsample:2", spec), new RestoringOptions()));
        Assert.Contains("cannot undo 'downsample:2': use a mask", unfit.Message, StringComparison.Ordinal);
        using var nothing = new Nothing();
        Assert.Contains("cannot restore images", Assert.Throws<UsageException>(() => RestoringMethods.Of(nothing, spec, mask, new RestoringOptions())).Message, StringComparison.Ordinal);
    }

    private sealed class Noise : IRestoringMethod
    {
        public string Name => "noise";

        public bool IsRandom => true;

        public Tensor Restore(Tensor y, Rng rng, Action<double>? progress = null) => (rng.Normal(y.size(0), 3, 8, 8) * 200) + 127;
    }

    private sealed class Linear(Tensor w) : Module, ILatentPrior
    {
        public Tensor Decode(Tensor z) => z.matmul(w.t()).reshape(-1, 1, 2, 2);

        public Tensor SampleLatent(int count, Rng rng) => rng.Normal(count, 2);
    }

    private sealed class Completer : Module, ICompleter
    {
        public Tensor Complete(Tensor x, ReadOnlySpan<bool> given, Rng rng) => x;
    }

    private sealed class Nothing : Module;
}
