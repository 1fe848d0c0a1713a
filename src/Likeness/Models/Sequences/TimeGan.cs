namespace Likeness;

/// <summary>Options of a TimeGAN.</summary>
public sealed record TimeGanOptions
{
    /// <summary>Hidden units of each recurrent layer, which is also the dimension of a step's code.</summary>
    [AtLeast(1)]
    public int Hidden { get; init; } = 24;

    /// <summary>Recurrent layers of each network; the supervisor has one fewer.</summary>
    [AtLeast(1)]
    public int Layers { get; init; } = 3;

    /// <summary>Weight γ of the critic's loss on codes before the supervisor.</summary>
    [AtLeast(0)]
    public double Gamma { get; init; } = 1;

    /// <summary>The loss below which the critic is not updated.</summary>
    [AtLeast(0)]
    public double Rest { get; init; } = 0.15;

    /// <summary>Optimiser of all networks.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3);
}

/// <summary>
/// TimeGAN (Yoon, Jarrett and van der Schaar 2019): series are coded step by step; a generator makes codes from noise, a supervisor says which code comes next,
/// and a critic tells codes of real series from made ones.
/// <code>
/// h = e(x),  x̃ = r(h)         ĥ = s(g(z)),  x̂ = r(ĥ)
/// L_R = E‖x − x̃‖²             L_S = E Σ_t ‖h_t − s(h)_{t−1}‖²             L_U = E log d(h) + E log(1 − d(ĥ)) + γ E log(1 − d(g(z)))      (equations 8–10)
/// </code>
/// Three phases, a third of the training each as in the authors' program: e and r learn L_R; s learns L_S; then all learn in turns, twice for a critic's once:
/// g and s by L_U + 100·√L_S + 100·(differences of the means and deviations of x̂ and x), e and r by 10·√L_R + 0.1·L_S, and d by L_U while its loss is above 0.15.
/// Values are scaled to 0 … 1 by the smallest and greatest of the first batches.
/// </summary>
public sealed class TimeGan : Model<TimeGanOptions>, IGenerative
{
    // Batches that are measured before the first step.
    private const int Measured = 64;

    private readonly GatedRecurrent _embedder, _recovery, _generator, _supervisor;
    private readonly Tensor _low, _range;

    public TimeGan(DataSpec spec, TimeGanOptions options, Rng rng)
        : base(spec, options)
    {
        var (values, hidden, layers) = (spec.Shape[1], options.Hidden, options.Layers);
        _embedder = Add("embedder", new GatedRecurrent(values, hidden, layers, hidden, rng));
        _recovery = Add("recovery", new GatedRecurrent(hidden, hidden, layers, values, rng));
        _generator = Add("generator", new GatedRecurrent(values, hidden, layers, hidden, rng));
        _supervisor = Add("supervisor", new GatedRecurrent(hidden, hidden, Math.Max(layers - 1, 1), hidden, rng));
        (_low, _range) = (Buffer("low", Init.Zeros.Make(rng, values)), Buffer("range", Init.Ones.Make(rng, values)));
    }

    public static Recipe<TimeGanOptions, TimeGan, Batch> Recipe { get; } = new(
        "timegan",
        "Generates windows of series by adversarial training in a latent space, with a supervised loss on the next step.",
        new("yoon2019timegan", "Time-series Generative Adversarial Networks", "Yoon, Jinsung and Jarrett, Daniel and van der Schaar, Mihaela", "NeurIPS", 2019,
            "Advances in Neural Information Processing Systems 32"),
        (model, options, rng) => new Game(model, options, rng),
        new(Steps: 30_000, BatchSize: 128),
        new("series of numbers of at least two steps [steps, values]", s => s.IsSeries && s.Domain is Domain.Real && s.Shape[0] > 1, "shuffled-windows"))
    {
        Smallest = new() { Hidden = 8, Layers = 1, Optimizer = new Adam(0.02) },
    };

    public Tensor Sample(int count, Rng rng)
    {
        using var noGrad = torch.no_grad();
        return _low + _range * Recovered(Next(Generated(count, rng.PerExample())));
    }

    private Tensor Scaled(Tensor x) => (Spec.Check(x) - _low) / _range;

    private Tensor Embedded(Tensor x) => _embedder.Call(x).sigmoid();

    private Tensor Recovered(Tensor h) => _recovery.Call(h).sigmoid();

