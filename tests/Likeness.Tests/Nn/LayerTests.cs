namespace Likeness.Tests.Nn;

[Collection(Counting.Name)]
public sealed class LayerTests
{
    [Fact]
    public void Dropout_drops_at_its_rate_and_keeps_the_mean()
    {
        using var scope = torch.NewDisposeScope();
        const int n = 100_000;
        var dropout = new Dropout(0.3).InTraining();
        var x = torch.ones([n]);
        var y = dropout.Call(x, new Rng(1));

        // Five standard errors of a rate of n draws.
        Assert.Equal(0.3, y.eq(0).to(ScalarType.Float64).mean().ToDouble(), 5 * Math.Sqrt(0.3 * 0.7 / n));
        Assert.Equal(1 / 0.7, y.max().ToDouble(), 1e-6);
        Assert.Equal(y.ToArray<float>(), dropout.Call(x, new Rng(1)).ToArray<float>());
        Assert.NotEqual(y.ToArray<float>(), dropout.Call(x, new Rng(2)).ToArray<float>());
        dropout.train(false);
        Assert.Same(x, dropout.Call(x));
    }

    [Fact]
    public void The_gradient_of_dropout_is_its_mask()
    {
        using var scope = torch.NewDisposeScope();
        var x = new Rng(1).Normal(20, 30).requires_grad_();
        var y = new Dropout(0.5).InTraining().Call(x, new Rng(2));
        Near.Equal(y.ne(0).to(ScalarType.Float32) * 2, Autograd.Grad(y.sum(), x), 0);
    }

    [Fact]
    public void Dropout_without_an_Rng_says_what_to_do()
    {
        using var scope = torch.NewDisposeScope();
        var e = Assert.Throws<InvalidOperationException>(() => new Dropout(0.1).InTraining().Call(torch.ones([2])));
        Assert.Contains("pass one to Call", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Dropout(1));
    }

