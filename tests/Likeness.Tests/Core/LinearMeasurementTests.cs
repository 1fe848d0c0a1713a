namespace Likeness.Tests.Core;

public sealed class LinearMeasurementTests
{
    private static readonly DataSpec s_colours = new([3, 8, 12], new Domain.Byte());

    [Theory]
    [InlineData("mask:half")]
    [InlineData("mask:bottom")]
    [InlineData("mask:left")]
    [InlineData("mask:right")]
    [InlineData("mask:box")]
    [InlineData("mask:share=0.25")]
    [InlineData("mask:share=0.25,seed=3")]
    [InlineData("downsample:2")]
    [InlineData("downsample:4")]
    [InlineData("grey")]
    [InlineData("luma")]
    [InlineData("downsample:4+grey")]
    [InlineData("luma+downsample:2")]
    [InlineData("downsample:2+mask:box")]
    [InlineData("downsample:2+luma+mask:half")]
    public void The_pseudo_inverse_is_one(string text)
    {
        using var scope = torch.NewDisposeScope();
        var a = Measurements.Parse(text, s_colours);
        Assert.Equal(text, a.ToString());
        var x = new Rng(1).Normal(5, 3, 8, 12).to(ScalarType.Float64);
        var y = new Rng(2).Normal([5, .. a.Output.Select(d => (long)d)]).to(ScalarType.Float64);
        Assert.Equal(x.shape, a.Invert(y).shape);

        // Moore and Penrose: A A⁺ y = y (so A A⁺ A = A), A⁺A A⁺ = A⁺, and A⁺A is symmetric.
        Near(y, a.Measure(a.Invert(y)));
        Near(a.Measure(x), a.Measure(a.Invert(a.Measure(x))));
        Near(a.Invert(y), a.Invert(a.Measure(a.Invert(y))));
        var other = new Rng(3).Normal(5, 3, 8, 12).to(ScalarType.Float64);
        Near((a.Invert(a.Measure(x)) * other).sum(), (a.Invert(a.Measure(other)) * x).sum());

        // It sees the value of an image that has but one, and what is projected is measured as it should be.
        Near(torch.full_like(y, 7), a.Measure(torch.full_like(x, 7)));
        Near(y, a.Measure(a.Project(x, y)));
        Near(a.Project(x, y), a.Project(a.Project(x, y), y));
    }

    [Fact]
    public void A_projection_keeps_pixels_to_the_last_bit()
    {
        using var scope = torch.NewDisposeScope();
        var mask = Measurements.Parse("mask:share=0.5", s_colours);
        var (x, y) = (new Rng(1).Normal(4, 3, 8, 12), mask.Measure(new Rng(2).Normal(4, 3, 8, 12)));
        Assert.Equal(y.ToArray<float>(), mask.Measure(mask.Project(x, y)).ToArray<float>());
    }

    [Fact]
    public void Masks_keep_what_their_names_say()
    {
        var spec = new DataSpec([1, 4, 4], new Domain.Byte());
        Assert.Equal("1111111100000000", Bits("mask:half"));
        Assert.Equal("1111100110011111", Bits("mask:box"));
        Assert.Equal("0011001100110011", Bits("mask:right"));
        Assert.Equal(4, Bits("mask:share=0.25").Count(c => c == '1'));
        Assert.Equal(Bits("mask:share=0.25"), Bits("mask:share=0.25,seed=0"));
        Assert.NotEqual(Bits("mask:share=0.5"), Bits("mask:share=0.5,seed=1"));

        string Bits(string text) => string.Concat(((Mask)Measurements.Parse(text, spec)).Given.Select(g => g ? '1' : '0'));
    }

    [Fact]
    public void Small_images_are_means_of_squares()
    {
        using var scope = torch.NewDisposeScope();
        var a = Measurements.Parse("downsample:2", new([1, 2, 4], new Domain.Real()));
        Assert.Equal([3.5f, 5.5f], a.Measure(Tensor.From([1f, 2, 3, 4, 5, 6, 7, 8], 1, 1, 2, 4)).ToArray<float>());
        Assert.Equal([1f, 1, 2, 2, 1, 1, 2, 2], a.Invert(Tensor.From([1f, 2], 1, 1, 1, 2)).ToArray<float>());
    }

    /// <summary>A⁺ y of luma, the least colours of which the grey is seen, is purple and green.</summary>
    [Theory]
    [InlineData("luma", 1)]
    [InlineData("grey", 1)]
    [InlineData("downsample:2+luma", 2)]
    public void A_picture_of_colours_that_were_taken_away_is_grey(string text, int factor)
    {
        using var scope = torch.NewDisposeScope();
        var y = Measurements.Parse(text, s_colours).Measure(new Rng(1).Uniform(2, 3, 8, 12).to(ScalarType.Float64));
        var picture = Measurements.Parse(text, s_colours).Picture(y, 0.5);
        Assert.Equal([2, 3, 8, 12], picture.shape);
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = picture.select(1, channel);
            Near(plane, picture.select(1, 0));
            Near(y.squeeze(1), torch.nn.functional.avg_pool2d(plane.unsqueeze(1), factor).squeeze(1));
        }
    }

    [Fact]
    public void A_mask_may_be_a_file()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "hole.npy");
        Npy.Write(path, Enumerable.Range(0, 96).Select(i => i < 40 ? 1f : 0).ToArray(), 8, 12);
        var a = (Mask)MeasurementFile.Read($"mask:{path}", s_colours);
        Assert.Equal(120, a.Output[0]);
        Assert.Contains("is not part of a model", Assert.Throws<UsageException>(() => Measurements.Parse($"mask:{path}", s_colours)).Message, StringComparison.Ordinal);
        Assert.Contains("There is no mask", Assert.Throws<UsageException>(() => MeasurementFile.Read("mask:nowhere.png", s_colours)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("blur:3", "Unknown measurement 'blur:3'")]
    [InlineData("downsample:5", "cannot be made smaller by the factor 5: choose 2, 4")]
    [InlineData("downsample:two", "'two' is no factor")]
    [InlineData("mask:share=2", "is no share of the pixels")]
    [InlineData("mask:half+grey", "cannot come after a mask")]
    [InlineData("grey+luma", "have no colours")]
    public void What_is_no_measurement_is_refused_in_a_sentence(string text, string part) =>
        Assert.Contains(part, Assert.Throws<UsageException>(() => Measurements.Parse(text, s_colours)).Message, StringComparison.Ordinal);

    [Fact]
    public void Only_images_are_measured() =>
        Assert.Contains("choose images", Assert.Throws<UsageException>(() => Measurements.Parse("grey", new([6], new Domain.Byte()))).Message, StringComparison.Ordinal);

    private static void Near(Tensor expected, Tensor actual) => Assert.InRange((expected - actual).abs().max().ToDouble(), 0, 1e-10);
}
