namespace Likeness;

/// <summary>What autoencoders share whose codes are a category and a style (Makhzani et al. 2016, figure 4).</summary>
public abstract class CategoricalAutoencoder<TOptions> : Model<TOptions>, IGenerative, IAutoencoder, IFactored where TOptions : class
{
    private protected CategoricalAutoencoder(DataSpec spec, TOptions options, int categories, CategoricalCodeOptions code, Rng rng)
        : base(spec, options)
    {
        Code = new CategoricalCode(spec, categories, code, rng);
        Add("encoder", Code.Encoder);
        Add("decoder", Code.Decoder);
        Factors = [new CodeFactor.Choice("category", 0, categories)];
    }

    /// <summary>The category; the style is left as noise.</summary>
    public IReadOnlyList<CodeFactor> Factors { get; }

    private protected CategoricalCode Code { get; }

    /// <summary>The categories' probabilities, then the style: [n, categories + style].</summary>
    public Tensor Encode(Tensor x) => Code.Encode(x);

    public Tensor Decode(Tensor z) => Code.Decode(z);

    public Tensor SampleLatent(int count, Rng rng) => Code.Sample(count, rng);

    /// <summary>log q(y|x) − log p(y) of categories and of what is decoded from them with styles from the prior, by the encoder.</summary>
    public Tensor CodeInformation(int count, Rng rng)
    {
        var categories = Code.DrawCategories(count, rng);
        return Code.LogCategories(Code.SampleExamples(categories, rng)).gather(1, categories.unsqueeze(1)) + Math.Log(Code.Categories);
    }

    public Tensor Sample(int count, Rng rng)
    {
        rng = rng.PerExample();
        return Code.SampleExamples(Code.DrawCategories(count, rng), rng);
    }
}
