namespace Likeness;

/// <summary>Modules named "0", "1", … as in PyTorch; they are called by whoever holds them.</summary>
internal sealed class ModuleList : Module
{
    public ModuleList(IReadOnlyList<torch.nn.Module> modules)
    {
        for (var i = 0; i < modules.Count; i++)
        {
            Add(i.ToString(), modules[i]);
        }
    }
}

/// <summary>The blocks of one resolution of a <see cref="UNet"/>, on one of its two ways, and the change to the next resolution.</summary>
internal sealed class UNetLevel : Module
{
    private readonly ResidualBlock[] _blocks;
    private readonly AttentionBlock[] _attentions;

    public UNetLevel(IReadOnlyList<int> inputs, int width, int features, bool attends, string changeName, Layer? change, UNetOptions o, Rng rng)
    {
        _blocks = [.. inputs.Select(i => new ResidualBlock(i, width, features, rng, o.Groups, o.Dropout))];
        _attentions = attends ? [.. inputs.Select(_ => new AttentionBlock(width, rng, o.Heads, o.Groups))] : [];
        Add("blocks", new ModuleList(_blocks));
        Add("attentions", new ModuleList(_attentions));
        Change = change is null ? null : Add(changeName, change);
    }

    public int BlockCount => _blocks.Length;

    /// <summary>Halves or doubles the resolution; null at the end of the way.</summary>
    public Layer? Change { get; }

    public Tensor Block(int b, Tensor x, Tensor time, Rng? rng)
    {
        var h = _blocks[b].Call(x, time, rng);
        return _attentions.Length > 0 ? _attentions[b].Call(h) : h;
    }
}

/// <summary>The blocks of the lowest resolution of a <see cref="UNet"/>.</summary>
internal sealed class UNetMiddle : ConditionedLayer
{
    private readonly ResidualBlock _block1, _block2;
    private readonly AttentionBlock _attention;

    public UNetMiddle(int width, int features, UNetOptions o, Rng rng)
    {
        _block1 = Add("block1", new ResidualBlock(width, width, features, rng, o.Groups, o.Dropout));
        _attention = Add("attention", new AttentionBlock(width, rng, o.Heads, o.Groups));
        _block2 = Add("block2", new ResidualBlock(width, width, features, rng, o.Groups, o.Dropout));
    }

    protected override Tensor Forward(Tensor x, Tensor condition, Rng? rng) =>
        _block2.Call(_attention.Call(_block1.Call(x, condition, rng)), condition, rng);
}
