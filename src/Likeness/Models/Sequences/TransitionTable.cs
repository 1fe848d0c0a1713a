using System.Runtime.InteropServices;

namespace Likeness;

/// <summary>Options of a table of transitions.</summary>
public sealed record TransitionTableOptions
{
    /// <summary>Largest number of distinct transitions that the table can hold; a world with more has too many states for this model.</summary>
    [AtLeast(1)]
    public int Capacity { get; init; } = 10_000;
}

/// <summary>
/// A world of few states, learned by counting (Sutton 1990, section 3): what followed a state and an action follows it again as often as it did,
/// <code>p(s', r | s, a) = N(s, a, s', r) / N(s, a)</code>
/// which is the estimate of maximum likelihood. Of a state and an action that were never met together, the nearest that were answer. Rows are [state, reward,
/// action]: the action of a row leads to its state.
/// </summary>
public sealed class TransitionTable : Model<TransitionTableOptions>, IGenerative, IForecaster
{
    // Squared distances, in deviations of the data, that are the same but for rounding.
    private const double Rounding = 1e-6;

    private readonly Tensor _rows, _counts, _firsts, _firstCounts;
    private readonly int _values, _states, _before, _capacity;

    public TransitionTable(DataSpec spec, TransitionTableOptions options, Rng rng)
        : base(spec, options)
    {
        (_values, _capacity) = (spec.Shape[1] - spec.Actions, options.Capacity);
        _states = _values - spec.Rewards;
        _before = _states + spec.Actions;
        // [s, a, s', r] of each transition and how often it was; and the same of the rows with which series begin.
        _rows = Buffer("rows", Init.Zeros.Make(rng, _capacity, _before + _values));
        _counts = Parameter("counts", Init.Zeros.Make(rng, _capacity));
        _firsts = Buffer("firsts", Init.Zeros.Make(rng, _capacity, _values + spec.Actions));
        _firstCounts = Buffer("first_counts", Init.Zeros.Make(rng, _capacity));
    }

    public static Recipe<TransitionTableOptions, TransitionTable, Batch> Recipe { get; } = new(
        "transition-table",
        "Learned world model p(s', r | s, a) for planning and simulation with few states: counts in a table what followed each state and action.",
        new("sutton1990dyna", "Integrated Architectures for Learning, Planning, and Reacting Based on Approximating Dynamic Programming", "Sutton, Richard S.", "ICML", 1990, "216-224"),
        (model, _, _) => new Learning(model),
        new(Steps: 1, BatchSize: 0),
        new("series of numbers of at least two steps [steps, values]", s => s.IsSeries && s.Domain is Domain.Real && s.Shape[0] > 1 && s.Shape[1] > s.Actions + s.Rewards, "windows"))
    {
        Smallest = new(),
    };

    /// <summary>Series whose actions are those that were taken in such states.</summary>
    public Tensor Sample(int count, Rng rng)
    {
        SeriesOrder.CheckDrawn(Spec);
        using var noGrad = torch.no_grad();
        rng = rng.PerExample();
        var x = torch.zeros(Spec.BatchShape(count), ScalarType, Device);
        x.select(1, 0).copy_(_firsts.index_select(0, rng.Choice(Known(_firstCounts).expand(count, _capacity))));
        return Chain.Run(x, Enumerable.Range(1, Spec.Shape[0] - 1), (x, t) =>
        {
            var next = Draw(x.select(1, t - 1).narrow(1, 0, _states), _states, rng);
            x.select(1, t).copy_(torch.cat([next.narrow(1, _before, _values), next.narrow(1, _states, Spec.Actions)], 1));
            return x;
        });
    }

    public Tensor RollOut(Tensor past, int steps, Rng rng, Tensor? actions = null)
    {
        actions = SeriesOrder.Actions(Spec, past, steps, actions);
        using var noGrad = torch.no_grad();
        var all = torch.zeros([past.shape[0], steps, _values], past.dtype, past.device);
        Chain.Run(past.select(1, -1).narrow(1, 0, _states), Enumerable.Range(0, steps), (state, t) =>
        {
            var row = all.select(1, t);
            row.copy_(Draw(torch.cat([state, actions.select(1, t)], 1), _before, rng).narrow(1, _before, _values));
            return row.narrow(1, 0, _states);
        });
        return all;
    }

