namespace Likeness.Cli.Tests;

/// <summary>Larger, coloured and completed pictures, from networks of two steps: what counts is that every picture arrives under its name, and is seen as what was given.</summary>
public sealed class RestoringVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("likeness-restoring-").FullName;

    private string this[string name] => Path.Combine(_folder, name);

    [Fact]
    public void Pictures_become_larger_and_their_own_pixels_are_seen_of_them()
    {
        var run = Train("downsample:4", "shapes-grey");
        Draw("small/one.png", 3, 3, 1);
        Draw("small/deep/two.png", 5, 4, 3);
        var outcome = CommandLine.Run("upscale", run, this["small"], "-o", this["large"], "--draws", "2", "--grid", this["grid.png"]);
        Assert.Equal(0, outcome.Code);
        Assert.Contains("2 pictures enlarged, 2 results each, as learned", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("1 picture of another size: brought to the model's, 12×12 pixels, and back", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(["deep/two-1.png", "deep/two-2.png", "one-1.png", "one-2.png"], Files("large"));

        // Squares of four by four have the given pixel as their mean, to the rounding of bytes.
        var (before, after) = (Read("small/one.png"), Read("large/one-1.png"));
        Assert.Equal((12, 12), (after.Width, after.Height));
        for (var i = 0; i < 9; i++)
        {
            var mean = Enumerable.Range(0, 16).Average(k => after.Pixels[(((i / 3 * 4) + (k / 4)) * 12) + (i % 3 * 4) + (k % 4)]);
            Assert.InRange(mean - before.Pixels[i], -0.6, 0.6);
        }

        Assert.Equal((20, 16), (Read("large/deep/two-2.png").Width, Read("large/deep/two-2.png").Height));

        // Given, two results: cells of 12 pixels, five times as large, with 2 between.
        Assert.Equal((3 * 62) + 2, Read("grid.png").Width);
        var again = CommandLine.Run("upscale", run, this["small"], "-o", this["large"], "--draws", "2");
        Assert.Equal((2, true), (again.Code, again.Error.Contains("--force", StringComparison.Ordinal)));
        var other = CommandLine.Run("upscale", run, this["small"], "--factor", "2", "-o", this["other"]);
        Assert.Equal((2, true), (other.Code, other.Error.Contains("has learned to undo 'downsample:4' and cannot undo 'downsample:2'", StringComparison.Ordinal)));

        // Data sets are whole, and the truth is shown.
        CommandLine.Succeed("upscale", run, "shapes-grey", "--limit", "3", "-o", this["whole"], "--grid", this["truth.png"]);
        Assert.Equal(["test-00000.png", "test-00001.png", "test-00002.png"], Files("whole"));
        Assert.Equal((3 * 62) + 2, Read("truth.png").Width);
    }

    [Fact]
    public void Colours_are_given_to_grey_pictures_whose_luma_stays()
    {
        var run = Train("luma", "shapes");
        Draw("old.png", 20, 10, 1);
        var json = CommandLine.Succeed("--json", "colorize", run, this["old.png"], "-o", this["new"]);
        Assert.Contains("\"method\":\"learned\"", json, StringComparison.Ordinal);
        var (before, after) = (Read("old.png"), Read("new/old.png"));
        Assert.Equal((20, 10, 3), (after.Width, after.Height, after.Channels));
        for (var i = 0; i < 200; i++)
        {
            var luma = (0.299 * after.Pixels[3 * i]) + (0.587 * after.Pixels[(3 * i) + 1]) + (0.114 * after.Pixels[(3 * i) + 2]);
            Assert.InRange(luma - before.Pixels[i], -40, 40);
        }
    }

    [Fact]
    public void Images_are_completed_by_a_model_that_has_learned_to()
    {
        var run = Train("mask:half", "shapes-grey");
        var printed = CommandLine.Succeed("complete", run, "--data", "shapes-grey", "--count", "2", "-n", "3", "-o", this["halves.png"]);
        Assert.Contains("2 examples, 3 completions each, 144 values missing, as learned", printed, StringComparison.Ordinal);
        // The original, what was given, and three completions.
        Assert.Equal((5 * 62) + 2, Read("halves.png").Width);
        CommandLine.Succeed("complete", run, "--data", "shapes-grey", "--given", "top", "--count", "2", "-o", this["halves.npy"]);
        var refused = CommandLine.Run("complete", run, "--data", "shapes-grey", "--given", "box");
        Assert.Equal((2, true), (refused.Code, refused.Error.Contains("has learned to undo 'mask:half'", StringComparison.Ordinal)));
    }

    [Fact]
    public void Restorations_are_measured_beside_what_anyone_would_do()
    {
        var run = Train("downsample:4", "shapes-grey");
        var table = CommandLine.Succeed("restoration", run, "--degrade", "downsample:4", "--limit", "20", "--grid", this["grid.png"]);
        Assert.All(table.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
        // A path that is too long for its column goes on below.
        var methods = string.Concat(table.Split('\n').Select(line => line.Split("  ")[0]));
        foreach (var method in new[] { "bicubic", "nearest", "mean fill", $"learned({run})" })
        {
            Assert.Contains(method, methods, StringComparison.Ordinal);
        }

        // Measured, four methods, the truth.
        Assert.Equal((6 * 62) + 2, Read("grid.png").Width);
        var rows = CommandLine.Succeed("--json", "restoration", run, "--degrade", "downsample:4", "--limit", "20").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, rows.Length);
        Assert.All(rows, row => Assert.NotNull(System.Text.Json.Nodes.JsonNode.Parse(row)!["psnr"]));
        var wrong = CommandLine.Run("restoration", run, "--degrade", "blur");
        Assert.Equal((2, true), (wrong.Code, wrong.Error.Contains("Unknown measurement 'blur'", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_a_model_cannot_learn_from_is_refused_before_it_starts()
    {
        var pairs = CommandLine.Run("train", "pix2pix", "--data", "shapes-grey", "--size", "12", "--out", this["none"]);
        Assert.Equal((2, true), (pairs.Code, pairs.Error.Contains("--degrade downsample:4", StringComparison.Ordinal)));
        var other = CommandLine.Run("train", "vae", "--data", "shapes-grey", "--size", "12", "--degrade", "grey", "--out", this["none"]);
        Assert.Equal((2, true), (other.Code, other.Error.Contains("'degrade'", StringComparison.Ordinal)));
        Assert.False(Directory.Exists(this["none"]));
    }

    [Fact]
    public void Pairs_are_learned_from_by_their_names()
    {
        CommandLine.Succeed("train", "pix2pix", "--data", "shapes-grey::shapes-grey-outline", "--size", "12", "--steps", "2", "--batch", "2", "--threads", "1", "--set", "width=4", "criticWidth=4", "--out", this["pairs"]);
        CommandLine.Succeed("translate", this["pairs"], "shapes-grey", "--limit", "2", "--to", "shapes-grey-outline", "-o", this["outlines"]);
        Assert.Equal(["metadata.csv", "test-00000.png", "test-00001.png"], Files("outlines"));
    }

    [Fact]
    public void Training_draws_what_was_measured_what_is_made_of_it_and_the_truth()
    {
        CommandLine.Succeed("train", "pix2pix", "--data", "shapes-grey", "--size", "12", "--degrade", "mask:box", "--steps", "2", "--batch", "2", "--threads", "1", "--set", "width=4", "criticWidth=4",
            "--grids", "1", "--out", this["drawn"]);
        var picture = ImageCodec.Decode(File.ReadAllBytes(Assert.Single(Directory.GetFiles(this["drawn/samples"], "*.png"))));
        Assert.Equal(((3 * 62) + 2, (12 * 62) + 2), (picture.Width, picture.Height));
    }

    [Fact]
    public void A_denoiser_edits_completes_and_enlarges()
    {
        var run = this["ddpm"];
        CommandLine.Succeed("train", "ddpm", "--data", "shapes-grey", "--size", "8", "--steps", "2", "--batch", "2", "--threads", "1", "--grids", "0",
            "--set", "steps=20", "network.baseWidth=8", "network.multipliers=[1,2]", "network.groups=4", "--out", run);
        Draw("rough.png", 20, 10, 1);
        var printed = CommandLine.Succeed("edit", run, this["rough.png"], "--strength", "0.5", "--walk", "10", "--keep", "left", "-o", this["edited"], "--draws", "2");
        Assert.Contains("1 picture edited, 2 results each, by noise of strength 0.5", printed, StringComparison.Ordinal);
        Assert.Equal(["rough-1.png", "rough-2.png"], Files("edited"));
        Assert.Equal((20, 10), (Read("edited/rough-1.png").Width, Read("edited/rough-1.png").Height));
        var wrong = CommandLine.Run("edit", run, this["rough.png"], "--strength", "1.5", "-o", this["none"]);
        Assert.Equal((2, true), (wrong.Code, wrong.Error.Contains("A strength of 1.5 is not allowed", StringComparison.Ordinal)));

        Assert.Contains(", by null-space", CommandLine.Succeed("complete", run, "--data", "shapes-grey", "--given", "box", "--count", "2", "-n", "2", "--walk", "5", "--repeats", "2", "--jump", "2", "-o", this["boxes.png"]), StringComparison.Ordinal);
        Assert.Contains("by null-space", CommandLine.Succeed("upscale", run, "shapes-grey", "--factor", "2", "--limit", "2", "--walk", "5", "--solves", "1", "-o", this["large"]), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Train(string degrade, string data)
    {
        var run = this[$"run-{degrade.Replace(':', '-')}"];
        CommandLine.Succeed("train", "pix2pix", "--data", data, "--size", "12", "--degrade", degrade, "--steps", "2", "--batch", "2", "--threads", "1", "--set", "width=4", "criticWidth=4", "--out", run);
        return run;
    }

    private string[] Files(string folder) =>
        [.. Directory.EnumerateFiles(this[folder], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(this[folder], f)).Order(StringComparer.Ordinal)];

    private Image Read(string name) => ImageCodec.Decode(File.ReadAllBytes(this[name]));

    private void Draw(string name, int width, int height, int channels)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        var pixels = Enumerable.Range(0, width * height * channels).Select(i => (byte)(40 + (i * 37 % 170))).ToArray();
        File.WriteAllBytes(this[name], ImageCodec.EncodePng(new(width, height, channels, pixels)));
    }
}
