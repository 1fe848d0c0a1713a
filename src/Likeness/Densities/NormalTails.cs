using Likeness.Torch;

namespace Likeness.Densities;

/// <summary>Logarithms of probabilities under the standard Normal that stay exact, with their gradients, where the probabilities underflow.</summary>
internal static class NormalTails
{
    /// <summary>log Φ(x).</summary>
    public static Tensor LogCdf(Tensor x)
    {
        // libtorch's gradient subtracts x²/2 from itself; far out, the asymptotic series (Abramowitz and Stegun 26.2.12) takes over.
        const double start = -20;
        var tail = x.Clamp(max: start);
        var s = tail.Square().Reciprocal();
        var series = 1 - s * (1 - 3 * s * (1 - 5 * s * (1 - 7 * s)));
        var far = tail.Square() * -0.5 - (-tail).Log() - Normal.HalfLogTwoPi + series.Log();
        return Ops.Where(x.Lt(start), far, x.ClampMin(start).SpecialLogNdtr());
    }

    /// <summary>log(Φ(middle + half) − Φ(middle − half)) for half &gt; 0.</summary>
    public static Tensor LogBin(Tensor middle, Tensor half)
    {
        // Mirrored at 0 to the negative side, where log Φ keeps its relative precision.
        var distance = middle.Abs();
        var near = LogCdf(half - distance);
        var wide = near + (-(LogCdf(-half - distance) - near).Clamp(max: -1e-30).Expm1()).Log();

        // A narrow bin is a difference of nearly equal numbers; there φ(m + t) ≈ φ(m)·exp(−mt)·(1 − t²/2) is integrated instead.
        const double narrow = 0.01;
        var h = half.Clamp(max: narrow);
        var a = (distance * h).ClampMin(1e-4);
        var slope = a + (-(a * -2).Expm1() / (a * 2)).Log(); // log(sinh(a)/a)
        var thin = distance.Square() * -0.5 - Normal.HalfLogTwoPi + (h * 2).Log() + slope - h.Square() / 6;
        return Ops.Where(half.Lt(narrow), thin, wide);
    }
}
