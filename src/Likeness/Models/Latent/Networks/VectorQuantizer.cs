namespace Likeness;

/// <summary>
/// A codebook e_1 … e_K that replaces vectors by the nearest of its own (van den Oord, Vinyals and Kavukcuoglu 2017, equation 2). Its
/// vectors are no parameters: they follow the means of what they replace. Buffer embedding [codes, dimension].
/// </summary>
internal sealed class VectorQuantizer : Module
{
    private readonly Tensor _embedding;

    public VectorQuantizer(int codes, int dimension, Rng rng) => _embedding = Buffer("embedding", new Init.Normal(1).Make(rng, codes, dimension));

    public int Codes => (int)_embedding.shape[0];

    public int Dimension => (int)_embedding.shape[1];

    /// <summary>argmin_j ‖z − e_j‖², int64 [m], of vectors [m, dimension].</summary>
    public Tensor Nearest(Tensor z)
    {
        using var noGrad = torch.no_grad();
        // In bf16 near neighbours cannot be told apart.
        using var precision = new PrecisionScope(Precision.Float32, z.device);
        return (z.to(_embedding.dtype).matmul(_embedding.t()) - 0.5 * _embedding.square().sum([1])).argmax(1);
    }

    /// <summary>e_j of codes int64 [m], [m, dimension].</summary>
    public Tensor Lookup(Tensor codes) => _embedding.index_select(0, codes);

    /// <summary>The vectors of the codes, whose gradient is passed on to z as if they were z (section 3.2): the straight-through estimate.</summary>
    public static Tensor StraightThrough(Tensor z, Tensor embedded) => z + (embedded - z).detach();

    /// <summary>
    /// Moving averages of how often a code is used and of the sum of what it replaces, of which the codebook is the quotient
    /// (appendix A.1): N ← γN + (1 − γ)n, m ← γm + (1 − γ)Σz, e = m/N. Codes that have come out of use start anew at vectors of the
    /// batch. Buffers counts [codes] and sums [codes, dimension].
    /// </summary>
    internal sealed class Averages : Module
    {
        // A code that is used less than this part of the average use is dead.
        private const double Dead = 0.03;

        private readonly VectorQuantizer _quantizer;
        private readonly double _decay;
        private readonly Tensor _counts, _sums;

        public Averages(VectorQuantizer quantizer, double decay)
        {
            (_quantizer, _decay) = (quantizer, decay);
            _counts = Buffer("counts", quantizer._embedding.zeros_like().sum([1]));
            _sums = Buffer("sums", quantizer._embedding.zeros_like());
        }

        /// <summary>How many codes are in use: exp of the entropy of how often each is, 1 … K, a scalar.</summary>
        public Tensor Perplexity()
        {
            var p = _counts / _counts.sum();
            return (-(p * p.clamp_min(1e-10).log()).sum()).exp();
        }

        /// <summary>Sets the codebook to vectors of a batch [m, dimension], each as if it had been used equally often.</summary>
        public void Begin(Tensor z, Rng rng)
        {
            _quantizer._embedding.copy_(Chosen(z, rng));
            _counts.fill_((double)z.shape[0] / _quantizer.Codes);
            _sums.copy_(_quantizer._embedding * _counts.unsqueeze(1));
        }

        /// <summary>Follows a batch of vectors [m, dimension] and the codes that they were replaced by, int64 [m].</summary>
        public void Update(Tensor z, Tensor codes, Rng rng)
        {
            z = z.to(_sums.dtype);
            _counts.mul_(_decay).add_(torch.bincount(codes, minlength: _quantizer.Codes).to(_counts.dtype), 1 - _decay);
            _sums.mul_(_decay).add_(_sums.zeros_like().index_add_(0, codes, z, 1), 1 - _decay);

            var average = _counts.mean();
            var dead = _counts.lt(Dead * average);
            var fresh = Chosen(z, rng);
            _counts.copy_(torch.where(dead, average.expand(_quantizer.Codes), _counts));
            _sums.copy_(torch.where(dead.unsqueeze(1), fresh * average, _sums));
            _quantizer._embedding.copy_(_sums / _counts.unsqueeze(1));
        }

        // For each code a vector of the batch, drawn at random.
        private Tensor Chosen(Tensor z, Rng rng) => z.index_select(0, rng.Integers(0, z.shape[0], _quantizer.Codes));
    }
}
