namespace Likeness;

/// <summary>The size of the autoregressive density of a grid of codes.</summary>
/// <param name="Hidden">Channels of the convolutions.</param>
/// <param name="Blocks">Residual blocks after the first convolution.</param>
public sealed record GridDensityOptions([property: AtLeast(1)] int Hidden = 64, [property: AtLeast(0)] int Blocks = 4);

/// <summary>
/// An autoregressive density of a grid of codes, p(z) = Π_i p(z_i | z_&lt;i) row by row from the top left: a PixelCNN (van den Oord,
/// Kalchbrenner and Kavukcuoglu 2016) whose pixels are learned vectors of the codes. Parts embedding, first, block0, block1, …, hidden and
/// outputs.
/// </summary>
internal sealed class GridDensity : Module
{
    private readonly Embedding _embedding;
    private readonly MaskedConv2d _first, _hidden, _outputs;
    private readonly MaskedConv2d[] _blocks;
    private readonly int _height, _width;

    public GridDensity(int codes, int height, int width, GridDensityOptions options, Rng rng)
    {
        (_height, _width) = (height, width);
        var maps = Colours.Of(options.Hidden, 1);
        _embedding = Add("embedding", new Embedding(codes, options.Hidden, rng));
        _first = Add("first", new MaskedConv2d(maps, maps, 5, PixelMask.A, rng));
        _blocks = [.. Enumerable.Range(0, options.Blocks).Select(i => Add($"block{i}", new MaskedConv2d(maps, maps, 3, PixelMask.B, rng)))];
        _hidden = Add("hidden", new MaskedConv2d(maps, maps, 1, PixelMask.B, rng));
        _outputs = Add("outputs", new MaskedConv2d(maps, Colours.Of(codes, 1), 1, PixelMask.B, rng));
    }

    /// <summary>log p(z), nats, [n], of codes int64 [n, height·width], row by row.</summary>
    public Tensor LogProb(Tensor codes)
    {
        var h = _first.Call(_embedding.Call(codes.reshape(-1, _height, _width)));
        foreach (var block in _blocks)
        {
            h = block.CallRectified(h, h);
        }

        var logits = _outputs.CallRectified(_hidden.CallRectified(h));
        return new Categorical(logits.reshape(codes.shape[0], _height * _width, -1)).LogProb(codes).sum([1]);
    }

    /// <summary>New codes, int64 [count, height·width].</summary>
    public Tensor Sample(int count, Rng rng)
    {
        var (first, hidden, outputs) = (_first.Follow(count, _width), _hidden.Follow(count, _width), _outputs.Follow(count, _width));
        var blocks = Array.ConvertAll(_blocks, b => b.Follow(count, _width));
        var codes = torch.zeros([count, _height * _width], ScalarType.Int64, rng.Device);
        return Chain.Run(codes, Enumerable.Range(0, _height * _width), (codes, i) =>
        {
            var at = new Pixel(i / _width, i % _width, 0);
            var h = first.Read(at);
            foreach (var block in blocks)
            {
                h = block.PassRectified(at, h, plus: h);
            }

            var drawn = new Categorical(outputs.PassRectified(at, hidden.PassRectified(at, h))).Sample(rng);
            codes.select(1, i).copy_(drawn);
            first.Write(at, _embedding.Call(drawn));
            return codes;
        });
    }
}
