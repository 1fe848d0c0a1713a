using System.Text.Json.Nodes;

namespace Likeness.Tests;

/// <summary>Codes in files, in clusters and in pictures.</summary>
public sealed class LatentTests : IDisposable
{
    [Fact]
    public void Codes_like_a_models_own_have_their_mean_and_covariance()
    {
        using var scope = torch.NewDisposeScope();
        using var folder = new TemporaryFolder();
        var spec = new DataSpec([3], new Domain.Real());
        var x = new Rng(1).Normal(1000, 3).matmul(Tensor.From<float>([3, 1, 0, 0, 0.5f, 0, 0, 0, 2], 3, 3)) + 5;
        var data = MemoryDataset.Of("own", "made up", spec, x.ToArray<float>());
        using var run = Run.Create(folder["run"], Autoencoder.Recipe, data, new AutoencoderOptions { Latent = 2, Network = new AutoencoderNetwork.Mlp { Hidden = [8] } });
        var space = new LatentSpace(new TrainedModel(run.Folder, Autoencoder.Recipe, run.Model, 0));
        var codes = space.Encode(x).to(ScalarType.Float64);
        var drawn = space.DrawLikeOwn(data, 20_000, new Rng(2)).to(ScalarType.Float64);

        // Five standard errors of means, and about as many of variances.
        Assert.All((drawn.mean([0]) - codes.mean([0])).div(codes.std([0])).ToArray<double>(), d => Assert.InRange(d, -5 / Math.Sqrt(20_000), 5 / Math.Sqrt(20_000)));
        var (a, b) = (drawn.t().cov(), codes.t().cov(0));
        Assert.InRange((a - b).abs().max().ToDouble() / b.abs().max().ToDouble(), 0, 0.06);
    }

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("codes.npy", false)]
    [InlineData("codes.csv", false)]
    [InlineData("codes.csv", true)]
    public void Codes_come_back_as_they_went(string name, bool labels)
    {
        float[] values = [0.1f, -2, 1e-20f, 3.5f, 7, 1f / 3];
        CodeFile.Write(_folder[name], new Codes(values, 3, [4, 0]), labels);
        using var scope = torch.NewDisposeScope();
        var read = CodeFile.Read(_folder[name], 3);
        Assert.Equal([2, 3], read.shape);
        Assert.Equal(values, read.ToArray<float>());
    }

    [Fact]
    public void Files_that_hold_no_codes_are_refused()
    {
        Npy.Write(_folder["nan.npy"], new float[] { 1, 2, float.NaN, 4 }, 2, 2);
        Assert.Contains("NaN in row 1, column 0", Refused("nan.npy", 2), StringComparison.Ordinal);
        Npy.Write(_folder["narrow.npy"], new float[] { 1, 2, 3, 4 }, 2, 2);
        Assert.Contains("2 rows of 2 values, and a code of this model has 3", Refused("narrow.npy", 3), StringComparison.Ordinal);
        Assert.Contains("does not exist", Refused("none.csv", 3), StringComparison.Ordinal);
        Assert.Throws<UsageException>(() => CodeFile.Read(_folder["codes.png"], 3));
        Assert.Throws<UsageException>(() => CodeFile.Write(_folder["codes.npy"], new([1], 1, [0]), labels: true));
        Assert.Throws<UsageException>(() => CodeFile.Write(_folder["codes.csv"], new([1], 1, null), labels: true));

        string Refused(string name, int width) => Assert.Throws<DataException>(() => CodeFile.Read(_folder[name], width)).Message;
    }

    [Fact]
    public void A_model_that_clusters_finds_blobs_among_codes()
    {
        using var scope = torch.NewDisposeScope();
        var labels = Enumerable.Range(0, 200).Select(i => i % 2).ToArray();
        var values = new Rng(1).Normal(400).ToArray<float>().Select((v, i) => v + (40 * labels[i / 2])).ToArray();
        var codes = new Codes(values, 2, labels);
        var members = CodeClusters.ByModel(codes, CodeClusters.Find("gaussian-mixture", Zoo.BuiltIn), new JsonObject { ["components"] = 2 }, new Rng(2), null);
        Assert.Equal(1, ClusterAgreement.Of(members, labels).Accuracy);
        Assert.Equal(1, ClusterAgreement.Of(CodeClusters.ByMeans(codes, 2, new Rng(2), null), labels).Accuracy);
        Assert.Throws<UsageException>(() => CodeClusters.Find("nade", Zoo.BuiltIn));
        Assert.Equal([.. values, .. values], CodeClusters.Join([codes, codes]).Values);
    }

    [Fact]
    public void The_principal_plane_is_the_one_that_the_points_were_put_in()
    {
        using var scope = torch.NewDisposeScope();
        // Points with deviations 3 and 2 in an oblique plane of 5 dimensions, and 0.1 across.
        var rng = new Rng(1);
        var u = Tensor.From<float>([0.6f, 0, 0.8f, 0, 0], 1, 5);
        var v = Tensor.From<float>([0, 1, 0, 0, 0], 1, 5);
        var (a, b) = (rng.Normal(2000, 1) * 3, rng.Normal(2000, 1) * 2);
        var plane = PrincipalPlane.Of(a.matmul(u) + b.matmul(v) + rng.Normal(2000, 5) * 0.1 + 50);
        // 13 of 13 + 5 · 0.01, of which the plane holds two parts of the noise.
        Assert.Equal(13.02 / 13.05, plane.Share, 1e-3);
        var deviations = plane.Points.square().mean([0]).sqrt().ToArray<float>();
        Assert.Equal(3, deviations[0], 0.15); // 2000 draws: 1.6 %
        Assert.Equal(2, deviations[1], 0.1);
        Assert.Equal(0, plane.Points.mean([0]).abs().max().ToDouble(), 1e-4);
    }

    [Fact]
    public void An_arc_keeps_the_length_that_a_line_loses()
    {
        using var scope = torch.NewDisposeScope();
        var (a, b) = (Tensor.From<float>([3, 0], 1, 2), Tensor.From<float>([0, 3], 1, 2));
        Assert.Equal([1.5f, 1.5f], new LatentWay.Line().Between(a, b, 0.5).ToArray<float>());
        var middle = new LatentWay.Arc().Between(a, b, 0.5).ToArray<float>();
        Assert.Equal(3 / Math.Sqrt(2), middle[0], 1e-5);
        Assert.Equal(middle[0], middle[1], 1e-5);
        Assert.Equal([3f, 0], new LatentWay.Arc().Between(a, b, 0).ToArray<float>());
        // In one line with the origin there is no arc.
        Assert.Equal([4f, 0], new LatentWay.Arc().Between(a, Tensor.From<float>([5, 0], 1, 2), 0.5).ToArray<float>());
    }

    [Fact]
    public void Properties_are_classes_and_attributes()
    {
        var shapes = DatasetCatalog.Open("shapes", new DataOptions(Size: 8));
        var red = Concept.Of("colour=red", shapes).Members(Split.Test, 300);
        Assert.NotEmpty(red);
        Assert.All(Enumerable.Range(0, 300), i => Assert.Equal(Shapes.Scene(Split.Test, i).Colour == "red", red.Contains(i)));
        var stars = Concept.Of("class=star", shapes).Members(Split.Test, 300);
        Assert.Equal(Concept.Of("shape=star", shapes).Members(Split.Test, 300), stars);
        Assert.Contains("colour=VALUE", Assert.Throws<UsageException>(() => Concept.Of("red", shapes)).Message, StringComparison.Ordinal);
        Assert.Contains("'pink'", Assert.Throws<UsageException>(() => Concept.Of("colour=pink", shapes)).Message, StringComparison.Ordinal);
        Assert.Contains("'weight'", Assert.Throws<UsageException>(() => Concept.Of("weight=1", shapes)).Message, StringComparison.Ordinal);
        Assert.Throws<UsageException>(() => Concept.Of("class=1", new ListDataset(new([1], new Domain.Real()), [0])));
    }

    [Fact]
    public void Classes_have_colours_of_their_own_and_a_legend()
    {
        using var scope = torch.NewDisposeScope();
        var (points, labels) = (Tensor.From<float>([0, 0, 1, 1], 2, 2), (int[])[0, 1]);
        var picture = ScatterPlot.Draw(points, labels, ["zero", "one"]);
        var left = ScatterPlot.Draw(points).Width;
        foreach (var colour in new[] { (31, 119, 180), (255, 127, 14) })
        {
            // The mark in the legend is of the full colour; points let others show through.
            var marks = Enumerable.Range(0, picture.Width * picture.Height).Where(i => (picture.Pixels[3 * i], picture.Pixels[(3 * i) + 1], picture.Pixels[(3 * i) + 2]) == colour).ToArray();
            Assert.InRange(marks.Length, 60, 200);
            Assert.All(marks, i => Assert.True(i % picture.Width > left - 100));
        }

        Assert.True(picture.Width > picture.Height);
        // Longer names and more of them need more room.
        Assert.True(ScatterPlot.Draw(points, labels, ["zero", "a rather long name"]).Width > picture.Width + 50);
        Assert.True(ScatterPlot.Draw(points, labels, [.. Enumerable.Range(0, 60).Select(i => $"{i}")]).Height > picture.Height + 500);
    }

    [Fact]
    public void Panels_stack_pictures_under_their_labels()
    {
        var grey = new Image(4, 3, 1, [.. Enumerable.Repeat((byte)90, 12)]);
        var red = new Image(2, 2, 3, [.. Enumerable.Range(0, 4).SelectMany(_ => (byte[])[200, 0, 0])]);
        var all = Panels.Draw(("A", grey), ("-", red));
        Assert.Equal(3, all.Channels);
        Assert.Equal(3 + 2 + (2 * 30), all.Height); // lines of 30 pixels
        var pixels = all.Pixels.Chunk(3).Select(p => (p[0], p[1], p[2])).ToArray();
        Assert.Equal(12, pixels.Count(p => p == (90, 90, 90)));
        Assert.Equal(4, pixels.Count(p => p == (200, 0, 0)));
        // What is left are letters: black on white, with greys at their edges.
        Assert.Contains(pixels, p => p == (0, 0, 0));
        var wide = Panels.Draw(("a line of text that is wider than its picture", grey));
        Assert.InRange(wide.Width, 250, 450);
        Assert.Equal(1, wide.Channels);
        Assert.Equal(wide.Pixels, Panels.Draw(("a line of text that is wider than its picture", grey)).Pixels);
    }
}