    // For each example a transition whose first `width` numbers are these, or the nearest to them, as often as it was met.
    private Tensor Draw(Tensor before, int width, Rng rng)
    {
        var known = Known(_counts);
        var distance = (before.unsqueeze(1) - _rows.narrow(1, 0, width)).square().sum([2]); // [n, capacity]
        distance = torch.where(known > 0, distance, distance.full_like(double.PositiveInfinity));
        var nearest = distance.amin([1], keepdim: true);
        return _rows.index_select(0, rng.Choice(torch.where(distance <= nearest + Rounding, known, known.zeros_like())));
    }

    // A model that has seen nothing makes of everything its first row.
    private static Tensor Known(Tensor counts) => counts.sum().ToDouble() > 0 ? counts : torch.nn.functional.one_hot(torch.zeros([1], ScalarType.Int64, counts.device), counts.size(0)).squeeze(0).to(counts.dtype);

    /// <summary>Every round adds what the batch's series show. One round on the whole training split is the whole training.</summary>
    private sealed class Learning : Objective<Batch>
    {
        private readonly TransitionTable _model;

        public Learning(TransitionTable model) => _model = Add("model", model);

        public override IReadOnlyList<Player> Players => [];

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var (x, m) = (feed.Next().X, _model);
            var nll = torch.zeros([], ScalarType.Float64);
            yield return Turn.Do(
                "model",
                () =>
                {
                    var rest = (int)x.shape[1] - 1;
                    var transitions = torch.cat([x.narrow(2, 0, m._states).narrow(1, 0, rest), x.narrow(2, m._values, m.Spec.Actions).narrow(1, 1, rest), x.narrow(2, 0, m._values).narrow(1, 1, rest)], 2).flatten(0, 1);
                    Add(transitions, m._rows, m._counts, "transitions");
                    Add(x.select(1, 0), m._firsts, m._firstCounts, "first rows");
                    nll.copy_(0 - m.LogFrequency().to(nll.dtype));
                },
                ("nll", nll));
        }

        private static void Add(Tensor rows, Tensor known, Tensor counts, string what)
        {
            var (width, more) = ((int)known.shape[1], rows.to(known.dtype).ToArray<float>());
            var (table, times) = (known.ToArray<float>(), counts.ToArray<float>());
            var places = new Dictionary<string, int>();
            for (var i = 0; i < times.Length && times[i] > 0; i++)
            {
                places.Add(Key(table, i, width), i);
            }

            for (var i = 0; i < more.Length / width; i++)
            {
                var key = Key(more, i, width);
                if (!places.TryGetValue(key, out var place))
                {
                    place = places.Count < times.Length ? places[key] = places.Count
                        : throw new UsageException($"The data has more than {times.Length} different {what}, so this is no world of few states: choose a model that generalises between them, or raise {new Remedy.Setting("capacity", 10 * times.Length)}.");
                    more.AsSpan(i * width, width).CopyTo(table.AsSpan(place * width));
                }

                times[place]++;
            }

            known.copy_(Tensor.From(table, known.shape));
            counts.copy_(Tensor.From(times, counts.shape));
        }

        // −0 and 0 are one number.
        private static string Key(float[] rows, int row, int width)
        {
            var own = Array.ConvertAll(rows[(row * width)..((row + 1) * width)], v => v + 0f);
            return new(MemoryMarshal.Cast<float, char>(own));
        }
    }

    // The mean log-frequency of the counted transitions given state and action, in nats.
    private Tensor LogFrequency()
    {
        var met = _counts.gt(0).nonzero().squeeze(1);
        var (counts, before) = (_counts.index_select(0, met), _rows.index_select(0, met).narrow(1, 0, _before));
        var together = (before.unsqueeze(1) - before.unsqueeze(0)).square().sum([2]).le(Rounding).to(counts.dtype).matmul(counts.unsqueeze(1)).squeeze(1);
        return (counts * (counts / together).log()).sum() / counts.sum();
    }
}
