namespace Likeness;

/// <summary>Examples sorted into clusters.</summary>
/// <param name="Members">The cluster of each example, from 0.</param>
/// <param name="Inertia">The sum of the squared distances of the examples from their clusters' means.</param>
public sealed record Clusters(int[] Members, double Inertia);

/// <summary>Clusters of examples around their means (Lloyd 1982), beginning far from each other (k-means++).</summary>
public static class KMeans
{
    // Seeds are looked for among so many examples, or twenty for each: more of them would not be better spread.
    private const int Candidates = 4000;

    private const int MostSweeps = 300;

    // A sweep that gains a smaller share than this is the last.
    private const double LeastGain = 1e-6;

    /// <summary>
    /// Seeds by k-means++ (Arthur and Vassilvitskii 2007): each one is drawn with a probability proportional to its squared
    /// distance from the nearest seed before it.
    /// </summary>
    /// <returns>Examples [clusters, d] among those given, [n, d].</returns>
    public static Tensor Seeds(Tensor x, int clusters, Rng rng)
    {
        var count = Math.Min((int)x.shape[0], Math.Max(Candidates, 20 * clusters));
        var candidates = x.index_select(0, rng.Permutation(x.shape[0]).narrow(0, 0, count));
        var seeds = torch.zeros([clusters, x.shape[1]], x.dtype, x.device);
        var distances = torch.full([count], double.PositiveInfinity, x.dtype, x.device);
        Chain.Run(distances, Enumerable.Range(0, clusters), (nearest, k) =>
        {
            // At first all are equally far; where all candidates are seeds already, any will do.
            var weights = k == 0 || nearest.max().ToDouble() <= 0 ? nearest.zeros_like() + 1 : nearest;
            var chosen = rng.Choice(weights, 1);
            var seed = candidates.index_select(0, chosen);
            seeds.select(0, k).copy_(seed.select(0, 0));
            var squared = (candidates - seed).square().sum([1]);
            return torch.where(squared.lt(nearest), squared, nearest);
        });
        return seeds;
    }

    /// <summary>1 for the nearest centre of each example and 0 for the others, [n, clusters].</summary>
    /// <param name="x">Examples [n, d].</param>
    /// <param name="centres">[clusters, d].</param>
    public static Tensor Nearest(Tensor x, Tensor centres) => Marks(Scores(x, centres).Indices, x, (int)centres.shape[0]);

    /// <summary>The best of several clusterings, by inertia.</summary>
    /// <param name="x">Examples [n, d] in units that may be compared.</param>
    /// <param name="clusters">How many; at least 1, and at most as many as there are examples.</param>
    /// <param name="restarts">Beginnings that are tried.</param>
    /// <param name="rng">Where the beginnings come from.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    /// <exception cref="UsageException">There are fewer examples than clusters.</exception>
    public static Clusters Fit(Tensor x, int clusters, int restarts, Rng rng, Action<double>? progress = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(restarts, 1);
        if (clusters < 1 || clusters > x.shape[0])
        {
            throw new UsageException($"{Counted.Of(x.shape[0], "example")} cannot be sorted into {Counted.Of(clusters, "cluster")}: ask for 1 … {x.shape[0]}.");
        }

        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        // About their middle little cancels when squared distances are multiplied out.
        var centred = x - x.mean([0]);
        var squares = centred.square().sum([1], keepdim: true);
        var best = Sweep(centred, squares, Seeds(centred, clusters, rng));
        for (var i = 1; i < restarts; i++)
        {
            progress?.Invoke((double)i / restarts);
            var other = Sweep(centred, squares, Seeds(centred, clusters, rng));
            best = other.Inertia < best.Inertia ? other : best;
        }

        progress?.Invoke(1);
        return best;
    }

    // Lloyd's iteration: examples to the nearest centre, centres to the means of their examples. It moves the centres in place.
    private static Clusters Sweep(Tensor x, Tensor squares, Tensor centres)
    {
        var last = double.PositiveInfinity;
        for (var sweep = 0; ; sweep++)
        {
            using var scope = torch.NewDisposeScope();
            var (scores, nearest) = Scores(x, centres);
            var distances = (scores + squares).clamp_min(0); // [n, 1]
            var inertia = distances.sum(type: ScalarType.Float64).ToDouble();
            if (sweep > 0 && (sweep == MostSweeps || last - inertia <= LeastGain * last))
            {
                return new(Array.ConvertAll(nearest.ToArray<long>(), i => (int)i), inertia);
            }

            last = inertia;
            Move(centres, x, nearest, distances);
        }
    }

    private static void Move(Tensor centres, Tensor x, Tensor nearest, Tensor distances)
    {
        var marks = Marks(nearest, x, (int)centres.shape[0]);
        var counts = marks.sum([0]);
        centres.copy_(marks.t().matmul(x) / counts.clamp_min(1).unsqueeze(1));
        var sizes = counts.to(ScalarType.Float64).ToArray<double>();
        var empty = Enumerable.Range(0, sizes.Length).Where(k => sizes[k] == 0).ToArray();
        if (empty.Length > 0)
        {
            // A cluster that nobody is in begins again at an example that is far from its own.
            var far = distances.topk(empty.Length, 0).indexes.ToArray<long>();
            foreach (var (k, i) in empty.Zip(far))
            {
                centres.select(0, k).copy_(x.select(0, i));
            }
        }
    }

    // |x − c|² less |x|², which is the same for all centres: the least and where it is, [n, 1] each.
    private static (Tensor Values, Tensor Indices) Scores(Tensor x, Tensor centres)
    {
        var (values, indices) = (centres.square().sum([1]) - 2 * x.matmul(centres.t())).topk(1, largest: false);
        return (values, indices);
    }

    private static Tensor Marks(Tensor index, Tensor x, int clusters) =>
        index.eq(torch.arange(0, clusters, ScalarType.Int64, x.device)).to(x.dtype);
}
