namespace Likeness;

/// <summary>Options of a diffusion model of tables.</summary>
public sealed record TableDiffusionOptions
{
    private static readonly int[] s_hidden = [512, 512];

    /// <summary>Number of diffusion steps T.</summary>
    [AtLeast(2)]
    public int Times { get; init; } = 100;

    /// <summary>Units of the denoiser's hidden layers.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> Hidden { get; init; } = s_hidden;

    /// <summary>Dimension of the time embedding, and width of the layer that combines it with the row.</summary>
    [AtLeast(4)]
    public int Embedding { get; init; } = 128;

    /// <summary>Number of random diffusion steps per example when the bound is estimated.</summary>
    [AtLeast(1)]
    [Later]
    public int BoundDraws { get; init; } = 10;

    /// <summary>Decay of the exponential moving average of the weights, which is used for sampling and scoring.</summary>
    [AtLeast(0, Below = 1)]
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Optimiser of the denoiser.</summary>
    public OptimizerOptions Optimizer { get; init; } = new AdamW(1e-3, WeightDecay: 0) { Schedule = new Schedule.Linear() };
}

/// <summary>
/// Diffusion of mixed tables (TabDDPM; Kotelnikov et al. 2023): the Normal scores of numbers under Gaussian noise, levels under uniform noise (Hoogeboom et al. 2021), one
/// multilayer perceptron for both:
/// <code>
/// q(y_t|y_0) = N(√ᾱ_t y_0, (1 − ᾱ_t) I),    q(c_t|c_0) = Cat(ᾱ_t c_0 + (1 − ᾱ_t)/K)
/// loss = ‖ε − ε̂(y_t, c_t, t)‖²/numbers + Σ_categories T·KL(q(c_{t−1}|c_t, c_0) ‖ q(c_{t−1}|c_t, ĉ_0))/categories
/// </code>
/// Scores are by the fitted mixture of each column instead of the paper's empirical quantiles, so numbers keep a density. The schedule is the cosine of Nichol and Dhariwal 2021.
/// </summary>
public sealed class TableDiffusion : Model<TableDiffusionOptions>, IGenerative, IBound, IColumnwise
{
    private readonly ColumnLayout _layout;
    private readonly NumberModes _modes;
    private readonly Network _network, _averaged;
    private readonly Ema _average;
    private readonly double[] _kept, _product;

    public TableDiffusion(DataSpec spec, TableDiffusionOptions options, Rng rng)
        : base(spec, options)
    {
        _layout = new(spec);
        _modes = Add("modes", new NumberModes(_layout.Numbers.Length, rng));
        var width = _layout.Numbers.Length + _layout.AllLevels;
        _network = Add("net", new Network(width, options, rng));
        _averaged = Add("ema", new Network(width, options, rng));
        _average = Include("average", new Ema(_network, _averaged, options.EmaDecay, warmUp: true));
        // ᾱ_t and α_t for t = 0 … T, ᾱ_0 = 1; no step takes more than all but a thousandth.
        (_kept, _product) = (new double[options.Times + 1], new double[options.Times + 1]);
        (_kept[0], _product[0]) = (1, 1);
        for (var t = 1; t <= options.Times; t++)
        {
            _kept[t] = Math.Max(1e-3, Cosine(t) / Cosine(t - 1));
            _product[t] = _product[t - 1] * _kept[t];
        }

        double Cosine(int t) => Math.Pow(Math.Cos(((double)t / options.Times + 0.008) / 1.008 * Math.PI / 2), 2);
    }

    public static Recipe<TableDiffusionOptions, TableDiffusion, Batch> Recipe { get; } = new(
        "table-diffusion",
        "Diffusion for mixed tables: Gaussian noise on numbers, uniform noise on categories; samples and bounds the likelihood.",
        new("kotelnikov2023tabddpm", "TabDDPM: Modelling Tabular Data with Diffusion Models", "Kotelnikov, Akim and Baranchuk, Dmitry and Rubachev, Ivan and Babenko, Artem", "ICML", 2023, "arXiv:2209.15421"),
        (model, options, _) => new Denoising(model, options),
        new(Steps: 10_000, BatchSize: 1024),
        DataNeed.Tables)
    {
        // Its loss weighs all levels of noise alike, and the bound does not.
        MaximisesLikelihood = _ => false,
        Smallest = new() { Times = 8, Hidden = [32], Embedding = 16, EmaDecay = 0.9, Optimizer = new Adam(5e-3) },
    };

