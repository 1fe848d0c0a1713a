namespace Likeness.Tests.Nn;

/// <summary>Every layer gives PyTorch's outputs and gradients when it is given PyTorch's parameters by name.</summary>
public sealed class LayerReferenceTests
{
    private static readonly Dictionary<string, Func<Rng, torch.nn.Module<Tensor, Tensor>>> s_layers = new()
    {
        ["linear"] = rng => new Linear(5, 3, rng),
        ["conv2d"] = rng => new Conv2d(4, 6, 3, rng),
        ["conv2d_stride_padding"] = rng => new Conv2d(4, 6, (4, 3), rng, stride: (2, 1), padding: (1, 2)),
        ["conv2d_dilation_groups"] = rng => new Conv2d(4, 6, 3, rng, padding: 2, dilation: 2, groups: 2, hasBias: false),
        ["conv_transpose2d"] = rng => new ConvTranspose2d(4, 3, 4, rng, stride: 2, padding: 1),
        ["conv_transpose2d_output_padding"] = rng => new ConvTranspose2d(4, 6, 3, rng, stride: 2, padding: 1, outputPadding: 1, groups: 2),
        ["batch_norm2d_eval"] = rng => new BatchNorm(4, rng),
        ["group_norm"] = rng => new GroupNorm(2, 6, rng),
        ["layer_norm"] = rng => new LayerNorm([3, 5], rng),
        ["instance_norm2d"] = rng => new InstanceNorm(4, rng, affine: true),
        ["multihead_attention_causal"] = rng => new MultiheadAttention(8, 2, rng, causal: true),
        ["relu"] = _ => Activation.Relu(),
        ["leaky_relu"] = _ => Activation.LeakyRelu(),
        ["silu"] = _ => Activation.Silu(),
        ["gelu"] = _ => Activation.Gelu(),
        ["elu"] = _ => Activation.Elu(),
        ["softplus"] = _ => Activation.Softplus(),
        ["tanh"] = _ => Activation.Tanh(),
        ["sigmoid"] = _ => Activation.Sigmoid(),
        ["upsample_nearest2d"] = _ => Upsample.Nearest(),
        ["avg_pool2d"] = _ => torch.nn.AvgPool2d(2),
        ["spatial_attention"] = rng => new AttentionBlock(8, rng, groups: 4),
    };

    public static TheoryData<string> Layers => [.. s_layers.Keys];

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_agrees_with_PyTorch(string name)
    {
        using var scope = torch.NewDisposeScope();
        using var reference = Reference.Layers();
        var layer = s_layers[name](new Rng(1));
        reference.Load(name, layer);
        var x = reference.Input(name);
        reference.Check(name, [("", layer.Call(x))], layer, ("x", x));
    }

    [Fact]
    public void Batch_normalisation_uses_the_batch_while_training_and_updates_its_running_statistics()
    {
        using var scope = torch.NewDisposeScope();
        using var reference = Reference.Layers();
        const string name = "batch_norm2d_train";
        var layer = new BatchNorm(4, new Rng(1)).InTraining();
        reference.Load(name, layer);
        var x = reference.Input(name);
        reference.Check(name, [("", layer.Call(x))], layer, ("x", x));
        foreach (var (buffer, value) in layer.Buffers())
        {
            Near.Equal(reference[$"{name}/after/{buffer}"], value, 1e-6, buffer);
        }
    }

    [Theory]
    [InlineData("spectral_linear")]
    [InlineData("spectral_conv2d")]
    public void Spectral_normalisation_moves_its_vectors_once_a_call_while_training(string name)
    {
        using var scope = torch.NewDisposeScope();
        using var reference = Reference.Layers();
        Layer layer = name == "spectral_linear"
            ? new Linear(5, 3, new Rng(1), spectralNorm: true)
            : new Conv2d(4, 6, 3, new Rng(1), stride: 2, padding: 1, spectralNorm: true);
        layer.train(true);
        reference.Load(name, layer);
        var x = reference.Input(name);
        reference.Check(name, [("", layer.Call(x))], layer, ("x", x));
        foreach (var (buffer, value) in layer.Buffers())
        {
            Near.Equal(reference[$"{name}/after/{buffer}"], value, 1e-6, buffer);
        }

        // Out of training they stay, and the output is that of the same vectors.
        layer.train(false);
        var after = layer.Call(x).ToArray<float>();
        Assert.Equal(after, layer.Call(x).ToArray<float>());
        Assert.All(layer.Buffers(), b => Near.Equal(reference[$"{name}/after/{b.Name}"], b.Value, 1e-6, b.Name));
    }

