// Trains a generator against a critic, and shows what it draws from the same noise as training goes on.
using Likeness;

var data = Pictures.Open();
using var run = Run.Create("runs/generate", Dcgan.Recipe, data, new DcganOptions { Width = 32 }, new RunPlan(Seed: 1)
{
    Training = new TrainingOptions(Steps: 600, BatchSize: 64),
    Overwrite = true,
});
var generator = run.Model;
foreach (var report in run.Train().Where(r => r.Step % 200 == 0))
{
    Console.WriteLine($"step {report.Step}: {string.Join(", ", report.Terms.Select(t => $"{t.Player} {t.Term} {t.Value:0.00}"))}");
    var path = run.Folder.SampleFile(report.Step, ".png");
    Sampling.Write(path, Sampling.Draw(generator, 64, new Rng(2)), data.Spec);
    Console.WriteLine(path);
}

// Noise is a code: between two draws of it lie pictures that change gradually.
using var noGrad = torch.no_grad();
var z = generator.SampleLatent(2, new Rng(3));
var share = Tensor.From(Enumerable.Range(0, 10).Select(i => i / 9f).ToArray(), 10, 1);
var walk = generator.Decode(z.narrow(0, 0, 1) * (1 - share) + z.narrow(0, 1, 1) * share);
var row = Path.Combine(run.Folder.Path, "walk.png");
Sampling.WritePicture(row, ImageGrid.Draw(walk, data.Spec, columns: 10));
Console.WriteLine(row);
