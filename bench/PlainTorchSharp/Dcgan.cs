using TorchSharp.Modules;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace PlainTorchSharp;

/// <summary>The DCGAN of ../peers/dcgan.py.</summary>
internal static class Dcgan
{
    private const int Latent = 100;

    public static void Run(Protocol protocol)
    {
        var batch = protocol.Batch(128);
        int[] widths = protocol.Variant("32", "64") == "64" ? [64, 128, 256, 512] : [64, 128, 256];
        var (G, D) = (Generator(widths), Discriminator(widths));
        G.apply(Initialise);
        D.apply(Initialise);
        // Smooth images in [-1, 1], as photographs are: low-resolution noise, enlarged.
        var scale = Math.Pow(2, widths.Length - 1);
        var batches = Enumerable.Range(0, 8).Select(_ => torch.tanh(
            F.interpolate(torch.randn(batch, 3, 8, 8), scale_factor: [scale, scale], mode: torch.InterpolationMode.Bilinear, align_corners: false))).ToArray();
        var optimizerD = torch.optim.Adam(D.parameters(), lr: 2e-4, beta1: 0.5, beta2: 0.999);
        var optimizerG = torch.optim.Adam(G.parameters(), lr: 2e-4, beta1: 0.5, beta2: 0.999);
        var (ones, zeros) = (torch.ones(batch), torch.zeros(batch));
        var steps = 0;
        protocol.Serve([.. G.parameters(), .. D.parameters()], Step, Generate);

        Tensor Generate(int n) => G.forward(torch.randn(n, Latent, 1, 1));

        Tensor Step()
        {
            var real = batches[steps++ % batches.Length];
            D.zero_grad();
            F.binary_cross_entropy_with_logits(D.forward(real), ones).backward();
            var fake = Generate(batch);
            F.binary_cross_entropy_with_logits(D.forward(fake.detach()), zeros).backward();
            optimizerD.step();
            G.zero_grad();
            var lossG = F.binary_cross_entropy_with_logits(D.forward(fake), ones);
            lossG.backward();
            optimizerG.step();
            return lossG;
        }
    }

    private static Sequential Generator(int[] widths)
    {
        var layers = new List<Module<Tensor, Tensor>>();
        var inputs = Latent;
        foreach (var width in widths.Reverse())                  // 4x4, 8x8, ...
        {
            var (stride, padding) = layers.Count > 0 ? (2, 1) : (1, 0);
            layers.AddRange([ConvTranspose2d(inputs, width, 4, stride, padding, bias: false), BatchNorm2d(width), ReLU(inplace: true)]);
            inputs = width;
        }

        return Sequential([.. layers, ConvTranspose2d(inputs, 3, 4, 2, 1), Tanh()]);
    }

    private static Sequential Discriminator(int[] widths)
    {
        var layers = new List<Module<Tensor, Tensor>>();
        var inputs = 3;
        foreach (var width in widths)                            // halved at each; the first is not normalised
        {
            layers.Add(Conv2d(inputs, width, 4, 2, 1, bias: inputs == 3));
            if (inputs > 3)
                layers.Add(BatchNorm2d(width));
            layers.Add(LeakyReLU(0.2, inplace: true));
            inputs = width;
        }

        return Sequential([.. layers, Conv2d(inputs, 1, 4, 1, 0), Flatten(0)]);                  // [n]
    }

    private static void Initialise(Module module)
    {
        switch (module)
        {
            case Conv2d c:
                init.normal_(c.weight, 0, 0.02);
                break;
            case ConvTranspose2d c:
                init.normal_(c.weight, 0, 0.02);
                break;
            case BatchNorm2d b:
                init.normal_(b.weight, 1, 0.02);
                init.zeros_(b.bias);
                break;
        }
    }
}
