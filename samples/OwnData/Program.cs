// Learns from your own data, and lists the test examples that are least like the rest.
//
//     dotnet run --project samples/OwnData -c Release -- FILE|FOLDER [SIZE]
//
// A CSV or NPY table, a folder or ZIP archive of pictures (brought to SIZE pixels): see docs/data.md. Without arguments it makes a
// table of its own, in which every hundredth row is wrong.
using Likeness;

var path = args.Length > 0 ? args[0] : Example("runs/own-data.csv");
var isTable = Path.GetExtension(path) is ".csv" or ".tsv" or ".npy";
var data = DatasetCatalog.Open(path, new DataOptions(
    Protocol: isTable ? Protocols.Standardised : null,
    Size: args.Length > 1 ? int.Parse(args[1]) : null));
Console.WriteLine($"{data.Count(Split.Train)} training, {data.Count(Split.Validation)} validation and {data.Count(Split.Test)} test examples of {data.Spec}");

using var run = Run.Create("runs/own-data", Vae.Recipe, data, new VaeOptions { Latent = 2 }, new RunPlan(Seed: 1)
{
    Training = new TrainingOptions(Steps: 2000, BatchSize: Math.Min(100, data.Count(Split.Train))),
    Overwrite = true,
});
foreach (var report in run.Train().Where(r => r.Step % 500 == 0))
{
    Console.WriteLine($"step {report.Step}: {report.Terms.Sum(t => t.Value):0.00} nats");
}

// The validation split says what scores ordinary examples get; a p-value is the share of them that score as low.
var rng = new Rng(2);
var ordinary = ExampleScores.Measure(run.Model, data, new MeasureOptions(Split.Validation), rng);
var scores = ExampleScores.Measure(run.Model, data, new MeasureOptions(Split.Test), rng);
var pValues = Anomalies.PValues(scores.Values, ordinary.Values);
var examples = data.As<Batch>().Read(Split.Test, batchSize: 1).Select(b => b.X.ToArray<float>()).ToList();
foreach (var i in Enumerable.Range(0, pValues.Length).OrderBy(i => scores.Values[i]).Take(5))
{
    var values = examples[i].Length <= 8 ? $" ({string.Join(", ", examples[i].Select(v => $"{v:0.00}"))})" : "";
    Console.WriteLine($"test example {i}{values}: log p at least {scores.Values[i]:0.0} nats, p-value {pValues[i]:0.0000}");
}

// Two columns that follow each other, but for every hundredth row.
static string Example(string path)
{
    const int rows = 3000;
    var draws = new Rng(0).Normal(rows, 2).ToArray<float>();
    for (var i = 0; i < rows; i++)
    {
        draws[2 * i + 1] = draws[2 * i] + 0.1f * draws[2 * i + 1] + (i % 100 == 99 ? 3 : 0);
    }

    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
    TextTable.Write(path, ["first", "second"], draws);
    return path;
}
