namespace Likeness;

/// <summary>Vectors [n, …] at times [n] to as many numbers. Parts input, time.0, time.2, blocks.B.{time,0,1} and output. Nothing is normalised: of few dimensions a normalisation leaves little but the direction.</summary>
internal sealed class VectorDenoiser : ConditionedLayer
{
    private readonly SinusoidalEmbedding _embedding;
    private readonly Sequential _time;
    private readonly Linear _input, _output;
    private readonly Block[] _blocks;

    public VectorDenoiser(int dimensions, int width, int blocks, Rng rng)
    {
        _embedding = new SinusoidalEmbedding(width / 2 * 2);
        _time = Add("time", new Sequential(new Linear(width / 2 * 2, width, rng), Activation.Silu(), new Linear(width, width, rng)));
        _input = Add("input", new Linear(dimensions, width, rng));
        _blocks = [.. Enumerable.Range(0, blocks).Select(_ => new Block(width, rng))];
        Add("blocks", new ModuleList(_blocks));
        _output = Add("output", new Linear(width, dimensions, rng, Init.Zeros, Init.Zeros));
    }

    protected override Tensor Forward(Tensor x, Tensor condition, Rng? rng)
    {
        var time = _time.Call(_embedding.Call(condition).to(x.dtype)).silu();
        var h = _blocks.Aggregate(_input.Call(x.flatten(1)), (h, block) => block.Call(h, time, rng));
        return _output.Call(h.silu()).reshape(x.shape);
    }

    private sealed class Block : ConditionedLayer
    {
        private readonly Linear _time, _first, _second;

        public Block(int width, Rng rng)
        {
            _time = Add("time", new Linear(width, width, rng));
            _first = Add("0", new Linear(width, width, rng));
            _second = Add("1", new Linear(width, width, rng, Init.Zeros, Init.Zeros));
        }

        protected override Tensor Forward(Tensor x, Tensor condition, Rng? rng) =>
            x + _second.Call((_first.Call(x.silu()) + _time.Call(condition)).silu());
    }
}
