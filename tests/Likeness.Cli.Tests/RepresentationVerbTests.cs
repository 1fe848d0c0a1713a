using System.Text.Json.Nodes;

namespace Likeness.Cli.Tests;

/// <summary>Verbs that work with codes, on one tiny model with codes of two values.</summary>
public sealed class RepresentationVerbTests(CodingRun run) : IClassFixture<CodingRun>
{
    [Fact]
    public void Codes_go_into_a_file_and_examples_come_out_of_it()
    {
        Assert.Contains("2000 codes of 2 values", CommandLine.Succeed("encode", run.Path, "-o", run["z.npy"]), StringComparison.Ordinal);
        CommandLine.Succeed("encode", run.Path, "--limit", "3", "--labels", "-o", run["z.csv"]);
        var (all, table) = (Npy.Read(run["z.npy"]), File.ReadAllLines(run["z.csv"]));
        Assert.Equal([2000, 2], all.Shape);
        Assert.Equal(("z1,z2,label", 4), (table[0], table.Length));
// Other batches may round differently.
        Assert.All(((float[])all.Values)[..2].Zip(Cells(table[1])), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));

        CommandLine.Succeed("decode", run.Path, run["z.npy"], "-o", run["x.npy"]);
        CommandLine.Succeed("decode", run.Path, run["z.csv"], "-o", run["x.csv"]);
        CommandLine.Succeed("decode", run.Path, run["z.csv"], "-o", run["x.png"]);
        var x = Npy.Read(run["x.npy"]);
        Assert.Equal([2000, 1, 8, 8], x.Shape);
        Assert.All((float[])x.Values, v => Assert.InRange(v, 0f, 1f));
        Assert.All(Cells(File.ReadAllLines(run["x.csv"])[1]).Zip((float[])x.Values), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
        Assert.Equal(2, ImageCodec.Decode(File.ReadAllBytes(run["x.png"])).Width / 58);

        CommandLine.Succeed("sample", run.Path, "-n", "5", "-o", run["bits.npy"]);
        var kept = CommandLine.Succeed("encode", run.Path, "--data", run["bits.npy"]);
        Assert.StartsWith(System.IO.Path.Combine(run.Path, "samples"), kept, StringComparison.Ordinal);
        Assert.Equal([5, 2], Npy.Read(kept[..kept.IndexOf(": ", StringComparison.Ordinal)]).Shape);
    }

