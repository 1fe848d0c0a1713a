using System.Globalization;
using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>
/// A run is a folder. Every file in it is written to a temporary name, flushed and renamed, and the training state is one
/// file, so a process killed at any moment leaves a whole run behind.
/// </summary>
public sealed class RunFolder
{
    private const string RecordName = "run.json", FailureName = "failure.json", PrivacyName = "privacy.json", CurveName = "curve.png", FilmName = "animation.png";
    private static readonly string[] s_files = ["training.safetensors", "model.safetensors", "best.safetensors", "log.jsonl", "log.csv", "scores.json", CurveName, FilmName, FailureName, PrivacyName];

    private RunFolder(string path, RunRecord record)
    {
        Path = path;
        Record = record;
    }

    public string Path { get; }

    public RunRecord Record { get; private set; }

    /// <summary>The model as last saved: what sampling and scoring need, unless there is a better one.</summary>
    public string ModelFile => In("model.safetensors");

    /// <summary>The model at its best look at the validation split; only where training looks.</summary>
    public string BestFile => In("best.safetensors");

    /// <summary>The weights that the run is asked by: the best ones where validation has chosen, else the last.</summary>
    public string ChosenModelFile => File.Exists(BestFile) ? BestFile : ModelFile;

    /// <summary>The whole state, the model included: this one file is what resuming needs.</summary>
    public string TrainingFile => In("training.safetensors");

    /// <summary>One line per step.</summary>
    public string LogFile => In("log.jsonl");

    /// <summary>The same as a table, where the run's record asks for it.</summary>
    public string CsvLogFile => In("log.csv");

    /// <summary>How the training went, as a picture.</summary>
    public string CurveFile => In(CurveName);

    /// <summary>The pictures of the training, one after the other, as an animated one.</summary>
    public string FilmFile => In(FilmName);

    public string ScoresFile => In("scores.json");

    /// <summary>How training came to an end before its time; null where it did not. A training that goes on from the checkpoint takes it back.</summary>
    public RunFailure? Failure => Guarded(Path, "read", () => File.Exists(In(FailureName)) ? Read(In(FailureName), RunJson.Default.RunFailure) : null);

    /// <summary>What the run has given away of its training examples; null where nothing is promised about them.</summary>
    public PrivacyRecord? Privacy => Guarded(Path, "read", () => File.Exists(In(PrivacyName)) ? Read(In(PrivacyName), PrivacyJson.Default.PrivacyRecord) : null);

    /// <summary>Where the samples of a step belong.</summary>
    /// <param name="step">Training steps of the model.</param>
    /// <param name="extension">Such as ".png".</param>
    public string SampleFile(long step, string extension) => System.IO.Path.Combine(Path, "samples", $"{step:000000}{extension}");

