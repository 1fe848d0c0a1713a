using BenchmarkDotNet.Running;
using Likeness.Bench;
using Likeness.Torch;

// Likeness.Bench [duels] [NAME…] [--rounds N] [--threads N] [--out FILE]    ours beside PyTorch's, alternately; of the name sampling, two ways to draw
// Likeness.Bench micro [BenchmarkDotNet's arguments]                        single operations
if (args is ["micro", ..])
{
    BenchmarkSwitcher.FromTypes([typeof(OperatorBenchmarks)]).Run(args[1..]);
    return 0;
}

string Option(string name, string otherwise) =>
    Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
var threads = int.Parse(Option("--threads", Math.Max(1, TorchRuntime.Threads).ToString()));
var rounds = int.Parse(Option("--rounds", "9"));
var root = Repository.Root();
var output = Option("--out", Path.Combine(root, "bench", "results", $"{Processor.Slug()}-{threads}-threads.md"));
var names = args.SkipWhile(a => a == "duels").TakeWhile(a => !a.StartsWith("--", StringComparison.Ordinal)).ToArray();

TorchRuntime.Threads = threads;
var duels = Duels.All(root, threads).Where(d => names.Length == 0 || names.Contains(d.Name.Split(' ')[0])).ToList();
var sampling = names.Length == 0 || names.Contains("sampling");
if (duels.Count == 0 && !sampling)
{
    Console.Error.WriteLine($"There is no measurement of the name {string.Join(", ", names)}: use sampling, or a model, which is one of {string.Join(", ", Duels.All(root, threads).Select(d => d.Name.Split(' ')[0]).Distinct())}.");
    return 2;
}

var report = new Report(threads, rounds);
foreach (var duel in duels)
{
    Console.Error.WriteLine(duel.Name);
    report.Add(duel.Run(rounds, message => Console.Error.WriteLine("  " + message)));

    // What has been measured survives being cut off.
    report.Write(output);
}

if (sampling)
{
    Console.Error.WriteLine("pixel-cnn sampling");
    report.Add(Samplers.Measure("pixel-cnn", rounds, message => Console.Error.WriteLine("  " + message)));
}

report.AddStart(root, rounds);
report.Write(output);
Console.WriteLine(File.ReadAllText(output));
Console.Error.WriteLine($"written to {output}");
return 0;