    public Tensor Sample(int count, Rng rng)
    {
        using var noGrad = torch.no_grad();
        rng = rng.PerExample();
        var (numbers, categories) = (_layout.Numbers.Length, _layout.Categories.Length);
        var start = torch.cat([
            rng.Normal(count, numbers).to(ScalarType),
            .. _layout.Categories.Select(c => rng.Choice(torch.ones([count, _layout.Levels[c]], ScalarType.Float32, rng.Device)).unsqueeze(1).to(ScalarType)),
        ], 1);
        var end = Chain.Run(start, Enumerable.Range(1, Options.Times).Reverse(), (state, t) => Reverse(state.narrow(1, 0, numbers), Levels(state), t, rng));
        return _layout.Rows(_modes.FromScores(end.narrow(1, 0, numbers)), Levels(end)).to(ScalarType.Float32);

        Tensor Levels(Tensor state) => state.narrow(1, numbers, categories).to(ScalarType.Int64);
    }

    /// <summary>The bound with times drawn evenly over 1 … T, [n], nats.</summary>
    public Tensor LogProbBound(Tensor x, Rng rng) => -ColumnSurprise(x, rng).sum([1]);

    public Tensor ColumnSurprise(Tensor x, Rng rng)
    {
        var (numbers, levels) = (_layout.NumbersOf(Spec.Check(x)), _layout.LevelsOf(x));
        var (scores, columns) = (_modes.Scores(numbers), new Tensor[Spec.Dimensions]);
        var (n, draws, times) = (x.size(0), Math.Min(Options.BoundDraws, Options.Times), Options.Times);
        Tensor? sum = null;
        for (var k = 0; k < draws; k++)
        {
            // One time out of each of so many equal parts, so their mean has less spread.
            var t = (((rng.Uniform(n) + k) / draws * times).floor().clamp(0, times - 1) + 1).to(ScalarType.Int64);
            var terms = Terms(scores, levels, t, rng) * ((double)times / draws);
            sum = sum is null ? terms : sum + terms;
        }

        // The prior's part: what is left of the data after T steps; and the density of a number is that of its score times the slope.
        var (a, rest) = (_product[^1], 1 - _product[^1]);
        var prior = torch.cat([0.5 * ((a * scores.square()) + rest - 1 - Math.Log(rest)), .. levels.unbind(1).Select((_, i) => LevelPrior(i, n, scores))], 1);
        var slope = _modes.LogProb(numbers) + (0.5 * scores.square()) + (0.5 * Math.Log(2 * Math.PI));
        var all = (sum! + prior) - torch.cat([slope, torch.zeros([n, _layout.Categories.Length], slope.dtype, slope.device)], 1);
        for (var i = 0; i < _layout.Numbers.Length; i++)
        {
            columns[_layout.Numbers[i]] = all.select(1, i);
        }

        for (var i = 0; i < _layout.Categories.Length; i++)
        {
            columns[_layout.Categories[i]] = all.select(1, _layout.Numbers.Length + i);
        }

        return torch.stack(columns, 1);

        // KL(q(c_T|c_0) ‖ uniform), the same for every level.
        Tensor LevelPrior(int category, long count, Tensor like)
        {
            var k = _layout.Levels[_layout.Categories[category]];
            var (own, other) = (a + (rest / k), rest / k);
            return torch.full([count, 1], (own * Math.Log(own * k)) + ((k - 1) * other * Math.Log(other * k)), like.dtype, like.device);
        }
    }

