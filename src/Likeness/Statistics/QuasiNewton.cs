namespace Likeness;

/// <summary>Minimises smooth functions of many numbers by L-BFGS (Liu and Nocedal 1989): the last steps and changes of the gradient stand for the curvature.</summary>
public static class QuasiNewton
{
    private const int Memory = 10;
    private const int MostHalvings = 40;

    /// <summary>Goes downhill from a start until every partial derivative is small.</summary>
    /// <param name="function">Value and gradient at a point.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="tolerance">The largest partial derivative at the end.</param>
    /// <param name="steps">At most so many steps.</param>
    /// <returns>The point reached.</returns>
    public static double[] Minimise(Func<double[], (double Value, double[] Gradient)> function, double[] start, double tolerance, int steps)
    {
        var x = start;
        var (value, gradient) = function(x);
        var past = new List<(double[] Step, double[] Change, double Product)>();
        for (var i = 0; i < steps && gradient.Max(Math.Abs) > tolerance; i++)
        {
            var direction = Direction(gradient, past);
            if (Dot(direction, gradient) >= 0)
            {
                past.Clear();
                direction = Array.ConvertAll(gradient, g => -g);
            }

            // Without knowledge of the curvature the first step is of length 1 at most.
            var length = past.Count > 0 ? 1 : Math.Min(1, 1 / Math.Sqrt(Dot(gradient, gradient)));
            if (Descend(function, x, value, Dot(direction, gradient), direction, length) is not var (next, lower, slopes))
            {
                return x;
            }

            var (step, change) = (Difference(next, x), Difference(slopes, gradient));
            var product = Dot(step, change);
            // Only steps along which the function curves upwards say something of its curvature.
            if (product > 1e-12 * Dot(change, change))
            {
                past.Add((step, change, product));
                past.RemoveRange(0, Math.Max(0, past.Count - Memory));
            }

            (x, value, gradient) = (next, lower, slopes);
        }

        return x;
    }

    // Halves the step until the function falls by a share of what its slope promises (Armijo 1966).
    private static (double[] X, double Value, double[] Gradient)? Descend(
        Func<double[], (double Value, double[] Gradient)> function, double[] x, double value, double slope, double[] direction, double length)
    {
        for (var i = 0; i < MostHalvings; i++, length /= 2)
        {
            var at = new double[x.Length];
            for (var k = 0; k < at.Length; k++)
            {
                at[k] = x[k] + (length * direction[k]);
            }

            var (lower, gradient) = function(at);
            if (lower <= value + (1e-4 * length * slope))
            {
                return (at, lower, gradient);
            }
        }

        return null;
    }

    // The two loops of the algorithm: the inverse curvature of the past steps times the negative gradient.
    private static double[] Direction(double[] gradient, List<(double[] Step, double[] Change, double Product)> past)
    {
        var q = Array.ConvertAll(gradient, g => -g);
        var weights = new double[past.Count];
        for (var i = past.Count - 1; i >= 0; i--)
        {
            weights[i] = Dot(past[i].Step, q) / past[i].Product;
            Add(q, past[i].Change, -weights[i]);
        }

        if (past.Count > 0)
        {
            var scale = past[^1].Product / Dot(past[^1].Change, past[^1].Change);
            q = Array.ConvertAll(q, v => v * scale);
        }

        for (var i = 0; i < past.Count; i++)
        {
            Add(q, past[i].Step, weights[i] - (Dot(past[i].Change, q) / past[i].Product));
        }

        return q;
    }

    private static double Dot(double[] a, double[] b) => System.Numerics.Tensors.TensorPrimitives.Dot<double>(a, b);

    private static void Add(double[] to, double[] what, double factor) =>
        System.Numerics.Tensors.TensorPrimitives.MultiplyAdd<double>(what, factor, to, to);

    private static double[] Difference(double[] a, double[] b)
    {
        var difference = new double[a.Length];
        System.Numerics.Tensors.TensorPrimitives.Subtract<double>(a, b, difference);
        return difference;
    }
}
