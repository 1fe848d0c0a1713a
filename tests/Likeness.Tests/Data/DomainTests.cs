namespace Likeness.Tests.Data;

/// <summary>Two heaps of images as two domains.</summary>
public sealed class DomainTests
{
    private const string Both = "shapes::shapes-outline";

    [Fact]
    public void Several_sets_are_the_classes_of_one()
    {
        var data = DatasetCatalog.Open(Both, new(Size: 8));
        Assert.Equal((Both, "3x8x8 byte", 2, 40_000), (data.Name, data.Spec.ToString(), data.Spec.Classes, data.Count(Split.Train)));
        var domain = Assert.Single(data.Spec.Attributes);
        Assert.Equal("domain", domain.Name);
        Assert.Equal(["shapes", "shapes-outline"], domain.Values);

        using var scope = torch.NewDisposeScope();
        var labels = data.As<LabelledBatch>().Read(Split.Test, 4000).Single().Labels.ToArray<long>();
        Assert.Equal(2000, labels.Count(l => l == 0));
        Assert.Equal(2000, labels.Count(l => l == 1));
        var attributes = data.As<AttributedBatch>().Read(Split.Test, 4000).Single().Attributes;
        Assert.Equal([4000, 1], attributes.shape);
        Assert.Equal(labels, attributes.ToArray<long>());
    }

    [Fact]
    public void Each_domain_is_shuffled_for_itself_and_the_feed_resumes()
    {
        using var scope = torch.NewDisposeScope();
        var data = DatasetCatalog.Open("shapes-grey::shapes-outline", new(Size: 8)).As<UnpairedBatch>();
        using var feed = data.Open(Split.Train, 50, 3);
        var (a, b) = feed.Next();
        // Grey images are repeated for each colour.
        Assert.Equal([50, 3, 8, 8], a.shape);
        Assert.True(a.select(1, 0).Equals(a.select(1, 2)));
        Assert.False(b.select(1, 0).Equals(b.select(1, 2)));

        var path = Path.GetTempFileName();
        try
        {
            Checkpoint.Save(path, feed);
            var next = feed.Next();
            using var again = data.Open(Split.Train, 50, 3);
            Checkpoint.Load(path, again);
            var resumed = again.Next();
            Assert.True(resumed.A.Equals(next.A) && resumed.B.Equals(next.B));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Disjoint_domains_share_no_scene_in_training_and_every_scene_in_the_test_split()
    {
        using var scope = torch.NewDisposeScope();
        var data = DatasetCatalog.Open(Both, new(Size: 8, Disjoint: true));
        // Each of 20000 scenes is in one of the two halves: no pair is left to train on.
        Assert.Equal((20_000, 0), (data.Count(Split.Train), data.As<PairedBatch>().Count(Split.Train)));
        // 10000 expected with a deviation of √5000 = 71; four of them.
        Assert.InRange(data.As<LabelledBatch>().Read(Split.Train, 20_000).Single().Labels.ToArray<long>().Sum(), 9_717, 10_283);

        Assert.Equal(2000, data.As<PairedBatch>().Count(Split.Test));
        var pairs = data.As<PairedBatch>().Read(Split.Test, 30, 100).ToArray();
        Assert.Equal([30, 30, 30, 10], pairs.Select(p => p.Count));
        var (shapes, outlines) = (First("shapes"), First("shapes-outline"));
        Assert.True(torch.cat([.. pairs.Select(p => p.A)]).Equals(shapes));
        Assert.True(torch.cat([.. pairs.Select(p => p.B)]).Equals(outlines));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), pairs.SelectMany(p => p.Names));

        static Tensor First(string name) => DatasetCatalog.Open(name, new(Size: 8)).As<Batch>().Read(Split.Test, 100).First().X;
    }

