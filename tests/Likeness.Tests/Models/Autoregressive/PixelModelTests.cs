namespace Likeness.Tests.Models;

/// <summary>What the four models of van den Oord et al. 2016 share: they read an image pixel by pixel and colour by colour, without looking ahead.</summary>
public sealed class PixelModelTests
{
    private static readonly DataSpec s_bits = new([1, 4, 4], new Domain.Binary()), s_colour = new([3, 3, 4], new Domain.Byte());

    public static TheoryData<string> Models => [.. Zoo.BuiltIn.Recipes.Where(r => typeof(PixelModel).IsAssignableFrom(r.ModelType)).Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_value_depends_on_all_before_it_and_on_none_after(string name)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var spec in new[] { s_bits, s_colour })
        {
            var model = Make(name, spec);
            model.to(ScalarType.Float64);
            var x = Data(spec, 10).to(ScalarType.Float64).requires_grad_();
            var conditionals = model.Conditionals(x);

            // Tops of softmaxes are moved by their own shift: differences of logits are what counts.
            var weights = new Rng(4).Normal(conditionals.shape[2]).to(ScalarType.Float64);
            var order = model.Order;
            for (var i = 0; i < order.Count; i++)
            {
                var target = (conditionals.select(1, order[i]) * weights).sum();
                var slopes = spec.Flat(Autograd.Grad([target], [x], retainGraph: true, allowUnused: true)[0] ?? x.zeros_like()).abs().amax([0]).ToArray<double>();
                for (var j = 0; j < order.Count; j++)
                {
                    Assert.True(j < i == slopes[order[j]] > 0, $"{name}, {spec}: value {j} of the order has slope {slopes[order[j]]} in the prediction of value {i}.");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_order_is_by_rows_columns_and_colours(string name)
    {
        var order = Make(name, s_colour).Order;

        // Flattened examples are [channels, rows, columns]: red, green and blue of a pixel are 12 apart.
        Assert.Equal([0, 12, 24, 1, 13, 25, 2, 14, 26], order.Take(9));
        Assert.Equal([11, 23, 35], order.Skip(33));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Sampling_step_by_step_is_sampling_by_whole_passes_bit_for_bit(string name)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var spec in new[] { s_bits, s_colour })
        {
            var model = Make(name, spec);
            var walked = model.Sample(5, new Rng(9)).ToArray<float>();
            Assert.Equal(Naive(model, spec, 5, new Rng(9).PerExample()), walked);
            Assert.True(walked.Distinct().Count() > 1);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_density_is_the_product_of_the_conditionals(string name)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var spec in new[] { s_bits, s_colour })
        {
            var model = Make(name, spec);
            model.to(ScalarType.Float64);
            var x = Data(spec, 3).to(ScalarType.Float64);
            var (k, d) = ((int)model.Conditionals(x).shape[2], spec.Dimensions);
            var (logits, values) = (model.Conditionals(x).ToArray<double>(), x.ToArray<double>());
            var found = model.LogProb(x).ToArray<double>();
            for (var n = 0; n < 3; n++)
            {
                var expected = 0.0;
                for (var i = 0; i < d; i++)
                {
                    var l = logits.AsSpan(((n * d) + i) * k, k).ToArray();
                    var value = values[(n * d) + i];
                    expected += k == 1 ? -Math.Log(1 + Math.Exp((1 - (2 * value)) * l[0])) : l[(int)value] - Math.Log(l.Sum(Math.Exp));
                }

                Assert.Equal(expected, found[n], 1e-9 * Math.Abs(expected));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_completed_image_keeps_its_upper_half(string name)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var spec in new[] { s_bits, s_colour })
        {
            var model = Make(name, spec);
            var x = spec.Flat(Data(spec, 4));
            var known = spec.Height / 2 * spec.Width;
            var given = Enumerable.Range(0, spec.Dimensions).Select(i => i % (spec.Height * spec.Width) < known).ToArray();
            var (before, after, other) = (x.ToArray<float>(), model.Complete(x, given, new Rng(3)).ToArray<float>(), model.Complete(x, given, new Rng(4)).ToArray<float>());
            Assert.All(Enumerable.Range(0, before.Length).Where(i => given[i % spec.Dimensions]), i => Assert.Equal(before[i], after[i]));
            Assert.NotEqual(after, other);
        }
    }

    [Fact]
    public void Features_are_split_among_the_colours_in_turn()
    {
        Assert.Equal([0, 0, 0, 0], Colours.Of(4, 1));
        Assert.Equal([0, 1, 2], Colours.Of(3, 3));
        Assert.Equal([0, 0, 1, 1, 1, 2, 2, 2], Colours.Of(8, 3));
        var e = Assert.Throws<UsageException>(() => Colours.Of(2, 3));
        Assert.Contains("at least 3 features", e.Message, StringComparison.Ordinal);
    }

    /// <summary>A model with its smallest options and weights large enough that everything depends on everything it can.</summary>
    internal static PixelModel Make(string name, DataSpec spec)
    {
        TorchRuntime.Threads = 1;
        var recipe = Zoo.BuiltIn.Find(name);
        var model = (PixelModel)recipe.CreateModel(spec, recipe.SmallestOptions, new Rng(1));
        model.Scatter(0.25, 7);
        return model;
    }

    internal static Tensor Data(DataSpec spec, int count)
    {
        var uniform = new Rng(5).Uniform(spec.BatchShape(count));
        return spec.Domain is Domain.Binary ? uniform.lt(0.4).to(ScalarType.Float32) : (uniform * 255).round();
    }

    // A whole pass over the image for each value.
    private static float[] Naive(PixelModel model, DataSpec spec, int count, Rng rng)
    {
        using var noGrad = torch.no_grad();
        var x = torch.zeros([count, spec.Dimensions], ScalarType.Float32);
        foreach (var i in model.Order)
        {
            var outputs = model.Conditionals(x.reshape(spec.BatchShape(count))).select(1, i);
            Density next = spec.Domain is Domain.Binary ? new Bernoulli(outputs.squeeze(1)) : new Categorical(outputs);
            x.select(1, i).copy_(next.Sample(rng));
        }

        return x.ToArray<float>();
    }
}
