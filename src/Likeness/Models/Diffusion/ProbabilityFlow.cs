namespace Likeness;

/// <summary>
/// The density of a diffusion by its probability flow (Song et al. 2021, equation 39): along dx/d ln σ = x − D(x; σ), log p changes by minus the divergence
/// d − tr ∂D/∂x, and at the highest noise it is that of a Normal.
/// </summary>
internal static class ProbabilityFlow
{
    // Up to this many dimensions the trace is exact: that takes one backward pass for each of them.
    private const int MostExact = 32;

    /// <summary>log p(x) per example, [n], nats, of examples in the denoiser's units.</summary>
    public static Tensor LogDensity(IDenoiser denoiser, Tensor x, double tolerance, Rng rng)
    {
        var levels = denoiser.NoiseLevels(null);
        var (n, d) = (x.shape[0], (int)(x.numel() / x.shape[0]));

        // The direction of Hutchinson's estimate stays the same along the flow.
        var direction = d <= MostExact ? null : (rng.Uniform(x.shape) < 0.5).to(x.dtype) * 2 - 1;

        // The state: the example's values and the integral of the divergence.
        var start = torch.cat([x.reshape(n, d), torch.zeros([n, 1], x.dtype, x.device)], 1);
        var end = DormandPrince.Solve(Slope, start, Math.Log(levels[^1]), Math.Log(levels[0]), tolerance);
        var (noise, divergence) = (end.narrow(1, 0, d), end.select(1, d));
        var variance = 1 + levels[0] * levels[0];
        return -0.5 * (noise.square().sum([1]) / variance + d * Math.Log(2 * Math.PI * variance)) + divergence;

        Tensor Slope(double logSigma, Tensor state)
        {
            var y = state.narrow(1, 0, d).reshape(x.shape);
            var sigma = torch.full([n], Math.Exp(logSigma), ScalarType.Float64, x.device);
            return Chain.Kept(() =>
            {
                using var recording = torch.enable_grad();
                var leaf = y.detach().requires_grad_();
                var said = denoiser.Denoise(leaf, sigma);
                var trace = direction is null ? Exact(leaf, said) : (Gradient(leaf, said, direction) * direction).reshape(n, d).sum([1]);
                return torch.cat([(y - said.detach()).reshape(n, d), (d - trace).unsqueeze(1)], 1);
            });
        }

        Tensor Exact(Tensor leaf, Tensor said)
        {
            var trace = torch.zeros([n], x.dtype, x.device);
            for (var i = 0; i < d; i++)
            {
                var one = torch.zeros([n, d], x.dtype, x.device);
                one.select(1, i).fill_(1);
                trace += Gradient(leaf, said, one.reshape(x.shape), keep: i + 1 < d).reshape(n, d).select(1, i);
            }

            return trace.detach();
        }
    }

    private static Tensor Gradient(Tensor leaf, Tensor said, Tensor direction, bool keep = false) =>
        Autograd.Grad([said], [leaf], [direction], retainGraph: keep)[0]?.detach() ?? leaf.zeros_like();
}
