namespace Likeness;

/// <summary>A distribution that codes are trained to follow. It must be possible to sample it; its density need not be known.</summary>
public abstract record CodePrior
{
    private CodePrior() { }

    /// <summary>The values of a code that this prior is made for; null for any number.</summary>
    [JsonIgnore]
    public virtual int? Dimensions => null;

    /// <summary>The mean square of one value.</summary>
    [JsonIgnore]
    public abstract double Variance { get; }

    /// <summary>Codes [count, latent], fp32.</summary>
    public abstract Tensor Sample(int count, int latent, Rng rng);

    /// <summary>log p(z), nats, [n]; null where there is no formula.</summary>
    public virtual Tensor? LogProb(Tensor z) => null;

    /// <summary>This prior, if codes of so many values can follow it.</summary>
    /// <exception cref="UsageException">They cannot.</exception>
    public CodePrior For(int latent) => Dimensions is { } d && d != latent
        ? throw new UsageException($"The prior '{this}' is of {Counted.Of(d, "value")} and the codes have {latent}: set latent={d}, or prior.kind=gaussian.")
        : this;

    /// <summary>N(0, <paramref name="Deviation"/>²) in every value.</summary>
    /// <param name="Deviation">Standard deviation of every value.</param>
    [Kind("gaussian")]
    public sealed record Spherical([property: Above(0)] double Deviation = 1) : CodePrior
    {
        [JsonIgnore]
        public override double Variance => Deviation * Deviation;

        public override Tensor Sample(int count, int latent, Rng rng) => rng.Normal(count, latent) * Deviation;

        public override Tensor LogProb(Tensor z) =>
            z.square().sum([1]) * (-0.5 / Variance) - z.shape[1] * (Math.Log(Deviation) + 0.5 * Math.Log(2 * Math.PI));

        public override string ToString() => "gaussian";
    }

    /// <summary>
    /// Ten Normal distributions in the plane, on a circle and drawn out along its radii, equally likely (figure 2 of Makhzani et al. 2016, which does
    /// not say its numbers).
    /// </summary>
    /// <param name="Radius">Radius of the circle of the means.</param>
    /// <param name="Along">Standard deviation along the radius.</param>
    /// <param name="Across">Standard deviation across the radius.</param>
    [Kind("ten-gaussians")]
    public sealed record Petals([property: Above(0)] double Radius = 2, [property: Above(0)] double Along = 0.5, [property: Above(0)] double Across = 0.15) : CodePrior
    {
        private const int Count = 10;

        [JsonIgnore]
        public override int? Dimensions => 2;

        [JsonIgnore]
        public override double Variance => ((Radius * Radius) + (Along * Along) + (Across * Across)) / 2;

        public override Tensor Sample(int count, int latent, Rng rng)
        {
            var angle = rng.Integers(0, Count, count).to(ScalarType.Float32) * (2 * Math.PI / Count);
            var (u, v) = (rng.Normal(count) * Along + Radius, rng.Normal(count) * Across);
            var (cos, sin) = (angle.cos(), angle.sin());
            return torch.stack([u * cos - v * sin, u * sin + v * cos], 1);
        }

        // Each component in the axes of its own radius.
        public override Tensor LogProb(Tensor z)
        {
            var (x, y) = (z.select(1, 0), z.select(1, 1));
            var components = Enumerable.Range(0, Count).Select(k =>
            {
                var (sin, cos) = Math.SinCos(2 * Math.PI * k / Count);
                return (x * cos + y * sin - Radius).square() * (-0.5 / (Along * Along)) + (y * cos - x * sin).square() * (-0.5 / (Across * Across));
            });
            return torch.stack([.. components], 1).logsumexp(1) - Math.Log(Count * 2 * Math.PI * Along * Across);
        }

        public override string ToString() => "ten-gaussians";
    }

    /// <summary>
    /// Points t·(cos t, sin t) on a spiral of two turns, evenly along it but for the middle, with a little noise: easily drawn, and
    /// without a formula for their density.
    /// </summary>
    /// <param name="Radius">Radius of the spiral's outer end.</param>
    /// <param name="Noise">Standard deviation of the noise.</param>
    [Kind("swiss-roll")]
    public sealed record SwissRoll([property: Above(0)] double Radius = 3, [property: AtLeast(0)] double Noise = 0.05) : CodePrior
    {
        private const double End = 4 * Math.PI;

        [JsonIgnore]
        public override int? Dimensions => 2;

        // t = End·√u has E t² = End²/2.
        [JsonIgnore]
        public override double Variance => (Radius * Radius / 4) + (Noise * Noise);

        public override Tensor Sample(int count, int latent, Rng rng)
        {
            var t = rng.Uniform(count).sqrt() * End;
            return torch.stack([t.cos() * t, t.sin() * t], 1) * (Radius / End) + rng.Normal(count, 2) * Noise;
        }

        public override string ToString() => "swiss-roll";
    }
}
