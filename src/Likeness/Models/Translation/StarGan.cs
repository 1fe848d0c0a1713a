namespace Likeness;

/// <summary>Options of a StarGAN. The defaults are the paper's; null values are chosen by the data.</summary>
public sealed record StarGanOptions
{
    /// <summary>Attributes to translate, by name; null: all attributes of the data, or its classes if it has none.</summary>
    public IReadOnlyList<string>? Attributes { get; init; }

    /// <summary>Channels of the generator's first and last layers; four times as many in the middle.</summary>
    [AtLeast(1)]
    public int Width { get; init; } = 64;

    /// <summary>Residual blocks of the generator.</summary>
    [AtLeast(0)]
    public int Blocks { get; init; } = 6;

    /// <summary>Channels of the critic's first layer, doubled at each halving.</summary>
    [AtLeast(1)]
    public int CriticWidth { get; init; } = 64;

    /// <summary>Weight λ_cls of the domain classification loss.</summary>
    [AtLeast(0)]
    public double Classification { get; init; } = 1;

    /// <summary>Weight λ_rec of the reconstruction loss.</summary>
    [AtLeast(0)]
    public double Reconstruction { get; init; } = 10;

    /// <summary>Adversarial loss: wasserstein, non-saturating, minimax, least-squares or hinge.</summary>
    public AdversarialLoss Loss { get; init; } = AdversarialLoss.Wasserstein;

    /// <summary>Penalty on the critic's gradient: none, gradient or r1.</summary>
    public CriticPenalty Penalty { get; init; } = new CriticPenalty.GradientPenalty();

    /// <summary>Critic updates per generator update.</summary>
    [AtLeast(1)]
    public int CriticTurns { get; init; } = 5;

    /// <summary>Optimiser of the generator.</summary>
    public OptimizerOptions Generator { get; init; } = new Adam(1e-4, Beta1: 0.5) { Schedule = new Schedule.Linear(From: 0.5) };

    /// <summary>Optimiser of the critic.</summary>
    public OptimizerOptions Critic { get; init; } = new Adam(1e-4, Beta1: 0.5) { Schedule = new Schedule.Linear(From: 0.5) };
}

/// <summary>
/// StarGAN (Choi et al. 2018): one generator G(x, c) for all domains, which is given the image and the domains c that it shall be in. The critic tells
/// real from generated patches (D_src) and reads the domains (D_cls):
/// <code>L_D = −L_adv + λ_cls·L^r_cls      L_G = L_adv + λ_cls·L^f_cls + λ_rec·‖x − G(G(x, c), c')‖₁      (equations 5 and 6)</code>
/// Of several data sets, each with attributes of its own, an example knows those of its set only; a mask says which these are. The critic is saved with the
/// model, because what nobody names is read off the image. Deterministic.
/// </summary>
public sealed class StarGan : Model<StarGanOptions>, ITranslator, IDomainReader
{
    private readonly DomainCode _code;
    private readonly Sequential _generator;
    private readonly DomainCritic _critic;

    public StarGan(DataSpec spec, StarGanOptions options, Rng rng)
        : base(spec, options)
    {
        TranslationNetworks.CheckSides(spec, "A StarGAN");
        _code = new DomainCode(spec.DomainGroups, options.Attributes);
        _generator = Add("G", TranslationNetworks.LabelledGenerator(spec, _code.Maps, options.Width, options.Blocks, rng));
        _critic = Add("D", new DomainCritic(spec, _code.Labels, options.CriticWidth, rng));
    }

    public static Recipe<StarGanOptions, StarGan, AttributedBatch> Recipe { get; } = new(
        "star-gan",
        "Translates images among many domains with one generator: changes any attribute that the data has, or the class.",
        new("choi2018stargan", "StarGAN: Unified Generative Adversarial Networks for Multi-Domain Image-to-Image Translation",
            "Choi, Yunjey and Choi, Minje and Kim, Munyoung and Ha, Jung-Woo and Kim, Sunghun and Choo, Jaegul", "CVPR", 2018, "arXiv:1711.09020"),
        (model, _, _) => new Learning(model),
        new(Steps: 20_000, BatchSize: 16),
        new("images with attributes or classes", s => DataNeed.Images.Accepts(s) && s.DomainGroups.Count > 0))
    {
        Smallest = new() { Width = 4, Blocks = 1, CriticWidth = 6, CriticTurns = 2, Generator = new Adam(2e-3, Beta1: 0.5), Critic = new Adam(2e-3, Beta1: 0.5) },
    };

