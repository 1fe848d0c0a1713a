namespace Likeness;

/// <summary>Options of a CycleGAN. The defaults are the paper's; null values are chosen by the image size.</summary>
public sealed record CycleGanOptions
{
    /// <summary>Channels of the generators' first and last layers; four times as many in the middle.</summary>
    [AtLeast(1)]
    public int Width { get; init; } = 64;

    /// <summary>Residual blocks of each generator; null: 9 from 256 pixels, 6 from 64 pixels, 4 for smaller images.</summary>
    [AtLeast(0)]
    public int? Blocks { get; init; }

    /// <summary>Channels of the critics' first layer, doubled at each halving up to eight times as many.</summary>
    [AtLeast(1)]
    public int CriticWidth { get; init; } = 64;

    /// <summary>Downsampling layers of each critic: 1, 2 or 3 give patches of 16, 34 or 70 pixels; null gives patches of about half the image, at most 70 pixels.</summary>
    [AtLeast(1, AtMost = 5)]
    public int? CriticHalvings { get; init; }

    /// <summary>Weight λ of the cycle-consistency loss.</summary>
    [AtLeast(0)]
    public double Cycle { get; init; } = 10;

    /// <summary>Weight of the identity loss, as a multiple of λ.</summary>
    [AtLeast(0)]
    public double Identity { get; init; } = 0.5;

    /// <summary>Size of the buffer of past generated images from which each critic's images are drawn; 0 for no buffer.</summary>
    [AtLeast(0)]
    public int Pool { get; init; } = 50;

    /// <summary>Adversarial loss: least-squares, non-saturating, minimax, hinge or wasserstein.</summary>
    public AdversarialLoss Loss { get; init; } = AdversarialLoss.LeastSquares;

    /// <summary>Optimiser of the generators.</summary>
    public OptimizerOptions Generator { get; init; } = new Adam(2e-4, Beta1: 0.5) { Schedule = new Schedule.Linear(From: 0.5) };

    /// <summary>Optimiser of the critics.</summary>
    public OptimizerOptions Critic { get; init; } = new Adam(2e-4, Beta1: 0.5) { Schedule = new Schedule.Linear(From: 0.5) };
}

/// <summary>
/// CycleGAN (Zhu et al. 2017): translators G: A → B and F: B → A, learned from unpaired images. Each has a critic of its domain, and
/// <code>L(G, F, D_A, D_B) = L_GAN(G, D_B) + L_GAN(F, D_A) + λ·L_cyc(G, F) + λ/2·L_identity(G, F)      (equation 3, section 5.2)</code>
/// with L_cyc = E‖F(G(a)) − a‖₁ + E‖G(F(b)) − b‖₁: who comes back has lost nothing on the way. Deterministic.
/// </summary>
public sealed class CycleGan : Model<CycleGanOptions>, ITranslator
{
    private readonly Sequential _g, _f;

    public CycleGan(DataSpec spec, CycleGanOptions options, Rng rng)
        : base(spec, options)
    {
        TranslationNetworks.CheckSides(spec, "A CycleGAN");
        var blocks = options.Blocks ?? TranslationNetworks.Blocks(spec);
        _g = Add("G", TranslationNetworks.ReflectingGenerator(spec, options.Width, blocks, rng));
        _f = Add("F", TranslationNetworks.ReflectingGenerator(spec, options.Width, blocks, rng));
        Domains = [spec.DomainGroups.FirstOrDefault(d => d.Values.Count == 2) ?? new("class", ["0", "1"])];
    }

    public static Recipe<CycleGanOptions, CycleGan, UnpairedBatch> Recipe { get; } = new(
        "cycle-gan",
        "Translates images between two domains, learned from unpaired images of each.",
        new("zhu2017cyclegan", "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks",
            "Zhu, Jun-Yan and Park, Taesung and Isola, Phillip and Efros, Alexei A.", "ICCV", 2017, "arXiv:1703.10593"),
        (model, _, rng) => new Cycles(model, rng),
        new(Steps: 40_000, BatchSize: 1),
        new("images of two domains or classes", s => DataNeed.Images.Accepts(s) && s.Classes == 2))
    {
        // A pool that is full before laws of a few steps of eight examples end.
        Smallest = new() { Width = 4, Blocks = 1, CriticWidth = 6, Pool = 20, Generator = new Adam(2e-3, Beta1: 0.5), Critic = new Adam(2e-3, Beta1: 0.5) },
    };

