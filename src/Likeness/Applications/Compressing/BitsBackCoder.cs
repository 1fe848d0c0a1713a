namespace Likeness;

/// <summary>
/// Codes examples by a model with latents (bits back with asymmetric numeral systems, Townsend et al. 2019): codes z are taken off the stack under q(z|x), which
/// gives bits back, then x goes onto it under p(x|z) and z under p(z). The net cost is log q(z|x) − log p(x, z), whose expectation is the negative of the
/// model's variational bound. Latents live in <see cref="NormalBins"/>. Several examples go through the networks together, as many as the stack has
/// bits for; only the first ones need random bits from below it.
/// </summary>
internal sealed class BitsBackCoder : IExampleCoder
{
    // Bounds the examples of a batch, and the probabilities that are held for it.
    private const int MostAtOnce = 128;
    private const int MostProbabilities = 1 << 22;
    private const int MostValues = 1 << 24;
    private const int MostExamples = 10_000;

    private readonly ILatentVariable _model;
    private readonly DataSpec _spec;
    private readonly int _levels;
    private readonly int _latent;
    private readonly ulong _most;
    private readonly SymbolFrequencies _frequencies;

    /// <exception cref="UsageException">The model's distributions are not such that codes can be made of them.</exception>
    public BitsBackCoder(ILatentVariable model, DataSpec spec, int levels)
    {
        (_model, _spec, _levels) = (model, spec, levels);
        _frequencies = new(levels);
        // A power of two, so the size of a batch is a symbol of exactly equal frequency.
        _most = Math.Min(MostAtOnce, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(MostProbabilities / (spec.Dimensions * levels), 1)));

        using var noGrad = torch.no_grad();
        (_latent, var difference) = Chain.Value(() =>
        {
            var z = model.SampleLatent(64, new Rng(0)) * 1.5;
            return ((int)z.shape[1], (model.LogPrior(z) - new Normal(z.zeros_like(), z.zeros_like()).LogProb(z).sum([1])).abs().max().ToDouble());
        });
        if (!(difference < 1e-3 * _latent))
        {
            throw new UsageException($"The prior of this {new Remedy.Model(model.GetType())} is not a standard Normal, so its latents have no bins of equal mass to be coded in: choose a model with the plain prior.");
        }

        Chain.Value(() =>
        {
            _ = Probabilities(model.SampleLatent(1, new Rng(0)), 1);
            _ = Posterior(new float[spec.Dimensions], 1);
        });
    }

    public byte Version => 2;

    public int UsualChunk => Math.Clamp(MostValues / _spec.Dimensions, 1, MostExamples);

    public long InitialBits { get; private set; }

    public byte[] Encode(ReadOnlyMemory<float> values, int count, Action<int>? progress = null)
    {
        using var noGrad = torch.no_grad();
        var stack = new SymbolStack();
        var (done, each) = (0, 0L);
        while (done < count)
        {
            // The first example tells how many bits an example takes off the stack before it gives them back.
            var n = (int)Math.Clamp(each == 0 ? 1 : stack.Bits / each, 1, Math.Min((long)_most, count - done));
            var before = stack.Bits - stack.InitialBits;
            Push(stack, values.Slice(done * _spec.Dimensions, n * _spec.Dimensions), n, () => each = Math.Max((before - stack.Bits + stack.InitialBits) / n, 1));
            stack.Encode((ulong)(n - 1) * (RangeCoder.Total / _most), RangeCoder.Total / _most);
            done += n;
            progress?.Invoke(done);
        }

        InitialBits += stack.InitialBits;
        return stack.ToBytes();
    }

    public float[] Decode(ReadOnlyMemory<byte> code, int count, Action<int>? progress = null)
    {
        using var noGrad = torch.no_grad();
        var stack = new SymbolStack(code.Span);
        var values = new float[count * _spec.Dimensions];
        for (var left = count; left > 0;)
        {
            var symbol = stack.Peek() / (RangeCoder.Total / _most);
            stack.Skip(symbol * (RangeCoder.Total / _most), RangeCoder.Total / _most);
            // A code of another model may ask for more than there are.
            var n = (int)Math.Min((long)symbol + 1, left);
            left -= n;
            Pop(stack, values.AsMemory(left * _spec.Dimensions, n * _spec.Dimensions), n);
            progress?.Invoke(count - left);
        }

        return stack.IsEmpty ? values : throw new DataException("The code does not end where its examples do: it is damaged, or this machine rounds the model's probabilities in another way than the one that wrote it; decompress with the same processor kind and libtorch.");
    }

    private void Push(SymbolStack stack, ReadOnlyMemory<float> values, int n, Action taken)
    {
        Chain.Value(() =>
        {
            var (means, deviations) = Posterior(values, n);
            var bins = new int[n * _latent];
            for (var i = 0; i < bins.Length; i++)
            {
                bins[i] = NormalBins.Decode(stack, means[i], deviations[i]);
            }

            taken();
            var logProbs = Probabilities(Codes(bins), n);
            for (var i = 0; i < values.Length; i++)
            {
                _frequencies.Set(logProbs.AsSpan(i * _levels, _levels));
                _frequencies.Encode(stack, (int)values.Span[i]);
            }

            foreach (var bin in bins)
            {
                NormalBins.Encode(stack, bin);
            }
        });
    }

    // Exactly what Push does, backwards.
    private void Pop(SymbolStack stack, Memory<float> values, int n)
    {
        Chain.Value(() =>
        {
            var bins = new int[n * _latent];
            for (var i = bins.Length - 1; i >= 0; i--)
            {
                bins[i] = NormalBins.Decode(stack);
            }

            var logProbs = Probabilities(Codes(bins), n);
            for (var i = values.Length - 1; i >= 0; i--)
            {
                _frequencies.Set(logProbs.AsSpan(i * _levels, _levels));
                values.Span[i] = _frequencies.Decode(stack);
            }

            var (means, deviations) = Posterior(values, n);
            for (var i = bins.Length - 1; i >= 0; i--)
            {
                NormalBins.Encode(stack, bins[i], means[i], deviations[i]);
            }
        });
    }

    private Tensor Codes(int[] bins) => Tensor.From(Array.ConvertAll(bins, b => (float)NormalBins.Centre(b)), bins.Length / _latent, _latent);

    private double[] Probabilities(Tensor z, int n)
    {
        var finite = _model.Likelihood(z) as IFiniteDensity
            ?? throw new UsageException($"The likelihood of this {new Remedy.Model(_model.GetType())} does not list the probabilities of a value, so it cannot compress: choose a decoder of discrete data.");
        var logProbs = finite.LogProbs.ToArray<double>();
        return logProbs.Length == (long)n * _spec.Dimensions * _levels
            ? logProbs
            : throw new DataException($"The model tells of {logProbs.Length / (n * _spec.Dimensions)} values where the data has {_levels}: choose a model of such data.");
    }

    private (double[] Means, double[] Deviations) Posterior(ReadOnlyMemory<float> values, int n)
    {
        var normal = _model.Posterior(Tensor.From(values.Span, _spec.BatchShape(n))) as Normal
            ?? throw new UsageException($"The posterior of this {new Remedy.Model(_model.GetType())} is not Normal, so its latents cannot be coded: choose a model whose posterior is.");
        var deviations = Array.ConvertAll(normal.LogStd.ToArray<double>(), Math.Exp);
        return deviations.All(d => d > 0 && double.IsFinite(d))
            ? (normal.Mean.ToArray<double>(), deviations)
            : throw new DataException("The model's posterior is not a number: it cannot code this data; see whether its training diverged.");
    }
}
