using System.Globalization;
using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>Everything needed to run a training again: what run.json holds.</summary>
/// <param name="Recipe">The model's name in the zoo.</param>
/// <param name="Options">The model's options, complete.</param>
/// <param name="Data">What it learned from.</param>
/// <param name="Training">How long and how.</param>
/// <param name="Seed">Where all randomness comes from.</param>
/// <param name="Device">Where it ran.</param>
/// <param name="Threads">Threads of one operator; sums, and so the last bits of weights, depend on it.</param>
/// <param name="Library">Version of this library.</param>
/// <param name="Libtorch">Version of libtorch.</param>
public sealed record RunRecord(
    string Recipe,
    JsonObject Options,
    RunData Data,
    TrainingOptions Training,
    ulong Seed,
    string Device,
    int Threads,
    string Library,
    string Libtorch)
{
    /// <summary>The layout of the folder; another number is another layout.</summary>
    public int Format { get; init; } = 1;

    /// <summary>What is logged beside log.jsonl.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ExtraLogs Logs { get; init; }

    /// <summary>Where its weights began; null where that is at random.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunStart? From { get; init; }

    /// <summary>What was changed when it was resumed, in order; null where nothing was. Options and Training are those that hold now.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RunChange>? Changes { get; init; }
}

/// <summary>Weights of another run that a run began with.</summary>
/// <param name="Run">The other run's folder.</param>
/// <param name="Recipe">Its model.</param>
/// <param name="Step">How many steps it had been trained.</param>
/// <param name="Hash">SHA-256 of the file of its weights, to notice another.</param>
/// <param name="Taken">How many entries were taken.</param>
/// <param name="Left">Entries that began at random: there are none of that name and shape in the other run.</param>
/// <param name="Unused">Entries of the other run that have no place in this one.</param>
public sealed record RunStart(string Run, string Recipe, long Step, string Hash, int Taken, IReadOnlyList<string> Left, IReadOnlyList<string> Unused)
{
    /// <summary>How many labelled examples the encoder was then fine-tuned on; null where it was not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? FineTunedOn { get; init; }

    /// <summary>How many labelled examples a linear layer on its codes was then fitted to; null where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? FittedTo { get; init; }
}

/// <summary>What was changed when a run was resumed.</summary>
/// <param name="Step">After which step.</param>
/// <param name="Was">The options as they were until then, by their names with dots.</param>
/// <param name="Is">The same as they are from then on.</param>
public sealed record RunChange(long Step, JsonObject Was, JsonObject Is);

/// <summary>How a training failed.</summary>
/// <param name="Step">The step at which it did.</param>
/// <param name="Reason">What went wrong, in one sentence.</param>
public sealed record RunFailure(long Step, string Reason);

