// Learns a code of 20 numbers for pictures, bounds the likelihood, and shows reconstructions and a walk between two pictures.
using Likeness;

var data = Pictures.Open(Protocols.Dynamic);
using var run = Run.Create("runs/autoencode", Vae.Recipe, data, new VaeOptions { Latent = 20 }, new RunPlan(Seed: 1)
{
    Training = new TrainingOptions(Steps: 2000, BatchSize: 100),
    Overwrite = true,
});
foreach (var report in run.Train().Where(r => r.Step % 400 == 0))
{
    Console.WriteLine($"step {report.Step}: {string.Join(", ", report.Terms.Select(t => $"{t.Term} {t.Value:0.0}"))} nats");
}

// The bound from one draw, and the tighter one from a hundred (Burda et al. 2016).
var vae = run.Model;
var how = new MeasureOptions(Limit: 1000, Samples: 100);
foreach (var metric in new Metric[] { new NegativeBound(), new ImportanceWeightedBound() })
{
    foreach (var (name, score) in metric.Measure(vae, data, how, new Rng(2)))
    {
        Console.WriteLine($"{name}: {score}");
    }
}

using var noGrad = torch.no_grad();
var x = data.Read(Split.Test, batchSize: 12).First().X;
Write("reconstructions.png", torch.cat([x, vae.Decode(vae.Encode(x))]));

// From the first picture's code to the second's, in equal steps.
var codes = vae.Encode(x);
var (from, to) = (codes.narrow(0, 0, 1), codes.narrow(0, 1, 1));
var share = Tensor.From(Enumerable.Range(0, 12).Select(i => i / 11f).ToArray(), 12, 1);
Write("walk.png", vae.Decode(from * (1 - share) + to * share));

void Write(string name, Tensor pictures)
{
    var path = Path.Combine(run.Folder.Path, name);
    Sampling.WritePicture(path, ImageGrid.Draw(pictures, data.Spec, columns: 12));
    Console.WriteLine(path);
}
