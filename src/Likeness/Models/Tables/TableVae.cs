namespace Likeness;

/// <summary>Options of a TVAE.</summary>
public sealed record TableVaeOptions
{
    private static readonly int[] s_hidden = [128, 128];

    /// <summary>Dimension of the latent z.</summary>
    [AtLeast(1)]
    public int Latent { get; init; } = 128;

    /// <summary>Units of the encoder's hidden layers; the decoder has the same in reverse order.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> Hidden { get; init; } = s_hidden;

    /// <summary>Weight of the reconstruction in training, 2 in the authors' code; the reported bound uses weight 1.</summary>
    [AtLeast(0)]
    public double ReconstructionWeight { get; init; } = 2;

    /// <summary>Number of weighted candidate codes from which each completion is drawn.</summary>
    [AtLeast(1)]
    [Later]
    public int Particles { get; init; } = 200;

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3, WeightDecay: 1e-5);
}

/// <summary>
/// The variational autoencoder of mixed tables (TVAE; Xu et al. 2019, section 4.4). A number is a mode of its column's mixture and a place α in it, a category is one level:
/// <code>
/// p(x|z) = Π_numbers Σ_k π_k(z) N((c − η_k)/(4φ_k); ᾱ(z), δ²)/(4φ_k) · Π_categories softmax(z)_d
/// </code>
/// Training descends the paper's terms, with one drawn mode for each number; the bound is of the mixture above, in which modes are summed out.
/// </summary>
public sealed class TableVae : Model<TableVaeOptions>, IGenerative, IImportanceWeighted, IAutoencoder, ILatentPrior, ICompleter, IColumnwise
{
    private readonly ColumnLayout _layout;
    private readonly NumberModes _modes;
    private readonly Sequential _encoder, _decoder;
    private readonly Tensor _deviation;

    public TableVae(DataSpec spec, TableVaeOptions options, Rng rng)
        : base(spec, options)
    {
        _layout = new(spec);
        var numbers = _layout.Numbers.Length;
        var width = (numbers * NumberModes.Width) + _layout.AllLevels;
        _modes = Add("modes", new NumberModes(numbers, rng));
        _encoder = Add("encoder", Network(width, options.Hidden, 2 * options.Latent));
        _decoder = Add("decoder", Network(options.Latent, [.. options.Hidden.Reverse()], width));
        _deviation = Parameter("deviation", torch.full([numbers], 0.1, ScalarType.Float32, rng.Device));

        Sequential Network(int inputs, IReadOnlyList<int> hidden, int outputs) =>
            new([.. HiddenLayers.Rectified(inputs, hidden, rng), new Linear(hidden.Count > 0 ? hidden[^1] : inputs, outputs, rng)]);
    }

    public static Recipe<TableVaeOptions, TableVae, Batch> Recipe { get; } = new(
        "tvae",
        "Variational autoencoder for mixed tables: numbers relative to the modes of a mixture, one-hot categories; samples, completes and bounds the likelihood.",
        new("xu2019ctgan", "Modeling Tabular Data using Conditional GAN", "Xu, Lei and Skoularidou, Maria and Cuesta-Infante, Alfredo and Veeramachaneni, Kalyan", "NeurIPS", 2019, "arXiv:1907.00503"),
        (model, options, _) => new Variational(model, options),
        new(Steps: 20_000, BatchSize: 500),
        DataNeed.Tables)
    {
        MaximisesLikelihood = o => o.ReconstructionWeight == 1,
        Smallest = new() { Latent = 3, Hidden = [24], Particles = 20, Optimizer = new Adam(0.01) },
    };

    public Tensor Sample(int count, Rng rng)
    {
        rng = rng.PerExample();
        return Draw(SampleLatent(count, rng), rng);
    }

    public Tensor SampleLatent(int count, Rng rng) => rng.Normal(count, Options.Latent).to(ScalarType);

