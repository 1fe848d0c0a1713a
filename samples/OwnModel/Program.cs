// Uses a model that is not part of the library: see LogisticAutoregression.cs and docs/add-a-model.md.
using Likeness;
using OwnModel;

#region use
var zoo = new Zoo([.. Zoo.BuiltIn.Recipes, LogisticAutoregression.Recipe]);
var data = DatasetCatalog.Open("shapes-grey", new DataOptions(Protocol: Protocols.Threshold, Size: 14));
using (var run = Run.Create("runs/own-model", zoo.Find("logistic-ar"), data, new RunPlan(Seed: 1) { Overwrite = true }))
{
    foreach (var report in run.Train().Where(r => r.Step % 200 == 0))
    {
        Console.WriteLine($"step {report.Step}: {report.Terms[0].Value:0.00} nats");
    }
}

// Everything that is written against capabilities works with it at once.
var trained = TrainedModel.Open("runs/own-model", zoo);
Console.WriteLine($"can: {string.Join(", ", Capabilities.Of(trained.Recipe.ModelType))}");
foreach (var metric in MetricCatalog.BuiltIn.Where(m => !m.OnRequest && m.Applies(trained.Model, data)))
{
    foreach (var (name, score) in metric.Measure(trained.Model, data, new MeasureOptions(), new Rng(2)))
    {
        Console.WriteLine($"{name}: {score}");
    }
}

Sampling.Write("runs/own-model/samples.png", Sampling.Draw(trained.Model, 64, new Rng(3)), trained.Spec);
#endregion
