namespace Likeness;

/// <summary>Nearest neighbours by squared Euclidean distance, found by comparing all, a few rows at a time.</summary>
internal static class Neighbours
{
    private const int Rows = 500;

    /// <summary>The squared distance of each point [n, d] to its k-th nearest other point of the same set.</summary>
    public static double[] KthWithin(Tensor x, int k) =>
        Ask(x, x, squares => squares.topk(k + 1, 1, largest: false).values.select(1, k)); // The nearest is the point itself.

    /// <summary>The squared distance of each point [n, d] to the nearest of others [m, d].</summary>
    public static double[] Nearest(Tensor x, Tensor others) => Ask(x, others, squares => -(-squares).amax([1]));

    /// <summary>Something about each point's squared distances to all others, from [rows, m] to [rows].</summary>
    public static double[] Ask(Tensor x, Tensor others, Func<Tensor, Tensor> ask)
    {
        using var noGrad = torch.no_grad();
        return Chain.Value<double[]>(() =>
        {
            // |x − y|² = |x|² + |y|² − 2 x·y, about one middle so that little cancels.
            var middle = others.mean([0]);
            var (a, b) = (x - middle, others - middle);
            var (columns, lengths) = (b.t(), b.square().sum([1]));
            var answers = new List<double>((int)a.shape[0]);
            Chain.Parts(a.shape[0], Rows, (from, count) =>
            {
                var rows = a.narrow(0, from, count);
                var squares = (rows.square().sum([1], keepdim: true) + lengths - 2 * rows.matmul(columns)).clamp_min(0);
                answers.AddRange(ask(squares).ToArray<double>());
            });

            return [.. answers];
        });
    }
}