    /// <summary>The posterior means, [n, latent].</summary>
    public Tensor Encode(Tensor x)
    {
        // Each number by its likeliest mode: a code must not depend on a draw.
        var numbers = _layout.NumbersOf(Spec.Check(x));
        return Posterior(Row(numbers, (_modes.LogDensities(numbers) + _modes.LogWeights).argmax(2), _layout.LevelsOf(x))).Mean;
    }

    /// <summary>The likeliest mode's place of each number, and the likeliest level of each category, [n, columns].</summary>
    public Tensor Decode(Tensor z)
    {
        var (places, modes, levels) = Outputs(z);
        return _layout.Rows(_modes.Values(places, modes.argmax(2)), Levels(levels, l => l.argmax(1), z));
    }

    public Tensor LogProbBound(Tensor x, Rng rng)
    {
        var q = Posterior(Seen(x, rng));
        return ColumnLogProbs(x, q.Sample(rng)).sum([1]) - Divergence(q);
    }

    public Tensor LogWeights(Tensor x, int samples, Rng rng)
    {
        var q = Posterior(Seen(x, rng));
        var n = x.size(0);
        var eps = rng.Normal(n, samples, Options.Latent).to(q.Mean.dtype);
        var z = q.Mean.unsqueeze(1) + (q.LogStd.exp().unsqueeze(1) * eps);
        // log p(z) − log q(z|x) = ½(ε² − z²) + log σ, summed over the latents
        var ratio = (0.5 * (eps.square() - z.square()) + q.LogStd.unsqueeze(1)).sum(2);
        return ColumnLogProbs(x.repeat_interleave(samples, 0), z.reshape(n * samples, Options.Latent)).sum([1]).reshape(n, samples) + ratio;
    }

    public Tensor ColumnSurprise(Tensor x, Rng rng) => -ColumnLogProbs(x, Posterior(Seen(x, rng)).Sample(rng));

    /// <summary>
    /// Draws a code for each example among so many from the prior, by how likely it makes what is given (sampling, importance resampling: Rubin 1988), and from it what is missing.
    /// With more particles the draws come nearer to the model's p(missing | given).
    /// </summary>
    public Tensor Complete(Tensor x, ReadOnlySpan<bool> given, Rng rng)
    {
        using var noGrad = torch.no_grad();
        var marks = Tensor.From<bool>(GivenMarks.Of(given, Spec.Dimensions), 1, Spec.Dimensions).to(x.device);
        var (n, particles) = (x.size(0), Options.Particles);
        rng = rng.PerExample();
        var known = torch.where(marks, x, 0.0);
        var z = rng.Normal(n, particles, Options.Latent).to(ScalarType);
        var weights = torch.where(marks, ColumnLogProbs(known.repeat_interleave(particles, 0), z.reshape(n * particles, Options.Latent)), 0.0).sum([1]).reshape(n, particles);
        var chosen = rng.Choice((weights - weights.amax([1], keepdim: true)).exp().to(ScalarType.Float32));
        var code = z.gather(1, chosen.reshape(n, 1, 1).expand(n, 1, Options.Latent)).squeeze(1);
        return torch.where(marks, x, Draw(code, rng).to(x.dtype));
    }

    // log p of each column given its code, [n, columns].
    private Tensor ColumnLogProbs(Tensor x, Tensor z)
    {
        var (places, modes, levels) = Outputs(z);
        var columns = new Tensor[Spec.Dimensions];
        if (_layout.Numbers.Length > 0)
        {
            var scale = Deviation.unsqueeze(-1);
            var at = (_modes.Places(_layout.NumbersOf(x)) - places.unsqueeze(2)) / scale;
            var numbers = (modes - (0.5 * at.square()) - scale.log() - _modes.LogWidths - (0.5 * Math.Log(2 * Math.PI))).logsumexp(2);
            for (var i = 0; i < _layout.Numbers.Length; i++)
            {
                columns[_layout.Numbers[i]] = numbers.select(1, i);
            }
        }

        var those = _layout.LevelsOf(x);
        for (var i = 0; i < levels.Length; i++)
        {
            columns[_layout.Categories[i]] = levels[i].log_softmax(1).gather(1, those.narrow(1, i, 1)).squeeze(1);
        }

        return torch.stack(columns, 1);
    }

