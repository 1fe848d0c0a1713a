using System.Globalization;
using System.Text.Json.Nodes;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>What the tool writes it can be given back, as what it was.</summary>
public sealed class RoundTripTests : IDisposable
{
    private static readonly string[] s_small = ["--data", "shapes-grey", "--size", "8", "--batch", "20", "--grids", "0", "--threads", "1"];

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("vae", "bytes", "1x8x8 byte")]
    [InlineData("nade", "threshold", "1x8x8 binary")]
    public void Samples_can_be_scored_and_compared_whatever_holds_them(string model, string protocol, string spec)
    {
        var run = _folder["run"];
        CommandLine.Succeed(["train", model, .. s_small, "--protocol", protocol, "--steps", "20", "--set", model == "vae" ? "latent=2" : "hidden=8", "--out", run]);
        CommandLine.Succeed("data", "export", "shapes-grey", "--size", "8", "--protocol", protocol, "-o", _folder["real.npz"]);
        var nll = new List<double>();
        foreach (var name in new[] { "x.npy", "x.npz", "x.csv", "x/" })
        {
            // Pictures would show means without it, and so other numbers than the table's.
            CommandLine.Succeed("sample", run, "-n", "40", "--noise", "-o", _folder[name]);
            var frechet = CommandLine.Succeed("evaluate", _folder[name], "--against", _folder["real.npz"], "--metric", "frechet", "--json");
            Assert.True(double.IsFinite((double)JsonNode.Parse(frechet.Split('\n')[0])!["value"]!));
            CommandLine.Succeed("score", run, "--data", _folder[name], "-o", _folder["scores.csv"]);
            // Nats, bits and p-values come last; pictures have the names of their files before.
            nll.Add(File.ReadLines(_folder["scores.csv"]).Skip(1).Average(row => double.Parse(row.Split(',')[^3], CultureInfo.InvariantCulture)));
            Assert.Contains(name == "x/" ? "1x8x8 byte" : spec, CommandLine.Succeed("data", "info", _folder[name]), StringComparison.Ordinal);
        }

        // The same numbers are found again in each of them.
        Assert.All(nll, value => Assert.Equal(nll[0], value, 1e-3));
    }

    [Fact]
    public void An_export_is_learned_from_as_the_data_itself()
    {
        foreach (var (name, spec) in new[] { ("x.npy", "1x8x8 byte"), ("x.npz", "1x8x8 byte"), ("x.csv", "1x8x8 byte"), ("x/", "1x8x8 byte") })
        {
            CommandLine.Succeed("data", "export", "shapes-grey", "--size", "8", "--split", "train", "--limit", "60", "-o", _folder[name]);
            var text = CommandLine.Succeed("data", "info", _folder[name]);
            Assert.Contains(spec, text, StringComparison.Ordinal);
            Assert.Equal(name == "x.npz", text.Contains("classes", StringComparison.Ordinal));
            CommandLine.Succeed("train", "ddpm", "--data", _folder[name], "--steps", "1", "--batch", "8", "--set", "network.baseWidth=8", "network.attentionSizes=[]", "steps=4", "--grids", "0", "--out", _folder["ddpm"], "--force");
        }

        Assert.Equal("0001.png", Path.GetFileName(Directory.GetFiles(_folder["x/"]).Order().First()));
        CommandLine.Succeed("train", "classifier", "--data", _folder["x.npz"], "--steps", "1", "--batch", "8", "--out", _folder["classifier"]);
    }

    [Fact]
    public void Wide_reals_are_refused_before_training()
    {
        Npy.Write(_folder["x.npy"], Enumerable.Range(0, 40 * 64).Select(i => (i % 500) - 200.5f).ToArray(), 40, 1, 8, 8);
        var outcome = CommandLine.Run("train", "ddpm", "--data", _folder["x.npy"], "--out", _folder["run"]);
        Assert.Equal(1, outcome.Code);
        Assert.Contains("from -200.5 to 298.5", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("--protocol reals", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Fact]
    public void Pictures_of_their_own_are_for_images_and_are_not_mixed_with_others()
    {
        var run = _folder["gaussian"];
        CommandLine.Succeed("train", "gaussian", "--data", "8gaussians", "--out", run);
        var outcome = CommandLine.Run("sample", run, "-n", "3", "-o", _folder["pictures/"]);
        Assert.Equal(2, outcome.Code);
        Assert.Contains("2 real", outcome.Error, StringComparison.Ordinal);

        CommandLine.Succeed("data", "export", "shapes-grey", "--size", "8", "--limit", "5", "-o", _folder["some/"]);
        CommandLine.Succeed("data", "export", "shapes-grey", "--size", "8", "--limit", "5", "-o", _folder["some"]);
        var mixed = CommandLine.Run("data", "export", "shapes-grey", "--size", "8", "--limit", "4", "-o", _folder["some/"]);
        Assert.Equal(2, mixed.Code);
        Assert.Contains("'0005.png'", mixed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Restored_and_completed_images_go_into_folders_too()
    {
        var run = _folder["nade"];
        CommandLine.Succeed(["train", "nade", .. s_small, "--protocol", "threshold", "--steps", "20", "--set", "hidden=8", "--out", run]);
        CommandLine.Succeed("complete", run, "--data", "shapes-grey", "--count", "2", "-n", "3", "-o", _folder["done/"]);
        Assert.Equal(6, Directory.GetFiles(_folder["done"]).Length);
    }

    [Fact]
    public void Orientation_reaches_what_is_exported()
    {
        // White above, black below as stored, to be turned clockwise: black on the left, white on the right.
        var stored = new Image(16, 16, 1, [.. Enumerable.Range(0, 256).Select(i => i < 128 ? (byte)255 : (byte)0)]);
        var file = ImageCodec.EncodeJpeg(stored, 95);
        byte[] exif = [.. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
        Directory.CreateDirectory(_folder["in"]);
        for (var i = 0; i < 30; i++)
        {
            File.WriteAllBytes(_folder[$"in/{i}.jpg"], [.. file[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. file[2..]]);
        }

        CommandLine.Succeed("data", "export", _folder["in"], "--split", "train", "--limit", "1", "-o", _folder["out/"]);
        var turned = ImageCodec.Decode(File.ReadAllBytes(_folder["out/0001.png"]), 1).Pixels;
        Assert.True(turned[0] < 20 && turned[15] > 235 && turned[240] < 20 && turned[255] > 235);
    }

    [Fact]
    public void Flips_go_on_where_they_were()
    {
        string[] train = ["train", "vae", .. s_small, "--set", "latent=2", "--steps", "20"];
        CommandLine.Succeed([.. train, "--flip", "--out", _folder["whole"]]);
        CommandLine.Succeed([.. train, "--out", _folder["plain"]]);
        var record = RunFolder.Open(_folder["whole"]).Record;
        Assert.True(record.Training.Flip);
        var plan = new RunPlan(record.Seed) { Options = record.Options, Training = record.Training, Threads = 1 };
        using (var run = Run.Create(_folder["parts"], Zoo.BuiltIn.Find("vae"), DatasetCatalog.Open("shapes-grey", new(Size: 8)), plan))
        {
            Assert.Equal(8, run.Train().Take(8).Count());
        }

        CommandLine.Succeed("resume", _folder["parts"], "--grids", "0");
        byte[] Weights(string run) => File.ReadAllBytes(Path.Combine(_folder[run], "model.safetensors"));
        Assert.Equal(Weights("whole"), Weights("parts"));
        Assert.NotEqual(Weights("whole"), Weights("plain"));
        var refused = CommandLine.Run("train", "gaussian", "--data", "8gaussians", "--flip", "--out", _folder["points"]);
        Assert.Equal(2, refused.Code);
        Assert.Contains("--flip", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gan", "latent=4")]
    [InlineData("dcgan", "width=4")]
    [InlineData("class-dcgan", "width=4")]
    [InlineData("infogan", "width=4", "hidden=16")]
    [InlineData("progressive-gan", "width=64", "cap=8", "latent=4")]
    [InlineData("puzzle-gan", "width=4", "code=8", "noise=4")]
    public void Gans_learn_from_augmented_images(string model, params string[] size)
    {
        // The generator's weights: what its critic sees has changed what it learns.
        byte[] Weights(string augment)
        {
            CommandLine.Succeed(["train", model, .. s_small, "--steps", "2", "--set", $"augment={augment}", .. size, "--out", _folder[augment]]);
            return File.ReadAllBytes(Path.Combine(_folder[augment], "model.safetensors"));
        }

        Assert.NotEqual(Weights("none"), Weights("colour+translation+cutout"));
    }

    [Fact]
    public void Damaged_pictures_are_named_and_remembered()
    {
        CommandLine.Succeed("data", "export", "shapes-grey", "--size", "8", "--limit", "40", "-o", _folder["in/"]);
        File.WriteAllText(_folder["in/0002.png"], "no picture");
        File.WriteAllText(_folder["in/scan.tif"], "II*");
        var refused = CommandLine.Run("data", "info", _folder["in"]);
        Assert.Contains("--skip-damaged", refused.Error, StringComparison.Ordinal);
        Assert.Contains("in/0002.png' is not a readable image", CommandLine.Run("data", "info", _folder["in/"]).Error, StringComparison.Ordinal);
        string[] train = ["train", "vae", "--data", _folder["in"], "--set", "latent=2", "--batch", "8", "--grids", "0"];
        var told = CommandLine.Run([.. train, "--skip-damaged", "--steps", "2", "--out", _folder["run"]]);
        Assert.Equal(0, told.Code);
        Assert.Contains("0002.png", told.Error, StringComparison.Ordinal);
        Assert.Contains("1 .tif", told.Error, StringComparison.Ordinal);
        Assert.Contains("0002.png", File.ReadAllText(Path.Combine(_folder["run"], "run.json")), StringComparison.Ordinal);
        CommandLine.Succeed("resume", _folder["run"], "--steps", "4", "--grids", "0");
    }

    [Fact]
    public void The_example_of_the_documentation_runs()
    {
        var lines = new DocumentationPage("docs/data.md").Text.Split("### Files that Likeness writes")[1].Split("```sh\n")[1].Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, lines.Length);
        foreach (var line in lines)
        {
            CommandLine.Succeed([.. line.Split(' ')[1..].Select(word => word.Contains('/', StringComparison.Ordinal) || word.Contains('.', StringComparison.Ordinal) ? _folder[word] : word)]);
        }
    }

    public void Dispose() => _folder.Dispose();
}
