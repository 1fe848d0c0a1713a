using System.Text.Json.Nodes;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>Pictures of a folder are listed by the names of their files.</summary>
public sealed class PictureNameTests : IDisposable
{
    private readonly TemporaryFolder _files = new();

    public PictureNameTests()
    {
        // Of one grey each but for one, which is black and white at random.
        var random = new Rng(3);
        foreach (var (name, i) in Enumerable.Range(0, 30).Select(i => ($"deep/{i:00}.png", i)).Append(("a, b.png", 30)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_files[$"all/{name}"])!);
            var pixels = i < 30 ? [.. Enumerable.Repeat((byte)(120 + i), 64)] : random.Uniform(64).ToArray<float>().Select(u => (byte)(u < 0.5 ? 0 : 255)).ToArray();
            File.WriteAllBytes(_files[$"all/{name}"], ImageCodec.EncodePng(new(8, 8, 1, pixels)));
        }

        CommandLine.Succeed("train", "vae", "--data", _files["all"], "--steps", "200", "--batch", "20", "--set", "latent=2", "network.hidden=[32]", "optimizer.learningRate=0.01", "--threads", "1", "--grids", "0", "--out", _files["run"]);
    }

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Anomalies_are_listed_drawn_and_kept_with_their_files()
    {
        string[] line = ["anomalies", _files["run"], "--data", _files["all"], "--by", "reconstruction", "--calibrate", "training", "--top", "3"];
        var table = CommandLine.Succeed(line).Split('\n');
        Assert.StartsWith("example  file", table[1], StringComparison.Ordinal);
        // Sorted by name, the odd one comes first; in the list it does, too.
        Assert.StartsWith("0        a, b.png", table[2], StringComparison.Ordinal);
        Assert.Matches(@"^\d+ +deep/\d\d\.png ", table[3]);

        var json = CommandLine.Succeed([.. line, "--json"]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal((0, "a, b.png"), ((int)json[0]["example"]!, (string)json[0]["file"]!));
        Assert.All(json[1..^1], l => Assert.Equal($"deep/{(int)l["example"]! - 1:00}.png", (string)l["file"]!));

        CommandLine.Succeed([.. line, "-o", _files["odd.csv"]]);
        var rows = File.ReadAllLines(_files["odd.csv"]);
        Assert.Equal("example,file,reconstruction_error,p_value,called", rows[0]);
        Assert.StartsWith("0,\"a, b.png\",", rows[1], StringComparison.Ordinal);
        Assert.StartsWith("30,deep/29.png,", rows[^1], StringComparison.Ordinal);

        // The picture begins with the odd one, enlarged: it has black and white where the others have greys.
        CommandLine.Succeed([.. line, "-o", _files["odd.png"]]);
        var drawn = ImageCodec.Decode(File.ReadAllBytes(_files["odd.png"]));
        var first = Enumerable.Range(0, drawn.Height / 2).SelectMany(y => Enumerable.Range(0, drawn.Width / 2).Select(x => drawn.Pixels[((y * drawn.Width) + x) * drawn.Channels])).ToList();
        Assert.InRange(first.Count(p => p is 0) / (double)first.Count, 0.2, 0.8);
        Assert.DoesNotContain(drawn.Pixels.Skip(drawn.Pixels.Length * 3 / 4), p => p is 0);

        Assert.Contains("end the file's name in .csv, .png or .jpg", CommandLine.Run([.. line, "-o", _files["odd.txt"]]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_name_their_files_and_rows_of_one_file_have_none()
    {
        var rows = CommandLine.Succeed("score", _files["run"], "--data", _files["all"], "--limit", "3", "--samples", "2").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("example,file,log_likelihood_lower_bound", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("2,deep/01.png,", rows[3], StringComparison.Ordinal);
        Assert.Equal("deep/01.png", (string)JsonNode.Parse(CommandLine.Succeed("score", _files["run"], "--data", _files["all"], "--limit", "3", "--samples", "2", "--json").Split('\n')[2])!["file"]!);

        Npy.Write(_files["rows.npy"], new byte[3 * 64], [3, 1, 8, 8]);
        Assert.StartsWith("example,log_likelihood_lower_bound", CommandLine.Succeed("score", _files["run"], "--data", _files["rows.npy"], "--samples", "2"), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_follow_the_examples_into_splits_and_joined_sets()
    {
        var whole = DatasetCatalog.Open(_files["all"]);
        var names = Enum.GetValues<Split>().SelectMany(s => Enumerable.Range(0, whole.Count(s)).Select(i => whole.FileOf(s, i))).ToList();
        Assert.Equal(31, names.Distinct().Count());
        Assert.Contains("a, b.png", names);
        Assert.Null(DatasetCatalog.Open("shapes-grey", new(Size: 8)).FileOf(Split.Test, 0));
    }
}
