using TorchSharp.Modules;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace PlainTorchSharp;

/// <summary>The VAE of ../peers/vae.py.</summary>
internal sealed class Vae : Module<Tensor, (Tensor Logits, Tensor Mean, Tensor LogVariance)>
{
    private const int Latent = 50;
    private readonly Sequential _encoder, _decoder;
    private readonly Linear _mean, _logVariance;

    private Vae(Sequential encoder, int features, Sequential decoder)
        : base(nameof(Vae))
    {
        (_encoder, _decoder) = (encoder, decoder);
        _mean = Linear(features, Latent);
        _logVariance = Linear(features, Latent);
        RegisterComponents();
    }

    public static void Run(Protocol protocol)
    {
        var batch = protocol.Batch(100);
        var model = protocol.Variant("mlp", "conv") == "mlp" ? Mlp() : Conv();
        var batches = Enumerable.Range(0, 8).Select(_ => torch.rand(batch, 1, 28, 28).lt(0.13).to_type(ScalarType.Float32)).ToArray();
        var optimizer = torch.optim.Adam(model.parameters(), lr: 1e-3);
        var steps = 0;
        protocol.Serve(model.parameters(), Step, model.Sample);

        Tensor Step()
        {
            var x = batches[steps++ % batches.Length];
            optimizer.zero_grad();
            var (logits, mean, logVariance) = model.forward(x);
            var loss = NegativeElbo(logits, x, mean, logVariance);
            loss.backward();
            optimizer.step();
            return loss;
        }
    }

    public override (Tensor Logits, Tensor Mean, Tensor LogVariance) forward(Tensor input)
    {
        var h = _encoder.forward(input);
        var (mean, logVariance) = (_mean.forward(h), _logVariance.forward(h));
        var z = mean + torch.exp(0.5 * logVariance) * torch.randn_like(mean);
        return (_decoder.forward(z), mean, logVariance);
    }

    private static Tensor NegativeElbo(Tensor logits, Tensor x, Tensor mean, Tensor logVariance)
    {
        var reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction: Reduction.Sum);
        var kl = -0.5 * torch.sum(1 + logVariance - mean.pow(2) - logVariance.exp());
        return (reconstruction + kl) / x.shape[0];
    }

    private static Vae Mlp() => new(
        Sequential(Flatten(), Linear(784, 200), Tanh(), Linear(200, 200), Tanh()),
        200,
        Sequential(Linear(Latent, 200), Tanh(), Linear(200, 200), Tanh(), Linear(200, 784), Unflatten(1, [1, 28, 28])));

    private static Vae Conv() => new(
        Sequential(
            Conv2d(1, 32, 4, 2, 1), ReLU(),                      // 14x14
            Conv2d(32, 64, 4, 2, 1), ReLU(),                     // 7x7
            Flatten(), Linear(64 * 7 * 7, 256), ReLU()),
        256,
        Sequential(
            Linear(Latent, 256), ReLU(), Linear(256, 64 * 7 * 7), ReLU(), Unflatten(1, [64, 7, 7]),
            ConvTranspose2d(64, 32, 4, 2, 1), ReLU(),            // 14x14
            ConvTranspose2d(32, 1, 4, 2, 1)));                   // 28x28

    private Tensor Sample(int n) => torch.bernoulli(torch.sigmoid(_decoder.forward(torch.randn(n, Latent))));
}
