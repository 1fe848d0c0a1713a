namespace Likeness;

/// <summary>Options of a CTGAN.</summary>
public sealed record CtganOptions
{
    private static readonly int[] s_hidden = [256, 256];

    /// <summary>Dimension of the noise z.</summary>
    [AtLeast(1)]
    public int Latent { get; init; } = 128;

    /// <summary>Units of the generator's residual layers.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> GeneratorHidden { get; init; } = s_hidden;

    /// <summary>Units of the critic's hidden layers.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> CriticHidden { get; init; } = s_hidden;

    /// <summary>Rows that the critic judges together (PacGAN; Lin et al. 2018), so that it can detect a lack of variety.</summary>
    [AtLeast(1)]
    public int Pac { get; init; } = 10;

    /// <summary>Temperature of the Gumbel softmax with which the generator chooses categories in training.</summary>
    [Above(0)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Weight of the gradient penalty on the critic.</summary>
    [AtLeast(0)]
    public double Penalty { get; init; } = 10;

    /// <summary>Critic updates per generator update.</summary>
    [AtLeast(1)]
    public int CriticTurns { get; init; } = 1;

    /// <summary>Optimiser of the generator.</summary>
    public OptimizerOptions Generator { get; init; } = new Adam(2e-4, Beta1: 0.5, Beta2: 0.9, WeightDecay: 1e-6);

    /// <summary>Optimiser of the critic.</summary>
    public OptimizerOptions Critic { get; init; } = new Adam(2e-4, Beta1: 0.5, Beta2: 0.9, WeightDecay: 1e-6);
}

/// <summary>
/// The conditional GAN of mixed tables (CTGAN; Xu et al. 2019, section 4): numbers by their column's modes, a condition on one level of one column, drawn in
/// training by the logarithms of frequencies so that rare levels are learned too, and a Wasserstein critic with gradient penalty of several rows at once. The generator is told the condition
/// and pays by cross-entropy where it does not keep it. Implicit: it samples, and has no density.
/// </summary>
public sealed class Ctgan : Model<CtganOptions>, IGenerative
{
    private readonly ColumnLayout _layout;
    private readonly NumberModes _modes;
    private readonly Sequential _generator;
    private readonly Tensor _shares;

    public Ctgan(DataSpec spec, CtganOptions options, Rng rng)
        : base(spec, options)
    {
        _layout = new(spec);
        var numbers = _layout.Numbers.Length;
        Width = (numbers * NumberModes.Width) + _layout.AllLevels;
        _modes = Add("modes", new NumberModes(numbers, rng));
        var layers = new List<torch.nn.Module<Tensor, Tensor>>();
        var inputs = options.Latent + _layout.AllLevels;
        foreach (var units in options.GeneratorHidden)
        {
            layers.Add(new ConcatenatedLayer(inputs, units, rng));
            inputs += units;
        }

        _generator = Add("generator", new Sequential([.. layers, new Linear(inputs, Width, rng)]));
        _shares = Buffer("shares", torch.ones([_layout.AllLevels], ScalarType.Float32, rng.Device));
    }

    public static Recipe<CtganOptions, Ctgan, ConditionedBatch> Recipe { get; } = new(
        "ctgan",
        "Conditional GAN for mixed tables, as in the paper: numbers relative to the modes of a mixture, training that also covers rare categories; samples, but has no density.",
        TableVae.Recipe.Paper,
        (model, options, rng) => new Adversaries(model, options, rng),
        new(Steps: 15_000, BatchSize: 500),
        DataNeed.Tables)
    {
        Smallest = new() { Latent = 4, GeneratorHidden = [16], CriticHidden = [16], Pac = 2, Generator = new Adam(5e-3, Beta1: 0.5), Critic = new Adam(5e-3, Beta1: 0.5) },
    };

    internal int Width { get; }

    /// <summary>Rows whose conditions are drawn as often as their levels occur.</summary>
    public Tensor Sample(int count, Rng rng)
    {
        rng = rng.PerExample();
        using var noGrad = torch.no_grad();
        var outputs = _generator.Call(torch.cat([Noise(count, rng), Condition(count, rng)], 1));
        var (places, modes, levels) = Parts(outputs);
        var chosen = ColumnLayout.Joined([.. levels.Select(l => Choose(l, rng))], outputs);
        return _layout.Rows(_modes.Values(places.tanh(), Choose(modes + _modes.Absent(ScalarType), rng)), chosen).to(ScalarType.Float32);

        // A hard choice of the Gumbel softmax is a draw of the softmax.
        static Tensor Choose(Tensor logits, Rng rng) => rng.Choice(logits.softmax(-1).to(ScalarType.Float32));
    }

    private Tensor Noise(long count, Rng rng) => rng.Normal(count, Options.Latent).to(ScalarType);

    // Indicators [n, all levels] of one level of one column for each row.
    private Tensor Condition(int count, Rng rng)
    {
        if (_layout.Categories.Length == 0)
        {
            return torch.zeros([count, 0], ScalarType, _shares.device);
        }

        // Every column is as likely as any other, and its levels as they occur.
        var shares = torch.cat([.. _layout.Parts(_shares.unsqueeze(0)).Select(p => p / p.sum())], 1);
        return torch.nn.functional.one_hot(rng.Choice(shares.expand(count, _layout.AllLevels)), _layout.AllLevels).to(ScalarType);
    }

