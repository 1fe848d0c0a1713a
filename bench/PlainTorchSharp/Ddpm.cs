using F = TorchSharp.torch.nn.functional;

namespace PlainTorchSharp;

/// <summary>The DDPM of ../peers/ddpm.py.</summary>
internal static class Ddpm
{
    private const int Steps = 1000, DdimSteps = 50;
    private const float EmaDecay = 0.9999f;

    public static void Run(Protocol protocol)
    {
        var batch = protocol.Batch(64);
        var small = protocol.Variant("28", "32") == "28";
        var (channels, size) = small ? (1, 28) : (3, 32);
        var (model, ema) = (new UNet(channels), new UNet(channels));
        ema.load_state_dict(model.state_dict());
        foreach (var p in ema.parameters())
            p.requires_grad_(false);
        ema.eval();
        var optimizer = torch.optim.Adam(model.parameters(), lr: 2e-4);
        var pairs = ema.parameters().Zip(model.parameters()).ToArray();

        var beta = torch.linspace(1e-4, 0.02, Steps, dtype: ScalarType.Float64);
        var alphaBar = torch.cumprod(1 - beta, 0);
        var signal = alphaBar.sqrt().to_type(ScalarType.Float32);
        var noise = (1 - alphaBar).sqrt().to_type(ScalarType.Float32);
        var towards = torch.tensor(1 - EmaDecay);

        // Mostly black with smooth bright spots, scaled to [-1, 1], as drawings of digits are.
        var batches = Enumerable.Range(0, 8).Select(_ =>
            F.interpolate(torch.randn(batch, channels, size / 4, size / 4) - 1, scale_factor: [4, 4], mode: torch.InterpolationMode.Bilinear, align_corners: false).clamp(0, 1) * 2 - 1).ToArray();
        var steps = 0;
        protocol.Serve(model.parameters(), Step, small ? Sample : Ddim);

        Tensor Step()
        {
            var x = batches[steps++ % batches.Length];
            var t = torch.randint(0, Steps, [batch], dtype: ScalarType.Int64);
            var eps = torch.randn_like(x);
            var xt = signal[t].reshape(-1, 1, 1, 1) * x + noise[t].reshape(-1, 1, 1, 1) * eps;
            optimizer.zero_grad();
            var loss = F.mse_loss(model.forward(xt, t), eps);
            loss.backward();
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            optimizer.step();
            using (torch.no_grad())
                foreach (var (averaged, p) in pairs)
                    averaged.lerp_(p, towards);
            return loss;
        }

        Tensor Sample(int n)
        {
            var x = torch.randn(n, channels, size, size);
            for (var t = Steps - 1; t >= 0; t--)
            {
                using var scope = torch.NewDisposeScope();
                var (b, a) = (beta[t].item<double>(), alphaBar[t].item<double>());
                var eps = ema.forward(x, torch.full([n], t, dtype: ScalarType.Int64));
                x = (x - (b / Math.Sqrt(1 - a)) * eps) / Math.Sqrt(1 - b);
                if (t > 0)
                    x = x + Math.Sqrt(b) * torch.randn_like(x);
                x.MoveToOuterDisposeScope();
            }

            return x;
        }

        Tensor Ddim(int n)
        {
            var times = Enumerable.Range(0, DdimSteps).Select(i => (int)Math.Round(i * (Steps - 1.0) / (DdimSteps - 1))).ToArray();
            var x = torch.randn(n, channels, size, size);
            for (var i = DdimSteps - 1; i >= 0; i--)
            {
                using var scope = torch.NewDisposeScope();
                var eps = ema.forward(x, torch.full([n], times[i], dtype: ScalarType.Int64));
                var clean = (x - noise[times[i]] * eps) / signal[times[i]];
                x = i > 0 ? signal[times[i - 1]] * clean + noise[times[i - 1]] * eps : clean;
                x.MoveToOuterDisposeScope();
            }

            return x;
        }
    }
}