    public IReadOnlyList<DataAttribute> Domains { get; }

    public Tensor Translate(Tensor x, Tensor target)
    {
        var y = Spec.Check(x);
        foreach (var (domain, generator) in new[] { (0, _f), (1, _g) })
        {
            var wanted = target.select(1, 0).eq(domain);
            if (wanted.any().ToDouble() != 0)
            {
                y = torch.where(wanted.reshape(-1, 1, 1, 1), Spec.Denormalise(generator.Call(Spec.Normalise(x))), y);
            }
        }

        return y;
    }

    /// <summary>The generators take their turn together, then both critics, which are shown images of the past as well.</summary>
    internal sealed class Cycles : Objective<UnpairedBatch>
    {
        private readonly CycleGan _model;
        private readonly Sequential _criticA, _criticB;
        private readonly ImagePool _poolA, _poolB;
        private readonly Player _generators, _critics;

        public Cycles(CycleGan model, Rng rng)
        {
            var (spec, o) = (model.Spec, model.Options);
            var halvings = o.CriticHalvings ?? TranslationNetworks.CriticHalvings(spec);
            _model = Add("model", model);
            _criticA = Add("D_A", TranslationNetworks.PatchCritic(spec, o.CriticWidth, halvings, rng));
            _criticB = Add("D_B", TranslationNetworks.PatchCritic(spec, o.CriticWidth, halvings, rng));
            _poolA = Add("pool_A", new ImagePool(o.Pool, spec, rng.Device));
            _poolB = Add("pool_B", new ImagePool(o.Pool, spec, rng.Device));
            _generators = new Player("generators", o.Generator, model);
            _critics = new Player("critics", o.Critic, _criticA, _criticB);
        }

        public override IReadOnlyList<Player> Players => [_generators, _critics];

        public override IEnumerable<Turn> Round(IFeed<UnpairedBatch> feed, Rng rng)
        {
            var (o, g, f) = (_model.Options, _model._g, _model._f);
            var batch = feed.Next();
            var (a, b) = (_model.Spec.Normalise(batch.A), _model.Spec.Normalise(batch.B));
            var n = a.size(0);

            // Instance normalisation keeps examples apart, so each generator is called on all that it has to look at together.
            var fromG = g.Call(torch.cat([a, b])); // G(a), G(b)
            var fakeB = fromG.narrow(0, 0, n);
            var fromF = f.Call(torch.cat([b.to(fakeB.dtype), a.to(fakeB.dtype), fakeB])); // F(b), F(a), F(G(a))
            var fakeA = fromF.narrow(0, 0, n);
            Term[] terms =
            [
                ("adversarial-a", o.Loss.Generator(_criticA.Call(fakeA))), // equation 1
                ("adversarial-b", o.Loss.Generator(_criticB.Call(fakeB))),
                ("cycle-a", o.Cycle * Distance(fromF.narrow(0, 2 * n, n), a)), // equation 2
                ("cycle-b", o.Cycle * Distance(g.Call(fakeA), b)),
            ];
            yield return _generators.Minimise(o.Identity == 0 ? terms :
            [
                .. terms,
                ("identity-a", o.Identity * o.Cycle * Distance(fromF.narrow(0, n, n), a)), // section 5.2
                ("identity-b", o.Identity * o.Cycle * Distance(fromG.narrow(0, n, n), b)),
            ]);

            var (shownA, keepA) = _poolA.Draw(fakeA.detach(), rng);
            var (shownB, keepB) = _poolB.Draw(fakeB.detach(), rng);
            // Half of the loss: the critics learn half as fast as the generators (section 7.1).
            yield return _critics.Minimise([.. Verdict(_criticA, "a", a, shownA), .. Verdict(_criticB, "b", b, shownB)]);
            yield return Turn.Do(() =>
            {
                keepA();
                keepB();
            });
        }

        private Term[] Verdict(Sequential critic, string domain, Tensor real, Tensor shown)
        {
            var (loss, n) = (_model.Options.Loss, real.size(0));
            var verdicts = critic.Call(torch.cat([real.to(shown.dtype), shown]));
            return [($"real-{domain}", 0.5 * loss.Real(verdicts.narrow(0, 0, n))), ($"fake-{domain}", 0.5 * loss.Fake(verdicts.narrow(0, n, n)))];
        }

        private static Tensor Distance(Tensor x, Tensor y) => (x - y).abs().mean();
    }
}
