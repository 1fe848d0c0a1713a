namespace Likeness;

/// <summary>
/// Multinomial logistic regression: p(class | x) = softmax(W·x + b), with x standardised by the examples it learned from. The mean
/// cross-entropy plus |W|²/(2n) is descended to its one minimum, so nothing about it is random.
/// </summary>
public sealed class LogisticRegression
{
    // Nats per example and unit of a weight.
    private const double Tolerance = 1e-5;

    private const int MostSteps = 500;

    private readonly Tensor _mean, _deviation, _weights; // [d + 1, classes], the bias last

    private LogisticRegression(Tensor mean, Tensor deviation, Tensor weights) => (_mean, _deviation, _weights) = (mean, deviation, weights);

    /// <summary>Of the examples' values, [d].</summary>
    internal Tensor Mean => _mean;

    /// <summary>Of the examples' values, [d].</summary>
    internal Tensor Deviation => _deviation;

    /// <summary>W of the standardised values, [d, classes].</summary>
    internal Tensor Weights => _weights.narrow(0, 0, _weights.shape[0] - 1);

    /// <summary>b, [classes].</summary>
    internal Tensor Bias => _weights.narrow(0, _weights.shape[0] - 1, 1).squeeze(0);

    /// <summary>Fits examples and their classes.</summary>
    /// <param name="x">[n, d].</param>
    /// <param name="labels">The class of each, 0 … classes − 1.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="weights">How much each example counts, 1 on average; all the same where null.</param>
    /// <exception cref="DataException">There are no examples, or not one label for each.</exception>
    public static LogisticRegression Fit(Tensor x, ReadOnlySpan<int> labels, int classes, double[]? weights = null)
    {
        if (labels.Length == 0 || labels.Length != x.shape[0])
        {
            throw new DataException($"{x.shape[0]} examples with {labels.Length} labels cannot be learned from: give one label for each of at least one example.");
        }

        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var (n, d) = (x.shape[0], (int)x.shape[1]);
        var rows = x.to(ScalarType.Float64);
        var (mean, deviation) = Moments.Of(rows);
        var inputs = Inputs(rows, mean, deviation);
        var targets = Tensor.From(Array.ConvertAll(labels.ToArray(), l => (long)l), n, 1)
            .eq(torch.arange(0, classes, ScalarType.Int64)).to(ScalarType.Float64);
        var counts = weights is null ? torch.ones([n, 1], ScalarType.Float64) : Tensor.From(weights, n, 1);
        var found = QuasiNewton.Minimise(Loss, new double[(d + 1) * classes], Tolerance, MostSteps);
        return new(scope.MoveToOuter(mean), scope.MoveToOuter(deviation), scope.MoveToOuter(Tensor.From(found, d + 1, classes)));

        (double Value, double[] Gradient) Loss(double[] w)
        {
            using var step = torch.NewDisposeScope();
            var all = Tensor.From(w, d + 1, classes);
            // The bias, the last row, is free.
            var held = torch.cat([all.narrow(0, 0, d), torch.zeros([1, classes], ScalarType.Float64)], 0) / n;
            var logProbs = inputs.matmul(all).log_softmax(1);
            var value = -(logProbs * targets * counts).sum() / n + 0.5 * (held * all).sum();
            var gradient = inputs.t().matmul((logProbs.exp() - targets) * counts / n) + held;
            return (value.ToDouble(), gradient.ToArray<double>());
        }
    }

    /// <summary>The most probable class of each example [n, d].</summary>
    public int[] Classify(Tensor x)
    {
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var best = Inputs(x.to(ScalarType.Float64), _mean, _deviation).matmul(_weights).topk(1).indexes;
        return Array.ConvertAll(best.ToArray<long>(), i => (int)i);
    }

    // Standardised, with a column of ones for the bias.
    private static Tensor Inputs(Tensor rows, Tensor mean, Tensor deviation) =>
        torch.cat([(rows - mean) / deviation, torch.ones([rows.shape[0], 1], ScalarType.Float64)], 1);
}
