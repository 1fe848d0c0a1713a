using Likeness.Core;
using Likeness.Densities;
using Likeness.Torch;

namespace Likeness.Models.Explicit;

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
    private int Count => (int)Means.Shape[0];

    private int Dimensions => (int)Means.Shape[1];

    /// <summary>log π_k + log N(x | μ_k, Σ_k) of each component [n, k], in nats.</summary>
    /// <param name="x">[n, d].</param>
    public Tensor LogJoint(Tensor x)
    {
        var constants = LogWeights - Scales.Log().Sum([1]) - Dimensions * Normal.HalfLogTwoPi;
        if (Lower is not null)
        {
            return constants - 0.5 * Whitened(x).Square().Sum([2]).T();
        }

        // Σ_i (x_i − μ_i)²/σ_i² multiplied out is two products of matrices; about the middle of the means little cancels.
        var middle = Means.Mean([0]);
        var (v, m, precisions) = (x - middle, Means - middle, Scales.Square().Reciprocal());
        var squares = v.Square().Matmul(precisions.T()) - 2 * v.Matmul((m * precisions).T()) + (m.Square() * precisions).Sum([1]);
        return constants - 0.5 * squares.ClampMin(0);
    }

    /// <summary>The mixture of these variables alone, in this order.</summary>
    public NormalComponents Marginal(int[] variables)
    {
        var chosen = Index(variables);
        var means = Means.IndexSelect(1, chosen);
        if (Lower is null)
        {
            return this with { Means = means, Scales = Scales.IndexSelect(1, chosen) };
        }

        // The rows of L that belong to them; their product with themselves is their covariance.
        var rows = Lower.IndexSelect(1, chosen);
        var factor = rows.Matmul(rows.Transpose(1, 2)).LinalgCholeskyEx().L;
        return new(LogWeights, means, factor.Diagonal(0, 1, 2), factor);
    }

    /// <summary>New examples [count, d].</summary>
    public Tensor Sample(int count, Rng rng)
    {
        var components = new Categorical(LogWeights.Unsqueeze(0).Expand([count, Count])).Sample(rng);
        return Drawn(components, Noise(count, Dimensions, rng), (noise, k) => Means.Select(0, k) + Coloured(noise, k, 0));
    }

    /// <summary>Draws the missing variables of examples [n, d], each from its conditional distribution given the others.</summary>
    public Tensor Complete(Tensor x, int[] given, int[] missing, Rng rng)
    {
        int[] order = [.. given, .. missing];
        var ordered = Marginal(order);
        var (known, g) = (x.IndexSelect(1, Index(given)), given.Length);
        var posterior = g == 0 ? LogWeights.Unsqueeze(0).Expand([x.Shape[0], Count]) : ordered.First(g).LogJoint(known);
        var rows = Ops.Cat([known, Noise((int)x.Shape[0], missing.Length, rng)], 1);
        var drawn = Drawn(new Categorical(posterior).Sample(rng), rows, (row, k) =>
        {
            var mean = ordered.Means.Select(0, k).Narrow(0, g, missing.Length) + ordered.Coloured(row.Narrow(1, g, missing.Length), k, g);
            if (Lower is null || g == 0)
            {
                return mean;
            }

            var between = ordered.Lower!.Select(0, k).Narrow(0, g, missing.Length).Narrow(1, 0, g);
            return mean + ordered.First(g).Only(k).Whitened(row.Narrow(1, 0, g)).Select(0, 0).Matmul(between.T());
        });
        return Ops.Cat([known, drawn], 1).IndexSelect(1, Index(Inverse(order)));
    }

    /// <summary>A walk from the first variable to the last.</summary>
    public IWalk Walk(int count) => new NormalWalk(
        this with { LogWeights = LogWeights.Detach(), Means = Means.Detach(), Scales = Scales.Detach(), Lower = Lower?.Detach() }, count);

    // L⁻¹(x − μ) of each component, [k, n, d].
    private Tensor Whitened(Tensor x)
    {
        var centred = x.Unsqueeze(0) - Means.Unsqueeze(1);
        return Lower is null
            ? centred / Scales.Unsqueeze(1)
            : Lower.LinalgSolveTriangular(centred.Transpose(1, 2), upper: false).Transpose(1, 2);
    }

    // L·ε of one component, from variable `from` on.
    private Tensor Coloured(Tensor noise, int k, int from)
    {
        var length = Dimensions - from;
        return Lower is null
            ? noise * Scales.Select(0, k).Narrow(0, from, length)
            : noise.Matmul(Lower.Select(0, k).Narrow(0, from, length).Narrow(1, from, length).T());
    }

    // The first variables alone: their factor is the upper left corner.
    private NormalComponents First(int g) =>
        new(LogWeights, Means.Narrow(1, 0, g), Scales.Narrow(1, 0, g), Lower?.Narrow(1, 0, g).Narrow(2, 0, g));

    private NormalComponents Only(int k) =>
        new(LogWeights.Narrow(0, k, 1), Means.Narrow(0, k, 1), Scales.Narrow(0, k, 1), Lower?.Narrow(0, k, 1));

    // Makes each row by its own component, a component at a time, and puts the rows back in their order.
    private Tensor Drawn(Tensor components, Tensor rows, Func<Tensor, int, Tensor> make)
    {
        var chosen = components.ToArray<long>();
        var groups = Enumerable.Range(0, chosen.Length).GroupBy(i => (int)chosen[i]).Select(group => (Component: group.Key, Rows: group.ToArray())).ToArray();
        var made = Chain.Concat(groups, group => make(rows.IndexSelect(0, Index(group.Rows)), group.Component));
        return made.IndexSelect(0, Index(Inverse([.. groups.SelectMany(group => group.Rows)])));
    }

    private Tensor Noise(int count, int dimensions, Rng rng) => rng.Normal(count, dimensions).To(Means.ScalarType);

    private Tensor Index(int[] values) => Tensor.From(Array.ConvertAll(values, i => (long)i), values.Length).To(Means.Device);

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
        var (k, d) = (components.Means.Shape[0], components.Means.Shape[1]);
        _logWeights = components.LogWeights.Unsqueeze(0).Repeat([count, 1]); // [n, k]
        z = components.Means.Detach().Unsqueeze(0).Expand([count, k, d]).ZerosLike().Contiguous();
    }

    public Density Next()
    {
        var (mean, logStd) = Conditional();
        return mean.Shape[1] == 1
            ? new Normal(mean.Select(1, 0), logStd.Select(1, 0))
            : new MixtureOfNormals(_logWeights.Clone(), mean, logStd);
    }

    public void Observe(Tensor values)
    {
        var (mean, logStd) = Conditional();
        var v = values.To(mean.ScalarType).Unsqueeze(1);
        z.Select(2, i).CopyInPlace((v - mean) * (-logStd).Exp());
        _logWeights.AddInPlace(new Normal(mean, logStd).LogProb(v));
        i++;
    }

    // [n, k] each.
    private (Tensor Mean, Tensor LogStd) Conditional()
    {
        var mean = _components.Means.Select(1, i).Unsqueeze(0).Expand(_logWeights.Shape);
        if (_components.Lower is { } lower && i > 0)
        {
            mean += (z.Narrow(2, 0, i) * lower.Select(1, i).Narrow(1, 0, i)).Sum([2]);
        }

        return (mean, _components.Scales.Select(1, i).Log().Unsqueeze(0).Expand(_logWeights.Shape));
    }
}
