namespace Likeness;

/// <summary>
/// Levels 0 … K − 1 laid on [−1, 1] at 2x/(K − 1) − 1, each owning the interval of half-width 1/(K − 1) around it and the two
/// outermost ones the tails as well: so probabilities of the levels sum to one (Salimans et al. 2017; Ho et al. 2020, eq. 13).
/// </summary>
internal readonly struct Bins
{
    private readonly int _levels;

    public Bins(int levels) => _levels = levels >= 2
        ? levels
        : throw new ArgumentException($"{levels} levels cannot be told apart: use at least 2.", nameof(levels));

    /// <summary>The level whose bin holds each place.</summary>
    public Tensor Level(Tensor place) => Centre(place).round().clamp(0, _levels - 1);

    /// <summary>Of a bin on [−1, 1].</summary>
    public double Width => 2.0 / (_levels - 1);

    /// <summary>A place on [−1, 1] in units of levels. Counted so, neighbours agree bit for bit on the edge between them.</summary>
    public Tensor Centre(Tensor place) => (place + 1) * ((_levels - 1) / 2.0);

    /// <summary>1 where a level has a bin edge below it (all but level 0), else 0.</summary>
    public static Tensor HasLower(Tensor x, ScalarType type) => x.gt(0).to(type);

    /// <summary>1 where a level has a bin edge above it (all but level K − 1), else 0.</summary>
    public Tensor HasUpper(Tensor x, ScalarType type) => x.lt(_levels - 1).to(type);
}
