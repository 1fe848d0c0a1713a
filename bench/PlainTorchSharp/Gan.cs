using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace PlainTorchSharp;

/// <summary>The GANs of fully connected networks of ../peers/gan.py.</summary>
internal static class Gan
{
    private const int Latent = 100;

    public static void Run(Protocol protocol)
    {
        var batch = protocol.Batch(128);
        var G = Sequential(Linear(Latent, 256), ReLU(), Linear(256, 256), ReLU(), Linear(256, 784), Tanh());
        var D = Sequential(Linear(784, 256), LeakyReLU(0.2), Linear(256, 256), LeakyReLU(0.2), Linear(256, 1));
        var batches = Enumerable.Range(0, 8).Select(_ => torch.rand(batch, 784) * 2 - 1).ToArray();
        var optimizerD = torch.optim.Adam(D.parameters(), lr: 2e-4, beta1: 0.5, beta2: 0.999);
        var optimizerG = torch.optim.Adam(G.parameters(), lr: 2e-4, beta1: 0.5, beta2: 0.999);
        var (ones, zeros) = (torch.ones(batch, 1), torch.zeros(batch, 1));
        var turns = 0;
        protocol.Serve([.. G.parameters(), .. D.parameters()], protocol.Variant("gan", "wgan-gp") == "gan" ? GanStep : WganStep, Generate);

        Tensor Generate(int n) => G.forward(torch.randn(n, Latent));

        Tensor NextReal() => batches[++turns % batches.Length];

        Tensor GanStep()
        {
            var real = NextReal();
            D.zero_grad();
            var fake = Generate(batch);
            var lossD = F.binary_cross_entropy_with_logits(D.forward(real), ones) + F.binary_cross_entropy_with_logits(D.forward(fake.detach()), zeros);
            lossD.backward();
            optimizerD.step();
            G.zero_grad();
            var lossG = F.binary_cross_entropy_with_logits(D.forward(fake), ones);
            lossG.backward();
            optimizerG.step();
            return lossG;
        }

        Tensor Penalty(Tensor real, Tensor fake)
        {
            var share = torch.rand(batch, 1);
            var between = (share * real + (1 - share) * fake).requires_grad_();
            var slope = torch.autograd.grad([D.forward(between).sum()], [between], retain_graph: true, create_graph: true)[0];
            return 10 * (slope.norm(dim: 1) - 1).square().mean();
        }

        Tensor WganStep()
        {
            for (var i = 0; i < 5; i++)
            {
                using var scope = torch.NewDisposeScope();
                var real = NextReal();
                D.zero_grad();
                Tensor fake;
                using (torch.no_grad())
                    fake = Generate(batch);
                (D.forward(fake).mean() - D.forward(real).mean() + Penalty(real, fake)).backward();
                optimizerD.step();
            }

            G.zero_grad();
            var lossG = -D.forward(Generate(batch)).mean();
            lossG.backward();
            optimizerG.step();
            return lossG;
        }
    }
}