    [Fact]
    public void Files_belong_together_by_their_names_and_variants_go_with_what_they_vary()
    {
        using var folder = new TemporaryFolder();
        var names = Enumerable.Range(0, 120).Select(i => $"thing{i}").SelectMany(n => new[] { n, $"{n}/dark", $"{n}/light" }).ToArray();
        Draw("one", names, 10);
        // Another order and more of them: what is there in both must not move to another split.
        Draw("two", [.. names.Reverse(), .. Enumerable.Range(0, 40).Select(i => $"a{i}")], 200);
        var path = $"{folder["one"]}::{folder["two"]}";
        var data = DatasetCatalog.Open(path, new(Disjoint: true));
        Assert.Equal(["one", "two"], data.Spec.Attributes[0].Values);
        Assert.Equal(0, data.As<PairedBatch>().Count(Split.Train));

        var all = DatasetCatalog.Open(path).As<PairedBatch>();
        Assert.Equal(names.Length, Enum.GetValues<Split>().Sum(all.Count));
        var test = all.Read(Split.Test, 1000).Single().Names;
        Assert.NotEmpty(test);
        Assert.Equal(test.Count, test.GroupBy(n => n.Split('/')[0]).Sum(g => 3));
        Assert.Equal(path, DatasetCatalog.Rooted(path));

        void Draw(string set, IReadOnlyList<string> files, byte grey)
        {
            foreach (var name in files)
            {
                var file = Path.Combine(folder[set], $"{name}.png");
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, ImageCodec.EncodePng(new Image(4, 4, 1, [.. Enumerable.Repeat(grey, 16)])));
            }
        }
    }

    [Theory]
    [InlineData("shapes-grey::shapes", false, "Size = 32")]
    [InlineData("shapes::", false, "lacks the name")]
    [InlineData("shapes::two-moons", false, "no images")]
    [InlineData("shapes::shape-outline", false, "shapes-outline")]
    [InlineData("shapes", true, "NAME::NAME")]
    [InlineData("shapes++two-moons", false, "attributes or classes")]
    public void What_cannot_be_joined_is_refused_with_what_to_do(string name, bool disjoint, string part) =>
        Assert.Contains(part, Assert.Throws<UsageException>(() => DatasetCatalog.Open(name, new(Disjoint: disjoint))).Message, StringComparison.Ordinal);

    [Fact]
    public void Joined_attributes_are_known_of_the_examples_of_their_set_only()
    {
        using var scope = torch.NewDisposeScope();
        var data = DatasetCatalog.Open("shapes-grey++shapes", new(Size: 8));
        string[] names = ["shape-1", "colour-1", "size-1", "background-1", "shape-2", "colour-2", "size-2", "background-2"];
        Assert.Equal(names, data.Spec.Attributes.Select(a => a.Name));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1], data.Spec.Attributes.Select(a => a.Set));
        Assert.Equal("3x8x8 byte", data.Spec.ToString());
        var joined = data.As<AttributedBatch>().Read(Split.Test, 4000).Single().Attributes;
        var second = DatasetCatalog.Open("shapes", new(Size: 8)).As<AttributedBatch>().Read(Split.Test, 2000).Single().Attributes;
        Assert.True(joined.narrow(0, 0, 2000).narrow(1, 4, 4).eq(-1).min().ToDouble() == 1);
        Assert.True(joined.narrow(0, 0, 2000).narrow(1, 0, 4).min().ToDouble() == 0);
        Assert.True(joined.narrow(0, 2000, 2000).narrow(1, 0, 4).eq(-1).min().ToDouble() == 1);
        Assert.True(joined.narrow(0, 2000, 2000).narrow(1, 4, 4).Equals(second));
    }

    [Fact]
    public void Data_of_more_classes_is_no_pair_of_domains()
    {
        var data = DatasetCatalog.Open("shapes", new(Size: 8)).As<UnpairedBatch>();
        Assert.Contains("NAME::NAME", Assert.Throws<UsageException>(() => data.Open(Split.Train, 4, 1)).Message, StringComparison.Ordinal);
    }
}
