namespace Likeness;

/// <summary>
/// A DCGAN that is told the class (Mirza and Osindero 2014): the generator sees indicators of the class y beside the noise, and the critic
/// judges an image and its class together,
/// <code>min_G max_D E log D(x, y) + E log(1 − D(G(z, y), y))</code>
/// by the projection of Miyato and Koyama (2018, equation 3): its raw output is f(φ(x)) + v_y·φ(x), with a learned vector v_y for each class.
/// </summary>
public sealed class ClassDcgan : Model<DcganOptions>, IGenerative, IGenerative<ClassCondition>, ILatentPrior
{
    private readonly Sequential _generator;
    private readonly Tensor _seen;

    public ClassDcgan(DataSpec spec, DcganOptions options, Rng rng)
        : base(spec, options)
    {
        DataNeed.CheckClasses(spec, "A class-conditional DCGAN");
        options.Augment.Check(spec);
        _generator = Add("generator", DcganNetworks.Generator(spec, options.Latent + spec.Classes, options.Width, rng));
        _seen = Buffer("classes", Init.Zeros.Make(rng, spec.Classes));
    }

    public static Recipe<DcganOptions, ClassDcgan, LabelledBatch> Recipe { get; } = new(
        "class-dcgan",
        "A DCGAN conditioned on the class: generates images of any class.",
        new("mirza2014conditional", "Conditional Generative Adversarial Nets", "Mirza, Mehdi and Osindero, Simon", "arXiv", 2014, "arXiv:1411.1784", Publication.Preprint),
        (model, _, rng) => model.Against(rng),
        new(Steps: 4_000, BatchSize: 128),
        DataNeed.Images.WithClasses())
    {
        Former = new() { ["noise"] = "normal" },
        Smallest = Dcgan.Recipe.Smallest,
    };

    /// <summary>New examples of classes as often as they were among the training examples.</summary>
    public Tensor Sample(int count, Rng rng) => Decode(SampleLatent(count, rng.PerExample()));

    /// <summary>New examples of these classes: one label for all, or one for each.</summary>
    public Tensor Sample(ClassCondition condition, int count, Rng rng) => Decode(Code(condition.Of(count), rng.PerExample()));

    /// <summary>Images from noise and class indicators, [n, latent + classes].</summary>
    public Tensor Decode(Tensor z) => Spec.Denormalise(_generator.Call(z));

    public Tensor SampleLatent(int count, Rng rng) =>
        // One more of each: before training all classes are equally likely.
        Code(rng.Choice(_seen + 1, count), rng);

    private Tensor Code(Tensor labels, Rng rng) => torch.cat([Options.Noise.Draw(rng, labels.numel(), Options.Latent).to(_generator.ScalarType), Indicators(labels)], 1);

    private Tensor Indicators(Tensor labels) =>
        torch.eye(Spec.Classes, dtype: ScalarType.Float32, device: labels.device).to(_generator.ScalarType).index_select(0, labels);

    private AdversarialObjective<LabelledBatch> Against(Rng rng)
    {
        var critic = new ProjectionCritic(Spec, Options.Width, Options.CriticNorm, rng);
        return new(this, critic, Options.Rules, new Player("generator", Options.Generator, this), Options.Critic)
        {
            Bout = batch =>
            {
                var y = Indicators(batch.Labels);
                using (torch.no_grad())
                {
                    _seen.add_(y.sum([0]));
                }

                // Generated examples are of the real ones' classes.
                return new(Spec.Normalise(batch.X), draws => _generator.Call(Code(batch.Labels, draws)), x => critic.Call(x, y));
            },
        };
    }

    /// <summary>f(φ(x)) + v_y·φ(x), with indicators of y as the condition. Parts features (φ), head (f) and classes (the vectors v as columns).</summary>
    private sealed class ProjectionCritic : ConditionedLayer
    {
        private readonly Sequential _features;
        private readonly Linear _head, _classes;

        public ProjectionCritic(DataSpec spec, int width, CriticNorm norm, Rng rng)
        {
            _features = Add("features", new Sequential([.. DcganNetworks.Features(spec, width, norm, rng)]));
            _head = Add("head", DcganNetworks.Head(spec, width, norm, rng));
            _classes = Add("classes", new Linear(spec.Classes, DcganNetworks.FeatureCount(spec, width), rng, DcganNetworks.Weights, hasBias: false, spectralNorm: norm.IsSpectral));
        }

        protected override Tensor Forward(Tensor x, Tensor y, Rng? rng)
        {
            var features = _features.Call(x);
            return _head.Call(features) + (_classes.Call(y) * features).sum([1], keepdim: true);
        }
    }
}
