namespace Likeness;

/// <summary>
/// A denoiser that is told something, and led by it (Ho and Salimans 2022, equation 6): x̂_0 = (1 + w)·x̂_0(told) − w·x̂_0(told nothing).
/// </summary>
/// <param name="model">Whose network is asked.</param>
/// <param name="told">What it is told of each example, [n, told].</param>
/// <param name="weight">w; 0 takes what is told as it is.</param>
internal sealed class Guided(DataDiffusion model, Tensor told, double weight) : IDenoiser
{
    public double Bound => model.Bound;

    public IReadOnlyList<double> NoiseLevels(int? steps) => model.NoiseLevels(steps);

    public Tensor Denoise(Tensor x, Tensor sigma)
    {
        if (weight == 0)
        {
            return model.Reverse(x, sigma, told).Clean;
        }

        // Both answers from one call of the network.
        var both = model.Reverse(torch.cat([x, x]), torch.cat([sigma, sigma]), torch.cat([told, told.zeros_like()])).Clean.chunk(2);
        return (1 + weight) * both[0] - weight * both[1];
    }

    /// <summary>What is told, with zeros for this share of the examples, so the network learns to do without.</summary>
    public static Tensor Drop(Tensor told, double share, Rng rng) =>
        told * (rng.Uniform(told.shape[0], 1) >= share).to(told.dtype).to(told.device);
}