    public IReadOnlyList<DataAttribute> Domains => _code.Groups;

    public Tensor Translate(Tensor x, Tensor target)
    {
        var named = target.amax([1]).gt(-1);
        var wanted = _code.Complete(target, () => ReadDomains(x));
        return torch.where(named.reshape(-1, 1, 1, 1), Spec.Denormalise(Generate(Spec.Normalise(x), wanted)), x);
    }

    public Tensor ReadDomains(Tensor x) => _code.Read(_critic.Judge(Spec.Normalise(x)).Domains);

    // G(x, c): the code is a map for each domain, the same everywhere in the image (section 3.1).
    private Tensor Generate(Tensor x, Tensor domains)
    {
        var code = _code.Of(domains).to(x.dtype).unsqueeze(2).unsqueeze(3).expand(-1, -1, Spec.Height, Spec.Width);
        return _generator.Call(torch.cat([x, code], 1));
    }

    /// <summary>The critic learns to tell and to read; the generator then learns to be taken for real, to be read as it was told, and to find back.</summary>
    internal sealed class Learning : Objective<AttributedBatch>
    {
        private readonly StarGan _model;
        private readonly Player _generator, _critic;

        public Learning(StarGan model)
        {
            _model = Add("model", model);
            _generator = new Player("generator", model.Options.Generator, model._generator);
            _critic = new Player("critic", model.Options.Critic, model._critic);
        }

        public override IReadOnlyList<Player> Players => [_critic, _generator];

        public override IEnumerable<Sentence> Doubts => _model.Options.Penalty.Doubts(_model.Options.Loss);

        public override IEnumerable<Turn> Round(IFeed<AttributedBatch> feed, Rng rng)
        {
            var (o, code, critic) = (_model.Options, _model._code, _model._critic);
            for (var k = 1; ; k++)
            {
                var last = k == o.CriticTurns;
                var (x, own, wanted, fake) = last ? Next(feed, rng) : WithoutGraph(feed, rng);
                // Nothing in the critic mixes examples, so it reads its weights once for both.
                var (source, domains) = critic.Judge(torch.cat([x.to(fake.dtype), fake.detach()]));
                var n = x.size(0);
                Term[] terms =
                [
                    ("real", o.Loss.Real(source.narrow(0, 0, n))), ("fake", o.Loss.Fake(source.narrow(0, n, n))), // equation 8
                    ("domains", o.Classification * code.CrossEntropy(domains.narrow(0, 0, n), own)), // equation 2
                ];
                yield return _critic.Minimise(o.Penalty.Of(v => critic.Judge(v).Source, x, fake, rng) is { } penalty ? [.. terms, ("penalty", penalty)] : terms);
                if (!last)
                {
                    continue;
                }

                var (verdict, read) = critic.Judge(fake);
                yield return _generator.Minimise(
                    ("adversarial", o.Loss.Generator(verdict)),
                    ("domains", o.Classification * code.CrossEntropy(read, wanted)), // equation 3
                    ("reconstruction", o.Reconstruction * (_model.Generate(fake, own) - x).abs().mean())); // equation 4
                yield break;
            }
        }

        // Domains to translate to are those of another example of the batch: combinations that there are, as often as they are.
        private (Tensor X, Tensor Own, Tensor Wanted, Tensor Fake) Next(IFeed<AttributedBatch> feed, Rng rng)
        {
            var batch = feed.Next();
            var (x, own) = (_model.Spec.Normalise(batch.X), _model._code.Choose(batch.Attributes));
            var wanted = own.index_select(0, rng.Permutation(batch.Count).to(own.device));
            return (x, own, wanted, _model.Generate(x, wanted));
        }

        // Only the last examples of a round teach the generator.
        private (Tensor X, Tensor Own, Tensor Wanted, Tensor Fake) WithoutGraph(IFeed<AttributedBatch> feed, Rng rng)
        {
            using var noGrad = torch.no_grad();
            return Next(feed, rng);
        }
    }
}
