using Likeness.Torch;

namespace Likeness.Models.Flows;

/// <summary>
/// Monotone rational-quadratic splines from [−B, B] onto itself, the identity beyond, continuous with slope 1 at ±B (Durkan et
/// al. 2019, section 3.1; Gregory and Delbourgo 1982). In bin k, with ξ = (x − x_k)/w_k and s = h_k/w_k,
/// <code>
/// y = y_k + h_k (s ξ² + δ_k ξ(1−ξ)) / (s + (δ_{k+1} + δ_k − 2s) ξ(1−ξ))                           (equation 4)
/// y' = s² (δ_{k+1} ξ² + 2s ξ(1−ξ) + δ_k (1−ξ)²) / (s + (δ_{k+1} + δ_k − 2s) ξ(1−ξ))²              (equation 5)
/// </code>
/// </summary>
internal sealed class RationalQuadratic
{
    // So that no bin vanishes and no slope is 0: the values of the authors' code.
    private const double SmallestBin = 1e-3, SmallestSlope = 1e-3;

    private readonly double _bound;
    private readonly Tensor _x, _y, _slopes; // [n, m, bins + 1]: at the knots

    /// <param name="parameters">Unnormalised widths, heights and inner slopes, [n, m, 3·bins − 1].</param>
    /// <param name="bins">Pieces.</param>
    /// <param name="bound">B.</param>
    public RationalQuadratic(Tensor parameters, int bins, double bound)
    {
        _bound = bound;
        _x = Knots(parameters.Narrow(2, 0, bins));
        _y = Knots(parameters.Narrow(2, bins, bins));

        // Where the parameter is 0 the slope is 1, as it is at both ends: parameters of zero are the identity.
        var inner = (parameters.Narrow(2, 2 * bins, bins - 1) + Math.Log(Math.Exp(1 - SmallestSlope) - 1)).Softplus() + SmallestSlope;
        var end = inner.Narrow(2, 0, 1).FullLike(1);
        _slopes = Ops.Cat([end, inner, end], 2);
    }

    /// <summary>The spline's values and the logarithms of its slopes, [n, m].</summary>
    public (Tensor Y, Tensor LogSlope) Forward(Tensor x)
    {
        var inside = x.Clamp(-_bound, _bound);
        var p = Piece(inside, _x);
        var xi = (inside - p.X) / p.Width;
        var s = p.Height / p.Width;
        var between = xi * (1 - xi);
        var denominator = s + (p.Right + p.Left - 2 * s) * between;
        var y = p.Y + p.Height * (s * xi.Square() + p.Left * between) / denominator;
        var slope = p.Right * xi.Square() + 2 * s * between + p.Left * (1 - xi).Square();
        var logSlope = 2 * s.Log() + slope.Log() - 2 * denominator.Log();
        var beyond = x.Abs().Gt(_bound);
        return (Ops.Where(beyond, x, y), logSlope.MaskedFill(beyond, 0));
    }

    /// <summary>The way back: the root of a quadratic (equations 6 to 8), [n, m].</summary>
    public Tensor Inverse(Tensor y)
    {
        var inside = y.Clamp(-_bound, _bound);
        var p = Piece(inside, _y);
        var s = p.Height / p.Width;
        var rise = inside - p.Y;
        var curve = rise * (p.Right + p.Left - 2 * s);
        var (a, b, c) = (p.Height * (s - p.Left) + curve, p.Height * p.Left - curve, -s * rise);
        var xi = 2 * c / (-b - (b.Square() - 4 * a * c).ClampMin(0).Sqrt());
        return Ops.Where(y.Abs().Gt(_bound), y, p.X + xi * p.Width);
    }

    // −B, then the sums of positive widths that add up to 2B; the last is B but for rounding.
    private Tensor Knots(Tensor parameters)
    {
        var bins = (int)parameters.Shape[2];
        var widths = parameters.Softmax(-1) * (2 * _bound * (1 - (SmallestBin * bins))) + (2 * _bound * SmallestBin);
        return Ops.Cat([widths.Narrow(2, 0, 1).ZerosLike(), widths.Cumsum(2)], 2) - _bound;
    }

    private (Tensor X, Tensor Y, Tensor Width, Tensor Height, Tensor Left, Tensor Right) Piece(Tensor value, Tensor knots)
    {
        // The number of inner knots below the value.
        var inner = (int)knots.Shape[2] - 2;
        var bin = value.Unsqueeze(2).Gt(knots.Narrow(2, 1, inner)).Sum([2], keepdim: true, dtype: ScalarType.Int64);
        Tensor At(Tensor all, Tensor index) => all.Gather(2, index).Squeeze(2);
        var next = bin + 1;
        var (x, y) = (At(_x, bin), At(_y, bin));
        return (x, y, At(_x, next) - x, At(_y, next) - y, At(_slopes, bin), At(_slopes, next));
    }
}