    // The terms of the bound at a time for each row, [n, numbers + categories].
    private Tensor Terms(Tensor scores, Tensor levels, Tensor t, Rng rng)
    {
        var (noisy, eps, noisyLevels) = Noise(scores, levels, t, rng);
        var (guess, logits) = Denoise(_averaged, noisy, noisyLevels, t, rng);
        // KL(q(y_{t−1}|y_t, y_0) ‖ p) for variances β_t, and −log p(y_0|y_1): Ho et al. 2020, equations 8 and 12. Of Normal scores β_t is the best variance.
        var (kept, product, before) = (At(_kept, t, scores), At(_product, t, scores), At(_product, t - 1, scores));
        var first = (t == 1).unsqueeze(1);
        var (variance, posterior) = (1 - kept, torch.where(first, 1 - kept, (1 - kept) * (1 - before) / (1 - product)));
        var mean = (noisy - ((1 - kept) / (1 - product).sqrt() * guess)) / kept.sqrt();
        var numbers = torch.where(first,
            (0.5 * (scores - mean).square() / variance) + (0.5 * (variance * (2 * Math.PI)).log()),
            (0.5 * ((variance / posterior).log() + (posterior / variance) - 1)) + (variance / (2 * kept * (1 - product)) * (eps - guess).square()));
        return torch.cat([numbers, .. LevelTerms(levels, noisyLevels, logits, t)], 1);
    }

    // KL(q(c_{t−1}|c_t, c_0) ‖ q(c_{t−1}|c_t, ĉ_0)) of each category, [n, 1]; at t = 1 the first is certain, and this is −log p(c_0|c_1).
    private IEnumerable<Tensor> LevelTerms(Tensor levels, Tensor noisy, Tensor[] logits, Tensor t) => logits.Select((l, i) =>
    {
        var (truth, told) = (LogPosterior(OneHot(levels, i, l), noisy, i, t), LogPosterior(l.softmax(1), noisy, i, t));
        return (truth.exp() * (truth - told)).sum([1], keepdim: true);
    });

    // log q(c_{t−1}|c_t, c_0) for probabilities of c_0, [n, levels]: Hoogeboom et al. 2021, equation 13.
    private Tensor LogPosterior(Tensor start, Tensor noisy, int category, Tensor t)
    {
        var k = _layout.Levels[_layout.Categories[category]];
        var (kept, before) = (At(_kept, t, start), At(_product, t - 1, start));
        var forward = (kept * OneHot(noisy, category, start)) + ((1 - kept) / k);
        var unnormalised = (forward * ((before * start) + ((1 - before) / k))).clamp(min: 1e-30).log();
        return unnormalised - unnormalised.logsumexp(1, keepdim: true);
    }

    private Tensor OneHot(Tensor levels, int category, Tensor like) => torch.nn.functional.one_hot(levels.select(1, category), _layout.Levels[_layout.Categories[category]]).to(like.dtype);

    private (Tensor Numbers, Tensor Eps, Tensor Levels) Noise(Tensor scores, Tensor levels, Tensor t, Rng rng)
    {
        var product = At(_product, t, scores);
        var eps = rng.Normal(scores.shape).to(scores.dtype);
        var noisy = levels.unbind(1).Select((l, i) =>
        {
            var k = _layout.Levels[_layout.Categories[i]];
            return rng.Choice(((product * torch.nn.functional.one_hot(l, k).to(product.dtype)) + ((1 - product) / k)).to(ScalarType.Float32));
        }).ToArray();
        return ((product.sqrt() * scores) + ((1 - product).sqrt() * eps), eps, ColumnLayout.Joined(noisy, scores));
    }

    // ε̂ of the numbers, and the logits of each category's ĉ_0.
    private (Tensor Eps, Tensor[] Logits) Denoise(Network network, Tensor numbers, Tensor levels, Tensor t, Rng? rng)
    {
        var outputs = network.Call(torch.cat([numbers, _layout.Indicators(levels, numbers.dtype)], 1), t, rng).split([_layout.Numbers.Length, _layout.AllLevels], 1);
        return (outputs[0], _layout.Parts(outputs[1]));
    }

