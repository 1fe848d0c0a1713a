using System.Diagnostics;

namespace Likeness;

/// <summary>How long to train and how.</summary>
/// <param name="Steps">Total number of training steps.</param>
/// <param name="BatchSize">Examples per batch; 0 takes the whole training split, as closed-form fits do.</param>
/// <param name="Precision">Numerical precision of matrix products and convolutions in training.</param>
/// <param name="Validation">Early stopping on the validation split, which then decides which weights are kept; null keeps the last weights.</param>
public sealed record TrainingOptions(long Steps, int BatchSize, Precision Precision = Precision.Float32, ValidationOptions? Validation = null)
{
    /// <summary>Whether training images are flipped horizontally at random, with probability 1/2 each time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Flip { get; init; }

    /// <summary>The differential privacy guarantee for single examples; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PrivacyOptions? Privacy { get; init; }

    /// <summary>Canaries: invented examples added to the training examples for a privacy audit; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Canaries? Canaries { get; init; }

    /// <summary>The same with all that is to be found from the data: the noise of a private training.</summary>
    internal TrainingOptions For(IDataset data) => Privacy is null ? this : this with { Privacy = Privacy.For(this, data) };

    /// <summary>The examples of one batch of such data.</summary>
    public int BatchOf(IDataset data) => BatchSize > 0 ? BatchSize : data.Count(Split.Train);
}

/// <summary>What happened in one step.</summary>
/// <param name="Step">Steps taken so far, this one included.</param>
/// <param name="Examples">Training examples seen so far.</param>
/// <param name="Seconds">Time of this step alone.</param>
/// <param name="Terms">Every term of every turn.</param>
public sealed record StepReport(long Step, long Examples, double Seconds, IReadOnlyList<TermValue> Terms);

/// <summary>A training of any kind of batch.</summary>
public interface ITraining : IStateful, IDisposable
{
    long Step { get; }

    long Steps { get; }

    /// <summary>What is known to go wrong with the options that were chosen.</summary>
    IEnumerable<Sentence> Doubts { get; }

    /// <summary>What was given away of single examples so far; null where nothing is promised about them.</summary>
    PrivacyLedger? Ledger { get; }

    /// <summary>Trains and reports each step; the caller logs, saves, samples and scores in its loop. Ends after all steps or when asked to stop.</summary>
    IEnumerable<StepReport> Run(CancellationToken stop = default);
}

/// <summary>A training whose rounds can be watched without their turns being taken: how the laws see every model's gradients.</summary>
internal interface IRehearsal
{
    Module Objective { get; }

    IReadOnlyList<Player> Players { get; }

    /// <summary>One round on the next batches, in training mode, with randomness of its own; each turn is the caller's to take or to leave.</summary>
    IEnumerable<Turn> Rehearse(Rng rng);
}

/// <summary>A training whose beginning can be watched: what is set from the first batch.</summary>
internal interface IBeginning
{
    /// <summary>Calls what it is given, before the first step; null where nobody watches.</summary>
    Action<Action>? Watch { set; }
}

/// <summary>The one training loop. Disposing of it ends its feed.</summary>
public sealed class Trainer<TBatch>(Objective<TBatch> objective, IFeed<TBatch> feed, Rng rng, TrainingOptions options) : ITraining, IRehearsal, IBeginning
{
    private readonly CountedFeed<TBatch> _feed = new(feed, rng.Device, options.Flip ? rng.Fork("flips") : null);
    private Action<Action>? _watch;
    private long _step;

    public long Step => _step;

    public long Steps => options.Steps;

    public IEnumerable<Sentence> Doubts => objective.Doubts;

    public PrivacyLedger? Ledger => (objective as ILedgered)?.Ledger;

    Action<Action>? IBeginning.Watch
    {
        set => _watch = value;
    }

    Module IRehearsal.Objective => objective;

    IReadOnlyList<Player> IRehearsal.Players => objective.Players;

    public IEnumerable<StepReport> Run(CancellationToken stop = default)
    {
        while (_step < options.Steps && !stop.IsCancellationRequested)
        {
            yield return TakeStep();
        }
    }

    public void State(IStateCursor cursor)
    {
        cursor.Visit("step", ref _step);
        cursor.Visit("rng", rng);
        _feed.State(cursor.In("feed"));
        objective.State(cursor.In("objective"));
        foreach (var player in objective.Players)
        {
            player.State(cursor.In("player").In(player.Name));
        }
    }

    public void Dispose() => _feed.Dispose();

    IEnumerable<Turn> IRehearsal.Rehearse(Rng rng)
    {
        objective.train(true);
        try
        {
            foreach (var turn in objective.Round(_feed, rng))
            {
                yield return turn;
            }
        }
        finally
        {
            objective.train(false);
        }
    }

    private StepReport TakeStep()
    {
        var start = Stopwatch.GetTimestamp();
        var context = new TurnContext(_step, options.Steps);
        var terms = new List<TermValue>();
        using var scope = torch.NewDisposeScope();
        using var denormals = DenormalScope.Flush();
        objective.train(true);
        try
        {
            if (_step == 0)
            {
                Begin();
            }

            using var round = objective.Round(_feed, rng).GetEnumerator();
            while (Next(round))
            {
                terms.AddRange(round.Current.Take(context));
            }
        }
        finally
        {
            objective.train(false);
        }

        return new(++_step, _feed.Examples, Stopwatch.GetElapsedTime(start).TotalSeconds, terms);
    }

    private void Begin()
    {
        using var noGrad = torch.no_grad();
        var first = _feed.Next();
        if (_watch is null)
        {
            objective.Begin(first, _feed, rng);
        }
        else
        {
            _watch(() => objective.Begin(first, _feed, rng));
        }

        _feed.Return(first);
        foreach (var player in objective.Players)
        {
            player.Prepare();
        }
    }

    // The forward pass runs inside MoveNext, so this is the one place that knows of precision.
    private bool Next(IEnumerator<Turn> round)
    {
        using var precision = new PrecisionScope(options.Precision, rng.Device);
        return round.MoveNext();
    }
}
