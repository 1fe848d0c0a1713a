namespace Likeness.Bench;

/// <summary>All that is measured.</summary>
internal static class Rows
{
    private static readonly DataSpec s_bits = new([1, 28, 28], new Domain.Binary());
    private static readonly DataSpec s_grey = new([1, 28, 28], new Domain.Byte());
    private static readonly DataSpec s_patch = new([63], new Domain.Real());
    private static readonly DataSpec s_table = new([15], new Domain.Real());
    private static readonly DataSpec s_colour = new([3, 32, 32], new Domain.Byte());
    private static readonly DataSpec s_large = new([3, 64, 64], new Domain.Byte());
    private static readonly DataSpec s_domains = s_large with { Classes = 2 };
    private static readonly DataSpec s_attributes = s_large with { Attributes = [.. Enumerable.Range(1, 5).Select(i => new DataAttribute($"attribute {i}", ["no", "yes"]))] };

    public static IReadOnlyList<Row> All { get; } = [.. Densities(), .. Latent(), .. Adversarial(), .. Translation(), .. Images()];

    private static IEnumerable<Row> Densities()
    {
        Script loop = Script.Of("nade", "loop"), vector = Script.Of("nade", "vector");
        yield return new("nade training step, against a loop over pixels", s_bits, 100, 3) { Script = loop };
        yield return new("nade training step, against the best vectorised version", s_bits, 100, 10) { Script = vector };
        yield return new("nade sampling, 100 images", s_bits, 100, 10) { Draws = true, Script = vector };
        string[] large = ["hidden=200", "components=20"];
        yield return new("rnade training step, 63 variables, against a loop over variables", s_patch, 100, 5) { Settings = large, Script = Script.Of("rnade", "loop") };
        yield return new("rnade training step, 63 variables, against the best vectorised version", s_patch, 100, 5) { Settings = large, Script = Script.Of("rnade", "vector") };
        yield return new("rnade training step, 15 variables, against a loop over variables", s_table, 100, 50) { Script = Script.Of("rnade", "small") };
        yield return new("rnade training step, 15 variables, against the best vectorised version", s_table, 100, 50) { Script = Script.Of("rnade", "small-vector") };
        yield return new("fvbn training step", s_bits, 100, 20) { Script = Script.Of("fvbn") };
        yield return new("made training step", s_bits, 100, 20) { Script = Script.Of("made") };
        yield return new("made sampling, 100 images", s_bits, 100, 1) { Draws = true, Script = Script.Of("made") };
        yield return new("maf training step, 15 variables", s_table, 100, 50) { Script = Script.Of("maf", "small") };
        yield return new("maf training step, 63 variables", s_patch, 100, 5) { Settings = ["hidden=[512,512]"], Script = Script.Of("maf", "large") };
    }

    private static IEnumerable<Row> Latent()
    {
        string[] vae = ["decoder.kind=bernoulli"];
        yield return new("vae mlp training step", s_bits, 100, 50) { Settings = vae, Script = Script.Of("vae", "mlp"), Plain = true };
        var conv = new Row("vae conv training step", s_bits, 100, 5) { Settings = [.. vae, "network.kind=conv"], Script = Script.Images("vae", "conv"), Plain = true };
        yield return conv;
        yield return Half(conv);
        yield return new("wae training step, kernel distance", s_grey, 100, 5) { Script = Script.Images("wae") };
        yield return new("aae training step", s_grey, 100, 10) { Script = Script.Of("aae") };
        var iwae = new Row("iwae training step, 50 draws", s_bits, 100, 3) { Settings = [.. vae, "importanceSamples=50"], Script = Script.Of("iwae") };
        yield return iwae;
        yield return Half(iwae);
        yield return new("vq-vae training step", s_grey, 100, 2) { Script = Script.Images("vqvae") };
    }

    private static IEnumerable<Row> Adversarial()
    {
        // The settings of the progressive GAN have all layers from the second step on.
        string[] grown = ["latent=128", "width=1024", "cap=128", "phaseImages=1"];
        string[] slopes = ["loss=wasserstein", "penalty={\"kind\":\"gradient\"}", "criticTurns=5"];
        Row[] rows =
        [
            new("dcgan training step", s_colour, 128, 2) { Script = Script.Images("dcgan", "32"), Plain = true },
            new("dcgan training step, 64x64", s_large, 128, 1) { Script = Script.Images("dcgan", "64"), Plain = true },
            new("progressive-gan training step, 32x32", s_colour, 16, 2) { Settings = grown, Script = Script.Images("progressive_gan") },
            new("gan training step", s_grey, 128, 20) { Script = Script.Of("gan", "gan"), Plain = true },
            new("wgan-gp training step", s_grey, 128, 5) { Settings = slopes, Script = Script.Of("gan", "wgan-gp"), Plain = true },
            new("infogan training step", s_grey, 128, 2) { Script = Script.Images("infogan") },
        ];
        return rows.SelectMany(row => new[] { row, Half(row) });
    }

    private static IEnumerable<Row> Translation()
    {
        Row[] rows =
        [
            new("puzzle-gan training step, 64x64", s_large, 64, 1) { Script = Script.Images("puzzle_gan") },
            new("cycle-gan training step, 64x64", s_domains, 1, 1) { Script = Script.Images("cycle_gan") },
            new("star-gan training step, 64x64", s_attributes, 4, 1) { Script = Script.Images("star_gan") },
        ];
        return rows.SelectMany(row => new[] { row, Half(row) });
    }

    private static IEnumerable<Row> Images()
    {
        Row[] ddpm =
        [
            new("ddpm training step", s_grey, 64, 1) { Script = Script.Images("ddpm", "28"), Plain = true },
            new("ddpm training step, 32x32", s_colour, 64, 1) { Script = Script.Images("ddpm", "32"), Plain = true },
            new("ddpm sampling, 16 images of 32x32 by 50 steps", s_colour, 16, 1)
            {
                Draws = true, Settings = ["sampler.kind=ddim", "sampler.steps=50"], Script = Script.Images("ddpm", "32"), Plain = true,
            },
        ];
        foreach (var row in ddpm)
        {
            yield return row;
            yield return Half(row);
        }

        yield return new("pixel-cnn training step", s_bits, 16, 5) { Script = Script.Images("pixelcnn") };
        // PyTorch's usual way, a pass for each pixel, is measured with our own network: see Samplers.
        yield return new("pixel-cnn sampling, 64 images", s_bits, 64, 1) { Draws = true };
        yield return new("diagonal-bilstm training step", s_bits, 16, 2) { Script = Script.Of("diagonal_bilstm") };
    }

    // Plain TorchSharp has no autocast.
    private static Row Half(Row row) => row with { Name = row.Name + ", bf16", Precision = Precision.BFloat16, Plain = false };
}
