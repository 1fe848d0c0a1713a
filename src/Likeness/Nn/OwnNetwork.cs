namespace Likeness;

/// <summary>A network that the user brings as a module of TorchSharp, as a part of a model; what it makes is checked, since nobody else knows its shape. Part "0".</summary>
public static class OwnNetwork
{
    /// <param name="network">From [n, …] to [n, outputs].</param>
    /// <param name="outputs">How many numbers it must make of an example.</param>
    /// <param name="what">What it is, for the message: "the encoder".</param>
    public static Sequential Of(torch.nn.Module<Tensor, Tensor> network, long outputs, string what) => new(network, new Width(outputs, what));

    /// <summary>A denoiser: from images and a time for each to as many numbers as the images have.</summary>
    public static ConditionedLayer OfTime(torch.nn.Module<Tensor, Tensor, Tensor> network, string what) => new Shape(network, what);

    private sealed class Width(long outputs, string what) : Layer
    {
        protected override Tensor Forward(Tensor x, Rng? rng) => x.ndim == 2 && x.size(1) == outputs
            ? x
            : throw new UsageException($"The network that was given as {what} makes {x.ShapeText()}: it must make [n, {outputs}], {outputs} numbers of each example.");
    }

    private sealed class Shape : ConditionedLayer
    {
        private readonly torch.nn.Module<Tensor, Tensor, Tensor> _network;
        private readonly string _what;

        public Shape(torch.nn.Module<Tensor, Tensor, Tensor> network, string what) => (_network, _what) = (Add("0", network), what);

        protected override Tensor Forward(Tensor x, Tensor condition, Rng? rng)
        {
            // Between two steps of the diffusion the nearest one is asked for.
            var y = _network.Call(x, condition.round().to(ScalarType.Int64), rng);
            return y.shape.AsSpan().SequenceEqual(x.shape)
                ? y
                : throw new UsageException($"The network that was given as {_what} makes {y.ShapeText()} of {x.ShapeText()}: it must make as many numbers in the same shape.");
        }
    }
}
