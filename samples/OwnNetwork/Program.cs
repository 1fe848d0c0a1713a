// Networks written with TorchSharp, as a program that already has some would bring them, in a VAE, a GAN and a diffusion model.
using Likeness;
using static TorchSharp.torch.nn;

var data = DatasetCatalog.Open("shapes-grey", new DataOptions(Size: 16));

// A recipe says how a model is made; one of your own makes it with other networks. Everything else stays: training, saving, sampling.
var vae = Vae.Recipe with
{
    Name = "own-vae",
    Model = (spec, options, rng) => new Vae(spec, options with
    {
        Network = new AutoencoderNetwork.Own(
            (spec, outputs) => Sequential(Flatten(), Linear(spec.Dimensions, 256), SiLU(), Linear(256, outputs)),
            (spec, latent, outputs) => Sequential(Linear(latent, 256), SiLU(), Linear(256, outputs))),
    }, rng),
};
var gan = Gan.Recipe with
{
    Name = "own-gan",
    Model = (spec, options, rng) => new Gan(spec, options, rng,
        generator: _ => Sequential(Linear(options.Latent, 256), ReLU(), Linear(256, spec.Dimensions), Tanh()),
        critic: _ => Sequential(Linear(spec.Dimensions, 256), LeakyReLU(0.2), Linear(256, 1))),
};
var ddpm = Ddpm.Recipe with { Name = "own-ddpm", Model = (spec, options, rng) => new Ddpm(spec, options, rng, _ => new Denoiser(spec.Channels)) };

foreach (var (recipe, steps) in new (IRecipe, int)[] { (vae, 600), (gan, 600), (ddpm, 300) })
{
    var zoo = new Zoo([.. Zoo.BuiltIn.Recipes, recipe]);
    var folder = $"runs/{recipe.Name}";
    using (var run = Run.Create(folder, recipe, data, new RunPlan(Seed: 1) { Training = new TrainingOptions(steps, 64), Overwrite = true }))
    {
        var report = run.Train().Last();
        Console.WriteLine($"{recipe.Name}, step {report.Step}: {string.Join(", ", report.Terms.Select(t => $"{t.Term} {t.Value:0.000}"))}");
    }

    // What was saved is found again under the names that TorchSharp gives.
    var model = TrainedModel.Open(folder, zoo).Model;
    Console.WriteLine($"  {string.Join(", ", model.named_parameters().Take(3).Select(p => p.name))}, …");
    Sampling.Write($"{folder}/samples.png", Sampling.Draw(model, 64, new Rng(2)), data.Spec);
}

/// <summary>Three convolutions that know the time by one number.</summary>
internal sealed class Denoiser : Module<Tensor, Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Sequential _body;

    public Denoiser(int channels)
        : base(nameof(Denoiser))
    {
        _body = Sequential(Conv2d(channels + 1, 48, 3, padding: 1), SiLU(), Conv2d(48, 48, 3, padding: 1), SiLU(), Conv2d(48, channels, 3, padding: 1));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor time)
    {
        var t = (time.to(ScalarType.Float32) / 1000).reshape(-1, 1, 1, 1).expand(x.size(0), 1, x.size(2), x.size(3));
        return _body.call(torch.cat([x, t], 1));
    }
}
