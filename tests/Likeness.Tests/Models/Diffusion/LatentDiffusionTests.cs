namespace Likeness.Tests.Models;

/// <summary>What makes a latent diffusion one (Rombach et al. 2022): codes that are small images, one scale of each channel, and draws that decode to examples where codes without a law do not.</summary>
public sealed class LatentDiffusionTests
{
    private const int Side = 16, Bar = 6;

    private static readonly DataSpec s_spec = new([1, Side, Side], new Domain.Byte());

    private static readonly AutoencoderNetwork.Grid s_grid = new(Halvings: 2, Width: 16, Blocks: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_code_becomes_maps_and_comes_back(bool byPlace)
    {
        using var scope = torch.NewDisposeScope();
        var grid = new CodeGrid(2, 3, 4, byPlace);
        var codes = torch.arange(48, ScalarType.Float32).reshape(2, 24);
        var maps = grid.ToMaps(codes);
        Assert.Equal([2, 2, 3, 4], maps.shape);
        // Of the first code: the second value of its first place, and the first of its second place.
        Assert.Equal(byPlace ? 1 : 12, maps[0, 1, 0, 0].ToDouble());
        Assert.Equal(byPlace ? 2 : 1, maps[0, 0, 0, 1].ToDouble());
        Assert.Equal(codes.ToArray<float>(), grid.FromMaps(maps).ToArray<float>());
    }

    [Fact]
    public void A_corner_of_an_image_is_coded_in_the_places_near_it()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var model = new Autoencoder(new([1, 32, 32], new Domain.Byte()), new() { Latent = 128, Network = s_grid }, new Rng(1));
        Assert.Equal(new(2, 8, 8), model.Grid);
        var x = new Rng(2).Integers(0, 256, [1, 1, 32, 32]).to(ScalarType.Float32);
        var other = x.clone();
        other[0, 0, 0, 0] = 255 - x[0, 0, 0, 0];
        var moved = model.Grid!.ToMaps(model.Encode(other) - model.Encode(x)).abs().amax([0, 1]);
        Assert.True(moved[0, 0].ToDouble() > 0);
        // Two 4×4 convolutions of stride 2 and two of 3×3 carry a pixel two places further.
        Assert.Equal(0, moved.narrow(0, 3, 5).max().ToDouble());
        Assert.Equal(0, moved.narrow(1, 3, 5).max().ToDouble());
    }

    [Fact]
    public void Codes_that_places_cannot_share_evenly_are_refused()
    {
        var wrong = Assert.Throws<UsageException>(() => new Vae(s_spec, new() { Latent = 50, Network = s_grid }, new Rng(1)));
        Assert.Contains("4x4 places cannot have 50 values: choose a multiple of 16", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("told a class", Assert.Throws<UsageException>(
            () => new ConditionalVae(s_spec with { Classes = 3 }, new() { Latent = 32, Network = s_grid }, new Rng(1))).Message, StringComparison.Ordinal);
    }

    // One square of 6×6 pixels in one of four corners, dark or light: eight images. Codes of places that do not know of each other make several squares, or none.
    [Fact]
    public void Draws_decode_to_examples_and_codes_with_the_same_moments_do_not()
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        float[] images = [.. Enumerable.Range(0, 8).SelectMany(k => Enumerable.Range(0, Side * Side).Select(p => Pixel(k, p % Side, p / Side)))];
        var data = Weights.Data(s_spec, [.. Enumerable.Repeat(images, 8).SelectMany(i => i)]);
        var options = new LatentDiffusionOptions
        {
            Coder = new CoderSource.Trained("autoencoder", """{"latent":32,"network":{"kind":"grid","halvings":2,"width":16,"blocks":1},"reconstruction":{"kind":"cross-entropy"},"optimizer":{"kind":"adam","learningRate":0.002}}""", 200),
            Network = new(16) { Multipliers = [1, 2], ResidualBlocks = 1, Groups = 4, Dropout = 0 },
            EmaDecay = 0.98,
            Optimizer = new Adam(4e-3) { ClipNorm = 1, Schedule = new Schedule.Linear() },
        };
        var recipe = (Recipe<LatentDiffusionOptions, LatentDiffusion, Batch>)Zoo.BuiltIn.Find("latent-diffusion");
        var model = recipe.Model(s_spec, options, new Rng(1));
        recipe.Train(model, options, data, 500, 32);

        using var noGrad = torch.no_grad();
        const int count = 200;
        // Mean distances of 0.4 to 7 when this was written, and of 14 to 18 for most of the mixed codes; a black image has 18.
        var real = Tensor.From(images, 8, 1, Side, Side);
        var codes = model.Encode(real);
        double Share(Tensor z) => (model.Decode(z).unsqueeze(1) - real.unsqueeze(0)).abs().mean([2, 3, 4]).amin([1]).lt(12).to(ScalarType.Float32).mean().ToDouble();
        Assert.Equal(1, Share(codes));
        Assert.InRange(Share(model.SampleLatent(count, new Rng(3))), 0.95, 1);
        // Each value as it is of some example, but all from examples of their own.
        var mixed = codes.gather(0, new Rng(4).Integers(0, 8, [count, codes.shape[1]]));
        Assert.InRange(Share(mixed), 0, 0.3);
    }

    private static float Pixel(int image, int x, int y)
    {
        var (left, top) = (image % 2 * (Side - Bar - 2) + 1, image / 2 % 2 * (Side - Bar - 2) + 1);
        return x >= left && x < left + Bar && y >= top && y < top + Bar ? image < 4 ? 130 : 250 : 0;
    }
}
