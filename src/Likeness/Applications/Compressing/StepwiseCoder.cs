namespace Likeness;

/// <summary>
/// Codes examples side by side by walking them: variable by variable in the model's order, and within a variable example by example. Both
/// directions make the very same walk, of as many examples, so they see the same probabilities to the last bit.
/// </summary>
internal sealed class StepwiseCoder(IStepwise model, int levels) : IExampleCoder
{
    private readonly SymbolFrequencies _frequencies = new(levels);

    public byte Version => 1;

    // A larger chunk costs fewer bytes of length and rounding, and more memory.
    public int UsualChunk => 1000;

    public long InitialBits => 0;

    public byte[] Encode(ReadOnlyMemory<float> values, int count, Action<int>? progress = null)
    {
        var coder = new RangeEncoder();
        var d = model.Order.Count;
        Walk(count, (variable, n) =>
        {
            var value = values.Span[(n * d) + variable];
            _frequencies.Encode(coder, (int)value);
            return value;
        });
        return coder.Finish().ToArray();
    }

    public float[] Decode(ReadOnlyMemory<byte> code, int count, Action<int>? progress = null)
    {
        var coder = new RangeDecoder(code);
        var d = model.Order.Count;
        var values = new float[count * d];
        Walk(count, (variable, n) => values[(n * d) + variable] = _frequencies.Decode(coder));
        return values;
    }

    // Asks for each value in turn, with the frequencies set to what the model says of it.
    private void Walk(int count, Func<int, int, float> value)
    {
        using var noGrad = torch.no_grad();
        Chain.Value(() =>
        {
            var walk = model.Walk(count);
            var column = new float[count];
            Chain.Each(model.Order, variable =>
            {
                var finite = walk.Next() as IFiniteDensity
                    ?? throw new UsageException("The model does not list the probabilities of a value, so it cannot compress: choose a model of discrete data.");
                var logProbs = finite.LogProbs.ToArray<double>();
                if (logProbs.Length != count * levels)
                {
                    throw new DataException($"The model tells of {logProbs.Length / count} values where the data has {levels}: choose a model of such data.");
                }

                for (var n = 0; n < count; n++)
                {
                    _frequencies.Set(logProbs.AsSpan(n * levels, levels));
                    column[n] = value(variable, n);
                }

                walk.Observe(Tensor.From(column, count));
            });
        });
    }
}
