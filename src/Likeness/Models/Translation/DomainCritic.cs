namespace Likeness;

/// <summary>
/// The critic of Choi et al. 2018 (table 5): halvings by 4×4 convolutions with LeakyReLU of slope 0.01, as many as leave two pixels at least and six at most; then one
/// head that tells real from generated patches, and one that reads the domains.
/// </summary>
internal sealed class DomainCritic : Module
{
    private const int MostHalvings = 6;

    private readonly Sequential _trunk;
    private readonly Conv2d _source, _domains;

    /// <param name="spec">The images.</param>
    /// <param name="labels">Domains of all groups together.</param>
    /// <param name="width">Channels of the first layer, doubled at each halving.</param>
    /// <param name="rng">Where initial weights are drawn.</param>
    public DomainCritic(DataSpec spec, int labels, int width, Rng rng)
    {
        var (h, w, inputs, channels) = (spec.Height, spec.Width, spec.Channels, width);
        var layers = new List<torch.nn.Module<Tensor, Tensor>> { new ChannelsLast() };
        for (var i = 0; i < MostHalvings && Math.Min(h, w) >= 4; i++)
        {
            layers.AddRange([new Conv2d(inputs, channels, 4, rng, 2, 1), Activation.LeakyRelu(0.01)]);
            (h, w, inputs, channels) = (h / 2, w / 2, channels, 2 * channels);
        }

        _trunk = Add("main", new Sequential([.. layers]));
        _source = Add("conv1", new Conv2d(inputs, 1, 3, rng, 1, 1, hasBias: false));
        _domains = Add("conv2", new Conv2d(inputs, labels, (h, w), rng, hasBias: false));
    }

    /// <summary>D_src, one raw output for each patch, and D_cls, logits [n, labels], of images on −1 … 1.</summary>
    public (Tensor Source, Tensor Domains) Judge(Tensor x)
    {
        var h = _trunk.Call(x);
        return (_source.Call(h), _domains.Call(h).flatten(1));
    }
}