/// <summary>The data that a run learned from, and how to open it again.</summary>
/// <param name="Source">The name in the catalogue, or a path.</param>
/// <param name="Protocol">The preprocessing, part of the data's identity.</param>
/// <param name="Size">The image size that was asked for, if any.</param>
/// <param name="Root">The directory that was named for data files, if any.</param>
/// <param name="Examples">Training examples, to notice another version of the data.</param>
/// <param name="Shape">Dimensions of one example.</param>
/// <param name="Domain">"binary", "byte", "real", "categorical(K)" or "mixed(K,K,…)".</param>
/// <param name="Classes">Number of class labels.</param>
/// <param name="Actions">Values of each row of a series that are given.</param>
/// <param name="Labels">How many training examples kept their labels, if not all.</param>
/// <param name="Disjoint">Whether things that are there in several domains were learned from in one of them only.</param>
/// <param name="Attributes">The names of attributes and their values, for models that are asked by them.</param>
public sealed record RunData(
    string Source, string Protocol, int? Size, string? Root, int Examples, IReadOnlyList<int> Shape, string Domain, int Classes, int Actions = 0, int? Labels = null,
    bool Disjoint = false, IReadOnlyList<DataAttribute>? Attributes = null)
{
    /// <summary>What was fitted on the training part; null in runs that did not keep it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DataFit? Fit { get; init; }

    /// <summary>What the columns of a user's table are, and which rows are read; null where nothing was said about them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TableOptions? Table { get; init; }

    /// <summary>Values of each row of a series that are rewards.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Rewards { get; init; }

    /// <summary>Values of each row of a series that are static features.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Statics { get; init; }

    /// <summary>The share of the training examples that was kept aside as validation split; null where none was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? HoldOut { get; init; }

    /// <summary>Whether pictures that cannot be read were left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SkipDamaged { get; init; }

    /// <summary>These pictures; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Damaged { get; init; }

    /// <summary>The source, and what was asked of it where it is a database.</summary>
    [JsonIgnore]
    public string Title => Table?.Query is { } query ? $"{Source} ({query})" : Source;

    /// <summary>What tells the file, and those of other splits, from changed ones; null where the data is no file, and in runs that did not keep it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Print { get; init; }

    /// <summary>The record of an open data set.</summary>
    public static RunData Of(IDataset data)
    {
        var (origin, spec) = (data.Origin, data.Spec);
        return new(origin.Source, data.Protocol, origin.Size, origin.Root, data.Count(Split.Train), [.. spec.Shape], spec.Domain.ToString()!, spec.Classes, spec.Actions, origin.Labels, origin.Disjoint)
        {
            Fit = origin.Fit,
            Table = origin.Table,
            Rewards = spec.Rewards,
            Statics = spec.Statics,
            HoldOut = origin.HoldOut,
            SkipDamaged = origin.SkipDamaged,
            Damaged = origin.Damaged.Count > 0 ? origin.Damaged : null,
        };
    }

    /// <summary>What the model sees.</summary>
    /// <exception cref="FormatException">The record was changed by hand to something that is no data.</exception>
    [JsonIgnore]
    public DataSpec Spec => Shape.Count > 0 && Shape.All(d => d > 0)
        ? new(Shape, ParseDomain(Domain), Classes, Actions) { Attributes = Attributes ?? [], Rewards = Rewards, Statics = Statics }
        : throw new FormatException($"the data's shape {string.Join('x', Shape)} is not made of positive numbers");

    /// <summary>The same with the print of its files, or of the rows that a database gives, as they are now.</summary>
    internal RunData Printed(IDataset data) => this with { Print = data.Origin.Print is { } rows ? rows : File.Exists(Source) ? FilePrint.Of(Source, Table?.Validation, Table?.Test) : null };

    /// <summary>How the user's own data has changed since a run learned from it, as far as can be told; null where it has not.</summary>
    /// <param name="data">It, opened again.</param>
    /// <param name="run">The run.</param>
    internal string? Change(IDataset data, string run)
    {
        var (was, now) = (Examples, data.Count(Split.Train));
        var how = !Path.Exists(Source) ? null
            : was != now ? $"it had {Counted.Of(was, "training example")} then, and has {now} now"
            : data.Spec.Shape.SequenceEqual(Shape) && (Print is null || Print == Printed(data).Print) ? null
            : !data.Spec.Shape.SequenceEqual(Shape) ? $"its examples are {data.Spec} now, and were {Spec} then"
            : "it has as many training examples, and not the same content";
        return how is null ? null
            : $"{Named} has changed since '{run}' learned from it: {how}; what follows is of the data as it is now, in which examples that the model learned from may count as held out; restore it, or train a new run.";
    }

    private const int MostShown = 80;

    // The file, or what is asked of it where it is a database: a word alone is the name of a table.
    private string Named => Table?.Query is not { } query ? $"'{Source}'"
        : query.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.') ? $"The table '{query}' of '{Source}'"
        : string.Join(' ', query.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) is { Length: > MostShown } line ? $"What '{line[..MostShown]}…' gives of '{Source}'"
        : $"What '{query}' gives of '{Source}'";

    /// <exception cref="DataException">This is not the data of the run any more.</exception>
    internal void CheckDescribes(IDataset data, string run)
    {
        if (!Describes(data))
        {
            throw new DataException(
                $"{(Table?.Query is null ? $"The data '{Source}'" : Named)} now has {Counted.Of(data.Count(Split.Train), "training example")} of {data.Spec}, and the run '{run}' was trained on {Examples} of {Spec}: restore the data, or train a new run.");
        }
    }

    /// <summary>Whether data is that which was recorded, as far as can be told.</summary>
    public bool Describes(IDataset data) => data.Spec == Spec && data.Count(Split.Train) == Examples && (Fit is null || Fit.Equals(data.Origin.Fit))
        && (Attributes is not { } known
            || (known.Count == data.Spec.Attributes.Count && known.Zip(data.Spec.Attributes).All(p => p.First.Name == p.Second.Name && p.First.Values.SequenceEqual(p.Second.Values))));

    private static Domain ParseDomain(string text) => text switch
    {
        "binary" => new Domain.Binary(),
        "byte" => new Domain.Byte(),
        "real" => new Domain.Real(),
        _ when text.StartsWith("categorical(", StringComparison.Ordinal) && text.EndsWith(')')
            && int.TryParse(text.AsSpan(12, text.Length - 13), NumberStyles.None, CultureInfo.InvariantCulture, out var levels) && levels > 1 => new Domain.Categorical(levels),
        _ when text.StartsWith("mixed(", StringComparison.Ordinal) && text.EndsWith(')') && MixedLevels(text[6..^1]) is { } mixed => new Domain.Mixed(mixed),
        _ => throw new FormatException($"the data's domain '{text}' is none of binary, byte, real, categorical(K), mixed(K,K,…)"),
    };

    private static int[]? MixedLevels(string text)
    {
        var levels = text.Split(',').Select(t => int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var k) && k != 1 ? k : -1).ToArray();
        return levels.Contains(-1) ? null : levels;
    }
}

