// Trains a denoiser, and turns the same noise into pictures with the deterministic sampler in 5, 20 and 50 steps.
using Likeness;

var data = Pictures.Open(size: 16);
var options = new DdpmOptions
{
    // What a short training wants: a small network that predicts the clean picture, a rate that falls, an average over a hundred steps.
    Network = new UNetOptions(BaseWidth: 16) { ResidualBlocks = 1, Dropout = 0 },
    Prediction = Prediction.X0,
    Optimizer = new Adam(1e-3) { ClipNorm = 1, Schedule = new Schedule.Linear() },
    EmaDecay = 0.99,
};
using var run = Run.Create("runs/diffuse", Ddpm.Recipe, data, options, new RunPlan(Seed: 1)
{
    Training = new TrainingOptions(Steps: 600, BatchSize: 32),
    Overwrite = true,
});
foreach (var report in run.Train().Where(r => r.Step % 100 == 0))
{
    Console.WriteLine($"step {report.Step}: squared error {report.Terms[0].Value:0.000}");
}

// Any denoiser, any sampler: they only meet in the question Denoise.
IDenoiser denoiser = run.Model;
var noise = new Rng(2).Normal(data.Spec.BatchShape(16));
foreach (var steps in new[] { 5, 20, 50 })
{
    var x = new DiffusionSampler.Ddim(steps).Sample(denoiser, noise, new Rng(3));
    var path = Path.Combine(run.Folder.Path, $"ddim-{steps}.png");
    Sampling.Write(path, data.Spec.Denormalise(x), data.Spec);
    Console.WriteLine(path);
}
