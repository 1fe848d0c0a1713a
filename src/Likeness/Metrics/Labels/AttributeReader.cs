namespace Likeness;

/// <summary>A small convolutional classifier of every attribute of images at once, to judge generated images by.</summary>
public sealed class AttributeReader : Module
{
    private const int Width = 32;

    private readonly DataSpec _spec;
    private readonly Sequential _features;
    private readonly Linear[] _heads;

    private AttributeReader(DataSpec spec, IReadOnlyList<DataAttribute> attributes, Rng rng)
    {
        _spec = spec;
        var (halvings, h, w) = ImagePyramid.Of(spec);
        var (inputs, channels) = (spec.Channels, Width);
        var layers = new List<torch.nn.Module<Tensor, Tensor>> { new ChannelsLast() };
        for (var i = 0; i < halvings; i++, inputs = channels, channels = Math.Min(2 * channels, 4 * Width))
        {
            layers.AddRange([new Conv2d(inputs, channels, 4, rng, 2, 1, hasBias: false), new BatchNorm(channels, rng), Activation.Relu()]);
        }

        _features = Add("features", new Sequential([.. layers, torch.nn.Flatten(), new Linear(inputs * h * w, 4 * Width, rng), Activation.Relu()]));
        _heads = [.. attributes.Select(a => Add(a.Name, new Linear(4 * Width, a.Values.Count, rng)))];
    }

    /// <summary>Learns from the images of the training split, and others beside them.</summary>
    /// <param name="data">With attributes.</param>
    /// <param name="others">
    /// Batches of which one is added in every step; there may be none. What never occurs together in the training split is taken for
    /// impossible by a classifier that has seen nothing else.
    /// </param>
    /// <param name="steps">Training steps of 64 images and one other batch.</param>
    /// <param name="rng">Where weights and the order of the images are drawn.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    public static AttributeReader Train(IDataset<AttributedBatch> data, IReadOnlyList<AttributedBatch> others, int steps, Rng rng, Action<double>? progress = null)
    {
        var attributes = data.Spec.Attributes;
        var reader = new AttributeReader(data.Spec, attributes, rng.Fork("weights"));
        var feed = data.Open(Split.Train, Math.Min(64, data.Count(Split.Train)), rng.Fork("feed").Seed);
        using var training = new Trainer<AttributedBatch>(new Likelihood(reader, others), feed, rng.Fork("training"), new(steps, feed.BatchSize));
        foreach (var report in training.Run())
        {
            progress?.Invoke((double)report.Step / steps);
        }

        return reader;
    }

    /// <summary>For each attribute, whether it is read off each of the images [n, …]; both [attributes][n].</summary>
    public bool[][] Agrees(Tensor x, Tensor attributes)
    {
        using var noGrad = torch.no_grad();
        return Chain.Value<bool[][]>(() =>
        {
            var logits = Logits(x);
            return [.. logits.Select((l, a) => l.argmax(1).eq(attributes.select(1, a)).to(torch.CPU).ToArray<bool>())];
        });
    }

    private Tensor[] Logits(Tensor x)
    {
        var features = _features.Call(_spec.Normalise(x));
        return Array.ConvertAll(_heads, h => h.Call(features));
    }

    private sealed class Likelihood : Objective<AttributedBatch>
    {
        private readonly AttributeReader _reader;
        private readonly IReadOnlyList<AttributedBatch> _others;
        private readonly Player _player;

        public Likelihood(AttributeReader reader, IReadOnlyList<AttributedBatch> others)
        {
            (_reader, _others) = (Add("reader", reader), others);
            _player = new Player("reader", new Adam(2e-3) { Schedule = new Schedule.Linear(0.01) }, reader);
        }

        public override IReadOnlyList<Player> Players => [_player];

        public override IEnumerable<Turn> Round(IFeed<AttributedBatch> feed, Rng rng)
        {
            var (x, attributes) = feed.Next();
            if (_others.Count > 0)
            {
                var other = _others[(int)rng.Integers(0, _others.Count, 1).ToDouble()];
                (x, attributes) = (torch.cat([x, other.X.to(x.device)], 0), torch.cat([attributes, other.Attributes.to(x.device)], 0));
            }

            var losses = _reader.Logits(x).Select((l, a) => -l.log_softmax(1).gather(1, attributes.narrow(1, a, 1)).mean());
            yield return _player.Minimise(("cross-entropy", losses.Aggregate((a, b) => a + b)));
        }
    }
}