    // One step of the sampler: the numbers and the levels at t − 1, [n, numbers + categories].
    private Tensor Reverse(Tensor numbers, Tensor levels, int t, Rng rng)
    {
        var times = torch.full([numbers.size(0)], t, ScalarType.Int64, numbers.device);
        var (guess, logits) = Denoise(_averaged, numbers, levels, times, null);
        // x̂_0 within what scores can be, as samplers do with pictures, and the posterior's mean from it.
        var start = ((numbers - (Math.Sqrt(1 - _product[t]) * guess)) / Math.Sqrt(_product[t])).clamp(-5, 5);
        var mean = ((Math.Sqrt(_product[t - 1]) * (1 - _kept[t]) * start) + (Math.Sqrt(_kept[t]) * (1 - _product[t - 1]) * numbers)) / (1 - _product[t]);
        var spread = Math.Sqrt(1 - _kept[t]);
        var moved = t > 1 ? mean + (spread * rng.Normal(numbers.shape).to(numbers.dtype)) : start;
        return torch.cat([moved, .. logits.Select((l, i) => rng.Choice(LogPosterior(l.softmax(1), levels, i, times).exp().to(ScalarType.Float32)).unsqueeze(1).to(moved.dtype))], 1);
    }

    // The value of a table at each time, [n, 1].
    private static Tensor At(double[] table, Tensor t, Tensor like) => Tensor.From(table, table.Length).to(like.device).index_select(0, t).to(like.dtype).unsqueeze(1);

    /// <summary>Rows [n, width] at times [n]: parts input, time.0, time.2 and layers.</summary>
    private sealed class Network : ConditionedLayer
    {
        private readonly SinusoidalEmbedding _embedding;
        private readonly Linear _input;
        private readonly Sequential _time, _layers;

        public Network(int width, TableDiffusionOptions options, Rng rng)
        {
            var features = options.Embedding / 2 * 2;
            _embedding = new(features);
            _input = Add("input", new Linear(width, features, rng));
            _time = Add("time", new Sequential(new Linear(features, features, rng), Activation.Silu(), new Linear(features, features, rng)));
            _layers = Add("layers", new Sequential([.. HiddenLayers.Rectified(features, options.Hidden, rng), new Linear(options.Hidden.Count > 0 ? options.Hidden[^1] : features, width, rng)]));
        }

        protected override Tensor Forward(Tensor x, Tensor condition, Rng? rng) => _layers.Call(_input.Call(x) + _time.Call(_embedding.Call(condition).to(x.dtype)), rng);
    }

    private sealed class Denoising : ExampleObjective<Batch>
    {
        private readonly TableDiffusion _model;

        public Denoising(TableDiffusion model, TableDiffusionOptions options)
            : base(model, new("model", options.Optimizer, model._network)) => _model = model;

        public override void Begin(Batch first, IFeed<Batch> feed, Rng rng) =>
            _model._modes.Fit(_model._layout, first.X, () => feed.Next().X);

        public override IReadOnlyList<Term> Losses(Batch batch, Rng examples, Rng round)
        {
            var (layout, times) = (_model._layout, _model.Options.Times);
            var (scores, levels) = (_model._modes.Scores(layout.NumbersOf(batch.X)), layout.LevelsOf(batch.X));
            var t = examples.Integers(1, times + 1, batch.Count);
            var (noisy, eps, noisyLevels) = _model.Noise(scores, levels, t, examples);
            var (guess, logits) = _model.Denoise(_model._network, noisy, noisyLevels, t, examples);
            var terms = new List<Term>();
            if (layout.Numbers.Length > 0)
            {
                terms.Add(("numbers", (eps - guess).square().mean([1])));
            }

            if (logits.Length > 0)
            {
                terms.Add(("levels", torch.cat([.. _model.LevelTerms(levels, noisyLevels, logits, t)], 1).mean([1]) * times));
            }

            return terms;
        }

        public override void Follow() => _model._average.Update();
    }
}
