namespace Likeness;

/// <summary>
/// The average of the densities that one set of weights gives under several masks: p(x) = 1/M · Σ_m p_m(x), which is a density
/// again. (Germain et al. 2015 average the conditionals of the same masks.)
/// </summary>
internal sealed class MaskedDensity : Module
{
    private readonly DataSpec _spec;
    private readonly IReadOnlyList<int[]> _orders;
    private readonly MadeHead _head;
    private readonly MaskedNetwork _network;
    private readonly Tensor _mean, _deviation;

    public MaskedDensity(DataSpec spec, IReadOnlyList<int[]> orders, MadeOptions options, Rng rng)
    {
        (_spec, _orders) = (spec, orders);
        _head = MadeHead.For(spec.Domain, options.Components);
        _network = Add("network", new MaskedNetwork(new(orders, options.Hidden, _head.Inputs, _head.Outputs, options.Direct, options.Seed, options.Degrees == MaskDegrees.Sorted), rng));

        // Real values are brought to a mean of 0 and a deviation of 1, as they are in the first batch.
        _mean = Buffer("mean", Init.Zeros.Make(rng, spec.Dimensions));
        _deviation = Buffer("deviation", Init.Ones.Make(rng, spec.Dimensions));
    }

    public int Masks => _orders.Count;

    /// <summary>log p_m(x), nats, [n].</summary>
    public Tensor LogProb(Tensor x, int mask)
    {
        var v = Standard(_spec.Flat(x));
        return Jacobian(_head.LogProb(v, _network.Call(_head.Read(v), mask)));
    }

    /// <summary>log 1/M Σ p_m(x), nats, [n].</summary>
    public Tensor LogProb(Tensor x) => Masks == 1
        ? LogProb(x, 0)
        : torch.stack([.. Enumerable.Range(0, Masks).Select(m => LogProb(x, m))], 0).logsumexp(0) - Math.Log(Masks);

    /// <summary>
    /// The conditionals' parameters [n, d, k] under masks of the same order: p(x_i | x_&lt;i) = Σ_m w_m(x_&lt;i) p_m(x_i | x_&lt;i), where
    /// the weight of a mask is in proportion to what it said of the variables before.
    /// </summary>
    public Tensor Conditionals(Tensor x)
    {
        var v = Standard(_spec.Flat(x));
        if (Masks == 1)
        {
            return _network.Call(_head.Read(v));
        }

        var parameters = torch.stack([.. Enumerable.Range(0, Masks).Select(m => _network.Call(_head.Read(v), m))], 0);
        var logProbs = _head.Of(parameters).LogProb(v.unsqueeze(0).expand([Masks, .. v.shape])); // [m, n, d]
        var before = Before(v);
        return _head.Mix(logProbs.matmul(before).log_softmax(0), parameters);
    }

    /// <summary>A walk under masks of the same order.</summary>
    public IWalk Walk(int count) => Walk(count, [.. Enumerable.Range(0, Masks)]);

    /// <summary>New examples: each from one mask, which is drawn first.</summary>
    public Tensor Sample(int count, Rng rng)
    {
        using var noGrad = torch.no_grad();
        return OrderChoice.Sample(count, _spec.Dimensions, Masks, rng, (m, n, rng) =>
        {
            var walk = Walk(n, m);
            return Chain.Run(torch.zeros([n, _spec.Dimensions], device: rng.Device), _orders[m], (x, i) =>
            {
                var value = walk.Next().Sample(rng);
                walk.Observe(value);
                x.select(1, i).copy_(value);
                return x;
            });
        }).reshape(_spec.BatchShape(count));
    }

    /// <summary>Sets what is predicted from nothing, and the scale of real values, from a first batch.</summary>
    public void Start(Tensor x)
    {
        var v = _spec.Flat(x);
        if (_spec.Domain is Domain.Real)
        {
            _mean.copy_(v.mean([0]));
            _deviation.copy_(v.std([0], unbiased: false).clamp_min(1e-3));
            v = Standard(v);
        }

        _network.OutputBias.copy_(_head.Start(v).flatten());
    }

    private Masked Walk(int count, params int[] masks) => new(this, count, masks);

    private Tensor Standard(Tensor v) => _spec.Domain is Domain.Real ? (v - _mean) / _deviation : v;

    // From the density of standardised values to that of the values.
    private Tensor Jacobian(Tensor logProb) => _spec.Domain is Domain.Real ? logProb - _deviation.log().sum() : logProb;

    // [d, d]: 1 where variable j (row) comes before variable i.
    private Tensor Before(Tensor v)
    {
        var places = new float[_spec.Dimensions];
        for (var i = 0; i < places.Length; i++)
        {
            places[_orders[0][i]] = i;
        }

        var row = Tensor.From(places, 1, places.Length).to(v.device);
        return row.gt(row.t()).to(v.dtype);
    }

    private sealed class Masked(MaskedDensity density, int count, int[] masks) : IWalk
    {
        private readonly MaskedWalk[] _walks = [.. masks.Select(m => density._network.Walk(count, m))];
        private readonly Tensor _said = torch.zeros([masks.Length, count], density._mean.dtype, density._mean.device); // log p_m(x_<i)
        private int _place;

        private int Variable => density._orders[masks[0]][_place];

        public Density Next() => masks.Length == 1
            ? InDataUnits(density._head.Of(_walks[0].Next()))
            : InDataUnits(density._head.OfMixture(density._head.Mix(_said.log_softmax(0), Parameters())));

        public void Observe(Tensor values)
        {
            var v = values.to(_said.dtype);
            if (density._spec.Domain is Domain.Real)
            {
                v = (v - density._mean.select(0, Variable)) / density._deviation.select(0, Variable);
            }

            if (masks.Length > 1)
            {
                _said.add_(density._head.Of(Parameters()).LogProb(v.unsqueeze(0).expand(masks.Length, count)));
            }

            var read = density._head.Read(v.unsqueeze(1));
            Array.ForEach(_walks, w => w.Observe(read));
            _place++;
        }

        // [m, n, k]
        private Tensor Parameters() => torch.stack([.. _walks.Select(w => w.Next())], 0);

        private Density InDataUnits(Density standard) => density._spec.Domain is Domain.Real
            ? new Shifted(standard, density._mean.select(0, Variable), density._deviation.select(0, Variable))
            : standard;
    }
}
