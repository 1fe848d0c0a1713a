namespace Likeness;

/// <summary>Logarithms of probabilities under the standard Normal that stay exact, with their gradients, where the probabilities underflow.</summary>
internal static class NormalTails
{
    /// <summary>log Φ(x).</summary>
    public static Tensor LogCdf(Tensor x)
    {
        // libtorch's gradient subtracts x²/2 from itself; far out, the asymptotic series (Abramowitz and Stegun 26.2.12) takes over.
        const double start = -20;
        var tail = x.clamp(max: start);
        var s = tail.square().reciprocal();
        var series = 1 - s * (1 - 3 * s * (1 - 5 * s * (1 - 7 * s)));
        var far = tail.square() * -0.5 - (-tail).log() - Normal.HalfLogTwoPi + series.log();
        return torch.where(x.lt(start), far, Special.LogNdtr(x.clamp_min(start)));
    }

    /// <summary>log(Φ(middle + half) − Φ(middle − half)) for half &gt; 0.</summary>
    public static Tensor LogBin(Tensor middle, Tensor half)
    {
        // Mirrored at 0 to the negative side, where log Φ keeps its relative precision.
        var distance = middle.abs();
        var near = LogCdf(half - distance);
        var wide = near + (-(LogCdf(-half - distance) - near).clamp(max: -1e-30).expm1()).log();

        // A narrow bin is a difference of nearly equal numbers; there φ(m + t) ≈ φ(m)·exp(−mt)·(1 − t²/2) is integrated instead.
        const double narrow = 0.01;
        var h = half.clamp(max: narrow);
        var a = (distance * h).clamp_min(1e-4);
        var slope = a + (-(a * -2).expm1() / (a * 2)).log(); // log(sinh(a)/a)
        var thin = distance.square() * -0.5 - Normal.HalfLogTwoPi + (h * 2).log() + slope - h.square() / 6;
        return torch.where(half.lt(narrow), thin, wide);
    }
}