    [Fact]
    public void An_embedding_agrees_with_PyTorch()
    {
        using var scope = torch.NewDisposeScope();
        using var reference = Reference.Layers();
        var layer = new Embedding(7, 3, new Rng(1));
        reference.Load("embedding", layer);
        var i = reference.Input("embedding", "i");
        reference.Check("embedding", [("", layer.Call(i))], layer, ("i", i));
    }

    [Fact]
    public void Attention_with_heads_agrees_with_PyTorch()
    {
        using var scope = torch.NewDisposeScope();
        using var reference = Reference.Layers();
        const string name = "multihead_attention";
        var layer = new MultiheadAttention(8, 2, new Rng(1));
        reference.Load(name, layer);

        // The reference's gradients also hold those of the attention weights, which our layer does not return.
        Near.Equal(reference[$"{name}/output/y"], layer.Call(reference.Input(name)), 1e-5);
    }

    [Fact]
    public void Recurrent_cells_agree_with_PyTorch()
    {
        using var scope = torch.NewDisposeScope();
        using var reference = Reference.Layers();
        var lstm = new LstmCell(5, 3, new Rng(1));
        reference.Load("lstm_cell", lstm);
        var (x, h, c) = (reference.Input("lstm_cell"), reference.Input("lstm_cell", "h"), reference.Input("lstm_cell", "c"));
        var after = lstm.Call(x, new(h, c));
        reference.Check("lstm_cell", [("/h", after.Hidden), ("/c", after.Cell)], lstm, ("x", x), ("h", h), ("c", c));

        var gru = new GruCell(5, 3, new Rng(1));
        reference.Load("gru_cell", gru);
        (x, h) = (reference.Input("gru_cell"), reference.Input("gru_cell", "h"));
        reference.Check("gru_cell", [("", gru.Call(x, h))], gru, ("x", x), ("h", h));
    }

    [Fact]
    public void The_time_embedding_agrees_with_PyTorch()
    {
        using var scope = torch.NewDisposeScope();
        using var reference = Reference.Layers();
        var t = reference["time_embedding/input/t"];

        // fp32 angles of some 1000 radians are known to 6e-5.
        Near.Equal(reference["time_embedding/output"], new SinusoidalEmbedding(8).Call(t).to(ScalarType.Float64), 1e-4);
    }

    [Fact]
    public void The_conditioned_residual_block_agrees_with_PyTorch()
    {
        using var scope = torch.NewDisposeScope();
        using var reference = Reference.Layers();
        var block = new ResidualBlock(8, 12, 6, new Rng(1), groups: 4);
        reference.Load("residual_block", block);
        var (x, time) = (reference.Input("residual_block"), reference.Input("residual_block", "temb"));
        reference.Check("residual_block", [("", block.Call(x, time))], block, ("x", x), ("temb", time));
    }

    [Fact]
    public void The_U_Net_agrees_with_PyTorch()
    {
        using var scope = torch.NewDisposeScope();
        using var reference = new Reference("unet.safetensors");
        var options = new UNetOptions(8) { Multipliers = [1, 2], ResidualBlocks = 1, AttentionSizes = [4], Groups = 4 };
        var unet = new UNet(2, 2, 8, 8, options, new Rng(1));
        reference.Load("unet", unet);
        var (x, t) = (reference.Input("unet"), reference.Input("unet", "t"));
        reference.Check("unet", [("", unet.Call(x, t))], unet, ("x", x), ("t", t));
    }
}
