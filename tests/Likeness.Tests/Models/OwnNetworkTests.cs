using static TorchSharp.torch.nn;

namespace Likeness.Tests.Models;

/// <summary>Modules that a user writes with TorchSharp as networks of our models.</summary>
public sealed class OwnNetworkTests
{
    private static readonly DataSpec s_spec = new([1, 8, 8], new Domain.Byte());

    [Fact]
    public void A_vae_learns_with_an_encoder_and_a_decoder_of_the_users()
    {
        var network = new AutoencoderNetwork.Own(
            (spec, outputs) => Sequential(Flatten(), Linear(spec.Dimensions, 16), Tanh(), Linear(16, outputs)),
            (_, latent, outputs) => Sequential(Linear(latent, 16), Tanh(), Linear(16, outputs)));
        var options = new VaeOptions { Latent = 2, Network = network };
        Learns(Vae.Recipe with { Model = (spec, _, rng) => new Vae(spec, options, rng) }, "encoder.0.1.weight", "decoder.0.2.bias");
    }

    [Fact]
    public void A_gan_plays_with_networks_of_the_users() => Learns(
        Gan.Recipe with
        {
            Model = (spec, o, rng) => new Gan(spec, o, rng, _ => Sequential(Linear(o.Latent, 16), ReLU(), Linear(16, spec.Dimensions), Tanh()), _ => Sequential(Linear(spec.Dimensions, 16), ReLU(), Linear(16, 1))),
        }, "generator.0.0.weight", "generator.0.2.bias");

    [Fact]
    public void A_diffusion_model_learns_with_a_denoiser_of_the_users() =>
        Learns(Ddpm.Recipe with { Model = (spec, o, rng) => new Ddpm(spec, o with { Steps = 10 }, rng, _ => new Denoiser()) }, "unet.0.conv.weight", "ema.0.conv.weight");

    [Fact]
    public void A_network_that_makes_the_wrong_shape_is_named_with_what_it_must_make()
    {
        var model = new Gan(s_spec, new GanOptions { Latent = 4 }, new Rng(1), _ => Linear(4, 7));
        var error = Assert.Throws<UsageException>(() => model.Sample(2, new Rng(2)));
        Assert.Contains("the generator makes [2, 7]: it must make [n, 64]", error.Message, StringComparison.Ordinal);
    }

    private static void Learns<TOptions, TModel>(Recipe<TOptions, TModel, Batch> recipe, params string[] names)
        where TOptions : class, new()
        where TModel : Likeness.Module
    {
        using var scope = torch.NewDisposeScope();
        var part = new Part(new SingleExamples(Enumerable.Range(0, 32 * 64).Select(i => (float)(i * 7 % 256)).ToArray(), 64));
        var data = new MemoryDataset(new("ramps", "made up", s_spec, part, part, part));
        var model = recipe.CreateModel(s_spec, recipe.SmallestOptions, new Rng(1));
        Assert.All(names, name => Assert.Contains(model.Parameters(), p => p.Name == name));
        var before = names.Select(n => model.Parameters().Single(p => p.Name == n).Value.ToArray<float>()).ToArray();
        using var training = recipe.CreateTraining(model, recipe.SmallestOptions, data, new(12, 8), new Rng(2));
        var terms = training.Run().SelectMany(r => r.Terms).ToArray();
        Assert.All(terms, t => Assert.True(double.IsFinite(t.Value)));
        Assert.All(names.Zip(before), p => Assert.NotEqual(p.Second, model.Parameters().Single(q => q.Name == p.First).Value.ToArray<float>()));

        // Another model takes the checkpoint, to the last bit.
        using var folder = new TemporaryFolder();
        Checkpoint.Save(folder["model.safetensors"], model);
        var other = recipe.CreateModel(s_spec, recipe.SmallestOptions, new Rng(3));
        Checkpoint.Load(folder["model.safetensors"], other);
        Assert.Equal(((IGenerative)model).Sample(2, new Rng(4)).ToArray<float>(), ((IGenerative)other).Sample(2, new Rng(4)).ToArray<float>());
    }

    private sealed class Denoiser : Module<Tensor, Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Conv2d conv = Conv2d(2, 1, 3, padding: 1);

        public Denoiser()
            : base(nameof(Denoiser)) => RegisterComponents();

        public override Tensor forward(Tensor x, Tensor time) =>
            conv.call(torch.cat([x, (time.to(ScalarType.Float32) / 1000).reshape(-1, 1, 1, 1).expand(x.size(0), 1, x.size(2), x.size(3))], 1));
    }
}
