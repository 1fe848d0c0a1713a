// Learns the distribution of binary pictures, and says exactly how likely the test pictures are under it.
#region readme
using Likeness;

var data = DatasetCatalog.Open("shapes-grey", new DataOptions(Protocol: "dynamic"));
var plan = new RunPlan(Seed: 1) { Training = new TrainingOptions(Steps: 500, BatchSize: 100), Overwrite = true };
using var run = Run.Create("runs/density", Nade.Recipe, data, plan);
foreach (var report in run.Train().Where(r => r.Step % 100 == 0))
    Console.WriteLine($"step {report.Step}: {report.Terms[0].Value:0.0} nats");

var model = run.Model;
foreach (var (name, score) in new NegativeLogLikelihood().Measure(model, data, new MeasureOptions(), new Rng(2)))
    Console.WriteLine($"{name}: {score}");
Sampling.Write("runs/density/samples.png", model.Sample(64, new Rng(3)), data.Spec);
#endregion

// The same question for single examples: their log-probabilities, in nats.
var batch = data.As<Batch>().Read(Split.Test, batchSize: 5).First();
Console.WriteLine($"log p of the first five: {string.Join(", ", model.LogProb(batch.X).ToArray<double>().Select(v => $"{v:0.00}"))}");