    [Theory]
    [InlineData(2, "end the file's name in .npy or .csv", "encode", "RUN", "-o", "z.txt")]
    [InlineData(2, "no place for labels", "encode", "RUN", "--labels", "-o", "z.npy")]
    [InlineData(2, "cannot encode", "encode", "DENSITY")]
    [InlineData(2, "cannot decode", "decode", "DENSITY", "wide.npy")]
    [InlineData(1, "a code of this model has 2", "decode", "RUN", "wide.npy")]
    [InlineData(1, "NaN in row 1, column 1", "decode", "RUN", "nan.npy")]
    [InlineData(2, "does not cluster", "cluster", "RUN", "--by", "nade")]
    [InlineData(2, "leave one of them out", "cluster", "RUN", "--set", "components=3")]
    [InlineData(2, "as many with --from as with --to", "latent", "interpolate", "RUN", "--from", "1", "2", "--to", "3")]
    [InlineData(2, "There is no example 2000", "latent", "interpolate", "RUN", "--from", "2000", "--to", "3")]
    [InlineData(2, "in .png or .jpg", "latent", "map", "RUN", "-o", "map.npy")]
    [InlineData(2, "'weight'", "latent", "arithmetic", "RUN", "--start", "weight=2", "--minus", "size=big", "--plus", "size=small")]
    [InlineData(2, "one of each class", "transfer", "RUN", "--labels", "3")]
    [InlineData(2, "cannot encode or decode", "compare", "RUN", "DENSITY")]
    public void What_cannot_be_done_is_said_in_a_sentence(int code, string part, params string[] line)
    {
        Npy.Write(run["wide.npy"], new float[6], 2, 3);
        Npy.Write(run["nan.npy"], new float[] { 1, 2, 3, float.NaN }, 2, 2);
        var outcome = CommandLine.Run([.. line.Select(w => w switch
        {
            "RUN" => run.Path,
            "DENSITY" => run.Density,
            _ when w.Contains('.', StringComparison.Ordinal) && !w.Contains('=', StringComparison.Ordinal) => run[w],
            _ => w,
        })]);
        Assert.Equal(code, outcome.Code);
        Assert.Contains(part, Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_of_codes_are_drawn()
    {
        Assert.Contains("as they are", CommandLine.Succeed("latent", "map", run.Path, "--limit", "200", "-o", run["map.png"]), StringComparison.Ordinal);
        Assert.Equal(3, Picture("map.png").Channels);
        Assert.Contains("quantiles of the prior", CommandLine.Succeed("latent", "manifold", run.Path, "--side", "5", "-o", run["manifold.png"]), StringComparison.Ordinal);
        Assert.Equal((5 * 58) + 2, Picture("manifold.png").Width);
        CommandLine.Succeed("latent", "interpolate", run.Path, "--from", "0", "1", "--to", "2", "3", "--steps", "4", "--way", "arc", "-o", run["way.png"]);
        Assert.Equal((((4 + 2) * 58) + 2, (2 * 58) + 2), (Picture("way.png").Width, Picture("way.png").Height));
        var json = JsonNode.Parse(CommandLine.Succeed(
            "latent", "arithmetic", run.Path, "--start", "shape=star", "--minus", "size=small", "--plus", "size=large", "-n", "3", "--json"))!;
        Assert.True(File.Exists((string)json["file"]!));
        Assert.Contains("mean codes of", (string)json["caption"]!, StringComparison.Ordinal);
        CommandLine.Succeed("compare", run.Path, run.Path, "-n", "6", "--columns", "3", "-o", run["compare.png"]);
        Assert.Equal(2 * ((2 * 58) + 2 + 30), Picture("compare.png").Height);
    }

    [Fact]
    public void Clusters_of_codes_are_kept_and_judged()
    {
        var lines = CommandLine.Succeed("cluster", run.Path, "--split", "all", "--limit", "300", "-o", run["clusters.csv"], "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(900, (int)JsonNode.Parse(lines[0])!["examples"]!);
        Assert.Equal(6, (int)JsonNode.Parse(lines[0])!["clusters"]!);
        Assert.Equal(["cluster-accuracy", "cluster-nmi", "cluster-ari"], lines[1..].Select(l => (string)JsonNode.Parse(l)!["name"]!));
        var table = File.ReadAllLines(run["clusters.csv"]);
        Assert.Equal(("example,cluster,label", 901), (table[0], table.Length));
        Assert.Contains("in 3 clusters", CommandLine.Succeed("cluster", run.Path, "--limit", "100", "--by", "gaussian-mixture", "--set", "components=3"), StringComparison.Ordinal);
        Assert.Contains("in 4 clusters", CommandLine.Succeed("cluster", run.Path, "--limit", "100", "--raw", "--clusters", "4"), StringComparison.Ordinal);
    }

    [Fact]
    public void Transfer_compares_three_classifiers()
    {
        var lines = CommandLine.Succeed("transfer", run.Path, "--labels", "30", "--repeats", "2", "--steps", "20", "--limit", "300", "--out", run["tuned"], "--json")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToDictionary(l => (string)l["name"]!, l => (double)l["value"]!);
        Assert.Equal(["frozen", "fine-tuned", "from-scratch", "gain"], lines.Keys);
        Assert.All(lines.Values.Take(3), v => Assert.InRange(v, 5, 100));
        Assert.Equal(lines["fine-tuned"] - lines["from-scratch"], lines["gain"], 1e-9);
        Assert.Equal(30, RunFolder.Open(run["tuned"]).Record.From!.FineTunedOn);
        CommandLine.Succeed("encode", run["tuned"], "--limit", "5", "-o", run["tuned.csv"]);

        // The linear layer alone: as good on the test split as it was measured, within what two choices of 30 examples differ by.
        CommandLine.Succeed("transfer", run.Path, "--labels", "30", "--repeats", "2", "--steps", "1", "--limit", "300", "--keep", "frozen", "--out", run["layer"]);
        Assert.Equal(30, RunFolder.Open(run["layer"]).Record.From!.FittedTo);
        var error = (double)JsonNode.Parse(CommandLine.Succeed("evaluate", run["layer"], "--metric", "classification-error", "--json").Split('\n')[0])!["value"]!;
        Assert.InRange(100 - (100 * error), lines["frozen"] - 20, lines["frozen"] + 20);
        Assert.Contains("--out", CommandLine.Run("transfer", run.Path, "--keep", "frozen").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Probes_and_clusters_are_measured_on_request()
    {
        var text = CommandLine.Succeed("evaluate", run.Path, "--metric", "probe", "clustering", "--limit", "200");
        Assert.Contains("probe-raw", text, StringComparison.Ordinal);
        Assert.Contains("kmeans-raw-ari", text, StringComparison.Ordinal);
        Assert.DoesNotContain("probe", CommandLine.Succeed("evaluate", run.Path, "--limit", "20", "--samples", "2"), StringComparison.Ordinal);
    }

    private static IEnumerable<float> Cells(string line) => line.Split(',').Select(v => float.Parse(v, System.Globalization.CultureInfo.InvariantCulture));

    private Image Picture(string name) => ImageCodec.Decode(File.ReadAllBytes(run[name]));
}

/// <summary>A tiny model that encodes and decodes, and one that does neither.</summary>
public sealed class CodingRun : IDisposable
{
    private readonly TrainedRun _other = new();

    public CodingRun()
    {
        Path = _other["codes"];
        CommandLine.Succeed("train", "vae", "--data", "shapes-grey", "--size", "8", "--protocol", "threshold", "--set", "latent=2", "network.hidden=[16]",
            "--steps", "60", "--batch", "50", "--grids", "0", "--threads", "1", "--out", Path);
    }

    public string Path { get; }

    public string Density => _other.Path;

    public string this[string name] => _other[name];

    public void Dispose() => _other.Dispose();
}
