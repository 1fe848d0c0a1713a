namespace Likeness;

/// <summary>
/// The probabilities of the values 0 … k − 1 as whole frequencies that add up to <see cref="RangeCoder.Total"/>. None is zero, so every
/// value can be coded, and a probability near one costs next to nothing, as it should.
/// </summary>
internal sealed class SymbolFrequencies(int levels)
{
    // Start of each level's frequencies; the last one is the total.
    private readonly ulong[] _starts = new ulong[levels + 1];
    private readonly double[] _weights = new double[levels];

    /// <summary>Takes over the probabilities of the next value.</summary>
    /// <param name="logProbs">Log-probabilities of all levels, nats; need not be normalised to the last bit.</param>
    /// <exception cref="DataException">They are no probabilities.</exception>
    public void Set(ReadOnlySpan<double> logProbs)
    {
        var (sum, likeliest) = (0.0, 0);
        for (var v = 0; v < levels; v++)
        {
            sum += _weights[v] = Math.Exp(logProbs[v]);
            likeliest = _weights[v] > _weights[likeliest] ? v : likeliest;
        }

        if (!double.IsFinite(sum) || sum <= 0)
        {
            throw new DataException("The model's probabilities of a value are not numbers: it cannot code this data; see whether its training diverged.");
        }

        // Each level gets one, and its share of what is left, rounded down; what rounding leaves over goes to the likeliest.
        var share = (RangeCoder.Total - (ulong)levels) / sum;
        var rest = RangeCoder.Total;
        for (var v = 0; v < levels; v++)
        {
            rest -= _starts[v + 1] = 1 + (ulong)(_weights[v] * share);
        }

        _starts[likeliest + 1] += rest;
        for (var v = 0; v < levels; v++)
        {
            _starts[v + 1] += _starts[v];
        }
    }

    public void Encode(ISymbolWriter coder, int value) => coder.Encode(_starts[value], _starts[value + 1] - _starts[value]);

    public int Decode(ISymbolReader coder)
    {
        var at = coder.Peek();
        // The last start that is not above it.
        var (low, high) = (0, levels);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = _starts[middle] <= at ? (middle, high) : (low, middle);
        }

        coder.Skip(_starts[low], _starts[low + 1] - _starts[low]);
        return low;
    }
}
