namespace Likeness;

/// <summary>
/// The mixture Σ_k π_k N(μ_k, L_k L_kᵀ) with everything that Normal distributions can be asked in closed form. With the given
/// variables put first, L = [[A, 0], [B, C]] says it all: A is the factor of their marginal, and given them the others are
/// Normal with mean μ + B·A⁻¹(x − μ) and factor C.
/// </summary>
/// <param name="LogWeights">log π [k].</param>
/// <param name="Means">μ [k, d].</param>
/// <param name="Scales">The diagonals of the L_k [k, d].</param>
/// <param name="Lower">The L_k [k, d, d]; null where there is nothing beside the diagonal.</param>
internal sealed record NormalComponents(Tensor LogWeights, Tensor Means, Tensor Scales, Tensor? Lower)
{
    private int Count => (int)Means.shape[0];

    private int Dimensions => (int)Means.shape[1];

    /// <summary>log π_k + log N(x | μ_k, Σ_k) of each component [n, k], in nats.</summary>
    /// <param name="x">[n, d].</param>
    public Tensor LogJoint(Tensor x)
    {
        var constants = LogWeights - Scales.log().sum([1]) - Dimensions * Normal.HalfLogTwoPi;
        if (Lower is not null)
        {
            return constants - 0.5 * Whitened(x).square().sum([2]).t();
        }

        // Σ_i (x_i − μ_i)²/σ_i² multiplied out is two products of matrices; about the middle of the means little cancels.
        var middle = Means.mean([0]);
        var (v, m, precisions) = (x - middle, Means - middle, Scales.square().reciprocal());
        var squares = v.square().matmul(precisions.t()) - 2 * v.matmul((m * precisions).t()) + (m.square() * precisions).sum([1]);
        return constants - 0.5 * squares.clamp_min(0);
    }

    /// <summary>The mixture of these variables alone, in this order.</summary>
    public NormalComponents Marginal(int[] variables)
    {
        var chosen = Index(variables);
        var means = Means.index_select(1, chosen);
        if (Lower is null)
        {
            return this with { Means = means, Scales = Scales.index_select(1, chosen) };
        }

        // The rows of L that belong to them; their product with themselves is their covariance.
        var rows = Lower.index_select(1, chosen);
        var factor = torch.linalg.cholesky_ex(rows.matmul(rows.transpose(1, 2))).L;
        return new(LogWeights, means, factor.diagonal(0, 1, 2), factor);
    }

    /// <summary>New examples [count, d].</summary>
    public Tensor Sample(int count, Rng rng)
    {
        rng = rng.PerExample();
        var components = new Categorical(LogWeights.unsqueeze(0).expand(count, Count)).Sample(rng);
        return Drawn(components, Noise(count, Dimensions, rng), (noise, k) => Means.select(0, k) + Coloured(noise, k, 0));
    }

    /// <summary>Draws the missing variables of examples [n, d], each from its conditional distribution given the others.</summary>
    public Tensor Complete(Tensor x, int[] given, int[] missing, Rng rng)
    {
        int[] order = [.. given, .. missing];
        var ordered = Marginal(order);
        var (known, g) = (x.index_select(1, Index(given)), given.Length);
        var posterior = g == 0 ? LogWeights.unsqueeze(0).expand(x.shape[0], Count) : ordered.First(g).LogJoint(known);
        var rows = torch.cat([known, Noise((int)x.shape[0], missing.Length, rng)], 1);
        var drawn = Drawn(new Categorical(posterior).Sample(rng), rows, (row, k) =>
        {
            var mean = ordered.Means.select(0, k).narrow(0, g, missing.Length) + ordered.Coloured(row.narrow(1, g, missing.Length), k, g);
            if (Lower is null || g == 0)
            {
                return mean;
            }

            var between = ordered.Lower!.select(0, k).narrow(0, g, missing.Length).narrow(1, 0, g);
            return mean + ordered.First(g).Only(k).Whitened(row.narrow(1, 0, g)).select(0, 0).matmul(between.t());
        });
        return torch.cat([known, drawn], 1).index_select(1, Index(Inverse(order)));
    }

    /// <summary>A walk from the first variable to the last.</summary>
    public IWalk Walk(int count) => new NormalWalk(
        this with { LogWeights = LogWeights.detach(), Means = Means.detach(), Scales = Scales.detach(), Lower = Lower?.detach() }, count);

