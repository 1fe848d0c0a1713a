using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Likeness.Core;
using Likeness.Nn;
using Likeness.Nn.Optim;
using Likeness.Torch;

namespace Likeness.Models.Latent;

/// <summary>What a VAE is made of.</summary>
public sealed record VaeOptions
{
    [Description("values in the latent z")]
    public int Latent { get; init; } = 50;

    [Description("mlp with hidden sizes, or conv")]
    public VaeNetwork Network { get; init; } = new VaeNetwork.Mlp();

    [Description("p(x|z): auto (by the data), bernoulli, gaussian or discretized-logistic")]
    public DecoderHead Decoder { get; init; } = new DecoderHead.Auto();

    [Description("draws per example in training: 1 is the ELBO, more is the importance-weighted bound")]
    public int ImportanceSamples { get; init; } = 1;

    [Description("how the parameters descend")]
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3, Epsilon: 1e-4) { Schedule = new Schedule.Cosine() };
}

/// <summary>
/// Variational autoencoder (Kingma and Welling 2014; Rezende et al. 2014) with a standard Normal prior and a Normal posterior
/// q(z|x) = N(μ(x), diag σ²(x)). It bounds the likelihood from below,
/// <code>log p(x) ≥ E_q[log p(x|z)] − KL(q(z|x) ‖ p(z))      (equation 3)</code>
/// and more draws tighten the bound (Burda et al. 2016).
/// </summary>
public sealed class Vae : Module, IGenerative, IImportanceWeighted, IAutoencoder, ILatentPrior
{
    private readonly DataSpec _spec;
    private readonly int _latent;
    private readonly DecoderHead _head;
    private readonly Sequential _encoder, _decoder;
    private readonly Tensor _centre, _offset;

    public Vae(DataSpec spec, VaeOptions options, Rng rng)
    {
        if (options.Latent < 1 || options.ImportanceSamples < 1)
        {
            throw new UsageException($"A VAE cannot have {options.Latent} latent values and {options.ImportanceSamples} importance samples: each must be at least 1.");
        }

        (_spec, _latent, _head) = (spec, options.Latent, options.Decoder.For(spec));
        _encoder = Add("encoder", options.Network.Encoder(spec, 2 * _latent, rng));
        _decoder = Add("decoder", options.Network.Decoder(spec, _latent, _head.Outputs, rng));
        _centre = Buffer("centre", Init.Zeros.Make(rng, spec.Dimensions));
        _offset = Buffer("offset", Init.Zeros.Make(rng, _head.Outputs * spec.Dimensions));
    }

    public static Recipe<VaeOptions, Vae, Batch> Recipe { get; } = new(
        "vae",
        "Latent codes with a Normal prior; bounds the likelihood, encodes, decodes and samples.",
        new("kingma2014vae", "Auto-Encoding Variational Bayes", "Kingma, Diederik P. and Welling, Max", "ICLR", 2014, "arXiv:1312.6114"),
        new(),
        VaeJson.Default.VaeOptions,
        (spec, options, rng) => new Vae(spec, options, rng),
        (model, options, _) => new Variational(model, options),
        new(Steps: 25_000, BatchSize: 100),
        DataNeed.Numbers)
    {
        Smallest = new() { Latent = 2, Network = new VaeNetwork.Mlp { Hidden = [12] }, Optimizer = new Adam(0.01) },
    };

    public Tensor Sample(int count, Rng rng) => _head.Sample(Outputs(SampleLatent(count, rng)), rng).Reshape(_spec.BatchShape(count));

    public Tensor SampleLatent(int count, Rng rng) => rng.Normal(count, _latent).To(_decoder.ScalarType);

    /// <summary>The posterior means μ(x), [n, latent].</summary>
    public Tensor Encode(Tensor x) => Posterior(x).Mean;

    /// <summary>The means of p(x|z).</summary>
    public Tensor Decode(Tensor z) => _head.Mean(Outputs(z)).Reshape(_spec.BatchShape(z.Shape[0]));

