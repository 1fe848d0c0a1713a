namespace Likeness;

/// <summary>What autoencoders share whose codes, over all the data together, are made to follow a prior: new examples are decoded from draws of it.</summary>
public abstract class PriorAutoencoder<TOptions> : Model<TOptions>, IGenerative, IAutoencoder, ILatentPrior where TOptions : class
{
    private protected PriorAutoencoder(
        DataSpec spec, TOptions options, AutoencoderNetwork network, Reconstruction reconstruction, Corruption corruption, CodePrior prior, int latent, Rng rng)
        : base(spec, options)
    {
        Networks = new EncoderDecoder(spec, network, reconstruction, corruption, latent, rng);
        (Latent, Prior) = (latent, prior.For(latent));
        Add("encoder", Networks.Encoder);
        Add("decoder", Networks.Decoder);
    }

    private protected EncoderDecoder Networks { get; }

    private protected CodePrior Prior { get; }

    /// <summary>Values in a code.</summary>
    private protected int Latent { get; }

    public CodeGrid? Grid => Networks.Grid;

    public Tensor Encode(Tensor x) => Networks.Encode(x);

    public Tensor Decode(Tensor z) => Networks.Decode(z);

    public Tensor SampleLatent(int count, Rng rng) => Prior.Sample(count, Latent, rng).to(ScalarType);

    /// <summary>Decoded draws from the prior: means, since the decoder is deterministic.</summary>
    public Tensor Sample(int count, Rng rng) => Networks.Whole(Decode(SampleLatent(count, rng.PerExample())));
}
