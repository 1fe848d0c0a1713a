namespace Likeness;

/// <summary>
/// The density of x = f⁻¹(z) for z ~ N(0, I): log p(x) = log N(f(x); 0, I) + Σ_l log |det ∂f_l|, with f = f_L ∘ … ∘ f_1. Every flow
/// is this with transforms of its own; encoding is f and decoding f⁻¹, so nothing is lost.
/// </summary>
public sealed class NormalizingFlow : Module, IDensity, IGenerative, IAutoencoder, ILatentPrior
{
    private readonly DataSpec _spec;
    private readonly Transform[] _transforms;

    /// <param name="spec">Real data.</param>
    /// <param name="rng">Its device holds the parameters.</param>
    /// <param name="layers">The flow's own transforms; each gets an <see cref="ActNorm"/> before it.</param>
    public NormalizingFlow(DataSpec spec, Rng rng, params IEnumerable<Transform> layers)
    {
        _spec = spec;
        _transforms = [.. layers.SelectMany(layer => new[] { new ActNorm(spec.Dimensions, rng), layer })];
        for (var l = 0; l < _transforms.Length; l++)
        {
            Add($"{l}", _transforms[l]);
        }
    }

    /// <summary>The recipe of a flow, which says what its layers are.</summary>
    /// <param name="name">On the command line.</param>
    /// <param name="summary">One sentence.</param>
    /// <param name="paper">Its source.</param>
    /// <param name="called">As the beginning of a sentence: "A neural spline flow".</param>
    /// <param name="layers">Its own transforms.</param>
    /// <param name="optimizer">Of its options: how the parameters descend.</param>
    /// <param name="smallest">Options for tests and tours.</param>
    internal static Recipe<TOptions, NormalizingFlow, Batch> RecipeOf<TOptions>(
        string name, string summary, Citation paper, string called, Func<DataSpec, TOptions, Rng, IEnumerable<Transform>> layers, Func<TOptions, OptimizerOptions> optimizer, TOptions smallest)
        where TOptions : class, new() => new(
        name,
        summary,
        paper,
        (model, options, _) => new MaximumLikelihood<NormalizingFlow>(model, optimizer(options), model.Start),
        new(Steps: 20_000, BatchSize: 100),
        DataNeed.Reals)
    {
        Model = (spec, options, rng) =>
        {
            OptionRanges.Check(options);
            return spec.Dimensions > 1 ? new NormalizingFlow(spec, rng, layers(spec, options, rng))
                : throw new UsageException($"{called} cannot learn from one variable alone: it needs data of at least 2.");
        },
        Smallest = smallest,
    };

    public Tensor LogProb(Tensor x)
    {
        var (z, logDeterminant) = Forward(x);
        return logDeterminant.add(z.square().sum([1]), -0.5).sub(_spec.Dimensions * Normal.HalfLogTwoPi);
    }

    /// <summary>f(x), [n, d], and log |det ∂f/∂x|, [n].</summary>
    public (Tensor Z, Tensor LogDeterminant) Forward(Tensor x)
    {
        var z = _spec.Flat(x);
        Tensor? total = null;
        foreach (var transform in _transforms)
        {
            (z, var logDeterminant) = transform.Forward(z);
            total = total is null ? logDeterminant : total + logDeterminant;
        }

        return (z, total ?? torch.zeros([x.shape[0]], x.dtype, x.device));
    }

    public Tensor Encode(Tensor x) => Forward(x).Z;

    /// <summary>f⁻¹(z), without gradients.</summary>
    public Tensor Decode(Tensor z) =>
        Chain.Run(z.to(ScalarType), Enumerable.Reverse(_transforms), (z, transform) => transform.Inverse(z)).reshape(_spec.BatchShape(z.shape[0]));

    public Tensor SampleLatent(int count, Rng rng) => rng.Normal(count, _spec.Dimensions);

    public Tensor Sample(int count, Rng rng) => Decode(SampleLatent(count, rng.PerExample()));

    /// <summary>Brings what each layer gets of a first batch to mean 0 and deviation 1.</summary>
    internal void Start(Tensor x) => Chain.Run(_spec.Flat(x), _transforms, (z, transform) =>
    {
        (transform as ActNorm)?.Start(z);
        return transform.Forward(z).Z;
    });
}