    private Tensor Draw(Tensor z, Rng rng)
    {
        var (places, modes, levels) = Outputs(z);
        var drawn = places + (Deviation * rng.Normal(places.shape).to(places.dtype));
        return _layout.Rows(_modes.Values(drawn, rng.Choice(modes.exp().to(ScalarType.Float32))), Levels(levels, l => rng.Choice(l.softmax(1).to(ScalarType.Float32)), z)).to(ScalarType.Float32);
    }

    private static Tensor Levels(Tensor[] logits, Func<Tensor, Tensor> choose, Tensor z) => ColumnLayout.Joined([.. logits.Select(choose)], z);

    // ᾱ [n, numbers], log π [n, numbers, modes], and the logits of each category.
    private (Tensor Places, Tensor Modes, Tensor[] Levels) Outputs(Tensor z)
    {
        var numbers = _layout.Numbers.Length;
        var parts = _decoder.Call(z).split([numbers, numbers * NumberModes.Most, _layout.AllLevels], 1);
        return (parts[0].tanh(), (parts[1].reshape(z.size(0), numbers, NumberModes.Most) + _modes.Absent(parts[1].dtype)).log_softmax(2), _layout.Parts(parts[2]));
    }

    private Tensor Deviation => ExampleGradients.Of(_deviation).clamp(0.01, 1);

    private Tensor Seen(Tensor x, Rng rng)
    {
        var numbers = _layout.NumbersOf(Spec.Check(x));
        return Row(numbers, _modes.Choose(numbers, rng), _layout.LevelsOf(x));
    }

    private Tensor Row(Tensor numbers, Tensor modes, Tensor levels) => torch.cat([_modes.Coded(numbers, modes), _layout.Indicators(levels, numbers.dtype)], 1);

    private Normal Posterior(Tensor row)
    {
        var parts = _encoder.Call(row).chunk(2, 1);
        return new(parts[0], parts[1].clamp(-10, 5));
    }

    // KL(q ‖ N(0, I)) of each example
    private static Tensor Divergence(Normal q) => (0.5 * (q.Mean.square() + (2 * q.LogStd).exp() - 1) - q.LogStd).sum([1]);

    private sealed class Variational : ExampleObjective<Batch>
    {
        private readonly TableVae _model;
        private readonly double _weight;

        public Variational(TableVae model, TableVaeOptions options)
            : base(model, new("model", options.Optimizer, model)) => (_model, _weight) = (model, options.ReconstructionWeight);

        public override void Begin(Batch first, IFeed<Batch> feed, Rng rng) =>
            _model._modes.Fit(_model._layout, first.X, () => feed.Next().X);

        public override IReadOnlyList<Term> Losses(Batch batch, Rng examples, Rng round)
        {
            var layout = _model._layout;
            var numbers = layout.NumbersOf(batch.X);
            var (chosen, levels) = (_model._modes.Choose(numbers, examples), layout.LevelsOf(batch.X));
            var row = _model.Row(numbers, chosen, levels);
            var q = _model.Posterior(row);
            var (places, modes, logits) = _model.Outputs(q.Sample(examples));
            var scale = _model.Deviation;
            // Section 4.4: the place of each number under N(ᾱ, δ²), its mode and the levels by cross-entropy.
            var place = (0.5 * ((row.narrow(1, 0, places.size(1)) - places) / scale).square() + scale.log()).sum([1]);
            var mode = -modes.gather(2, chosen.unsqueeze(2)).squeeze(2).sum([1]);
            var level = logits.Select((l, i) => -l.log_softmax(1).gather(1, levels.narrow(1, i, 1)).squeeze(1)).Aggregate(torch.zeros_like(place), (a, b) => a + b);
            return [("places", _weight * place), ("modes", _weight * mode), ("levels", _weight * level), ("kl", Divergence(q))];
        }
    }
}
