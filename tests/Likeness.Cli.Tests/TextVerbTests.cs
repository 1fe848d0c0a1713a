namespace Likeness.Cli.Tests;

/// <summary>Samples of texts, from a network of two steps.</summary>
public sealed class TextVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("likeness-text-").FullName;

    [Fact]
    public void A_text_and_the_way_to_another_become_pictures()
    {
        var run = Path.Combine(_folder, "run");
        CommandLine.Succeed("train", "text-to-image", "--data", "shapes", "--size", "8", "--set", "width=4", "encoder.network={\"length\":24,\"channels\":[8],\"code\":4}", "text.steps=1",
            "--steps", "2", "--batch", "8", "--grids", "0", "--threads", "1", "--out", run);

        // Images of 8 pixels are drawn seven times as large, 2 pixels apart.
        Assert.Equal((4 * 58) + 2, Picture("--text", "a red circle", "-n", "16").Width);
        var way = Picture("--text", "a red circle", "--to", "a blue star", "-n", "3", "--steps", "5");
        Assert.Equal(((5 * 58) + 2, (3 * 58) + 2), (way.Width, way.Height));
        Assert.Equal(Picture("--text", "a red circle", "-n", "4").Pixels, Picture("--text", "A RED circle", "-n", "4").Pixels);
        Assert.NotEqual(Picture("--text", "a red circle", "-n", "4").Pixels, Picture("--text", "a blue star", "-n", "4").Pixels);

        Image Picture(params string[] arguments)
        {
            var file = Path.Combine(_folder, "picture.png");
            CommandLine.Succeed(["sample", run, .. arguments, "-o", file]);
            return ImageCodec.Decode(File.ReadAllBytes(file));
        }
    }

    [Theory]
    [InlineData("--text and --to", "--to", "a blue star")]
    [InlineData("--text and --to", "--text", "a blue star", "--class", "1")]
    public void A_second_text_needs_a_first_and_a_class_none(string message, params string[] arguments)
    {
        var result = CommandLine.Run(["sample", Path.Combine(_folder, "none"), .. arguments]);
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
