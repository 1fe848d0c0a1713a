namespace Likeness;

/// <summary>
/// How noise is turned into examples by a denoiser, on x = x_0 + σ·ε. With ε̂ = (x − x̂_0)/σ the way from σ to σ′ along the flow is x̂_0 + σ′·ε̂ where x̂_0
/// and ε̂ stay the same; samplers differ in what they make of it that they do not.
/// </summary>
public abstract record DiffusionSampler
{
    private DiffusionSampler() { }

    /// <summary>The order of convergence in the number of steps to the exact law; null where the sampler has no such number.</summary>
    [JsonIgnore]
    public abstract int? Order { get; }

    /// <summary>Examples (in the denoiser's units) from noise of the same shape.</summary>
    /// <param name="denoiser">What knows the clean example.</param>
    /// <param name="noise">Standard Normal, [n, …].</param>
    /// <param name="rng">Where fresh noise is drawn.</param>
    /// <param name="visit">Told each level σ and the example x̂_0 that the noise seems to hide, for pictures of the way.</param>
    public Tensor Sample(IDenoiser denoiser, Tensor noise, Rng rng, Action<double, Tensor>? visit = null)
    {
        var levels = Levels(denoiser);
        return From(denoiser, noise * Math.Sqrt(1 + levels[0] * levels[0]), levels, rng, visit);
    }

    /// <summary>The same from examples with noise of the first of these levels.</summary>
    /// <param name="denoiser">What knows the clean example.</param>
    /// <param name="x">x_0 + σ·ε, [n, …].</param>
    /// <param name="levels">σ, falling; a last step to 0 follows.</param>
    /// <param name="rng">Where fresh noise is drawn.</param>
    /// <param name="visit">Told each level and x̂_0.</param>
    public abstract Tensor From(IDenoiser denoiser, Tensor x, IReadOnlyList<double> levels, Rng rng, Action<double, Tensor>? visit = null);

    /// <summary>The levels that are visited.</summary>
    public abstract IReadOnlyList<double> Levels(IDenoiser denoiser);

    /// <summary>The steps that are visited: all of them, or as evenly spread as can be with the last one always among them.</summary>
    internal static int[] Visited(int total, int? steps)
    {
        var count = Math.Clamp(steps ?? total, 1, total);
        return [.. Enumerable.Range(1, count).Select(i => (int)Math.Round((double)i * total / count) - 1)];
    }

    /// <summary>
    /// Ho et al. 2020, algorithm 2: the mean of the forward process's posterior, and noise of the denoiser's own variance between β̃ and β; on fewer steps than
    /// the training's, both are those of the steps between two visited ones.
    /// </summary>
    /// <param name="Steps">Number of sampling steps; null takes all steps of the diffusion.</param>
    [Kind("ancestral")]
    public sealed record Ancestral([property: AtLeast(1)] int? Steps = null) : DiffusionSampler
    {
        [JsonIgnore]
        public override int? Order => null;

        public override IReadOnlyList<double> Levels(IDenoiser denoiser) => denoiser.NoiseLevels(Steps);

        public override Tensor From(IDenoiser denoiser, Tensor x, IReadOnlyList<double> levels, Rng rng, Action<double, Tensor>? visit = null) =>
            Walk.Along(x, levels, (now, sigma, next) =>
            {
                var (clean, blend) = Walk.Reverse(denoiser, now, sigma, visit);
                var kept = next * next / (sigma * sigma);
                var mean = kept * now + (1 - kept) * clean; // equation 7
                if (next == 0)
                {
                    return mean;
                }

                // β̃ and β of the step, after division by ᾱ of where it ends.
                var (posterior, noise) = (kept * (sigma * sigma - next * next), (sigma * sigma - next * next) * (1 + next * next) / (1 + sigma * sigma));
                var z = rng.Normal(now.shape).to(now.dtype);
                return blend is null ? mean + z * Math.Sqrt(posterior)
                    : mean + z * (0.5 * (blend * Math.Log(noise / posterior) + Math.Log(posterior))).exp();
            });
    }

    /// <summary>Song et al. 2021, equation 12, on any number of steps; η = 0 is deterministic, η = 1 the ancestral sampler with variance β̃_t.</summary>
    /// <param name="Steps">Number of sampling steps; null takes all steps of the diffusion.</param>
    /// <param name="Eta">η, the share of fresh noise in each step.</param>
    [Kind("ddim")]
    public sealed record Ddim([property: AtLeast(1)] int? Steps = 50, [property: AtLeast(0)] double Eta = 0) : DiffusionSampler
    {
        [JsonIgnore]
        public override int? Order => Eta == 0 ? 1 : null;

