namespace Likeness;

/// <summary>
/// What variational autoencoders share: an encoder to the mean and the deviation of a Normal posterior, a decoder to the
/// parameters of p(x|z), and the centre and the offset that are set from the first examples.
/// </summary>
internal sealed class GaussianCoder
{
    private readonly DataSpec _spec, _seen;
    private readonly DecoderHead _head;

    /// <param name="spec">The data.</param>
    /// <param name="latent">Values in a code.</param>
    /// <param name="told">Values that the decoder is told beside the code.</param>
    /// <param name="network">The networks.</param>
    /// <param name="decoder">p(x|z).</param>
    /// <param name="rng">Where initial weights are drawn; its device holds the parameters.</param>
    public GaussianCoder(DataSpec spec, int latent, int told, AutoencoderNetwork network, DecoderHead decoder, Rng rng)
    {
        (_spec, _head, Grid) = (spec, decoder.For(spec), network.GridOf(spec, latent));
        if (Grid is not null && told > 0)
        {
            throw new UsageException("A decoder that is told a class cannot have codes of places: choose the network 'conv' or 'mlp'.");
        }

        // Values without an order are seen as one indicator for each level.
        _seen = spec.Domain is Domain.Categorical c ? new([spec.Dimensions * c.Levels], new Domain.Real()) : spec;
        Encoder = network.Encoder(_seen, 2 * latent, rng);
        Decoder = network.Decoder(spec, latent + told, _head.Outputs, rng);
        Centre = Init.Zeros.Make(rng, _seen.Dimensions);
        Offset = Init.Zeros.Make(rng, _head.Outputs * spec.Dimensions);
    }

    public Sequential Encoder { get; }

    public Sequential Decoder { get; }

    /// <summary>How codes are small images, if they are.</summary>
    public CodeGrid? Grid { get; }

    /// <summary>What the encoder's input is relative to, [inputs].</summary>
    public Tensor Centre { get; }

    /// <summary>What is added to the decoder's outputs.</summary>
    public Tensor Offset { get; }

    /// <summary>Values that the encoder sees of an example.</summary>
    public int Inputs => _seen.Dimensions;

    /// <summary>Examples [n, …] as the encoder sees them, [n, inputs].</summary>
    public Tensor Seen(Tensor x) => Units(x) - Centre;

    /// <summary>q(z|x) of what is seen, [n, latent].</summary>
    public Normal Posterior(Tensor seen)
    {
        var parts = Encoder.Call(seen.reshape(_seen.BatchShape(seen.shape[0]))).chunk(2, 1);
        return new(parts[0], parts[1]);
    }

    /// <summary>Draws z = μ + σ·ε and the ε, [n, samples, latent].</summary>
    public static (Tensor Z, Tensor Eps) Draw(Normal q, int samples, Rng rng)
    {
        var eps = rng.Normal(q.Mean.shape[0], samples, q.Mean.shape[1]).to(q.Mean.dtype);
        return (q.Mean.unsqueeze(1) + q.LogStd.exp().unsqueeze(1) * eps, eps);
    }

    /// <summary>p(x|z) of each value, [n, d]; of codes, and after them what the decoder is told, [n, latent + told].</summary>
    public Density Likelihood(Tensor z) => _head.Of(Outputs(z));

    /// <summary>The means of p(x|z), in the data's shape.</summary>
    public Tensor Mean(Tensor z) => _head.Mean(Outputs(z)).reshape(_spec.BatchShape(z.shape[0]));

    /// <summary>log p(x|z), nats, [n·k], of examples [n, …] and k codes for each of them [n·k, latent + told].</summary>
    public Tensor LogLikelihood(Tensor x, Tensor z) => _head.LogProb(Outputs(z), _spec.Flat(x));

    /// <summary>
    /// As in Burda et al. 2016's program: the encoder sees what differs from the mean, and the decoder starts at the marginals.
    /// Without it the first thousands of steps go into learning the mean image, and latents that are not used meanwhile die.
    /// </summary>
    /// <param name="x">The first batch.</param>
    /// <param name="beginning">What the prior starts from; null where it does not.</param>
    /// <param name="prior">Of the codes.</param>
    public void Begin(Tensor x, Tensor? beginning, PriorDensity prior)
    {
        Centre.copy_(Units(x).mean([0]));
        Offset.copy_(_head.Marginals(_spec.Flat(x)));
        if (beginning is not null)
        {
            prior.Begin(Seen(beginning));
        }
    }

    private Tensor Outputs(Tensor z) => Decoder.Call(z) + Offset;

    private Tensor Units(Tensor x) => _spec.Domain switch
    {
        Domain.Byte => _spec.Flat(x) / 255,
        Domain.Categorical c => DecoderHead.Categorical.Indicators(_spec.Flat(x), c.Levels).to(x.dtype).flatten(1),
        _ => _spec.Flat(x),
    };
}
