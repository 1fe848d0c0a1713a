namespace Likeness;

/// <summary>Texts, as a condition.</summary>
public sealed record TextCondition(IReadOnlyList<string> Texts)
{
    /// <summary>One text for each of so many examples: the one that there is for all, or theirs.</summary>
    /// <exception cref="UsageException">There are neither one nor as many.</exception>
    public IReadOnlyList<string> Of(int count) =>
        Texts.Count == count ? Texts
        : Texts.Count == 1 ? [.. Enumerable.Repeat(Texts[0], count)]
        : throw new UsageException($"{Texts.Count} texts do not describe {Counted.Of(count, "example")}: give one text, or one for each.");
}

/// <summary>Can turn a text into a code.</summary>
public interface ITextEncoder
{
    /// <summary>The code of each text, [n, code].</summary>
    Tensor EncodeText(IReadOnlyList<string> texts);
}

/// <summary>Has codes of examples and codes of texts that are compared with each other: the larger their inner product, the better they fit.</summary>
public interface IJointEncoder : IEncoder, ITextEncoder;

/// <summary>Draws examples from the codes of texts and noise, both of which can be mixed.</summary>
public interface ITextDecoder : IGenerative<TextCondition>, ITextEncoder
{
    /// <summary>Noise [count, …] for as many examples.</summary>
    Tensor SampleNoise(int count, Rng rng);

    /// <summary>Examples [n, …] from noise [n, …] and codes of texts [n, code].</summary>
    Tensor Decode(Tensor noise, Tensor code);
}
