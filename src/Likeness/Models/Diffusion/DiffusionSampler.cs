using System.Text.Json.Serialization;

namespace Likeness;

/// <summary>How noise is turned into examples by a denoiser.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Ancestral), "ancestral")]
[JsonDerivedType(typeof(Ddim), "ddim")]
public abstract record DiffusionSampler
{
    private DiffusionSampler() { }

    /// <summary>Examples (in the denoiser's units) from noise of the same shape.</summary>
    public abstract Tensor Sample(IDenoiser denoiser, Tensor noise, Rng rng);

    /// <summary>The order of convergence in the number of steps to the exact law; null where the sampler has no such number.</summary>
    [JsonIgnore]
    public abstract int? Order { get; }

    /// <summary>The steps that are visited: all of them, or as evenly spread as can be with the last one always among them.</summary>
    internal static int[] Visited(int total, int? steps)
    {
        var count = Math.Clamp(steps ?? total, 1, total);
        return [.. Enumerable.Range(1, count).Select(i => (int)Math.Round((double)i * total / count) - 1)];
    }

    /// <summary>
    /// Ho et al. 2020, algorithm 2, with the denoiser's own variance (β_t or β̃_t); on fewer steps than the training's, both are those of the
    /// steps between two visited ones.
    /// </summary>
    /// <param name="Steps">Steps that are visited; null visits all of the training's.</param>
    public sealed record Ancestral([property: AtLeast(1)] int? Steps = null) : DiffusionSampler
    {
        [JsonIgnore]
        public override int? Order => null;

        public override Tensor Sample(IDenoiser denoiser, Tensor noise, Rng rng) => Walk(denoiser, noise, rng, Steps, (aBar, aBarBefore) =>
        {
            var alpha = aBar / aBarBefore;
            var posterior = (1 - aBarBefore) / (1 - aBar) * (1 - alpha); // equation 7
            // Algorithm 2, line 4: x_{t−1} = (x_t − β_t/√(1 − ᾱ_t)·ε̂)/√α_t + σ_t·z
            return (1 / Math.Sqrt(alpha), -(1 - alpha) / Math.Sqrt((1 - aBar) * alpha), aBarBefore == 1 ? 0 : Math.Sqrt(denoiser.StepVariance(1 - alpha, posterior)));
        });
    }

    /// <summary>Song et al. 2021, equation 12, on any number of steps; η = 0 is deterministic, η = 1 the ancestral sampler with variance β̃_t.</summary>
    /// <param name="Steps">Steps that are visited; null visits all of the training's.</param>
    /// <param name="Eta">η, the share of fresh noise in a step.</param>
    public sealed record Ddim([property: AtLeast(1)] int? Steps = 50, [property: AtLeast(0)] double Eta = 0) : DiffusionSampler
    {
        [JsonIgnore]
        public override int? Order => Eta == 0 ? 1 : null;

        public override Tensor Sample(IDenoiser denoiser, Tensor noise, Rng rng) => Walk(denoiser, noise, rng, Steps, (aBar, aBarBefore) =>
        {
            // Equation 16: σ_t = η·√((1 − ᾱ_{t−1})/(1 − ᾱ_t))·√(1 − ᾱ_t/ᾱ_{t−1})
            var sigma = Eta * Math.Sqrt((1 - aBarBefore) / (1 - aBar)) * Math.Sqrt(1 - aBar / aBarBefore);
            // Equation 12: √ᾱ_{t−1}·x̂_0 + √(1 − ᾱ_{t−1} − σ²)·ε̂ + σ·z, with x̂_0 = (x_t − √(1 − ᾱ_t)·ε̂)/√ᾱ_t
            var scale = Math.Sqrt(aBarBefore / aBar);
            return (scale, Math.Sqrt(Math.Max(0, 1 - aBarBefore - sigma * sigma)) - scale * Math.Sqrt(1 - aBar), sigma);
        });
    }

    // Every sampler here is x ← a·x + b·ε̂ + c·z with coefficients that depend on ᾱ at the step and at the one visited after it.
    private static Tensor Walk(IDenoiser denoiser, Tensor noise, Rng rng, int? steps, Func<double, double, (double X, double Noise, double Fresh)> coefficients)
    {
        var visited = Visited(denoiser.AlphaBar.Count, steps);
        return Chain.Run(noise, Enumerable.Range(0, visited.Length).Reverse(), (x, i) =>
        {
            var t = visited[i];
            var (a, b, c) = coefficients(denoiser.AlphaBar[t], i == 0 ? 1 : denoiser.AlphaBar[visited[i - 1]]);
            var eps = denoiser.PredictNoise(x, torch.full([x.shape[0]], t, ScalarType.Int64, x.device));
            if (double.IsFinite(denoiser.Bound))
            {
                // As in the paper's program, the example that the noise implies is clipped to where examples can be: at high noise
                // a small error in ε̂ is a large one in x̂_0, and it would add up.
                var (signal, spread) = (Math.Sqrt(denoiser.AlphaBar[t]), Math.Sqrt(1 - denoiser.AlphaBar[t]));
                var clean = ((x - eps * spread) / signal).clamp(-denoiser.Bound, denoiser.Bound);
                eps = (x - clean * signal) / spread;
            }

            var next = x * a + eps * b;
            return c == 0 ? next : next + rng.Normal(x.shape).to(x.dtype) * c;
        });
    }
}
