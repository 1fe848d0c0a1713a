namespace Likeness;

/// <summary>The way from noise to images in a denoiser's levels of noise, x = x₀ + σ·ε, with jumps back.</summary>
internal static class NoiseWalk
{
    /// <summary>From pure noise.</summary>
    /// <param name="denoiser">What denoises.</param>
    /// <param name="shape">Of the images, [n, …].</param>
    /// <param name="walk">Which levels, and how.</param>
    /// <param name="rng">Where noise comes from.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    public static Tensor Down(IDenoiser denoiser, long[] shape, NullSpaceWalk walk, Rng rng, Action<double>? progress)
    {
        rng = rng.PerExample();
        double[] levels = [.. denoiser.NoiseLevels(walk.Steps), 0];
        return Down(denoiser, rng.Normal(shape) * Math.Sqrt(1 + (levels[0] * levels[0])), levels, walk, rng, progress);
    }

    /// <summary>From images of the first of these levels of noise, the last of which is 0.</summary>
    public static Tensor Down(IDenoiser denoiser, Tensor x, double[] levels, NullSpaceWalk walk, Rng rng, Action<double>? progress)
    {
        var moves = Moves(levels.Length, walk.Jump, walk.Repeats).ToList();
        return Chain.Run(x, moves.Index(), (x, move) =>
        {
            progress?.Invoke((move.Index + 1.0) / moves.Count);
            var (from, to) = (levels[move.Item.From], levels[move.Item.To]);
            if (to > from)
            {
                return x + (rng.Normal(x.shape).to(x.dtype) * Math.Sqrt((to * to) - (from * from)));
            }

            var clean = denoiser.Denoise(x, torch.full([x.size(0)], from, ScalarType.Float64, x.device));
            return DiffusionSampler.Ddim.Onward(x, clean, from, to, walk.Eta, rng);
        });
    }

    /// <summary>From which level to which: down one at a time and, after each stretch of so many, back to where it began, until it has been walked so often (Lugmayr et al. 2022, figure 9).</summary>
    internal static IEnumerable<(int From, int To)> Moves(int levels, int jump, int repeats)
    {
        for (var start = 0; start < levels - 1; start += jump)
        {
            var end = Math.Min(start + jump, levels - 1);
            // What has no noise any more has come to its end.
            var last = end == levels - 1 ? end - 1 : end;
            for (var repeat = 0; repeat < repeats; repeat++)
            {
                for (var i = start; i < last; i++)
                {
                    yield return (i, i + 1);
                }

                if (repeat < repeats - 1 && last > start)
                {
                    yield return (last, start);
                }
            }

            if (last < end)
            {
                yield return (last, end);
            }
        }
    }
}