        public override IReadOnlyList<double> Levels(IDenoiser denoiser) => denoiser.NoiseLevels(Steps);

        public override Tensor From(IDenoiser denoiser, Tensor x, IReadOnlyList<double> levels, Rng rng, Action<double, Tensor>? visit = null) =>
            Walk.Along(x, levels, (now, sigma, next) => Onward(now, Walk.Clean(denoiser, now, sigma, visit), sigma, next, Eta, rng));

        /// <summary>One step from a level to a lower one, with the clean example that x seems to hide.</summary>
        internal static Tensor Onward(Tensor x, Tensor clean, double sigma, double next, double eta, Rng rng)
        {
            // Equation 16, after division by √ᾱ of where the step ends.
            var fresh = eta * next / sigma * Math.Sqrt(Math.Max(0, sigma * sigma - next * next));
            var along = Math.Sqrt(Math.Max(0, next * next - fresh * fresh)) / sigma;
            var ahead = clean + (x - clean) * along;
            return fresh == 0 ? ahead : ahead + rng.Normal(x.shape).to(x.dtype) * fresh;
        }
    }

    /// <summary>Euler's method for dx/dσ = ε̂, which is that of DDIM with η = 0 and, on straight paths, that of flow matching.</summary>
    /// <param name="Steps">Number of steps; null takes the model's own.</param>
    /// <param name="Rho">ρ: the ρth roots of the noise levels are evenly spaced between the model's largest and smallest level; null takes the model's own levels.</param>
    [Kind("euler")]
    public sealed record Euler([property: AtLeast(1)] int? Steps = 50, [property: Above(0)] double? Rho = null) : DiffusionSampler
    {
        [JsonIgnore]
        public override int? Order => 1;

        public override IReadOnlyList<double> Levels(IDenoiser denoiser) => Walk.Levels(denoiser, Steps, Rho);

        public override Tensor From(IDenoiser denoiser, Tensor x, IReadOnlyList<double> levels, Rng rng, Action<double, Tensor>? visit = null) =>
            new Ddim(Steps).From(denoiser, x, levels, rng, visit);
    }

    /// <summary>The midpoint method along straight paths y = x/(1 + σ) in the time t = 1/(1 + σ); two evaluations a step.</summary>
    /// <param name="Steps">Number of steps; null takes the model's own.</param>
    /// <param name="Rho">ρ: the ρth roots of the noise levels are evenly spaced between the model's largest and smallest level; null takes the model's own levels.</param>
    [Kind("midpoint")]
    public sealed record Midpoint([property: AtLeast(1)] int? Steps = 25, [property: Above(0)] double? Rho = null) : DiffusionSampler
    {
        [JsonIgnore]
        public override int? Order => 2;

        public override IReadOnlyList<double> Levels(IDenoiser denoiser) => Walk.Levels(denoiser, Steps, Rho);

        public override Tensor From(IDenoiser denoiser, Tensor x, IReadOnlyList<double> levels, Rng rng, Action<double, Tensor>? visit = null) =>
            Walk.Along(x, levels, (now, sigma, next) =>
            {
                var (t, ahead) = (1 / (1 + sigma), 1 / (1 + next));
                var half = 2 / (t + ahead) - 1;
                var clean = Walk.Clean(denoiser, now, sigma, visit);
                var middle = Walk.Ahead(now, clean, sigma, half);
                var better = Walk.Clean(denoiser, middle, half, null);
                var velocity = better - (middle - better) / half;
                return (now * t + velocity * (ahead - t)) / ahead;
            });
    }

