using System.Text.Json.Nodes;

namespace Likeness.Cli.Tests;

/// <summary>Pictures of another domain, from networks of two steps: what counts is that every picture arrives under its name.</summary>
public sealed class TranslateVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("likeness-translate-").FullName;

    private string this[string name] => Path.Combine(_folder, name);

    [Fact]
    public void Pictures_of_any_kind_keep_their_names_and_what_is_known_of_them()
    {
        var run = Train();
        Draw("photos/one.png", 40, 30, 3);
        Draw("photos/deep/two.jpg", 12, 12, 3);
        File.WriteAllLines(this["photos/metadata.csv"], ["file_name,label", "one.png,\"a, b\"", "deep/two.jpg,c"]);
        Draw("three.png", 12, 12, 1);
        var grid = this["grid.png"];
        var outcome = CommandLine.Run("translate", run, this["photos"], this["three.png"], "shapes-grey", "--limit", "5", "--to", "shapes-outline", "-o", this["out"], "--grid", grid);
        Assert.Equal(0, outcome.Code);
        Assert.Contains("8 pictures translated to shapes-outline", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("1 picture of another size", outcome.Error, StringComparison.Ordinal);

        string[] expected = ["deep/two.png", "metadata.csv", "one.png", "test-00000.png", "test-00001.png", "test-00002.png", "test-00003.png", "test-00004.png", "three.png"];
        Assert.Equal(expected, Directory.EnumerateFiles(this["out"], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(this["out"], f)).Order(StringComparer.Ordinal));
        var picture = ImageCodec.Decode(File.ReadAllBytes(this["out/one.png"]));
        Assert.Equal((12, 12, 3), (picture.Width, picture.Height, picture.Channels));
        var table = File.ReadAllLines(this["out/metadata.csv"]);
        Assert.StartsWith("file_name,label", table[0], StringComparison.Ordinal);
        Assert.Contains(table, line => line.StartsWith("one.png,\"a, b\"", StringComparison.Ordinal));

        // Eight rows of before, after and back, each cell of 12 pixels drawn five times as large with 2 between.
        var cells = ImageCodec.Decode(File.ReadAllBytes(grid));
        Assert.Equal(((3 * 62) + 2, (8 * 62) + 2), (cells.Width, cells.Height));

        // What is there is not lost, and what comes twice is refused.
        var again = CommandLine.Run("translate", run, this["three.png"], "--to", "shapes-grey", "-o", this["out"]);
        Assert.Equal((2, true), (again.Code, again.Error.Contains("--force", StringComparison.Ordinal)));
        var twice = CommandLine.Run("translate", run, this["three.png"], this["three.png"], "--to", "shapes-grey", "-o", this["other"]);
        Assert.Equal((2, true), (twice.Code, twice.Error.Contains("three.png", StringComparison.Ordinal)));
        Assert.False(Directory.Exists(this["other"]));
    }

    [Fact]
    public void A_broken_picture_is_named_and_the_others_are_translated()
    {
        var run = Train();
        Draw("mixed/good.png", 12, 12, 3);
        File.WriteAllText(this["mixed/bad.png"], "no picture");
        var outcome = CommandLine.Run("translate", run, this["mixed"], "--to", "domain=shapes-grey", "-o", this["out"]);
        Assert.Equal(1, outcome.Code);
        Assert.Contains("bad.png", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("1 of 2 pictures could not be read", outcome.ErrorLines[^1], StringComparison.Ordinal);
        Assert.True(File.Exists(this["out/good.png"]));
    }

    [Theory]
    [InlineData("Did you mean 'shapes-grey'", "shapes-gray")]
    [InlineData("one domain of 'domain' only", "shapes-grey", "shapes-outline")]
    public void A_domain_must_be_one_of_the_models(string message, params string[] domains)
    {
        var outcome = CommandLine.Run(["translate", Train(), "shapes", "-o", this["out"], "--to", .. domains]);
        Assert.Equal(2, outcome.Code);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_draws_what_it_can_translate_by_now()
    {
        // Two domains take turns in twelve rows of before, after and back; cells of 12 pixels are drawn five times as large with 2 between.
        var cells = Size("cycle-gan", "--data", "shapes-grey::shapes-outline", "--set", "width=4", "blocks=1", "criticWidth=4", "pool=4");
        Assert.Equal(((3 * 62) + 2, (12 * 62) + 2), cells);
        cells = Size("star-gan", "--data", "shapes", "--set", "width=4", "blocks=1", "criticWidth=4", "attributes=[\"size\",\"background\"]");
        Assert.Equal(((3 * 62) + 2, (12 * 62) + 2), cells);

        (int Width, int Height) Size(params string[] train)
        {
            CommandLine.Succeed(["train", .. train, "--size", "12", "--steps", "2", "--batch", "4", "--threads", "1", "--grids", "1", "--out", this["drawn"], "--force"]);
            var picture = ImageCodec.Decode(File.ReadAllBytes(Assert.Single(Directory.GetFiles(this["drawn/samples"], "*.png"))));
            return (picture.Width, picture.Height);
        }
    }

    [Theory]
    [InlineData("cycle-gan", "--data", "shapes-grey::shapes-outline", "--set", "width=4", "blocks=1", "criticWidth=4", "pool=4")]
    [InlineData("pix2pix", "--data", "shapes-grey::shapes-grey-outline", "--set", "width=4", "criticWidth=4")]
    [InlineData("sr3", "--data", "shapes-grey::shapes-grey-outline", "--set", "network.baseWidth=8", "network.residualBlocks=1", "network.groups=4", "sampler.steps=2")]
    [InlineData("star-gan", "--data", "shapes", "--set", "width=4", "blocks=1", "criticWidth=4")]
    [InlineData("star-gan", "--data", "FOLDER", "--set", "width=4", "blocks=1", "criticWidth=4")]
    [InlineData("pix2pix", "--data", "shapes", "--degrade", "downsample:2", "--set", "width=4", "criticWidth=4")]
    [InlineData("pix2pix", "--data", "FOLDER", "--degrade", "luma", "--set", "width=4", "criticWidth=4")]
    public void What_a_training_says_to_type_next_works(params string[] train)
    {
        // Two attributes with the same values, so a value alone would say nothing; and names that a shell divides.
        Directory.CreateDirectory(this["my pictures"]);
        for (var i = 0; i < 40; i++)
        {
            Draw($"my pictures/{i}.png", 16, 16, 3);
        }

        File.WriteAllLines(this["my pictures/metadata.csv"], [.. Enumerable.Range(0, 40).Select(i => $"{i}.png,{(i % 2 == 0 ? "yes" : "no")},{(i % 3 == 0 ? "yes" : "no")}").Prepend("file_name,is big,dark")]);
        var output = CommandLine.Succeed(["train", .. train.Select(t => t == "FOLDER" ? this["my pictures"] : t), "--size", "16", "--steps", "2", "--batch", "4", "--threads", "1", "--grids", "0", "--out", this["a run"], "--json"]);
        var next = JsonNode.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!["next"]!.AsArray().Select(n => (string)n!).ToList();
        Assert.Contains(next, n => n.Contains("translate", StringComparison.Ordinal) || n.Contains("upscale", StringComparison.Ordinal) || n.Contains("colorize", StringComparison.Ordinal));
        foreach (var line in next.Take(1))
        {
            Assert.StartsWith("likeness ", line, StringComparison.Ordinal);
            CommandLine.Succeed(DocumentedLines.Words(line)[1..]);
        }

        Assert.NotEmpty(Directory.EnumerateFiles(this["a run"], "*.png", SearchOption.AllDirectories));
        if (train is ["star-gan", "--data", "FOLDER", ..])
        {
            Assert.Contains("--to 'is big=yes'", next[0], StringComparison.Ordinal);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Train()
    {
        CommandLine.Succeed("train", "cycle-gan", "--data", "shapes-grey::shapes-outline", "--size", "12", "--disjoint", "--set", "width=4", "blocks=1", "criticWidth=4", "pool=4",
            "--steps", "2", "--batch", "4", "--threads", "1", "--out", this["run"]);
        Assert.Contains("\"disjoint\": true", File.ReadAllText(this["run/run.json"]), StringComparison.Ordinal);
        CommandLine.Succeed("resume", this["run"], "--steps", "3");
        return this["run"];
    }

    private void Draw(string name, int width, int height, int channels)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        var image = new Image(width, height, channels, [.. Enumerable.Range(0, width * height * channels).Select(i => (byte)(i * 7))]);
        File.WriteAllBytes(this[name], name.EndsWith(".jpg", StringComparison.Ordinal) ? ImageCodec.EncodeJpeg(image) : ImageCodec.EncodePng(image));
    }
}
