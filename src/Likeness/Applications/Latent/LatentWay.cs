namespace Likeness;

/// <summary>How to go from one code to another.</summary>
public abstract record LatentWay
{
    private LatentWay() { }

    /// <summary>Codes [n, d] at a share 0 … 1 of the way from a to b.</summary>
    public abstract Tensor Between(Tensor a, Tensor b, double share);

    /// <summary>The straight line.</summary>
    public sealed record Line : LatentWay
    {
        public override Tensor Between(Tensor a, Tensor b, double share) => a * (1 - share) + b * share;
    }

    /// <summary>
    /// The arc about the origin (Shoemake 1985). Draws of N(0, I) of many dimensions have nearly the same length, and codes in the
    /// middle of a straight line are shorter than any of them.
    /// </summary>
    public sealed record Arc : LatentWay
    {
        public override Tensor Between(Tensor a, Tensor b, double share)
        {
            var (codes, others) = (a.ToArray<float>(), b.ToArray<float>());
            var width = (int)a.shape[1];
            var between = new float[codes.Length];
            for (var row = 0; row < codes.Length; row += width)
            {
                var from = codes.AsSpan(row, width);
                var to = others.AsSpan(row, width);
                var (u, v) = Weights(Angle(from, to), share);
                for (var i = 0; i < width; i++)
                {
                    between[row + i] = (float)((u * from[i]) + (v * to[i]));
                }
            }

            return Tensor.From(between, a.shape);
        }

        private static double Angle(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
        {
            var cosine = System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(a, b);
            return Math.Acos(Math.Clamp(cosine, -1, 1));
        }

        // Codes in one line with the origin have no arc of their own.
        private static (double A, double B) Weights(double angle, double share) => Math.Sin(angle) is var sine && sine > 1e-6
            ? (Math.Sin((1 - share) * angle) / sine, Math.Sin(share * angle) / sine)
            : (1 - share, share);
    }
}