    /// <summary>The ELBO from one draw of z, [n], nats.</summary>
    public Tensor LogProbBound(Tensor x, Rng rng)
    {
        var (logLikelihood, kl) = Elbo(x, rng);
        return logLikelihood - kl;
    }

    public Tensor LogWeights(Tensor x, int samples, Rng rng)
    {
        var (mean, logStd) = Posterior(x);
        var n = x.Shape[0];
        var eps = rng.Normal(n, samples, _latent).To(mean.ScalarType);
        var z = mean.Unsqueeze(1) + logStd.Exp().Unsqueeze(1) * eps; // [n, k, latent]
        // log p(z) − log q(z|x): the Normals' constants cancel.
        var prior = (0.5 * (eps.Square() - z.Square())).Sum([2]) + logStd.Sum([1], keepdim: true);
        var outputs = Outputs(z.Reshape([n * samples, _latent]));
        var repeated = _spec.Flat(x).Unsqueeze(1).Expand([n, samples, _spec.Dimensions]).Reshape([n * samples, _spec.Dimensions]);
        return _head.LogProb(outputs, repeated).Reshape([n, samples]) + prior;
    }

    // Both terms of equation 10, [n]: one draw of E_q[log p(x|z)], and the KL in closed form (appendix B).
    private (Tensor LogLikelihood, Tensor Kl) Elbo(Tensor x, Rng rng)
    {
        var (mean, logStd) = Posterior(x);
        var std = logStd.Exp();
        var z = mean + std * rng.Normal(mean.Shape);
        var kl = 0.5 * (mean.Square() + std.Square() - 1 - 2 * logStd).Sum([1]);
        return (_head.LogProb(Outputs(z), _spec.Flat(x)), kl);
    }

    private (Tensor Mean, Tensor LogStd) Posterior(Tensor x)
    {
        var parts = _encoder.Call((Units(x) - _centre).Reshape(_spec.BatchShape(x.Shape[0]))).Chunk(2, 1);
        return (parts[0], parts[1]);
    }

    private Tensor Outputs(Tensor z) => _decoder.Call(z) + _offset;

    private Tensor Units(Tensor x) => _spec.Domain is Domain.Byte ? _spec.Flat(x) / 255 : _spec.Flat(x);

    // As in Burda et al. 2016's program: the encoder sees what differs from the mean, and the decoder starts at the marginals.
    // Without it the first thousands of steps go into learning the mean image, and latents that are not used meanwhile die.
    private void Centre(Tensor x)
    {
        _centre.CopyInPlace(Units(x).Mean([0]));
        _offset.CopyInPlace(_head.Marginals(_spec.Flat(x)));
    }

    /// <summary>Ascends the ELBO, or the importance-weighted bound of several draws.</summary>
    private sealed class Variational : Objective<Batch>
    {
        private readonly Vae _model;
        private readonly int _samples;
        private readonly Player _player;
        private readonly Counter _rounds;

        public Variational(Vae model, VaeOptions options)
        {
            _model = Add("model", model);
            _samples = options.ImportanceSamples;
            _player = new Player("model", options.Optimizer, model);
            _rounds = Include("rounds", new Counter());
        }

        public override IReadOnlyList<Player> Players => [_player];

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var x = feed.Next().X;
            if (_rounds.Next() == 0)
            {
                yield return _player.Assign(() => _model.Centre(x));
            }

            if (_samples == 1)
            {
                var (logLikelihood, kl) = _model.Elbo(x, rng);
                yield return _player.Minimise(("reconstruction", -logLikelihood.Mean()), ("kl", kl.Mean()));
            }
            else
            {
                // Burda et al. 2016, equation 8: L_k = E log 1/k Σ w_i
                var bound = _model.LogWeights(x, _samples, rng).Logsumexp([1]) - Math.Log(_samples);
                yield return _player.Minimise(("iwae", -bound.Mean()));
            }
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(VaeOptions))]
internal sealed partial class VaeJson : JsonSerializerContext;
