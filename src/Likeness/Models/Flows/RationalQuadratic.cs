namespace Likeness;

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
        _x = Knots(parameters.narrow(2, 0, bins));
        _y = Knots(parameters.narrow(2, bins, bins));

        // Where the parameter is 0 the slope is 1, as it is at both ends: parameters of zero are the identity.
        var inner = (parameters.narrow(2, 2 * bins, bins - 1) + Math.Log(Math.Exp(1 - SmallestSlope) - 1)).softplus() + SmallestSlope;
        var end = inner.narrow(2, 0, 1).full_like(1);
        _slopes = torch.cat([end, inner, end], 2);
    }

    /// <summary>The spline's values and the logarithms of its slopes, [n, m].</summary>
    public (Tensor Y, Tensor LogSlope) Forward(Tensor x)
    {
        var inside = x.clamp(-_bound, _bound);
        var p = Piece(inside, _x);
        var xi = (inside - p.X) / p.Width;
        var s = p.Height / p.Width;
        var between = xi * (1 - xi);
        var denominator = s + (p.Right + p.Left - 2 * s) * between;
        var y = p.Y + p.Height * (s * xi.square() + p.Left * between) / denominator;
        var slope = p.Right * xi.square() + 2 * s * between + p.Left * (1 - xi).square();
        var logSlope = 2 * s.log() + slope.log() - 2 * denominator.log();
        var beyond = x.abs().gt(_bound);
        return (torch.where(beyond, x, y), logSlope.masked_fill(beyond, 0));
    }

    /// <summary>The way back: the root of a quadratic (equations 6 to 8), [n, m].</summary>
    public Tensor Inverse(Tensor y)
    {
        var inside = y.clamp(-_bound, _bound);
        var p = Piece(inside, _y);
        var s = p.Height / p.Width;
        var rise = inside - p.Y;
        var curve = rise * (p.Right + p.Left - 2 * s);
        var (a, b, c) = (p.Height * (s - p.Left) + curve, p.Height * p.Left - curve, -s * rise);
        var xi = 2 * c / (-b - (b.square() - 4 * a * c).clamp_min(0).sqrt());
        return torch.where(y.abs().gt(_bound), y, p.X + xi * p.Width);
    }

    // −B, then the sums of positive widths that add up to 2B; the last is B but for rounding.
    private Tensor Knots(Tensor parameters)
    {
        var bins = (int)parameters.shape[2];
        var widths = parameters.softmax(-1) * (2 * _bound * (1 - (SmallestBin * bins))) + (2 * _bound * SmallestBin);
        return torch.cat([widths.narrow(2, 0, 1).zeros_like(), widths.cumsum(2)], 2) - _bound;
    }

    private (Tensor X, Tensor Y, Tensor Width, Tensor Height, Tensor Left, Tensor Right) Piece(Tensor value, Tensor knots)
    {
        // The number of inner knots below the value.
        var inner = (int)knots.shape[2] - 2;
        var bin = value.unsqueeze(2).gt(knots.narrow(2, 1, inner)).sum([2], keepdim: true, ScalarType.Int64);
        Tensor At(Tensor all, Tensor index) => all.gather(2, index).squeeze(2);
        var next = bin + 1;
        var (x, y) = (At(_x, bin), At(_y, bin));
        return (x, y, At(_x, next) - x, At(_y, next) - y, At(_slopes, bin), At(_slopes, next));
    }
}
