namespace Likeness;

/// <summary>Early stopping: the likelihood of the validation split decides which weights are kept.</summary>
/// <param name="Every">Number of training steps between two evaluations.</param>
/// <param name="Patience">Number of evaluations without improvement after which training ends; 0 trains all steps.</param>
/// <param name="Examples">Largest number of examples of the split that are used, from its start.</param>
public sealed record ValidationOptions(long Every, int Patience = 0, int Examples = int.MaxValue);

/// <summary>
/// Early stopping: looks at the validation split at times, keeps the best weights beside the last ones, and says when training
/// no longer helps. Its memory is the run's log, so a resumed run goes on as if it had never stopped.
/// </summary>
internal sealed class Validation
{
    /// <summary>The name of the looked-at term in the log.</summary>
    public const string Term = "validation.nll";

    private const int AtOnce = 100;

    private readonly ValidationOptions _options;
    private readonly Module _model;
    private readonly IDataset<Batch> _data;
    private readonly ulong _seed;
    private double _best = double.PositiveInfinity;
    private int _since;

    /// <exception cref="UsageException">The model knows no likelihood, or the data has no validation split.</exception>
    public Validation(ValidationOptions options, Module model, IDataset data, ulong seed)
    {
        if (options is { Every: < 1 } or { Patience: < 0 } or { Examples: < 1 })
        {
            throw new UsageException($"Validation every {Counted.Of(options.Every, "step")} on {Counted.Of(options.Examples, "example")} with patience {options.Patience} is not possible: the first two must be at least 1, patience at least 0.");
        }

        if (model is not (IDensity or IBound))
        {
            throw new UsageException($"A {new Remedy.Model(model.GetType())} knows no likelihood to validate: train it without validation.");
        }

        (_options, _model, _seed) = (options, model, seed);
        _data = data.TryAs<Batch>() is { } batches && batches.Count(Split.Validation) > 0
            ? batches
            : throw new UsageException($"The data set '{data.Name}' has no validation split: keep a part of its training examples aside by {new Remedy.Option("HoldOut", "0.1")}, train without validation, or use data that has one.");
    }

    /// <summary>The step with the best look so far; 0 before the first.</summary>
    public long BestStep { get; private set; }

    /// <summary>Whether the last looks brought no improvement for as long as patience allows.</summary>
    public bool IsExhausted => _options.Patience > 0 && _since >= _options.Patience;

    public bool IsDue(long step) => step % _options.Every == 0;

    /// <summary>Takes note of a look.</summary>
    /// <returns>Whether it is the best so far.</returns>
    public bool Note(long step, double nll)
    {
        if (nll < _best)
        {
            (_best, BestStep, _since) = (nll, step, 0);
            return true;
        }

        _since++;
        return false;
    }

    /// <summary>The mean negative log-likelihood, or its bound with the same draws every time, in nats per example.</summary>
    public double Measure()
    {
        var options = new MeasureOptions(Split.Validation, AtOnce, _options.Examples);
        var rng = new Rng(_seed, _model.Device).Fork("validation");
        return -PerExample.Measure(_data, options, _model.Device, x => _model is IDensity density ? density.LogProb(x) : ((IBound)_model).LogProbBound(x, rng)).Average();
    }
}
