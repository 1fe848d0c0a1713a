using BenchmarkDotNet.Running;
using Likeness.Bench;
using Likeness.Torch;

// Likeness.Bench [duels [NAME…]] [--rounds N] [--threads N] [--out FILE]    ours beside PyTorch's, alternately
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
if (duels.Count == 0)
{
    Console.Error.WriteLine($"There is no duel of the name {string.Join(", ", names)}: use nade, vae, dcgan or ddpm.");
    return 2;
}

var report = new Report(threads, rounds);
foreach (var duel in duels)
{
    Console.Error.WriteLine(duel.Name);
    report.Add(duel.Run(rounds, message => Console.Error.WriteLine("  " + message)));
}

report.AddStart(root, rounds);
report.Write(output);
Console.WriteLine(File.ReadAllText(output));
Console.Error.WriteLine($"written to {output}");
return 0;