    // L⁻¹(x − μ) of each component, [k, n, d].
    private Tensor Whitened(Tensor x)
    {
        var centred = x.unsqueeze(0) - Means.unsqueeze(1);
        return Lower is null
            ? centred / Scales.unsqueeze(1)
            : torch.linalg.solve_triangular(Lower, centred.transpose(1, 2), upper: false).transpose(1, 2);
    }

    // L·ε of one component, from variable `from` on.
    private Tensor Coloured(Tensor noise, int k, int from)
    {
        var length = Dimensions - from;
        return Lower is null
            ? noise * Scales.select(0, k).narrow(0, from, length)
            : noise.matmul(Lower.select(0, k).narrow(0, from, length).narrow(1, from, length).t());
    }

    // The first variables alone: their factor is the upper left corner.
    private NormalComponents First(int g) =>
        new(LogWeights, Means.narrow(1, 0, g), Scales.narrow(1, 0, g), Lower?.narrow(1, 0, g).narrow(2, 0, g));

    private NormalComponents Only(int k) =>
        new(LogWeights.narrow(0, k, 1), Means.narrow(0, k, 1), Scales.narrow(0, k, 1), Lower?.narrow(0, k, 1));

    // Makes each row by its own component, a component at a time, and puts the rows back in their order.
    private Tensor Drawn(Tensor components, Tensor rows, Func<Tensor, int, Tensor> make)
    {
        var chosen = components.ToArray<long>();
        var groups = Enumerable.Range(0, chosen.Length).GroupBy(i => (int)chosen[i]).Select(group => (Component: group.Key, Rows: group.ToArray())).ToArray();
        var made = Chain.Concat(groups, group => make(rows.index_select(0, Index(group.Rows)), group.Component));
        return made.index_select(0, Index(Inverse([.. groups.SelectMany(group => group.Rows)])));
    }

    private Tensor Noise(int count, int dimensions, Rng rng) => rng.Normal(count, dimensions).to(Means.dtype);

    private Tensor Index(int[] values) => Tensor.From(Array.ConvertAll(values, i => (long)i), values.Length).to(Means.device);

    private static int[] Inverse(int[] order)
    {
        var inverse = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            inverse[order[i]] = i;
        }

        return inverse;
    }
}

/// <summary>
/// A mixture of Normal distributions, one variable at a time: given the variables before it, x_i is Normal in each component with
/// mean μ_i + Σ_{j&lt;i} L_ij z_j and deviation L_ii, where z = L⁻¹(x − μ); the components weigh as much as they explain what was seen.
/// </summary>
internal sealed class NormalWalk : IWalk
{
    private readonly NormalComponents _components;
    private readonly Tensor _logWeights, z;
    private int i;

    public NormalWalk(NormalComponents components, int count)
    {
        _components = components;
        var (k, d) = (components.Means.shape[0], components.Means.shape[1]);
        _logWeights = components.LogWeights.unsqueeze(0).repeat(count, 1); // [n, k]
        z = components.Means.detach().unsqueeze(0).expand(count, k, d).zeros_like().contiguous();
    }

    public Density Next()
    {
        var (mean, logStd) = Conditional();
        return mean.shape[1] == 1
            ? new Normal(mean.select(1, 0), logStd.select(1, 0))
            : new MixtureOfNormals(_logWeights.clone(), mean, logStd);
    }

    public void Observe(Tensor values)
    {
        var (mean, logStd) = Conditional();
        var v = values.to(mean.dtype).unsqueeze(1);
        z.select(2, i).copy_((v - mean) * (-logStd).exp());
        _logWeights.add_(new Normal(mean, logStd).LogProb(v));
        i++;
    }

    // [n, k] each.
    private (Tensor Mean, Tensor LogStd) Conditional()
    {
        var mean = _components.Means.select(1, i).unsqueeze(0).expand(_logWeights.shape);
        if (_components.Lower is { } lower && i > 0)
        {
            mean += (z.narrow(2, 0, i) * lower.select(1, i).narrow(1, 0, i)).sum([2]);
        }

        return (mean, _components.Scales.select(1, i).log().unsqueeze(0).expand(_logWeights.shape));
    }
}