    /// <summary>The files of samples that training has left, by their steps.</summary>
    /// <param name="extension">Such as ".png".</param>
    public IReadOnlyList<(long Step, string Path)> SampleFiles(string extension) => !Directory.Exists(In("samples")) ? [] :
        [.. Directory.EnumerateFiles(In("samples"), $"*{extension}")
            .Select(f => (Step: long.TryParse(System.IO.Path.GetFileNameWithoutExtension(f), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : -1, Path: f))
            .Where(f => f.Step >= 0).OrderBy(f => f.Step)];

    /// <summary>Whether this folder holds a run.</summary>
    public static bool Exists(string path) => File.Exists(System.IO.Path.Combine(path, RecordName));

    /// <summary>Refuses a folder in which no new run can be made.</summary>
    /// <param name="path">The folder, which need not exist.</param>
    /// <param name="overwrite">Whether a run that is already there may be replaced.</param>
    /// <exception cref="UsageException">The folder holds a run or other files.</exception>
    /// <exception cref="DataException">The folder cannot be read.</exception>
    public static void CheckFree(string path, bool overwrite = false) => _ = Guarded(path, "written", () =>
        File.Exists(path) ? throw new UsageException($"'{path}' is a file where a run's folder is to be made: choose another folder.")
        : Exists(path) ? overwrite ? path : throw new UsageException($"The folder '{path}' already holds a run: resume it, overwrite it with {new Remedy.Option("Overwrite")}, or choose another folder.")
        : Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any() ? throw new UsageException($"The folder '{path}' is not empty and holds no run: choose a new or empty folder.")
        : path);

    /// <summary>Makes the folder of a new run.</summary>
    /// <param name="path">A folder that does not exist, is empty, or holds a run that may be overwritten.</param>
    /// <param name="record">What is run.</param>
    /// <param name="overwrite">Whether a run that is already there may be replaced.</param>
    /// <exception cref="UsageException">The folder holds a run or other files.</exception>
    /// <exception cref="DataException">The folder cannot be written.</exception>
    public static RunFolder Create(string path, RunRecord record, bool overwrite = false) => Guarded(path, "written", () =>
    {
        CheckFree(path, overwrite);
        if (Exists(path))
        {
            Clear(path);
        }

        Directory.CreateDirectory(path);
        var folder = new RunFolder(path, record);
        folder.Write(RecordName, record, RunJson.Default.RunRecord);
        return folder;
    });

    /// <exception cref="DataException">There is no run here, or its record is damaged.</exception>
    public static RunFolder Open(string path) => Guarded(path, "read", () =>
    {
        if (!Exists(path))
        {
            throw new DataException($"The folder '{path}' holds no run (there is no {RecordName}): give the folder that a training wrote.");
        }

        var file = System.IO.Path.Combine(path, RecordName);
        var record = Read(file, RunJson.Default.RunRecord);
        if (record.Format != 1)
        {
            throw new DataException($"'{file}' has the format {record.Format} and this version reads format 1: use a newer version of the library.");
        }

        try
        {
            _ = (record.Data.Spec, Devices.Parse(record.Device));
        }
        catch (FormatException e)
        {
            throw new DataException($"'{file}' is damaged ({e.Message.TrimEnd('.')}): restore it from a copy, or train again.", e);
        }

        return new RunFolder(path, record);
    });

    /// <summary>Replaces the record, for a training that goes on for longer or with other threads.</summary>
    public void Update(RunRecord record) => Guarded(Path, "written", () =>
    {
        Write(RecordName, record, RunJson.Default.RunRecord);
        Record = record;
        return 0;
    });

    /// <summary>Refuses a length that is shorter than what was trained: weights do not go back.</summary>
    internal void CheckLength(long? steps, long taken)
    {
        if (steps < taken)
        {
            throw new UsageException($"The run '{Path}' has taken {Counted.Of(taken, "step")} already, and a training does not go back: for {new Remedy.Option("Steps")} give more than {taken}, or train a new run.");
        }
    }

    /// <summary>Keeps how training failed, so whoever opens the run later is told; null takes it back.</summary>
    internal void Mark(RunFailure? failure) => Guarded(Path, "written", () =>
    {
        if (failure is null)
        {
            File.Delete(In(FailureName));
        }
        else
        {
            Write(FailureName, failure, RunJson.Default.RunFailure);
        }

        return 0;
    });

    /// <summary>Saves the training, and then the model alone.</summary>
    public void Save(long step, Module model, IStateful training) => Guarded(Path, "written", () =>
    {
        Checkpoint.Save(TrainingFile, training, Metadata(step));
        Checkpoint.Save(ModelFile, model, Metadata(step));
        return 0;
    });

    /// <summary>Saves the model as the best so far.</summary>
    internal void SaveBest(long step, Module model) => Guarded(Path, "written", () =>
    {
        Checkpoint.Save(BestFile, model, Metadata(step));
        return 0;
    });

    /// <summary>Enters what was given away; what was entered before stays, whatever has become of the training since.</summary>
    internal void Enter(PrivacyLedger? ledger)
    {
        if (ledger is null)
        {
            return;
        }

        var before = Privacy?.Ledger;
        var all = before is null ? ledger : before.AtLeast(ledger);
        if (before is null || !before.Sums.SequenceEqual(all.Sums))
        {
            var record = PrivacyRecord.Of(all, Record.Data);
            Guarded(Path, "written", () =>
            {
                Write(PrivacyName, record, PrivacyJson.Default.PrivacyRecord);
                return 0;
            });
        }
    }

    /// <summary>Removes what a killed process had not finished writing. Only for whoever holds the log: nobody else writes checkpoints.</summary>
    internal void RemoveUnfinished()
    {
        foreach (var file in Directory.EnumerateFiles(Path, "*.safetensors.*.tmp", new EnumerationOptions { AttributesToSkip = 0 }))
        {
            File.Delete(file);
        }
    }

    /// <summary>Loads the model alone: the best one where validation has chosen, else the last.</summary>
    /// <returns>How many steps it was trained.</returns>
    /// <exception cref="DataException">The file is missing or damaged.</exception>
    public long LoadModel(Module model) => Guarded(Path, "read", () =>
    {
        var chosen = ChosenModelFile;
        Checkpoint.Load(chosen, model);
        using var file = SafetensorsFile.Open(chosen);
        return StepOf(file);
    });

    /// <summary>How many steps the weights of a checkpoint were trained.</summary>
    internal static long StepOf(SafetensorsFile file) => file.Metadata.TryGetValue("step", out var text) && long.TryParse(text, out var step) ? step : 0;

    /// <summary>All scores measured so far.</summary>
    public IReadOnlyList<RunScore> ReadScores() =>
        Guarded<IReadOnlyList<RunScore>>(Path, "read", () => File.Exists(ScoresFile) ? Read(ScoresFile, RunJson.Default.RunScoreArray) : []);

    /// <summary>Adds scores; one that was measured in the same way before is replaced.</summary>
    public void AddScores(IEnumerable<RunScore> scores) => Guarded(Path, "written", () =>
    {
        var all = ReadScores().ToList();
        foreach (var score in scores)
        {
            all.RemoveAll(s => (s.Name, s.Unit, s.Split, s.Count, s.Step, s.Seed) == (score.Name, score.Unit, score.Split, score.Count, score.Step, score.Seed)
                && (s.Data, s.Protocol, s.JudgedBy) == (score.Data, score.Protocol, score.JudgedBy)
                && JsonNode.DeepEquals(s.Chosen, score.Chosen));
            all.Add(score);
        }

        Write("scores.json", all.ToArray(), RunJson.Default.RunScoreArray);
        return 0;
    });

    /// <summary>Runs something on this run's files and says in one sentence what the file system objects to.</summary>
    internal static T Guarded<T>(string path, string verb, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"The run '{path}' cannot be {verb} ({e.Message.TrimEnd('.')}): check the path, its permissions and the space left on the disk.", e);
        }
    }

    private Dictionary<string, string> Metadata(long step) => new() { ["recipe"] = Record.Recipe, ["step"] = step.ToString() };

    private static void Clear(string path)
    {
        foreach (var file in s_files.Select(name => System.IO.Path.Combine(path, name)).Concat(Directory.EnumerateFiles(path, EventFile.Pattern)))
        {
            File.Delete(file);
        }

        var samples = System.IO.Path.Combine(path, "samples");
        if (Directory.Exists(samples))
        {
            foreach (var file in Directory.EnumerateFiles(samples).Where(f => IsSample(System.IO.Path.GetFileNameWithoutExtension(f))))
            {
                File.Delete(file);
            }
        }
    }

    private static bool IsSample(string name) => name.Length >= 6 && name.All(char.IsAsciiDigit);

    private static T Read<T>(string file, JsonTypeInfo<T> json) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), json) ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            var what = new FileInfo(file).Length == 0 ? "is empty" : $"is damaged{(e.LineNumber is { } line ? $" in line {line + 1}" : "")}";
            throw new DataException($"'{file}' {what}: restore it from a copy, or train again.", e);
        }
    }

    private void Write<T>(string name, T value, JsonTypeInfo<T> json) =>
        WholeFile.Write(In(name), stream => JsonSerializer.Serialize(stream, value, json));

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
