using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Likeness.Core;
using Likeness.Nn;
using Likeness.Nn.Optim;
using Likeness.Torch;

namespace Likeness.Models.Adversarial;

/// <summary>What a DCGAN is made of. The defaults are the paper's.</summary>
public sealed record DcganOptions
{
    [Description("values in the noise z")]
    public int Latent { get; init; } = 100;

    [Description("channels at the largest hidden resolution; doubled at each halving")]
    public int Width { get; init; } = 64;

    [Description("non-saturating, minimax, least-squares, hinge, wasserstein or wasserstein-drift")]
    public AdversarialLoss Loss { get; init; } = AdversarialLoss.NonSaturating;

    [Description("penalty on the critic's slope: none, gradient or r1")]
    public CriticPenalty Penalty { get; init; } = new CriticPenalty.None();

    [Description("critic turns per generator turn")]
    public int CriticTurns { get; init; } = 1;

    [Description("how the generator descends")]
    public OptimizerOptions Generator { get; init; } = new Adam(2e-4, Beta1: 0.5);

    [Description("how the critic descends")]
    public OptimizerOptions Critic { get; init; } = new Adam(2e-4, Beta1: 0.5);
}

/// <summary>
/// Deep convolutional generative adversarial network (Radford et al. 2016): a generator of transposed convolutions with batch
/// normalisation, ReLU and a final tanh, against a strided-convolution critic. Sized from the data. Implicit: it samples, and
/// has no density.
/// </summary>
public sealed class Dcgan : Module, IGenerative, ILatentPrior
{
    private static readonly Init s_weights = new Init.Normal(0.02);

    private readonly DataSpec _spec;
    private readonly DcganOptions _options;
    private readonly Sequential _generator;

    public Dcgan(DataSpec spec, DcganOptions options, Rng rng)
    {
        if (options.Latent < 1 || options.Width < 1 || options.CriticTurns < 1)
        {
            throw new UsageException($"A DCGAN cannot have latent {options.Latent}, width {options.Width} and {options.CriticTurns} critic turns: each must be at least 1.");
        }

        (_spec, _options) = (spec, options);
        var (halvings, h, w) = Pyramid(spec);
        var channels = options.Width << (halvings - 1);
        // z [n, latent, 1, 1] → [n, channels, h, w] by a product, then doublings to the data's size.
        var layers = new List<Layer>
        {
            new Linear(options.Latent, channels * h * w, rng, s_weights, hasBias: false),
            new Reshape(channels, h, w),
            new ChannelsLast(),
            Normalisation(channels, rng),
            Activation.Relu(),
        };
        for (var i = 1; i < halvings; i++, channels /= 2)
        {
            layers.AddRange([new ConvTranspose2d(channels, channels / 2, 4, rng, 2, 1, weight: s_weights, hasBias: false), Normalisation(channels / 2, rng), Activation.Relu()]);
        }

        layers.AddRange([new ConvTranspose2d(channels, spec.Channels, 4, rng, 2, 1, weight: s_weights, bias: Init.Zeros), Activation.Tanh()]);
        _generator = Add("generator", new Sequential([.. layers]));
    }

    public static Recipe<DcganOptions, Dcgan, Batch> Recipe { get; } = new(
        "dcgan",
        "Convolutional generator against a convolutional critic: sharp samples, no density.",
        new("radford2016dcgan", "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks",
            "Radford, Alec and Metz, Luke and Chintala, Soumith", "ICLR", 2016, "arXiv:1511.06434"),
        new(),
        DcganJson.Default.DcganOptions,
        (spec, options, rng) => new Dcgan(spec, options, rng),
        (model, _, rng) => new Adversaries(model, rng),
        new(Steps: 4_000, BatchSize: 128),
        DataNeed.Images)
    {
        Smallest = new() { Latent = 4, Width = 6, Generator = new Adam(2e-3, Beta1: 0.5), Critic = new Adam(2e-3, Beta1: 0.5) },
    };

    public Tensor Sample(int count, Rng rng) => Decode(SampleLatent(count, rng));

    /// <summary>Images from noise z [n, latent] ~ N(0, I).</summary>
    public Tensor Decode(Tensor z) => _spec.Denormalise(_generator.Call(z));

    public Tensor SampleLatent(int count, Rng rng) => rng.Normal(count, _options.Latent).To(_generator.ScalarType);

    private static BatchNorm Normalisation(int channels, Rng rng) => new(channels, rng, weight: new Init.Normal(0.02, 1));

    private static ImagePyramid Pyramid(DataSpec spec) => ImagePyramid.Of(spec) is { Halvings: > 0, Height: <= 16, Width: <= 16 } pyramid
        ? pyramid
        : throw new UsageException($"A DCGAN cannot make images of {spec.Height}x{spec.Width}: both sides must halve evenly until they are at most 16; resize the data, for example with --size 32.");

    /// <summary>The algorithm: the critic learns to tell, then the generator learns to be told real.</summary>
    private sealed class Adversaries : Objective<Batch>
    {
        private readonly Dcgan _model;
        private readonly Sequential _critic;
        private readonly Player _g, _d;

        public Adversaries(Dcgan model, Rng rng)
        {
            _model = Add("model", model);
            _critic = Add("critic", Critic(model._spec, model._options.Width, rng));
            _g = new Player("generator", model._options.Generator, model);
            _d = new Player("critic", model._options.Critic, _critic);
        }

        public override IReadOnlyList<Player> Players => [_d, _g];

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var o = _model._options;
            Tensor fake;
            for (var k = 1; ; k++)
            {
                var real = _model._spec.Normalise(feed.Next().X);
                fake = _model._generator.Call(_model.SampleLatent((int)real.Shape[0], rng));
                Term[] terms = [("real", o.Loss.Real(_critic.Call(real))), ("fake", o.Loss.Fake(_critic.Call(fake.Detach())))];
                yield return _d.Minimise(o.Penalty.Of(x => _critic.Call(x), real, fake, rng) is { } penalty ? [.. terms, ("penalty", penalty)] : terms);
                if (k == o.CriticTurns)
                {
                    break;
                }
            }

            // The last examples once more, before the critic that has just moved.
            yield return _g.Minimise(("adversarial", o.Loss.Generator(_critic.Call(fake))));
        }

        private static Sequential Critic(DataSpec spec, int width, Rng rng)
        {
            var (halvings, h, w) = Pyramid(spec);
            var layers = new List<Layer> { new ChannelsLast(), new Conv2d(spec.Channels, width, 4, rng, 2, 1, weight: s_weights, bias: Init.Zeros), Activation.LeakyRelu() };
            for (var i = 1; i < halvings; i++, width *= 2)
            {
                layers.AddRange([new Conv2d(width, width * 2, 4, rng, 2, 1, weight: s_weights, hasBias: false), Normalisation(width * 2, rng), Activation.LeakyRelu()]);
            }

            layers.AddRange([new Flatten(), new Linear(width * h * w, 1, rng, s_weights, Init.Zeros)]);
            return new Sequential([.. layers]);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(DcganOptions))]
internal sealed partial class DcganJson : JsonSerializerContext;
