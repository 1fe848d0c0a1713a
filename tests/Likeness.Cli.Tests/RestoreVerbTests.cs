using System.Text.Json.Nodes;

namespace Likeness.Cli.Tests;

/// <summary>Whole images from patches, by a network of two steps.</summary>
public sealed class RestoreVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("likeness-restore-").FullName;

    [Fact]
    public void Patches_in_files_of_any_size_and_order_become_an_image_and_a_mask()
    {
        var run = Train();
        // A grey one, a coloured one and one that is partly transparent, each of another size.
        File.WriteAllBytes(At("a.png"), ImageCodec.EncodePng(Picture(5, 9, 1)));
        File.WriteAllBytes(At("b.jpg"), ImageCodec.EncodeJpeg(Picture(40, 30, 3)));
        File.WriteAllBytes(At("c.png"), ImageCodec.EncodePng(Picture(16, 16, 4)));
        var text = CommandLine.Succeed("restore", run, At("a.png"), At("b.jpg"), At("c.png"), "-o", At("x.npy"), "--mask", At("m.npy"));
        Assert.Contains("1 image, of 3 patches", text, StringComparison.Ordinal);
        Assert.Equal([1, 3, 16, 16], Npy.Read(At("x.npy")).Shape);
        Assert.Equal([1, 1, 16, 16], Npy.Read(At("m.npy")).Shape);
        Assert.All(Npy.Read(At("m.npy")).ToSingles("m"), v => Assert.InRange(v, 0, 255));

        CommandLine.Succeed("restore", run, At("c.png"), At("a.png"), At("b.jpg"), "-o", At("y.npy"));
        Assert.Equal(Npy.Read(At("x.npy")).ToSingles("x"), Npy.Read(At("y.npy")).ToSingles("y"));

        CommandLine.Succeed("restore", run, At("c.png"), At("a.png"), At("b.jpg"), "-n", "4", "-o", At("z.npy"));
        var several = Npy.Read(At("z.npy"));
        Assert.Equal([4, 3, 16, 16], several.Shape);
        Assert.NotEqual(several.ToSingles("z")[..768], several.ToSingles("z")[768..1536]);
    }

    [Fact]
    public void Patches_of_examples_become_a_grid_and_are_measured()
    {
        var run = Train();
        var json = JsonNode.Parse(CommandLine.Succeed("restore", run, "--count", "5", "-o", At("grid.png"), "--json"))!;
        Assert.Equal((5, 3), ((int)json["images"]!, (int)json["patches"]!));
        // Three patches, mask, image, example: of 16 pixels, drawn four times as large, 2 pixels apart.
        var grid = ImageCodec.Decode(File.ReadAllBytes(At("grid.png")));
        Assert.Equal(((6 * 66) + 2, (5 * 66) + 2), (grid.Width, grid.Height));

        // Training draws the same of twelve examples, at its last step here.
        var drawn = ImageCodec.Decode(File.ReadAllBytes(Assert.Single(Directory.GetFiles(At("run/samples"), "0*2.png"))));
        Assert.Equal(((6 * 66) + 2, (12 * 66) + 2), (drawn.Width, drawn.Height));

        var scores = CommandLine.Succeed("evaluate", run, "--metric", "restoration", "--limit", "40", "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => (string)JsonNode.Parse(l)!["name"]!);
        Assert.Equal(["restoration-mask", "restoration-mask-chance", "restoration-mask-constant", "restoration-appearance", "restoration-appearance-chance"], scores);
    }

    [Fact]
    public void What_cannot_be_restored_is_refused_in_a_sentence()
    {
        var run = Train();
        File.WriteAllBytes(At("a.png"), ImageCodec.EncodePng(Picture(5, 5, 1)));
        File.WriteAllText(At("no.png"), "no image");
        Refused(2, "whole of 3 patches, and 2 were given: give 3", run, At("a.png"), At("a.png"));
        Refused(1, "is not a readable image", run, At("a.png"), At("a.png"), At("no.png"));
        Refused(1, "gone.png", run, At("a.png"), At("a.png"), At("gone.png"));
        Refused(2, "leave out one or the other", run, At("a.png"), "--count", "3");
        Refused(2, "-n", run, "-n", "3");

        var other = At("other");
        CommandLine.Succeed(["train", "nade", "--data", "shapes-grey", "--size", "8", "--protocol", "threshold", "--set", "hidden=4", "--steps", "1", "--batch", "4", "--threads", "1", "--out", other]);
        Refused(2, "cannot make whole images of patches", other, At("a.png"));

        void Refused(int code, string sentence, params string[] arguments)
        {
            var outcome = CommandLine.Run(["restore", .. arguments, "-o", At("none.png")]);
            Assert.Equal(code, outcome.Code);
            Assert.Contains(sentence, Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
            Assert.False(File.Exists(At("none.png")));
        }
    }

    [Theory]
    [InlineData("downsample:2", "upscale")]
    [InlineData("luma", "colorize")]
    [InlineData("mask:box", "complete")]
    [InlineData("downsample:2+mask:half", "restoration")]
    public void A_training_to_put_something_back_ends_with_a_line_that_does_so(string measurement, string verb)
    {
        var lines = CommandLine.Succeed(["train", "pix2pix", "--data", "shapes", "--size", "16", "--degrade", measurement, "--batch", "2", "--steps", "2", "--set", "width=4", "criticWidth=4",
            "--threads", "1", "--out", At("learned")]).Split('\n');
        var next = Assert.Single(lines, l => l.StartsWith("  next", StringComparison.Ordinal));
        var words = next[next.IndexOf("likeness ", StringComparison.Ordinal)..].Split(' ')[1..];
        Assert.Equal(verb, words[0]);
        CommandLine.Succeed(words);
        Assert.True(ImageCodec.Decode(File.ReadAllBytes(words[^1])).Width > 16);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Image Picture(int width, int height, int channels) =>
        new(width, height, channels, [.. Enumerable.Range(0, width * height * channels).Select(i => (byte)(i * 37 % 256))]);

    private string At(string name) => Path.Combine(_folder, name);

    private string Train()
    {
        CommandLine.Succeed("train", "puzzle-gan", "--data", "shapes", "--size", "16", "--set", "width=4", "code=4", "noise=4", "--steps", "2", "--batch", "8", "--grids", "1", "--threads", "1", "--out", At("run"), "--force");
        return At("run");
    }
}