    [Fact]
    public void Training_reaches_the_whole_tree_and_dropout_inside_draws_from_the_callers_Rng()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(1);
        var net = new Sequential(new Linear(4, 50, rng), new Dropout(0.5), new Residual(new Sequential(new Linear(50, 50, rng), new Dropout(0.5))));
        var x = rng.Normal(3, 4);
        var calm = net.Call(x).ToArray<float>();
        Assert.Equal(calm, net.Call(x, new Rng(1)).ToArray<float>());
        net.train(true);
        var wild = net.Call(x, new Rng(1)).ToArray<float>();
        Assert.NotEqual(calm, wild);
        Assert.Equal(wild, net.Call(x, new Rng(1)).ToArray<float>());
    }

    [Fact]
    public void Batch_normalisation_after_training_needs_no_batch()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(1);
        var norm = new BatchNorm(3, rng, momentum: 1).InTraining();
        var x = rng.Normal(1000, 3) * 4 + 7;
        norm.Call(x);
        norm.train(false);
        var y = norm.Call(x);
        Near.Equal([0, 0, 0], y.mean([0]).ToArray<double>(), 1e-5);
        Near.Equal([1, 1, 1], y.std([0]).ToArray<double>(), 1e-5);
        Near.Equal(y.narrow(0, 5, 1), norm.Call(x.narrow(0, 5, 1)), 0);
        Assert.Equal(["running_mean", "running_var", "num_batches_tracked"], norm.Buffers().Select(b => b.Name));
    }

    [Fact]
    public void A_U_Net_starts_as_zero_and_takes_any_size()
    {
        using var scope = torch.NewDisposeScope();
        var unet = new UNet(1, 2, 28, 28, new UNetOptions(8), new Rng(1));
        var t = Tensor.From<long>([3, 500], 2);
        foreach (var (height, width) in new[] { (12, 20), (14, 27), (5, 3) })
        {
            var y = unet.Call(new Rng(2).Normal(2, 1, height, width), t);
            Assert.Equal([2, 2, height, width], y.shape);
            Assert.Equal(0, y.abs().max().ToDouble());
        }
    }

    [Fact]
    public void A_U_Net_pads_what_does_not_halve_by_its_last_rows_and_columns()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(1);
        var unet = new UNet(1, 1, 8, 8, new UNetOptions(8) { Multipliers = [1, 2], AttentionSizes = [] }, rng);
        using var noGrad = torch.no_grad();
        foreach (var (_, p) in unet.Parameters())
        {
            p.add_(rng.Normal(p.shape), 0.05);
        }

        var x = rng.Normal(2, 1, 7, 5);
        var t = Tensor.From<long>([3, 500], 2);
        var wide = torch.cat([x, x.narrow(3, 4, 1)], 3);
        var padded = torch.cat([wide, wide.narrow(2, 6, 1)], 2);
        Near.Equal(unet.Call(padded, t).narrow(2, 0, 7).narrow(3, 0, 5), unet.Call(x, t), 1e-6);
    }

    // Patches are nothing but a rearrangement of pixels into channels: the network within is that of so many channels at half the size.
    [Fact]
    public void A_U_Net_of_patches_is_one_of_their_pixels_as_channels()
    {
        using var scope = torch.NewDisposeScope();
        var options = new UNetOptions(8) { Multipliers = [1, 2], AttentionSizes = [4] };
        var whole = new UNet(2, 1, 16, 16, options with { Patch = 2 }, new Rng(1));
        var within = new UNet(8, 4, 8, 8, options, new Rng(1));
        using var noGrad = torch.no_grad();
        foreach (var unet in new[] { whole, within })
        {
            var noise = new Rng(2);
            foreach (var (_, p) in unet.Parameters())
            {
                p.add_(noise.Normal(p.shape), 0.05);
            }
        }

        var x = new Rng(3).Normal(2, 2, 16, 16);
        var t = Tensor.From<long>([3, 500], 2);
        var rearranged = x.reshape(2, 2, 8, 2, 8, 2).permute(0, 1, 3, 5, 2, 4).reshape(2, 8, 8, 8);
        var expected = within.Call(rearranged, t).reshape(2, 1, 2, 2, 8, 8).permute(0, 1, 4, 2, 5, 3).reshape(2, 1, 16, 16);
        Near.Equal(expected, whole.Call(x, t), 1e-6);
        Assert.Equal([2, 1, 13, 6], whole.Call(x.narrow(2, 0, 13).narrow(3, 0, 6), t).shape);
    }

    [Fact]
    public void A_U_Net_that_is_told_zeros_is_told_nothing()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(1);
        var unet = new UNet(1, 1, 8, 8, new UNetOptions(8) { Multipliers = [1, 2], AttentionSizes = [] }, rng, told: 3);
        using var noGrad = torch.no_grad();
        foreach (var (_, p) in unet.Parameters())
        {
            p.add_(rng.Normal(p.shape), 0.05);
        }

        var x = rng.Normal(2, 1, 8, 8);
        var t = Tensor.From<float>([3, 500], 2);
        var nothing = unet.Call(x, torch.cat([t.unsqueeze(1), torch.zeros([2, 3])], 1));
        Near.Equal(unet.Call(x, t), nothing, 1e-6);
        Assert.True((unet.Call(x, torch.cat([t.unsqueeze(1), torch.ones([2, 3])], 1)) - nothing).abs().max().ToDouble() > 1e-4);
    }

    [Fact]
    public void Every_parameter_of_a_U_Net_receives_a_gradient_once_its_last_layers_have_left_zero()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(1);
        var unet = new UNet(1, 1, 8, 8, new UNetOptions(8) { Multipliers = [1, 2], AttentionSizes = [4], Heads = 2 }, rng).InTraining();
        using (torch.no_grad())
        {
            foreach (var (_, p) in unet.Parameters())
            {
                p.add_(rng.Normal(p.shape), 0.05);
            }
        }

        var loss = unet.Call(rng.Normal(2, 1, 8, 8), Tensor.From<long>([3, 500], 2), rng).square().mean();
        var gradients = Autograd.Grad([loss], unet.parameters().ToArray(), allowUnused: true);
        Assert.All(unet.Parameters().Zip(gradients), p => Assert.True(p.Second?.abs().max().ToDouble() > 0, $"{p.First.Name} has no gradient."));
    }

    [Fact]
    public void Shapes_change_as_the_layers_say()
    {
        using var scope = torch.NewDisposeScope();
        var x = new Rng(1).Normal(2, 3, 4, 5);
        Assert.Equal([2, 60], torch.nn.Flatten().Call(x).shape);
        Assert.Equal([2, 6, 10], new Reshape(6, 10).Call(x).shape);
        Assert.Equal([2, 3, 12, 15], Upsample.Nearest(3).Call(x).shape);
        Assert.Equal([2, 3, 8, 10], Upsample.Bilinear().Call(x).shape);
        Assert.Equal([2, 3, 2, 2], torch.nn.AvgPool2d(2).Call(x).shape);

        // Bilinear interpolation of a line is the line, away from the border.
        var line = torch.arange(0, 6, ScalarType.Float32).reshape(1, 1, 1, 6);
        Near.Equal([0.75, 1.25, 1.75, 2.25], Upsample.Bilinear().Call(line).select(2, 0).narrow(2, 2, 4).ToArray<double>(), 1e-6);
    }

    [Fact]
    public void A_layer_leaves_nothing_behind_but_its_output()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(1);
        var unet = new UNet(1, 1, 8, 8, new UNetOptions(8) { Multipliers = [1, 2], AttentionSizes = [] }, rng);
        var (x, t) = (rng.Normal(2, 1, 8, 8), Tensor.From<long>([3, 500], 2));
        using var noGrad = torch.no_grad();
        var tensors = new List<long>();
        Counting.Settle();
        for (var i = 0; i < 4; i++)
        {
            unet.Call(x, t);
            tensors.Add(TorchRuntime.LiveTensors);
        }

        // No other test runs beside this one. Each call leaves its output in the scope, and nothing of the hundreds that it made on the way.
        Assert.Equal(2, tensors[3] - tensors[1]);
    }

    [Fact]
    public void Groups_and_heads_must_divide()
    {
        Assert.Throws<ArgumentException>(() => new GroupNorm(3, 8, new Rng(1)));
        Assert.Throws<ArgumentException>(() => new MultiheadAttention(8, 3, new Rng(1)));
        Assert.Throws<ArgumentException>(() => new SinusoidalEmbedding(5));
    }

    // oneDNN reads more channels of an image than there are, and what the memory held before must not count; see ForConvolution.
    [Theory]
    [InlineData(70, 3, false)]
    [InlineData(70, 4, false)]
    [InlineData(15, 3, true)]
    public void What_memory_held_before_is_not_convolved(int channels, int kernel, bool transposed)
    {
        var rng = new Rng(9);
        Layer layer = transposed ? new ConvTranspose2d(channels, 64, kernel, rng, padding: kernel / 2) : new Conv2d(channels, 64, kernel, rng, padding: kernel / 2);
        for (var i = 0; i < 40; i++)
        {
            using var scope = torch.NewDisposeScope();
            var x = rng.Normal(25, channels, 16, 16);
            foreach (var values in (ReadOnlySpan<long>)[16, 32, 48, 64, 80, channels])
            {
                using var former = torch.full([25 * 16 * 16 * values], float.NaN);
            }

            Assert.True(layer.Call(x).isfinite().all().ToBoolean());
        }
    }

    // As behind a normalisation that leaves images one channel below the other.
    [Theory]
    [InlineData(128, 1, 4)]
    [InlineData(64, 3, 3)]
    [InlineData(1, 4, 3)]
    [InlineData(1, 12, 7)]
    public void What_memory_held_before_is_in_no_gradient(int inputs, int outputs, int kernel)
    {
        var rng = new Rng(9);
        var layer = new Conv2d(inputs, outputs, kernel, rng, padding: 1);
        for (var i = 0; i < 30; i++)
        {
            using var scope = torch.NewDisposeScope();
            var x = rng.Normal(16, inputs, 7, 7).requires_grad_();
            foreach (var values in (ReadOnlySpan<long>)[1, 3, 16, 32, 64, 128])
            {
                using var former = torch.full([16 * 7 * 7 * values], float.NaN);
                using var behind = torch.full([16 * 6 * 6 * values], float.NaN);
            }

            var found = Autograd.Grad([layer.Call(x).mean()], [x, .. layer.parameters()]);
            Assert.All(found, g => Assert.True(g!.isfinite().all().ToBoolean()));
            // What stays may as well be a number.
            var exact = torch.nn.functional.conv_transpose2d(
                torch.full([16, outputs, 9 - kernel + 1, 9 - kernel + 1], 1.0 / (16 * outputs * (10 - kernel) * (10 - kernel)), ScalarType.Float64), layer.parameters().First().detach().to(ScalarType.Float64), null, [1, 1], [1, 1]);
            Near.Equal(exact.to(ScalarType.Float32), found[0]!, 1e-6);
        }
    }

    [Theory]
    [InlineData(24, 3, 7, false)]
    [InlineData(128, 1, 3, false)]
    [InlineData(1, 24, 3, false)]
    [InlineData(3, 16, 4, true)]
    [InlineData(16, 1, 4, true)]
    public void What_memory_held_before_is_in_no_gradient_in_reduced_precision(int inputs, int outputs, int kernel, bool transposed)
    {
        var rng = new Rng(9);
        Layer layer = transposed ? new ConvTranspose2d(inputs, outputs, kernel, rng, 2, 1) : new Conv2d(inputs, outputs, kernel, rng, padding: kernel / 2);
        for (var i = 0; i < 30; i++)
        {
            using var scope = torch.NewDisposeScope();
            var x = rng.Normal(16, inputs, 16, 16).ChannelsLast().requires_grad_();
            Fill();
            Tensor y;
            using (new PrecisionScope(Precision.BFloat16, x.device))
            {
                y = layer.Call(x);
            }

            Assert.True(y.isfinite().all().ToBoolean());
            Fill();
            Assert.True(Autograd.Grad(y.sum(), x).isfinite().all().ToBoolean());
        }

        void Fill()
        {
            foreach (var values in (ReadOnlySpan<long>)[1, 2, 3, 4, 16, 24, 32, 64, 128])
            {
                using var former = torch.full([16 * 16 * 16 * values], float.NaN).to(ScalarType.BFloat16);
            }
        }
    }
}
