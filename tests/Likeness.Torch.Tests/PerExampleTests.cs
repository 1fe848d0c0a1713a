using System.Runtime.Intrinsics;
using Likeness.Torch.Kernels;

namespace Likeness.Torch.Tests;

/// <summary>Draws that do not depend on how many examples are drawn.</summary>
public sealed class PerExampleTests
{
    // The known answers that Salmon et al. publish with Random123.
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0x6b200159u, 0x99ba4efeu)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x1cb996fcu, 0xbb002be7u)]
    [InlineData(0x13198a2eu, 0x03707344u, 0x243f6a88u, 0x85a308d3u, 0xc4923a9cu, 0x483df7a0u)]
    public void The_generator_gives_the_published_answers(uint k0, uint k1, uint x0, uint x1, uint y0, uint y1)
    {
        var (a, b) = CountingKernel.Threefry(Vector256.Create(k0), Vector256.Create(k1), Vector256.Create(x0), Vector256.Create(x1));
        Assert.Equal((y0, y1), (a[0], b[0]));
        Assert.Equal((y0, y1), (a[7], b[7]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(19)]
    [InlineData(4000)]
    public void Rows_do_not_depend_on_their_number(int width)
    {
        using var scope = torch.NewDisposeScope();
        float[][] Draw(int rows)
        {
            var rng = new Rng(5).PerExample();
            return [rng.Normal(rows, width).ToArray<float>(), rng.Uniform(rows, width).ToArray<float>(), [.. rng.Integers(-3, 1000, rows, width).ToArray<long>().Select(i => (float)i)]];
        }
        var many = Draw(21);
        foreach (var rows in new[] { 1, 2, 8, 20 })
        {
            Assert.All(Draw(rows).Zip(many), pair => Assert.Equal(pair.Second[..(rows * width)], pair.First));
        }
    }

    [Fact]
    public void Some_of_the_examples_get_what_all_of_them_get()
    {
        using var scope = torch.NewDisposeScope();
        float[] Draw(Func<Rng, Rng> of, int rows)
        {
            var rng = of(new Rng(5).PerExample().Fork("those"));
            _ = rng.Normal(rows);
            return rng.Normal(rows, 2).ToArray<float>();
        }
        var all = Draw(rng => rng, 10);
        Assert.Equal([all[14], all[15], all[4], all[5]], Draw(rng => rng.Only(7, 2), 2));
        Assert.Equal([all[4], all[5]], Draw(rng => rng.Only(7, 2).Only(1), 1));
        Assert.Throws<ArgumentException>(() => Draw(rng => rng.Only(7, 2), 3));
        Assert.Throws<InvalidOperationException>(() => new Rng(5).Only(1));
    }

    [Fact]
    public void Normal_draws_have_the_moments_and_the_shares_of_the_standard_normal()
    {
        using var scope = torch.NewDisposeScope();
        const int n = 1_000_000;
        var x = new Rng(1).PerExample().Normal(1000, 1000).to(ScalarType.Float64);
        double Mean(Tensor of) => of.mean().item<double>();

        // Five standard errors of each estimate.
        Assert.InRange(Mean(x), -5 / Math.Sqrt(n), 5 / Math.Sqrt(n));
        Assert.InRange(Mean(x.square()), 1 - 5 * Math.Sqrt(2.0 / n), 1 + 5 * Math.Sqrt(2.0 / n));
        Assert.InRange(Mean(x.pow(3)), -5 * Math.Sqrt(15.0 / n), 5 * Math.Sqrt(15.0 / n));
        Assert.InRange(Mean(x.pow(4)), 3 - 5 * Math.Sqrt(96.0 / n), 3 + 5 * Math.Sqrt(96.0 / n));
        foreach (var (bound, share) in new[] { (-1.0, 0.15865525393), (0.0, 0.5), (2.0, 0.97724986805), (3.0, 0.99865010197), (4.0, 0.99996832876) })
        {
            var error = 5 * Math.Sqrt(share * (1 - share) / n);
            Assert.InRange(Mean(x.lt(bound).to(ScalarType.Float64)), share - error, share + error);
        }
    }

    [Fact]
    public void Neighbouring_rows_columns_and_draws_are_uncorrelated()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(2).PerExample();
        var (x, next) = (rng.Normal(1000, 1000), rng.Normal(1000, 1000));
        double Mean(Tensor product) => product.to(ScalarType.Float64).mean().item<double>();

        Assert.InRange(Mean(x * next), -0.005, 0.005);
        Assert.InRange(Mean(x.narrow(0, 0, 999) * x.narrow(0, 1, 999)), -0.005, 0.005);
        Assert.InRange(Mean(x.narrow(1, 0, 999) * x.narrow(1, 1, 999)), -0.005, 0.005);
        Assert.InRange(Mean(x * rng.Fork("other").Normal(1000, 1000)), -0.005, 0.005);
    }

    [Fact]
    public void Uniform_draws_fill_the_unit_interval_evenly()
    {
        using var scope = torch.NewDisposeScope();
        var counts = (new Rng(3).PerExample().Uniform(100, 10_000) * 100).to(ScalarType.Int64).flatten().bincount(null, minlength: 100).ToArray<long>();
        Assert.Equal(100, counts.Length);
        // χ² with 99 degrees of freedom is above 161 once in 10,000 times.
        Assert.InRange(counts.Sum(c => (c - 10_000.0) * (c - 10_000.0) / 10_000), 50, 161);
    }

    [Fact]
    public void Choices_follow_the_weights_and_never_take_what_has_none()
    {
        using var scope = torch.NewDisposeScope();
        var weights = Tensor.From<float>([0, 1, 0, 3, 6, 0], 6);
        foreach (var rng in new[] { new Rng(4), new Rng(4).PerExample() })
        {
            var counts = rng.Choice(weights, 100_000).bincount(null, minlength: 6).ToArray<long>();
            Assert.Equal([0, 0, 0], [counts[0], counts[2], counts[5]]);
            Assert.InRange(counts[1], 10_000 - 475, 10_000 + 475);
            Assert.InRange(counts[3], 30_000 - 725, 30_000 + 725);
        }

        var rows = torch.stack([weights, weights.flip(0)]).unsqueeze(0).expand(500, 2, 6);
        var chosen = new Rng(4).PerExample().Choice(rows);
        Assert.Equal([500, 2], chosen.shape);
        Assert.All(chosen.select(1, 1).ToArray<long>(), i => Assert.Contains(i, new long[] { 1, 2, 4 }));
    }

    [Fact]
    public void A_second_source_from_the_same_one_is_another()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(6);
        var (first, second) = (rng.PerExample(), rng.PerExample());
        Assert.NotEqual(first.Normal(4).ToArray<float>(), second.Normal(4).ToArray<float>());
        Assert.Same(first, first.PerExample());
    }
}
