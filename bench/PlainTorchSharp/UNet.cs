using TorchSharp.Modules;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace PlainTorchSharp;

/// <summary>The U-Net of ../peers/unet.py in the size of ddpm.py: width 32, multipliers 1, 2, 2, attention at a quarter of the resolution.</summary>
internal sealed class UNet : Module<Tensor, Tensor, Tensor>
{
    private const int Width = 32, Features = 4 * Width, Blocks = 2;
    private const double Dropout = 0.1;
    private static readonly int[] s_multipliers = [1, 2, 2];
    private readonly Sequential _time;
    private readonly Conv2d _convIn, _convOut;
    private readonly ModuleList<Level> _down, _up;
    private readonly ResidualBlock _middle1, _middle2;
    private readonly SelfAttention _attention;
    private readonly GroupNorm _normOut;

    public UNet(int channels)
        : base(nameof(UNet))
    {
        _time = Sequential(Linear(Width, Features), SiLU(), Linear(Features, Features));
        _convIn = Conv2d(channels, Width, 3, padding: 1);
        var (now, skips, last) = (Width, new Stack<int>([Width]), s_multipliers.Length - 1);

        var down = new List<Level>();
        for (var level = 0; level <= last; level++)
        {
            var wide = s_multipliers[level] * Width;
            var resize = level < last ? Sequential(Conv2d(wide, wide, 3, stride: 2, padding: 1)) : null;
            down.Add(new Level([now, .. Enumerable.Repeat(wide, Blocks - 1)], wide, level == last, resize));
            for (var i = 0; i < Blocks + (level < last ? 1 : 0); i++)
                skips.Push(wide);
            now = wide;
        }

        _down = ModuleList<Level>([.. down]);
        _middle1 = new ResidualBlock(now, now);
        _attention = new SelfAttention(now);
        _middle2 = new ResidualBlock(now, now);

        var up = new List<Level>();
        for (var level = last; level >= 0; level--)
        {
            var wide = s_multipliers[level] * Width;
            var resize = level > 0
                ? Sequential(Upsample(scale_factor: [2, 2], mode: torch.UpsampleMode.Nearest), Conv2d(wide, wide, 3, padding: 1))
                : null;
            int[] inputs = [now + skips.Pop(), .. Enumerable.Range(0, Blocks).Select(_ => wide + skips.Pop())];
            up.Add(new Level(inputs, wide, level == last, resize));
            now = wide;
        }

        _up = ModuleList<Level>([.. up]);
        _normOut = Norm(now);
        _convOut = Zeroed(Conv2d(now, channels, 3, padding: 1));
        RegisterComponents();
    }

    /// <summary>The predicted noise of images x at the time steps t [n].</summary>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        var embedding = _time.forward(TimeEmbedding(input2));
        var h = _convIn.forward(input1);
        var skips = new Stack<Tensor>([h]);
        foreach (var level in _down)
        {
            for (var i = 0; i < level.Blocks; i++)
                skips.Push(h = level.Run(i, h, embedding));
            if (level.Resize is not null)
                skips.Push(h = level.Resize.forward(h));
        }

        h = _middle2.forward(_attention.forward(_middle1.forward(h, embedding)), embedding);
        foreach (var level in _up)
        {
            for (var i = 0; i < level.Blocks; i++)
                h = level.Run(i, torch.cat([h, skips.Pop()], 1), embedding);
            h = level.Resize?.forward(h) ?? h;
        }

        return _convOut.forward(F.silu(_normOut.forward(h)));
    }

    private static Tensor TimeEmbedding(Tensor t)
    {
        const int half = Width / 2;
        // In double precision, because single precision leaves only four digits of the sine of an angle near 1000.
        var frequencies = torch.exp(torch.arange(half, dtype: ScalarType.Float64) * (-Math.Log(10000) / (half - 1)));
        var angles = t.unsqueeze(1) * frequencies;
        return torch.cat([torch.sin(angles), torch.cos(angles)], 1).to_type(ScalarType.Float32);
    }

    // TorchSharp 0.107 leaves what its GroupNorm begins with to chance.
    private static GroupNorm Norm(int channels)
    {
        var norm = GroupNorm(8, channels);
        init.ones_(norm.weight);
        init.zeros_(norm.bias);
        return norm;
    }

    // With its parameters at zero the branch that a convolution ends starts as nothing.
    private static Conv2d Zeroed(Conv2d module)
    {
        foreach (var p in module.parameters())
            init.zeros_(p);
        return module;
    }

    private sealed class ResidualBlock : Module<Tensor, Tensor, Tensor>
    {
        private readonly GroupNorm _norm1, _norm2;
        private readonly Conv2d _conv1, _conv2;
        private readonly Conv2d? _skip;
        private readonly Linear _time;
        private readonly Dropout _dropout;

        public ResidualBlock(int inputs, int outputs)
            : base(nameof(ResidualBlock))
        {
            _norm1 = Norm(inputs);
            _conv1 = Conv2d(inputs, outputs, 3, padding: 1);
            _time = Linear(Features, outputs);
            _norm2 = Norm(outputs);
            _dropout = Dropout(UNet.Dropout);
            _conv2 = Zeroed(Conv2d(outputs, outputs, 3, padding: 1));
            _skip = inputs != outputs ? Conv2d(inputs, outputs, 1) : null;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input1, Tensor input2)
        {
            var h = _conv1.forward(F.silu(_norm1.forward(input1)));
            h = h + _time.forward(F.silu(input2)).unsqueeze(-1).unsqueeze(-1);
            h = _conv2.forward(_dropout.forward(F.silu(_norm2.forward(h))));
            return (_skip?.forward(input1) ?? input1) + h;
        }
    }

    private sealed class SelfAttention : Module<Tensor, Tensor>
    {
        private readonly GroupNorm _norm;
        private readonly Conv2d _qkv, _out;

        public SelfAttention(int channels)
            : base(nameof(SelfAttention))
        {
            _norm = Norm(channels);
            _qkv = Conv2d(channels, 3 * channels, 1);
            _out = Zeroed(Conv2d(channels, channels, 1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var (n, c, height, width) = (input.shape[0], input.shape[1], input.shape[2], input.shape[3]);
            var parts = _qkv.forward(_norm.forward(input)).reshape(n, 3, c, height * width).unbind(1);            // [n, c, s] each
            var weights = F.softmax(torch.einsum("ncs,nct->nst", parts[0], parts[1]) * Math.Pow(c, -0.5), 2);
            var h = torch.einsum("nst,nct->ncs", weights, parts[2]).reshape(n, c, height, width);
            return input + _out.forward(h);
        }
    }

    /// <summary>The blocks of one resolution, with attention after each where it has that, and the way to the next one.</summary>
    private sealed class Level : Module
    {
        private readonly ModuleList<ResidualBlock> _blocks;
        private readonly ModuleList<SelfAttention> _attentions;
        private readonly Sequential? _resize;

        public Level(int[] inputs, int outputs, bool attention, Sequential? resize)
            : base(nameof(Level))
        {
            _blocks = ModuleList<ResidualBlock>([.. inputs.Select((n, i) => new ResidualBlock(n, outputs))]);
            _attentions = ModuleList<SelfAttention>(attention ? [.. inputs.Select(_ => new SelfAttention(outputs))] : []);
            _resize = resize;
            RegisterComponents();
        }

        public int Blocks => _blocks.Count;

        public Sequential? Resize => _resize;

        public Tensor Run(int i, Tensor x, Tensor embedding)
        {
            x = _blocks[i].forward(x, embedding);
            return _attentions.Count > 0 ? _attentions[i].forward(x) : x;
        }
    }
}
