using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>
/// A training tied to its folder: <c>foreach (var report in run.Train()) …</c> trains, logs and saves. Training 2k steps equals
/// training k, being killed, opening the run again and training on, to the last bit (on the CPU with as many threads).
/// </summary>
public abstract class Run : IDisposable
{
    private readonly ITraining _training;
    private readonly Validation? _validation;
    private RunLogs? _log;

    private protected Run(RunFolder folder, IDataset data, Module model, ITraining training, Validation? validation)
    {
        Folder = folder;
        Data = data;
        Model = model;
        _training = training;
        _validation = validation;
    }

    /// <summary>The version of this library, for example "0.1.0".</summary>
    public static string LibraryVersion { get; } =
        typeof(Run).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    public RunFolder Folder { get; }

    /// <summary>What it learns from.</summary>
    public IDataset Data { get; }

    /// <summary>The model as trained so far.</summary>
    public Module Model { get; }

    /// <summary>Steps taken so far.</summary>
    public long Step => _training.Step;

    /// <summary>Steps in all.</summary>
    public long Steps => _training.Steps;

    /// <summary>The step whose weights did best on the validation split, where training looks at it; these are what is loaded later.</summary>
    public long? BestStep => _validation is { BestStep: > 0 } ? _validation.BestStep : null;

    /// <summary>What is known to go wrong with the options that were chosen, and what to choose instead.</summary>
    public IEnumerable<Sentence> Doubts => _training.Doubts;

    /// <summary>What was given away of single examples so far; null where nothing is promised about them.</summary>
    public PrivacyLedger? Ledger => _training.Ledger;

    /// <summary>Whether validation has ended the training before its last step.</summary>
    public bool StoppedEarly => Step < Steps && _validation is { IsExhausted: true };

    /// <summary>Starts a run in a new folder; its untrained state is saved at once.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="recipe">Of the model.</param>
    /// <param name="data">What it learns from.</param>
    /// <param name="options">Of the model.</param>
    /// <param name="plan">The rest; the recipe's own length of training where null.</param>
    /// <exception cref="LikenessException">Options, data or folder will not do.</exception>
    public static Run<TModel> Create<TOptions, TModel, TBatch>(string path, Recipe<TOptions, TModel, TBatch> recipe, IDataset data, TOptions options, RunPlan? plan = null)
        where TOptions : class, new()
        where TModel : Module =>
        (Run<TModel>)Create(path, (IRecipe)recipe, data, (plan ?? new()) with { Options = OptionsJson.Write(options, recipe.Json) });

    /// <summary>The same with the recipe's own options, or those of the plan.</summary>
    /// <inheritdoc cref="Create{TOptions, TModel, TBatch}(string, Recipe{TOptions, TModel, TBatch}, IDataset, TOptions, RunPlan?)"/>
    public static Run<TModel> Create<TOptions, TModel, TBatch>(string path, Recipe<TOptions, TModel, TBatch> recipe, IDataset data, RunPlan? plan = null)
        where TOptions : class, new()
        where TModel : Module =>
        (Run<TModel>)Create(path, (IRecipe)recipe, data, plan ?? new());

    /// <summary>The same for a recipe whose types are not known: that of a name, say.</summary>
    /// <exception cref="LikenessException">Options, data or folder will not do.</exception>
    public static Run Create(string path, IRecipe recipe, IDataset data, RunPlan plan)
    {
        var options = recipe.Complete(plan.Options);
        var training = (plan.Training ?? recipe.Defaults).For(data);
        if (plan.Threads is { } threads)
        {
            TorchRuntime.Threads = threads;
        }

        // A print would tell whoever knows all rows but one whether a guess at that one is right.
        var described = (training.Privacy is null ? RunData.Of(data).Printed(data) : RunData.Of(data)) with
        {
            Attributes = typeof(ITranslator).IsAssignableFrom(recipe.ModelType) ? data.Spec.Attributes : null,
        };
        var record = new RunRecord(recipe.Name, options, described, training,
            plan.Seed, plan.Device.ToString(), TorchRuntime.Threads, LibraryVersion, TorchRuntime.Version)
        {
            Logs = plan.Logs,
        };

        if (plan.From is { } other && Path.GetFullPath(other.Path) == Path.GetFullPath(path))
        {
            throw new UsageException($"The run '{path}' cannot begin with the weights of the run that it replaces: choose another folder.");
        }

        var owed = plan.From is { } source && training.Privacy is not null ? StartingWeights.Owed(source, data) : null;

        // The model is built before the folder is touched, so unfit options or data leave an older run as it was.
        var (model, trainer, validation) = Build(recipe, data, record, fresh => record = plan.From is { } from ? record with { From = StartingWeights.Take(from, fresh, recipe.Name) } : record);
        var run = recipe.Tie(RunFolder.Create(path, record, plan.Overwrite), data, model, StartingWeights.Kept(trainer, model, record), validation);
        run.Folder.Enter(owed);
        run.Save();
        return run;
    }