    private Tensor Next(Tensor h) => _supervisor.Call(h).sigmoid();

    // Codes from uniform noise of as many values as the series has.
    private Tensor Generated(long count, Rng rng) => _generator.Call(rng.Uniform(Spec.BatchShape(count)).to(_low.dtype)).sigmoid();

    private sealed class Game : Objective<Batch>
    {
        private readonly TimeGan _model;
        private readonly GatedRecurrent _critic;
        private readonly Player _coder, _supervising, _making, _judging;
        private readonly TimeGanOptions _options;

        public Game(TimeGan model, TimeGanOptions options, Rng rng)
        {
            (_model, _options) = (Add("model", model), options);
            _critic = Add("critic", new GatedRecurrent(options.Hidden, options.Hidden, options.Layers, 1, rng));
            _coder = new("coder", options.Optimizer, model._embedder, model._recovery);
            _supervising = new("supervisor", options.Optimizer, model._supervisor);
            _making = new("generator", options.Optimizer, model._generator, model._supervisor);
            _judging = new("critic", options.Optimizer, _critic);
        }

        public override IReadOnlyList<Player> Players => [_coder, _supervising, _making, _judging];

        public override void Begin(Batch first, IFeed<Batch> feed, Rng rng)
        {
            var x = torch.cat([first.X, .. Enumerable.Range(0, Measured - 1).Select(_ => feed.Next().X)]).flatten(0, 1);
            var (low, high) = (x.amin([0]), x.amax([0]));
            _model._low.copy_(low);
            _model._range.copy_(torch.where(high > low, high - low, torch.ones_like(high)));
        }

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            // The last phase is that of a round which nobody takes.
            var phase = 2;
            yield return Turn.Do("", context =>
            {
                phase = (int)(3 * context.Step / Math.Max(context.TotalSteps, 1));
                return [];
            });
            if (phase == 0)
            {
                yield return _coder.Minimise(("reconstruction", 10 * Root(Reconstruction(_model.Scaled(feed.Next().X), out _))));
                yield break;
            }

            if (phase == 1)
            {
                yield return _supervising.Minimise(("supervised", Supervised(_model.Embedded(_model.Scaled(feed.Next().X)).detach())));
                yield break;
            }

            for (var k = 0; k < 2; k++)
            {
                var x = _model.Scaled(feed.Next().X);
                var raw = _model.Generated(x.shape[0], rng);
                var made = _model.Next(raw);
                yield return _making.Minimise(
                    ("fooling", Entropy(_critic.Call(made), true)),
                    ("fooling-before", _options.Gamma * Entropy(_critic.Call(raw), true)),
                    ("supervised", 100 * Root(Supervised(_model.Embedded(x).detach()))),
                    ("moments", 100 * Moments(_model.Recovered(made), x)));
                var reconstruction = Reconstruction(x, out var h);
                yield return _coder.Minimise(("reconstruction", 10 * Root(reconstruction)), ("supervised", 0.1 * Supervised(h)));
            }

            var (real, noise) = (_model.Embedded(_model.Scaled(feed.Next().X)).detach(), _model.Generated(feed.BatchSize, rng).detach());
            Term[] terms = [
                ("real", Entropy(_critic.Call(real), true)),
                ("made", Entropy(_critic.Call(_model.Next(noise).detach()), false)),
                ("made-before", _options.Gamma * Entropy(_critic.Call(noise), false))];
            if (terms.Sum(t => t.Value.ToDouble()) > _options.Rest)
            {
                yield return _judging.Minimise(terms);
            }
        }

        private Tensor Reconstruction(Tensor x, out Tensor h) => (_model.Recovered(h = _model.Embedded(x)) - x).square().mean();

        // How far the supervisor's next code is from the code that came.
        private Tensor Supervised(Tensor h) => (h.narrow(1, 1, h.shape[1] - 1) - _model.Next(h).narrow(1, 0, h.shape[1] - 1)).square().mean();

        private static Tensor Moments(Tensor made, Tensor x) =>
            (Root(made.var(0, false) + 1e-6) - Root(x.var(0, false) + 1e-6)).abs().mean() + (made.mean([0]) - x.mean([0])).abs().mean();

        private static Tensor Entropy(Tensor logits, bool real) => (real ? -logits : logits).softplus().mean();

        // A slope at nothing, too.
        private static Tensor Root(Tensor square) => (square + 1e-12).sqrt();
    }
}
