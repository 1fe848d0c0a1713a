namespace Likeness;

/// <summary>An encoder, its mirror image, and how far the one's reconstructions are from the other's examples; the model adds both networks as its parts.</summary>
internal sealed class EncoderDecoder
{
    private readonly DataSpec _spec;
    private readonly int _code;
    private readonly Corruption _corruption;
    private readonly Readout _readout;

    /// <param name="spec">The data.</param>
    /// <param name="network">The networks of both.</param>
    /// <param name="reconstruction">What a reconstruction is judged by.</param>
    /// <param name="corruption">What the encoder's examples suffer in training.</param>
    /// <param name="code">Numbers in a code.</param>
    /// <param name="rng">Where initial weights are drawn.</param>
    /// <param name="last">What the encoder's outputs pass at the end.</param>
    /// <exception cref="UsageException">The code is empty, or the network or the loss is not for such data.</exception>
    public EncoderDecoder(DataSpec spec, AutoencoderNetwork network, Reconstruction reconstruction, Corruption corruption, int code, Rng rng, Layer? last = null)
    {
        (_spec, _code, _corruption, _readout) = (spec, code, corruption, reconstruction.For(spec));
        Grid = network.GridOf(spec, code);
        var encoder = network.Encoder(spec, code, rng);
        Encoder = last is null ? encoder : new Sequential(encoder, last);
        Decoder = network.Decoder(spec, code, _readout.Outputs, rng);
    }

    /// <summary>How codes are small images, if they are.</summary>
    public CodeGrid? Grid { get; }

    public Sequential Encoder { get; }

    public Sequential Decoder { get; }

    /// <summary>Codes [n, code] of examples [n, …].</summary>
    public Tensor Encode(Tensor x) => Encoder.Call(Image(Readout.Units(_spec, x)));

    /// <summary>Codes of examples as training shows them to the encoder: corrupted.</summary>
    public Tensor EncodeCorrupted(Tensor x, Rng rng) => Encoder.Call(Image(_corruption.Of(Readout.Units(_spec, x), rng)), rng);

    /// <summary>Examples [n, …] in the data's units.</summary>
    /// <exception cref="DataException">The codes have another width.</exception>
    public Tensor Decode(Tensor z) => z.ndim == 2 && z.shape[1] == _code
        ? _readout.Mean(Decoder.Call(z)).reshape(_spec.BatchShape(z.shape[0]))
        : throw new DataException($"The codes have {(z.ndim == 2 ? z.shape[1] : 0)} values and the model decodes {_code}: give it codes of its own.");

    /// <summary>Decoded examples as the data has them: bits and bytes are whole.</summary>
    public Tensor Whole(Tensor x) => _spec.Domain is Domain.Real ? x : x.round();

    /// <summary>How far the codes' reconstructions are from the examples, [n].</summary>
    public Tensor Loss(Tensor z, Tensor x) => _readout.Loss(Decoder.Call(z), x);

    private Tensor Image(Tensor units) => units.reshape(_spec.BatchShape(units.shape[0]));
}