    /// <summary>
    /// Karras et al. 2022, algorithm 2: Heun's method for dx/dσ = ε̂ with churn, noise that is added before a step. Two evaluations a step but for the last,
    /// which is Euler's, as are steps from levels above 100, where a schedule has such.
    /// </summary>
    /// <param name="Steps">Number of steps; null takes the model's own.</param>
    /// <param name="Rho">ρ: the ρth roots of the noise levels are evenly spaced between the model's largest and smallest level; null takes the model's own levels.</param>
    /// <param name="Churn">S_churn, the amount of noise added over all steps; 0 is deterministic.</param>
    /// <param name="ChurnFrom">S_tmin, the noise level below which no noise is added.</param>
    /// <param name="ChurnTo">S_tmax, the noise level above which no noise is added.</param>
    /// <param name="ChurnNoise">S_noise, the standard deviation of the added noise.</param>
    [Kind("heun")]
    public sealed record Heun(
        [property: AtLeast(1)] int? Steps = 18, [property: Above(0)] double? Rho = null, [property: AtLeast(0)] double Churn = 0,
        [property: AtLeast(0)] double ChurnFrom = 0.05, [property: AtLeast(0)] double ChurnTo = 50, [property: Above(0)] double ChurnNoise = 1.003) : DiffusionSampler
    {
        // The paper's levels begin at 80. Above this one nothing of an example is to be seen, so the way is straight; and from the 20,000 where a cosine schedule
        // begins, the correction would multiply what x̂_0 changes by σ/next, which may be a thousand.
        private const double Blind = 100;

        [JsonIgnore]
        public override int? Order => Churn == 0 ? 2 : null;

        public override IReadOnlyList<double> Levels(IDenoiser denoiser) => Walk.Levels(denoiser, Steps, Rho);

        public override Tensor From(IDenoiser denoiser, Tensor x, IReadOnlyList<double> levels, Rng rng, Action<double, Tensor>? visit = null) =>
            Walk.Along(x, levels, (now, sigma, next) =>
            {
                if (Churn > 0 && sigma >= ChurnFrom && sigma <= ChurnTo)
                {
                    var raised = sigma * (1 + Math.Min(Churn / levels.Count, Math.Sqrt(2) - 1));
                    now += rng.Normal(now.shape).to(now.dtype) * (ChurnNoise * Math.Sqrt(raised * raised - sigma * sigma));
                    sigma = raised;
                }

                var clean = Walk.Clean(denoiser, now, sigma, visit);
                var ahead = Walk.Ahead(now, clean, sigma, next);
                if (next == 0 || sigma > Blind)
                {
                    return ahead;
                }

                var slope = (now - clean) / sigma;
                var corrected = (ahead - Walk.Clean(denoiser, ahead, next, null)) / next;
                return now + (slope + corrected) * (0.5 * (next - sigma));
            });
    }

    /// <summary>
    /// DPM-Solver++(2M) (Lu et al. 2022, algorithm 2): one evaluation a step; in λ = −ln σ, x̂_0 is continued along the line through the last two. The first and
    /// the last step are of first order. With η it is their SDE-DPM-Solver++(2M): fresh noise corrects on the way what a network gets wrong.
    /// </summary>
    /// <param name="Steps">Number of steps; null takes the model's own.</param>
    /// <param name="Rho">ρ: the ρth roots of the noise levels are evenly spaced between the model's largest and smallest level; null takes the model's own levels.</param>
    /// <param name="Eta">η, the share of fresh noise in each step: 0 is deterministic, 1 adds as much as the ancestral sampler with the smaller variance.</param>
    [Kind("dpm-solver")]
    public sealed record DpmSolver([property: AtLeast(1)] int? Steps = 20, [property: Above(0)] double? Rho = null, [property: AtLeast(0)] double Eta = 0) : DiffusionSampler
    {
        [JsonIgnore]
        public override int? Order => Eta == 0 ? 2 : null;

        public override IReadOnlyList<double> Levels(IDenoiser denoiser) => Walk.Levels(denoiser, Steps, Rho);

        public override Tensor From(IDenoiser denoiser, Tensor x, IReadOnlyList<double> levels, Rng rng, Action<double, Tensor>? visit = null)
        {
            // The state is [x, the x̂_0 of the step before].
            var last = double.NaN;
            var both = Walk.Along(torch.stack([x, x]), levels, (state, sigma, next) =>
            {
                var (now, before) = (state.select(0, 0), state.select(0, 1));
                var clean = Walk.Clean(denoiser, now, sigma, visit);
                var used = clean;
                if (!double.IsNaN(last) && next > 0)
                {
                    var (h, earlier) = (Math.Log(sigma / next), Math.Log(last / sigma));
                    used = clean + (clean - before) * (h / (2 * earlier));
                }

                last = sigma;
                return torch.stack([Onward(now, used, sigma, next, rng), clean]);
            });
            return both.select(0, 0);
        }

        // With h = ln(σ/σ′): x·e^(−h(1+η)) + x̂_0·(1 − e^(−h(1+η))), and noise of the variance σ′²·(1 − e^(−2ηh)).
        private Tensor Onward(Tensor x, Tensor clean, double sigma, double next, Rng rng) => Eta == 0 || next == 0 ? Walk.Ahead(x, clean, sigma, next)
            : clean + (x - clean) * Math.Pow(next / sigma, 1 + Eta) + rng.Normal(x.shape).to(x.dtype) * (next * Math.Sqrt(1 - Math.Pow(next / sigma, 2 * Eta)));
    }

