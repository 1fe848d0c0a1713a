using System.Text.Json;

namespace Likeness.Tests.Models;

/// <summary>What Zhao et al. 2020 do to images before a critic sees them: with their statistics, and with gradients through it.</summary>
public sealed class DiffAugmentTests
{
    private static readonly DiffAugment s_all = JsonSerializer.Deserialize<DiffAugment>("\"colour+translation+cutout\"")!;

    [Fact]
    public void Gradients_flow_to_the_image()
    {
        foreach (var augment in new[] { DiffAugment.Colour, DiffAugment.Translation, DiffAugment.Cutout, s_all })
        {
            var x = new Rng(1).Uniform(64, 3, 8, 8).requires_grad_();
            var y = augment.Of(x, new Rng(2));
            var slope = Autograd.Grad(y.square().sum(), x, createGraph: false);
            Assert.Equal(x.shape, y.shape);
            Assert.True(slope.isfinite().all().ToBoolean());
            // Every image teaches something, whatever was cut away or shifted out.
            Assert.True((slope.abs().flatten(1).sum([1]) > 0).all().ToBoolean(), augment.Name);
            Assert.NotEqual(x.detach().ToArray<float>(), y.detach().ToArray<float>());
        }
    }

    [Fact]
    public void The_gradient_is_the_slope()
    {
        var x = new Rng(1).Uniform(2, 3, 4, 4);
        var direction = new Rng(5).Normal(2, 3, 4, 4);
        Tensor Value(Tensor at) => s_all.Of(at, new Rng(2)).pow(3).sum();
        var along = (Autograd.Grad(Value(x.requires_grad_()), x, createGraph: false) * direction).sum().ToDouble();
        using var noGrad = torch.no_grad();
        var difference = (Value(x.to(ScalarType.Float64) + (1e-4 * direction)) - Value(x.to(ScalarType.Float64) - (1e-4 * direction))).ToDouble() / 2e-4;
        // Draws are single precision in both; the difference quotient is of second order.
        Assert.Equal(difference, along, Math.Abs(difference) * 1e-3);
    }

    [Fact]
    public void Colours_change_by_the_papers_amounts()
    {
        var x = torch.ones([20_000, 3, 2, 2]) * torch.tensor(new[] { 0.2f, 0.5f, 0.8f }).view(1, 3, 1, 1);
        var y = DiffAugment.Colour.Of(x, new Rng(1));
        // Brightness U(−½, ½): the image's mean moves by it, deviation √(1/12) = 0.289; 20000 images.
        var shift = y.mean([1, 2, 3]) - 0.5;
        Assert.Equal(0, shift.mean().ToDouble(), 0.01);
        Assert.Equal(Math.Sqrt(1 / 12.0), shift.std().ToDouble(), 0.01);
        // Saturation U(0, 2) times contrast U(½, 1½): the distance of colours from the mean by a factor of mean 1 and second moment 4/3 · 13/12.
        var factor = (y.select(1, 2) - y.mean([1])).flatten() / 0.3;
        Assert.Equal(1, factor.mean().ToDouble(), 0.02);
        Assert.Equal(4 / 3.0 * 13 / 12.0, factor.square().mean().ToDouble(), 0.05);
        Assert.InRange(factor.max().ToDouble(), 2.9, 3.0001);
    }

    [Fact]
    public void Images_are_shifted_by_up_to_an_eighth()
    {
        var x = torch.zeros([20_000, 1, 16, 16]);
        x.select(2, 8).select(2, 8).fill_(1);
        var y = DiffAugment.Translation.Of(x, new Rng(1));
        Assert.Equal(20_000, y.sum().ToDouble());
        var places = y.sum([0, 1]).ToArray<float>();
        for (var i = 0; i < 256; i++)
        {
            var near = Math.Abs((i / 16) - 8) <= 2 && Math.Abs((i % 16) - 8) <= 2;
            // 25 places alike: 800 each with a deviation of 28; five of them.
            Assert.InRange(places[i], near ? 660 : 0, near ? 940 : 0);
        }

        // What comes from outside is middle grey, and what goes outside is gone.
        var full = DiffAugment.Translation.Of(torch.ones([1000, 1, 16, 16]), new Rng(1));
        Assert.Equal([0f, 1f], full.ToArray<float>().Distinct().Order());
    }

    [Theory]
    [InlineData(16)]
    [InlineData(7)]
    public void A_square_of_half_the_size_is_cut_out(int side)
    {
        var y = DiffAugment.Cutout.Of(torch.ones([5000, 1, side, side]), new Rng(1));
        var gone = (1 - y).sum([1, 2, 3]);
        var whole = (side + 1) / 2 * ((side + 1) / 2);
        Assert.Equal(whole, gone.max().ToDouble());
        Assert.True(gone.min().ToDouble() > 0);
        // The middle may be anywhere, so every place is gone at times; those in the middle most often.
        var places = (1 - y).mean([0, 1]);
        Assert.True(places.min().ToDouble() > 0.02);
        Assert.True(places[side / 2, side / 2].ToDouble() > 1.5 * places[0, 0].ToDouble());
    }

    [Fact]
    public void Names_choose_and_nothing_changes_where_nothing_is_chosen()
    {
        var x = new Rng(1).Uniform(2, 3, 4, 4);
        Assert.Equal(x.ToArray<float>(), DiffAugment.None.Of(x, new Rng(1)).ToArray<float>());
        Assert.Contains("'blur'", Assert.Throws<UsageException>(() => JsonSerializer.Deserialize<DiffAugment>("\"blur\"")).Message, StringComparison.Ordinal);
        Assert.Equal("colour+translation+cutout", s_all.ToString());
        Assert.Contains("for images", Assert.Throws<UsageException>(() => new Gan(new([2], new Domain.Real()), new() { Augment = s_all }, new Rng(1))).Message, StringComparison.Ordinal);
    }
}