/// <summary>A score as scores.json keeps it: with everything that makes it comparable.</summary>
/// <param name="Name">The metric.</param>
/// <param name="Value">The mean over the examples.</param>
/// <param name="StandardError">Of that mean; null where one example cannot tell.</param>
/// <param name="Unit">For example "nats" per example.</param>
/// <param name="Evidence">What kind of number it is.</param>
/// <param name="Count">Examples measured.</param>
/// <param name="Split">On which part of the data.</param>
/// <param name="Data">The data set.</param>
/// <param name="Protocol">Its preprocessing.</param>
/// <param name="Step">Training steps of the model.</param>
/// <param name="Seed">Of the measurement.</param>
/// <param name="Draws">Per example, where there are such.</param>
/// <param name="Seconds">How long it took, where that matters.</param>
/// <param name="Interval">The ends of a 95 % interval, where one was computed.</param>
/// <param name="JudgedBy">The network, its hash, the counts and the resizing of scores that depend on them.</param>
public sealed record RunScore(string Name, double Value, double? StandardError, string Unit, Evidence Evidence, int Count,
    Split Split, string Data, string Protocol, long Step, ulong Seed, int? Draws = null, double? Seconds = null,
    IReadOnlyList<double>? Interval = null, string? JudgedBy = null)
{
    /// <summary>The options that were chosen anew for it, by their names with dots; null where the model was asked as it was trained.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonObject? Chosen { get; init; }

    public static RunScore Of(NamedScore score, Split split, RunData data, long step, ulong seed) => new(
        score.Name, score.Score.Value, double.IsFinite(score.Score.StandardError) ? score.Score.StandardError : null, score.Score.Unit,
        score.Score.Evidence, score.Score.Count, split, data.Title, data.Protocol, step, seed, score.Draws, score.Time?.TotalSeconds,
        score.Interval is var (low, high) && double.IsFinite(low) && double.IsFinite(high) ? [low, high] : null, score.JudgedBy);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(RunFailure))]
[JsonSerializable(typeof(RunScore[]))]
internal sealed partial class RunJson : JsonSerializerContext;
