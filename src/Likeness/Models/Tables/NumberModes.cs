namespace Likeness;

/// <summary>
/// The numbers of a table as mixtures of Normals, one for each column, fitted before training (Xu et al. 2019, section 4.2): the modes that a value is told by, and a
/// smooth distribution function that turns values into Normal scores. Buffers weights, means and deviations, [numbers, 10].
/// </summary>
internal sealed class NumberModes : Module
{
    /// <summary>Modes of a column at most.</summary>
    public const int Most = 10;

    // Examples that the modes are fitted on, at most.
    private const int Enough = 10_000;

    // Beyond so many deviations no value is distinguished from another.
    private const double Farthest = 7.5;

    private readonly Tensor _weights, _means, _deviations;

    public NumberModes(int numbers, Rng rng)
    {
        Count = numbers;
        _weights = Buffer("weights", torch.full([numbers, Most], 1.0 / Most, ScalarType.Float32, rng.Device));
        _means = Buffer("means", torch.linspace(-2, 2, Most, ScalarType.Float32, rng.Device).unsqueeze(0).repeat(numbers, 1));
        _deviations = Buffer("deviations", torch.ones([numbers, Most], ScalarType.Float32, rng.Device));
    }

    /// <summary>Columns of numbers.</summary>
    public int Count { get; }

    /// <summary>Rows for a fit: the first batch, and as many after it as are enough.</summary>
    private static Tensor Gather(Tensor first, Func<Tensor> next) =>
        torch.cat([first, .. Enumerable.Range(0, (int)Math.Clamp((Enough / Math.Max(1, first.size(0))) - 1, 0, 200)).Select(_ => next())], 0);

    /// <summary>Fits the mixture of every column.</summary>
    /// <param name="numbers">[n, numbers].</param>
    public void Fit(Tensor numbers)
    {
        for (var c = 0; c < Count; c++)
        {
            var fit = VariationalMixture.Fit(numbers.select(1, c).to(ScalarType.Float64).ToArray<double>(), Most);
            Put(_weights, c, fit.Weights, 0);
            Put(_means, c, fit.Means, fit.Means[0]);
            Put(_deviations, c, fit.Deviations, 1);
        }

        static void Put(Tensor table, int row, double[] values, double rest) => table.select(0, row).copy_(
            Tensor.From<double>([.. values, .. Enumerable.Repeat(rest, Most - values.Length)], Most).to(table.dtype).to(table.device));
    }

    /// <summary>Fits the mixtures on the first batch and as many after it as are enough.</summary>
    public void Fit(ColumnLayout layout, Tensor first, Func<Tensor> next) => Fit(layout.NumbersOf(Gather(first, next)));

    /// <summary>Values that a number is told by: its place, and an indicator for each mode.</summary>
    public const int Width = 1 + Most;

    /// <summary>Places and indicators of chosen modes, [n, numbers · width], all places first.</summary>
    public Tensor Coded(Tensor numbers, Tensor modes) => torch.cat([
        Places(numbers).gather(2, modes.unsqueeze(2)).squeeze(2).clamp(-0.99, 0.99),
        torch.nn.functional.one_hot(modes, Most).to(numbers.dtype).flatten(1)], 1);

    /// <summary>What to add to the logits of modes, [numbers, modes], so those that a column does not have stay without weight.</summary>
    public Tensor Absent(ScalarType type) => (LogWeights < -60).to(type) * -1e4;

    /// <summary>log w of each mode, [numbers, modes]: far below all others where there is none.</summary>
    public Tensor LogWeights => _weights.clamp(min: 1e-30).log();

    /// <summary>α = (c − η)/(4φ) of each value for each mode, [n, numbers, modes].</summary>
    public Tensor Places(Tensor numbers) => (numbers.unsqueeze(2) - _means) / (4 * _deviations);

    /// <summary>log N(c; η, φ) of each value for each mode, [n, numbers, modes].</summary>
    public Tensor LogDensities(Tensor numbers) => -8 * Places(numbers).square() - _deviations.log() - 0.5 * Math.Log(2 * Math.PI);

    /// <summary>log 4φ of each mode, [numbers, modes]: what a density of α is divided by to be one of the value.</summary>
    public Tensor LogWidths => (4 * _deviations).log();

    /// <summary>log p(c) of each value on its own, [n, numbers].</summary>
    public Tensor LogProb(Tensor numbers) => (LogDensities(numbers) + LogWeights).logsumexp(2);

    /// <summary>A mode for each value, drawn by how well it explains it, int64 [n, numbers].</summary>
    public Tensor Choose(Tensor numbers, Rng rng)
    {
        using var noGrad = torch.no_grad();
        return rng.Choice((LogDensities(numbers) + LogWeights).softmax(2).to(ScalarType.Float32));
    }

    /// <summary>Values α·4φ + η of modes [n, numbers] and places in them.</summary>
    public Tensor Values(Tensor places, Tensor modes)
    {
        var (means, deviations) = (Of(_means, modes), Of(_deviations, modes));
        return places * 4 * deviations + means;
    }

    /// <summary>One number of each chosen mode of a table [numbers, modes], [n, numbers].</summary>
    public static Tensor Of(Tensor table, Tensor modes) => table.unsqueeze(0).expand(modes.size(0), table.size(0), Most).gather(2, modes.unsqueeze(2)).squeeze(2);

    /// <summary>Φ⁻¹(F(c)) of each value, [n, numbers]: Normal if the mixtures fit.</summary>
    public Tensor Scores(Tensor numbers)
    {
        var z = (numbers.unsqueeze(2) - _means).to(ScalarType.Float64) / _deviations / Math.Sqrt(2);
        var weights = _weights.to(ScalarType.Float64);
        // From the nearer tail, which keeps its digits; in double precision, for the same reason.
        var (low, high) = ((weights * (-z).erfc()).sum(2) / 2, (weights * z.erfc()).sum(2) / 2);
        var scores = torch.where(low <= high, (low.clamp(1e-14, 0.5) * 2 - 1).erfinv(), -(high.clamp(1e-14, 0.5) * 2 - 1).erfinv()) * Math.Sqrt(2);
        return scores.clamp(-Farthest, Farthest).to(numbers.dtype);
    }

    /// <summary>The values of scores, by bisection.</summary>
    public Tensor FromScores(Tensor scores)
    {
        using var noGrad = torch.no_grad();
        var target = scores.clamp(-Farthest, Farthest);
        var reach = 9 * _deviations;
        var present = _weights > 0;
        var low = torch.where(present, _means - reach, double.PositiveInfinity).amin(1).unsqueeze(0).expand_as(target);
        var high = torch.where(present, _means + reach, double.NegativeInfinity).amax(1).unsqueeze(0).expand_as(target);
        for (var i = 0; i < 40; i++)
        {
            var middle = (low + high) / 2;
            var under = Scores(middle) < target;
            (low, high) = (torch.where(under, middle, low), torch.where(under, high, middle));
        }

        return (low + high) / 2;
    }
}
