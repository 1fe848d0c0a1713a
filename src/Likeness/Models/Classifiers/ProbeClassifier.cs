namespace Likeness;

/// <summary>Options of a probe.</summary>
public sealed record ProbeClassifierOptions
{
    /// <summary>Source of the encoder: train (train it in the first steps) or run (take it from any run that encodes, given by path).</summary>
    public CoderSource Coder { get; init; } = new CoderSource.Trained();

    /// <summary>Optimiser of the linear layer.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-2) { Schedule = new Schedule.Linear() };
}

/// <summary>
/// A linear classifier probe (Alain and Bengio 2016): p(y | x) = softmax(W·ẑ + b), where ẑ are the codes of an encoder that has learned without labels and stays as it is,
/// brought to the mean 0 and the deviation 1. Few labels are enough, and how well it classifies says how much of the classes a plane can read off the codes.
/// </summary>
public sealed class ProbeClassifier : Model<ProbeClassifierOptions>, IEncoder, IReadout
{
    private readonly Module _coder;
    private readonly LinearReadout _layer;

    private ProbeClassifier(DataSpec spec, ProbeClassifierOptions options, Module coder, LinearReadout layer)
        : base(spec, options)
    {
        _coder = Add("coder", coder);
        _layer = Add("layer", layer);
    }

    /// <summary>The recipe, with a way to find the coder's.</summary>
    /// <param name="find">The recipe of a name.</param>
    public static Recipe<ProbeClassifierOptions, ProbeClassifier, LabelledBatch> RecipeFor(Func<string, IRecipe> find) => new(
        "probe-classifier",
        "A linear classifier on the codes of an encoder that was trained without labels: needs only a few labels.",
        new("alain2016probes", "Understanding Intermediate Layers Using Linear Classifier Probes", "Alain, Guillaume and Bengio, Yoshua", "ICLR Workshop", 2017, "arXiv:1610.01644"),
        (model, _, rng) => new Learning(model, find, rng),
        new(Steps: 5_000, BatchSize: 128),
        DataNeed.Numbers.WithClasses())
    {
        Model = (spec, options, rng) => Create(spec, options, rng, find),
        Smallest = new() { Coder = new CoderSource.Trained("vae", "{\"latent\":4}", 3), Optimizer = new Adam(0.02) },
        Prepare = options => options with { Coder = options.Coder.Prepared() },
    };

    /// <summary>The encoder's codes, [n, codes].</summary>
    public Tensor Encode(Tensor x) => ((IEncoder)_coder).Encode(x);

    public Tensor ClassLogProbs(Tensor x) => Logits(Encode(x)).log_softmax(1);

    Module IReadout.Coder => _coder;

    void IReadout.Take(LogisticRegression fitted)
    {
        Options.Coder.Begin(_coder);
        _layer.Take(fitted);
    }

    private static ProbeClassifier Create(DataSpec spec, ProbeClassifierOptions options, Rng rng, Func<string, IRecipe> find)
    {
        DataNeed.CheckClasses(spec, "A probe");
        var coder = options.Coder.Create(spec, find, rng);
        var encoder = Capabilities.Require<IEncoder>(coder, options.Coder.ModelName);
        using var noGrad = torch.no_grad();
        var codes = (int)encoder.Encode(torch.zeros(spec.BatchShape(1), ScalarType.Float32, rng.Device)).shape[1];
        return new(spec, options, coder, new LinearReadout(codes, spec.Classes, rng));
    }

    private Tensor Logits(Tensor codes) => _layer.Call(codes.to(_layer.Weight.dtype));

    /// <summary>The coder learns first, or comes from elsewhere; then its codes' moments are taken, and the layer descends the cross-entropy of the classes.</summary>
    private sealed class Learning : Objective<LabelledBatch>
    {
        // Batches that the moments are taken of.
        private const int Measured = 32;

        private readonly ProbeClassifier _model;
        private readonly Objective<Batch>? _coding;
        private readonly Player _player;
        private readonly Counter _rounds;

        public Learning(ProbeClassifier model, Func<string, IRecipe> find, Rng rng)
        {
            _model = Add("model", model);
            _coding = Coder.Rounds == 0 ? null : Add("coding", Coder.Learning(model._coder, find, rng));
            _player = new Player("layer", model.Options.Optimizer, model._layer);
            _rounds = Include("rounds", new Counter());
        }

        public override IReadOnlyList<Player> Players => [.. _coding?.Players ?? [], _player];

        private CoderSource Coder => _model.Options.Coder;

        public override void Begin(LabelledBatch first, IFeed<LabelledBatch> feed, Rng rng)
        {
            Coder.Begin(_model._coder);
            _coding?.Begin(new(first.X), new Unlabelled(feed), rng);
            if (_coding is null)
            {
                Measure(first, feed);
            }
        }

        public override IEnumerable<Turn> Round(IFeed<LabelledBatch> feed, Rng rng)
        {
            var round = _rounds.Next();
            if (_coding is not null && round < Coder.Rounds)
            {
                foreach (var turn in _coding.Round(new Unlabelled(feed), rng))
                {
                    yield return turn;
                }

                if (round + 1 == Coder.Rounds)
                {
                    yield return Turn.Do(() => Measure(feed.Next(), feed));
                }

                yield break;
            }

            var batch = feed.Next();
            yield return _player.Minimise(("cross-entropy", -_model.Logits(Codes(batch.X)).log_softmax(1).gather(1, batch.Labels.unsqueeze(1)).mean()));
        }

        private void Measure(LabelledBatch first, IFeed<LabelledBatch> feed) =>
            _model._layer.Standardise(torch.cat([Codes(first.X), .. Enumerable.Range(1, Measured - 1).Select(_ => Codes(feed.Next().X))]));

        // As they will be asked for: normalisation has the statistics that it has learned.
        private Tensor Codes(Tensor x)
        {
            using var noGrad = torch.no_grad();
            _model._coder.train(false);
            return _model.Encode(x);
        }
    }

    /// <summary>The examples of a feed without their labels.</summary>
    private sealed class Unlabelled(IFeed<LabelledBatch> labelled) : IFeed<Batch>
    {
        public int BatchSize => labelled.BatchSize;

        public Batch Next() => new(labelled.Next().X);

        public void State(IStateCursor cursor) => labelled.State(cursor);

        // Whose feed it is ends it.
        public void Dispose()
        {
        }
    }
}
