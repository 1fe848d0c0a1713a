// Makes the codes of pictures follow a spiral, for whose density there is no formula, and tests whether they do: before training and after.
using Likeness;

var data = Pictures.Open(Protocols.Bytes);
var options = new AdversarialAutoencoderOptions
{
    Latent = 2,
    Prior = new CodePrior.SwissRoll(),
    Network = new AutoencoderNetwork.Mlp { Hidden = [300, 300], Nonlinearity = Nonlinearity.Relu },
    Game = new() { Hidden = [300, 300] },
};
using var run = Run.Create("runs/priors", AdversarialAutoencoder.Recipe, data, options, new RunPlan(Seed: 1)
{
    Training = new TrainingOptions(Steps: 4000, BatchSize: 100),
    Overwrite = true,
});
var model = run.Model;
Show("before");
foreach (var report in run.Train().Where(r => r.Step % 800 == 0))
{
    Console.WriteLine($"step {report.Step}: {string.Join(", ", report.Terms.Select(t => $"{t.Term} {t.Value:0.00}"))}");
}

Show("after");
Write("prior", ScatterPlot.Draw(model.SampleLatent(2000, new Rng(3))));

// New pictures: draws from the spiral, decoded.
Write("samples", ImageGrid.Draw(model.Sample(64, new Rng(4)), data.Spec));

void Show(string when)
{
    foreach (var (name, score) in new AggregatedPosterior().Measure(model, data, new MeasureOptions(), new Rng(2)))
    {
        Console.WriteLine($"{when}: {name} {score}");
    }

    using var noGrad = torch.no_grad();
    Write($"codes-{when}", ScatterPlot.Draw(torch.cat([.. data.Read(Split.Test, 500, 2000).Select(b => model.Encode(b.X))])));
}

void Write(string name, Image picture)
{
    var path = Path.Combine(run.Folder.Path, $"{name}.png");
    Sampling.WritePicture(path, picture);
    Console.WriteLine(path);
}