    /// <summary>Opens a run to train on from its last checkpoint.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="recipe">The recipe that its record names.</param>
    /// <param name="data">The data that its record names.</param>
    /// <param name="steps">Steps in all, where it shall train for longer than planned.</param>
    /// <param name="changes">Rates that change from here on; see <see cref="Rates"/>.</param>
    /// <exception cref="DataException">The data or the checkpoint does not belong to this run.</exception>
    /// <exception cref="UsageException">A change is none of rates.</exception>
    public static Run Resume(RunFolder folder, IRecipe recipe, IDataset data, long? steps = null, JsonObject? changes = null)
    {
        var record = folder.Record;
        record.Data.CheckDescribes(data, folder.Path);
        var (was, now) = (new JsonObject(), new JsonObject());
        if (steps is { } total && total != record.Training.Steps)
        {
            (was["steps"], now["steps"]) = (record.Training.Steps, total);
            record.Training.Privacy?.CheckLonger(total, record.Training, data);
            record = record with { Training = record.Training with { Steps = total } };
        }

        if (changes is not null)
        {
            record = record with { Options = Rates.Change(recipe, record.Options, changes, was, now) };
        }

        TorchRuntime.Threads = record.Threads;
        var isSaved = File.Exists(folder.TrainingFile);
        var (model, trainer, validation) = Build(recipe, data, record, fresh =>
        {
            if (!isSaved && record.From is { } from)
            {
                StartingWeights.TakeAgain(from, fresh, recipe.Name);
            }
        });
        // A run killed before its first checkpoint starts anew: the seed makes it the same run.
        if (isSaved)
        {
            Checkpoint.Load(folder.TrainingFile, trainer);
        }

        folder.CheckLength(steps, trainer.Step);
        if (now.Count > 0)
        {
            folder.Update(record with { Changes = [.. record.Changes ?? [], new(trainer.Step, was, now)] });
        }

        return recipe.Tie(folder, data, model, StartingWeights.Kept(trainer, model, record), validation);
    }

    /// <summary>The model of a run as last saved, without its training.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="recipe">The recipe that its record names.</param>
    /// <param name="steps">How many steps it was trained.</param>
    /// <param name="changes">Options that are chosen anew; null leaves them as they were.</param>
    public static Module LoadModel(RunFolder folder, IRecipe recipe, out long steps, JsonObject? changes = null)
    {
        using var scope = torch.NewDisposeScope();
        var record = folder.Record;
        var model = recipe.CreateModel(record.Data.Spec, LaterOptions.Chosen(recipe, recipe.Recorded(record.Options), changes), Random(record).Fork("model"));
        steps = folder.LoadModel(model);
        return model;
    }

    /// <summary>
    /// Trains to the end or until validation sees no more improvement, logging each step, saving at times, and saving when it ends, when it is asked to stop and when the caller
    /// leaves the loop; not when training fails, so the last good checkpoint stays.
    /// </summary>
    public IEnumerable<StepReport> Train(CheckpointCadence? cadence = null, CancellationToken stop = default)
    {
        cadence ??= CheckpointCadence.Default;
        if (_log is null)
        {
            _log = RunLogs.Open(Folder, Step, Remember);
            Folder.RemoveUnfinished();
            Folder.Mark(null);
        }

        var saved = (Step, Time: Stopwatch.GetTimestamp());
        var failed = true;
        try
        {
            using var reports = _training.Run(stop).GetEnumerator();
            while (_validation is not { IsExhausted: true } && Marking(reports.MoveNext))
            {
                var report = Validated(reports.Current);
                _log.Append(LogEntry.Of(report));
                if ((cadence.Steps > 0 && Step - saved.Step >= cadence.Steps) || Stopwatch.GetElapsedTime(saved.Time) >= cadence.Interval)
                {
                    Save();
                    saved = (Step, Stopwatch.GetTimestamp());
                }

                failed = false;
                yield return report;
                failed = true;
            }

            failed = false;
        }
        finally
        {
            if (failed)
            {
                _log.Flush();
            }
            else
            {
                Save();
            }
        }
    }

    /// <summary>Saves the state as it is now.</summary>
    /// <exception cref="TrainingException">A parameter is not finite: what was saved before is kept.</exception>
    /// <exception cref="DataException">The files cannot be written.</exception>
    public void Save()
    {
        Marking(() => FiniteWeights.Check(Model, Step));
        // The log and the ledger first: they must reach at least as far as the checkpoint does.
        _log?.Flush();
        Folder.Enter(Ledger);
        Folder.Save(Step, Model, _training);
    }

    /// <summary>What was logged so far, step by step.</summary>
    public IReadOnlyList<LogEntry> ReadLog() => RunFolder.Guarded(Folder.Path, "read", () => _log?.ReadBack() ?? [.. RunLog.Read(Folder.LogFile)]);

    public void Dispose()
    {
        _log?.Dispose();
        _training.Dispose();
    }

    private void Remember(LogEntry entry)
    {
        if (_validation is not null && entry.Terms.TryGetValue(Validation.Term, out var nll))
        {
            _validation.Note(entry.Step, nll);
        }
    }

    // Looks at the validation split where it is time to, and keeps the weights if they are the best so far.
    private StepReport Validated(StepReport report)
    {
        if (_validation is null || !(_validation.IsDue(Step) || Step == Steps))
        {
            return report;
        }

        var nll = _validation.Measure();
        if (_validation.Note(Step, nll))
        {
            Folder.SaveBest(Step, Model);
        }

        var name = Validation.Term.Split('.');
        return report with { Terms = [.. report.Terms, new(name[0], name[1], nll)] };
    }

    private static Rng Random(RunRecord record) => new(record.Seed, Devices.Parse(record.Device));

    private static (Module Model, ITraining Training, Validation? Validation) Build(IRecipe recipe, IDataset data, RunRecord record, Action<Module> start)
    {
        using var scope = torch.NewDisposeScope();
        var rng = Random(record);
        var options = recipe.Recorded(record.Options);
        var model = recipe.CreateModel(data.Spec, options, rng.Fork("model"));
        // Before the training is made: running means begin where the weights do.
        start(model);
        var validation = record.Training.Validation is { } looks ? new Validation(looks, model, data, record.Seed) : null;
        return (model, recipe.CreateTraining(model, options, data, record.Training, rng.Fork("training")), validation);
    }

    // A failure of the training itself is kept in the folder, where whoever opens the run later finds it.
    private T Marking<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (TrainingException e)
        {
            Folder.Mark(new(Step, e.Message));
            throw;
        }
    }
}