    /// <summary>DPM-Solver++(2S) (Lu et al. 2022, algorithm 1, r = 1/2): the midpoint method in λ = −ln σ; two evaluations a step but for the last.</summary>
    /// <param name="Steps">Number of steps; null takes the model's own.</param>
    /// <param name="Rho">ρ: the ρth roots of the noise levels are evenly spaced between the model's largest and smallest level; null takes the model's own levels.</param>
    [Kind("dpm-solver-2s")]
    public sealed record DpmSolverSingle([property: AtLeast(1)] int? Steps = 10, [property: Above(0)] double? Rho = null) : DiffusionSampler
    {
        [JsonIgnore]
        public override int? Order => 2;

        public override IReadOnlyList<double> Levels(IDenoiser denoiser) => Walk.Levels(denoiser, Steps, Rho);

        public override Tensor From(IDenoiser denoiser, Tensor x, IReadOnlyList<double> levels, Rng rng, Action<double, Tensor>? visit = null) =>
            Walk.Along(x, levels, (now, sigma, next) =>
            {
                var clean = Walk.Clean(denoiser, now, sigma, visit);
                if (next == 0)
                {
                    return clean;
                }

                var half = Math.Sqrt(sigma * next);
                var middle = Walk.Ahead(now, clean, sigma, half);
                return Walk.Ahead(now, Walk.Clean(denoiser, middle, half, null), sigma, next);
            });
    }

    /// <summary>
    /// The method of Dormand and Prince in ln σ, whose steps are as long as the tolerance allows, for the batch as a whole: so an example of it depends a
    /// little on the others. A step to σ = 0 ends it.
    /// </summary>
    /// <param name="Tolerance">Error tolerance of a step, relative to the size of the values.</param>
    [Kind("adaptive")]
    public sealed record Adaptive([property: Above(0)] double Tolerance = 1e-3) : DiffusionSampler
    {
        [JsonIgnore]
        public override int? Order => null;

        public override IReadOnlyList<double> Levels(IDenoiser denoiser) => denoiser.NoiseLevels(null) is var all ? [all[0], all[^1]] : [];

        public override Tensor From(IDenoiser denoiser, Tensor x, IReadOnlyList<double> levels, Rng rng, Action<double, Tensor>? visit = null)
        {
            var near = DormandPrince.Solve((log, y) => y - Walk.Clean(denoiser, y, Math.Exp(log), visit), x, Math.Log(levels[0]), Math.Log(levels[^1]), Tolerance);
            return Walk.Clean(denoiser, near, levels[^1], visit);
        }
    }

    /// <summary>What samplers share.</summary>
    private static class Walk
    {
        public static IReadOnlyList<double> Levels(IDenoiser denoiser, int? steps, double? rho) =>
            denoiser.NoiseLevels(steps) is var own && rho is { } r && own.Count > 1 ? NoiseProcess.Spread(own[0], own[^1], own.Count, r) : own;

        public static Tensor Along(Tensor x, IReadOnlyList<double> levels, Func<Tensor, double, double, Tensor> step) =>
            Chain.Run(x, Enumerable.Range(0, levels.Count), (now, i) => step(now, levels[i], i + 1 < levels.Count ? levels[i + 1] : 0));

        public static Tensor Clean(IDenoiser denoiser, Tensor x, double sigma, Action<double, Tensor>? visit) => Reverse(denoiser, x, sigma, visit).Clean;

        // As in DDPM's program, the example that the noise implies is clipped to where examples can be: at high noise a small error in ε̂ is a large one in
        // x̂_0, and it would add up.
        public static Denoised Reverse(IDenoiser denoiser, Tensor x, double sigma, Action<double, Tensor>? visit)
        {
            var said = denoiser.Reverse(x, torch.full([x.shape[0]], sigma, ScalarType.Float64, x.device));
            said = double.IsFinite(denoiser.Bound) ? said with { Clean = said.Clean.clamp(-denoiser.Bound, denoiser.Bound) } : said;
            visit?.Invoke(sigma, said.Clean);
            return said;
        }

        public static Tensor Ahead(Tensor x, Tensor clean, double sigma, double next) => next == 0 ? clean : clean + (x - clean) * (next / sigma);
    }
}
