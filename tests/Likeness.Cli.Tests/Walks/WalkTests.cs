using System.Text.Json.Nodes;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>
/// Every verb with every kind of data, and every metric by its name: the outcome is a result of finite numbers or one sentence, whatever a model is given.
/// </summary>
public sealed class WalkTests : IDisposable
{
    private static readonly string[] s_metrics = [.. MetricCatalog.BuiltIn.Select(m => m.Name), .. SampleMetricCatalog.BuiltIn.Select(m => m.Name)];

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _complaints = [];

    public static TheoryData<string> Kinds => [.. DataKind.Names];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_verb_ends_with_a_result_or_a_sentence(string name)
    {
        var kind = DataKind.Write(name, _folder.Path);
        foreach (var source in kind.Wrong)
        {
            // A narrow table is data, of another kind.
            Try(["data", "info", source]);
            Try(["train", kind.Models[0], "--data", source, .. kind.Reading, "--steps", "1", "--out", _folder["wrong"], "--force"]);
        }

        Expect(0, ["data", "info", kind.Own, .. kind.Reading]);
        Expect(0, ["data", "export", kind.Own, .. kind.Reading, "-o", _folder["export.npy"]]);
        foreach (var model in kind.Models)
        {
            var run = _folder[model];
            Expect(0, ["train", model, "--data", kind.Own, .. kind.Reading, .. Smallest(model), "--steps", "1", "--batch", "4", "--grids", "0", "--threads", "1", "--out", run]);
            if (RunFolder.Exists(run))
            {
                Walk(run, kind);
            }
        }

        Assert.True(_complaints.Count == 0, string.Join('\n', _complaints));
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<string> Smallest(string model) => Zoo.BuiltIn.Find(model).SmallestOptions is { Count: > 0 } options
        ? options.Select(o => $"{o.Key}={o.Value?.ToJsonString() ?? "null"}").Prepend("--set") : [];

    private void Walk(string run, DataKind kind)
    {
        Expect(0, ["resume", run, "--steps", "2", "--grids", "0"]);
        Try(["sample", run, "-n", "2", "-o", _folder["sample.npy"]]);
        Try(["sample", run, "-n", "2", "--class", "1", "-o", _folder["sample.csv"]]);
        Try(["compare", run, "-n", "2", "-o", _folder["compare.png"]]);
        Try(["latent", "manifold", run, "-o", _folder["manifold.png"]]);
        Try(["latent", "sweep", run, "-o", _folder["sweep.png"]]);
        if (Try(["encode", run, "-o", _folder["codes.npy"]]))
        {
            Try(["decode", run, _folder["codes.npy"], "-o", _folder["decoded.npy"]]);
        }

        if (Try(["compress", kind.Matching, "-m", run, "--limit", "2", "-o", _folder["x.lk"]]))
        {
            Expect(0, ["decompress", _folder["x.lk"], "-m", run, "-o", _folder["back.npy"]]);
        }

        Measure(run, kind);
        string[][] own = Questions(run, _ => []), matching = Questions(run, _ => ["--data", kind.Matching]);
        foreach (var args in own.Concat(matching).Concat(Answers(run, _ => kind.Matching)))
        {
            Try(args);
        }

        // Everything is asked about something wrong, and each wrong thing is asked about in several ways.
        var turn = Array.IndexOf(kind.Models, Path.GetFileName(run));
        string Wrong(int i) => kind.Wrong[(i + turn) % kind.Wrong.Length];
        foreach (var args in Questions(run, i => ["--data", Wrong(i)]).Concat(Answers(run, Wrong)))
        {
            Try(args);
        }
    }

    // Every metric that the model can be asked, on a file; for one model of each kind also on its own data, and the others, which are refused.
    private void Measure(string run, DataKind kind)
    {
        var trained = TrainedModel.Open(run, Zoo.BuiltIn);
        var data = trained.OpenOwnOr(kind.Matching);
        string[] few = ["--limit", "6", "--samples", "2", "--json"];
        var first = Path.GetFileName(run) == kind.Models[0];
        foreach (var metric in s_metrics.Where(name => first || MetricCatalog.BuiltIn.Any(m => m.Name == name && m.Applies(trained.Model, data))))
        {
            Try(["evaluate", run, "--data", kind.Matching, "--metric", metric, .. few]);
            if (first)
            {
                Try(["evaluate", run, "--metric", metric, .. few]);
            }
        }

        // What is not asked for by name is left out where it cannot be.
        if (MetricCatalog.BuiltIn.Any(m => !m.OnRequest && m.Applies(trained.Model, data) && m is not PartnerRetrieval))
        {
            Expect(0, ["evaluate", run, .. few]);
            Expect(0, ["evaluate", run, "--data", kind.Matching, .. few]);
            Expect(0, ["evaluate", run, "--data", kind.Matching, "--limit", "1", "--samples", "1", "--json"]);
        }

        Try(["evaluate", run, "--split", "train", "--metric", "gap", "--json"]);
        Try(["evaluate", run, "--split", "validation", "--data", kind.Matching, .. few]);
    }

    // Every verb that takes other data than a run's own.
    private string[][] Questions(string run, Func<int, string[]> data) =>
    [
        ["evaluate", run, .. data(0), "--limit", "6", "--samples", "2", "--json"],
        ["score", run, .. data(1), "--limit", "6", "--samples", "2"],
        ["anomalies", run, .. data(2), "--limit", "6", "--samples", "2", "--calibrate", "training"],
        ["complete", run, .. data(3), "-n", "1", "--count", "2", "-o", _folder["completed.npy"]],
        ["forecast", run, .. data(4), "-n", "2", "-o", _folder["forecast.csv"]],
        ["restore", run, .. data(0), "--count", "2", "-o", _folder["restored.npy"]],
        ["encode", run, .. data(1), "--limit", "6", "-o", _folder["encoded.csv"]],
        ["cluster", run, .. data(2), "--limit", "6", "--clusters", "2", "--json"],
        ["transfer", run, .. data(3), "--labels", "2", "--repeats", "2", "--steps", "1", "--json"],
        ["latent", "map", run, .. data(4), "--limit", "6", "-o", _folder["map.png"]],
        ["latent", "interpolate", run, .. data(0), "-o", _folder["interpolation.png"]],
    ];

    // Every verb that is handed a file in another way.
    private string[][] Answers(string run, Func<int, string> source) =>
    [
        ["evaluate", run, "--against", source(1), "--limit", "6", "--json"],
        ["translate", run, source(2), "--to", "second", "-o", _folder["translated"], "--force"],
        ["compress", source(3), "-m", run, "--limit", "2", "-o", _folder["y.lk"]],
        ["decompress", source(4), "-m", run, "-o", _folder["other.npy"]],
        ["decode", run, source(0), "-o", _folder["decoded.npy"]],
        ["restore", run, source(1), "-o", _folder["whole.png"]],
    ];

    private void Expect(int code, string[] args)
    {
        if (Try(args) != (code == 0))
        {
            _complaints.Add($"not {code}: likeness {string.Join(' ', args)}: {CommandLine.Run(args).Error}");
        }
    }

    // Whether there was a result; what is neither that nor a sentence is a complaint.
    private bool Try(string[] args)
    {
        var outcome = CommandLine.Run(args);
        // Under --json an error is an object.
        var told = outcome.ErrorLines.Select(l => l.StartsWith("{\"error\":", StringComparison.Ordinal) ? $"likeness: {JsonNode.Parse(l)!["error"]!.GetValue<string>()}" : l)
            .Where(l => l.StartsWith("likeness: ", StringComparison.Ordinal)).ToArray();
        var complaint = outcome.Code switch
        {
            _ when outcome.Error.Contains("Something went wrong", StringComparison.Ordinal) => "something went wrong",
            _ when outcome.Error.Contains("   at ", StringComparison.Ordinal) => "a stack trace",
            0 when told.Length > 0 => "a success that complains",
            0 when outcome.Output.Length + outcome.Error.Length == 0 => "an empty success",
            0 when args.Contains("--json") && Odd(outcome.Output) is { } odd => odd,
            0 => null,
            1 or 2 when told is [var sentence] && sentence.EndsWith('.') => null,
            1 or 2 => "not one sentence",
            _ => "an unknown exit code",
        };
        if (complaint is not null)
        {
            _complaints.Add($"{complaint} ({outcome.Code}): likeness {string.Join(' ', args)}: {outcome.Error.Trim()}{outcome.Output.Trim()}");
        }

        return outcome.Code == 0;
    }

    // What is wrong with lines of numbers; null where nothing is.
    private static string? Odd(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        return lines.Count == 0 ? "no result"
            : lines.Any(l => l["value"] is { } value && !double.IsFinite((double)value)) || lines.Any(l => l.AsObject().ContainsKey("value") && l["value"] is null) ? "a number that is not finite"
            : null;
    }
}
