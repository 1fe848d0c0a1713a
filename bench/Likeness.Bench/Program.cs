using BenchmarkDotNet.Running;
using Likeness.Bench;
using Likeness;

// Likeness.Bench [ROW…] [--rounds N] [--threads N] [--layout fastest|contiguous|channels_last] [--out FILE]
//                                                     ours, PyTorch's and plain TorchSharp's in turn; of the name sampling, two ways to draw
// Likeness.Bench builds OLD NEW [ROW…] [--rounds N] [--threads N]     ours out of two source trees in turn
// Likeness.Bench serve ROW [--threads N]              ours alone, under the protocol of bench/peers/protocol.py
// Likeness.Bench list                                 the rows
// Likeness.Bench micro [BenchmarkDotNet's arguments]  single operations
// A ROW is a model or the words with which rows begin; all of them where none is named. Rows in bf16 are for processors that have it, or to be named.
if (args is ["micro", ..])
{
    BenchmarkSwitcher.FromTypes([typeof(OperatorBenchmarks)]).Run(args[1..]);
    return 0;
}

if (args is ["list"])
{
    Console.WriteLine(string.Join('\n', Rows.All.Select(row => row.Name)));
    return 0;
}

var words = args.TakeWhile(a => !a.StartsWith("--", StringComparison.Ordinal)).ToArray();
var threads = int.Parse(Option("--threads", TorchRuntime.Threads.ToString()));
var rounds = int.Parse(Option("--rounds", "9"));
TorchRuntime.Threads = threads;
try
{
    switch (words)
    {
        case ["serve", var row]:
            Serving.Run(Rows.All.FirstOrDefault(r => r.Name == row) ?? throw new ArgumentException($"There is no row '{row}': Likeness.Bench list shows them."));
            return 0;
        case ["builds", var old, var next, .. var names]:
            Builds.Compare(Path.GetFullPath(old), Path.GetFullPath(next), Chosen(names), threads, rounds);
            return 0;
        default:
            var layout = Option("--layout", Sides.Fastest);
            if (layout != Sides.Fastest && !Sides.Layouts.Contains(layout))
                throw new ArgumentException($"There is no layout '{layout}': use {Sides.Fastest}, {string.Join(" or ", Sides.Layouts)}.");
            BesidePyTorch(words, layout);
            return 0;
    }
}
catch (Exception e) when (e is ArgumentException or FileNotFoundException or InvalidOperationException)
{
    Console.Error.WriteLine(e.Message);
    return e is ArgumentException ? 2 : 1;
}

string Option(string name, string otherwise) =>
    Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;

static List<Row> Chosen(string[] names)
{
    var unknown = names.Where(name => !Rows.All.Any(row => row.Answers(name))).ToArray();
    return unknown.Length == 0
        ? [.. Rows.All.Where(row => names.Length == 0 || names.Any(row.Answers)).Where(row => Processor.HasBFloat16 || row.Precision == Precision.Float32 || names.Contains(row.Name))]
        : throw new ArgumentException($"There is no row that begins with '{string.Join("', '", unknown)}': Likeness.Bench list shows them.");
}

void BesidePyTorch(string[] names, string layout)
{
    const string sampling = "sampling";
    var root = Repository.Root();
    var page = Option("--out", names.Length == 0 ? Path.Combine(root, "bench", "results", $"{Processor.Slug()}-{threads}-threads.md") : "");
    var report = new Report(threads, rounds);
    void Say(string message) => Console.Error.WriteLine("  " + message);
    var models = names.Where(name => name != sampling).ToArray();
    foreach (var row in Chosen(models).Where(row => row.Script is not null && (names.Length == 0 || models.Length > 0)))
    {
        Console.Error.WriteLine(row.Name);
        report.Add(Sides.Run(root, row, threads, rounds, layout, Say));

        // What has been measured survives being cut off.
        report.Write(page);
    }

    if (names.Length == 0 || names.Contains(sampling))
    {
        Console.Error.WriteLine("pixel-cnn sampling");
        report.Add(Samplers.Measure("pixel-cnn", rounds, Say));
    }

    report.AddStart(root, rounds);
    report.Write(page);
    Console.WriteLine(report);
    if (page.Length > 0)
        Console.Error.WriteLine($"written to {page}");
}
