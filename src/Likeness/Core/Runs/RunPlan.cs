using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>What a new run is made of, beside its recipe and its data.</summary>
/// <param name="Seed">Where all randomness comes from.</param>
public sealed record RunPlan(ulong Seed = 0)
{
    /// <summary>Model options that differ from the recipe's defaults.</summary>
    public JsonObject Options { get; init; } = [];

    /// <summary>How long to train and how; the recipe's defaults where null.</summary>
    public TrainingOptions? Training { get; init; }

    public Device Device { get; init; } = torch.CPU;

    /// <summary>Threads of one operator; as many as libtorch chooses where null.</summary>
    public int? Threads { get; init; }

    /// <summary>What is logged beside log.jsonl.</summary>
    public ExtraLogs Logs { get; init; }

    /// <summary>The run that weights are taken from wherever names and shapes agree; null begins at random.</summary>
    public RunFolder? From { get; init; }

    /// <summary>Whether a run that is already in the folder may be replaced.</summary>
    public bool Overwrite { get; init; }
}

/// <summary>When a run saves its state while it trains; it always does at the end. Has no influence on what is learned.</summary>
/// <param name="Interval">Time between two checkpoints.</param>
/// <param name="Steps">Steps between two checkpoints; 0 leaves it to the interval.</param>
public sealed record CheckpointCadence(TimeSpan Interval, long Steps = 0)
{
    public static CheckpointCadence Default { get; } = new(TimeSpan.FromSeconds(60));
}