    private (Tensor Places, Tensor Modes, Tensor[] Levels) Parts(Tensor outputs)
    {
        var numbers = _layout.Numbers.Length;
        var parts = outputs.split([numbers, numbers * NumberModes.Most, _layout.AllLevels], 1);
        return (parts[0], parts[1].reshape(outputs.size(0), numbers, NumberModes.Most), _layout.Parts(parts[2]));
    }

    /// <summary>A residual layer that keeps what it was given beside what it made of it: parts fc and bn.</summary>
    private sealed class ConcatenatedLayer : Layer
    {
        private readonly Linear _linear;
        private readonly BatchNorm _norm;

        public ConcatenatedLayer(int inputs, int units, Rng rng)
        {
            _linear = Add("fc", new Linear(inputs, units, rng));
            _norm = Add("bn", new BatchNorm(units, rng));
        }

        protected override Tensor Forward(Tensor x, Rng? rng) => torch.cat([_norm.Call(_linear.Call(x)).relu(), x], 1);
    }

    private sealed class Adversaries : Objective<ConditionedBatch>
    {
        private readonly Ctgan _model;
        private readonly CtganOptions _options;
        private readonly Sequential _critic;
        private readonly Player _generator, _judge;
        private readonly CriticPenalty _penalty;

        public Adversaries(Ctgan model, CtganOptions options, Rng rng)
        {
            (_model, _options) = (Add("model", model), options);
            var layers = new List<torch.nn.Module<Tensor, Tensor>>();
            var inputs = (model.Width + model._layout.AllLevels) * options.Pac;
            foreach (var units in options.CriticHidden)
            {
                layers.AddRange([new Linear(inputs, units, rng), Activation.LeakyRelu(), new Dropout(0.5)]);
                inputs = units;
            }

            // A constant of the critic cancels in differences: it would never move.
            _critic = Add("critic", new Sequential([.. layers, new Linear(inputs, 1, rng, hasBias: false)]));
            _generator = new("generator", options.Generator, model._generator);
            _judge = new("critic", options.Critic, _critic);
            _penalty = options.Penalty > 0 ? new CriticPenalty.GradientPenalty(options.Penalty) : new CriticPenalty.None();
        }

        public override IReadOnlyList<Player> Players => [_judge, _generator];

        public override void Begin(ConditionedBatch first, IFeed<ConditionedBatch> feed, Rng rng)
        {
            if (first.Count < _options.Pac)
            {
                throw new UsageException(Sentence.Of($"Batches of {Counted.Of(first.Count, "row")} are smaller than the packs of {_options.Pac} that the critic judges: choose a larger batch, or {new Remedy.Setting("pac", 1)}."));
            }

            _model._modes.Fit(_model._layout, first.X, () => feed.Next().X);
            _model._shares.copy_(first.Shares);
        }

        public override IEnumerable<Turn> Round(IFeed<ConditionedBatch> feed, Rng rng)
        {
            for (var k = 0; k < _options.CriticTurns; k++)
            {
                var batch = feed.Next();
                Tensor fake;
                using (torch.no_grad())
                {
                    fake = Made(batch, rng).Row;
                }

                var (real, generated) = (Pack(Row(batch, rng)), Pack(torch.cat([fake, batch.Condition], 1)));
                Term[] terms = [("real", -Judge(real).mean()), ("fake", Judge(generated).mean())];
                yield return _judge.Minimise(_penalty.Of(Judge, real, generated, rng) is { } slope ? [.. terms, ("penalty", slope)] : terms);
            }

            var told = feed.Next();
            var (row, logits) = Made(told, rng);
            Term adversarial = ("adversarial", -Judge(Pack(torch.cat([row, told.Condition], 1))).mean());
            if (logits.Length == 0)
            {
                yield return _generator.Minimise(adversarial);
                yield break;
            }

            // Section 4.3: the cross-entropy of the column that the condition is on.
            var kept = torch.cat([.. logits.Select(l => l.log_softmax(1))], 1);
            yield return _generator.Minimise(adversarial, ("condition", -(kept * told.Condition.to(kept.dtype)).sum([1]).mean()));

            Tensor Judge(Tensor x) => _critic.Call(x, rng);
        }

        // Rows that fill no pack are left out.
        private Tensor Pack(Tensor rows) => rows.narrow(0, 0, rows.size(0) / _options.Pac * _options.Pac).reshape(rows.size(0) / _options.Pac, -1);

        // Real rows as the critic sees them, and what they were drawn for.
        private Tensor Row(ConditionedBatch batch, Rng rng)
        {
            var (layout, modes) = (_model._layout, _model._modes);
            var numbers = layout.NumbersOf(batch.X);
            return torch.cat([
                modes.Coded(numbers, modes.Choose(numbers, rng)),
                layout.Indicators(layout.LevelsOf(batch.X), numbers.dtype), batch.Condition.to(numbers.dtype)], 1);
        }

        private (Tensor Row, Tensor[] Logits) Made(ConditionedBatch batch, Rng rng)
        {
            var outputs = _model._generator.Call(torch.cat([_model.Noise(batch.Count, rng), batch.Condition.to(_model.ScalarType)], 1));
            var (places, modes, levels) = _model.Parts(outputs);
            return (torch.cat([places.tanh(), Soft(modes + _model._modes.Absent(_model.ScalarType)).flatten(1), .. levels.Select(Soft)], 1), levels);

            // Jang et al. 2017, equation 2.
            Tensor Soft(Tensor logits) => ((logits - (-(rng.Uniform(logits.shape).clamp(1e-7, 1 - 1e-7)).log()).log().to(logits.dtype)) / _options.Temperature).softmax(-1);
        }
    }
}
