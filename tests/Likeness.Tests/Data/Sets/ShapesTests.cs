namespace Likeness.Tests.Data;

public sealed class ShapesTests
{
    [Fact]
    public void Labels_captions_and_attributes_tell_the_ground_truth()
    {
        var data = DatasetCatalog.Open("shapes");
        var labels = data.As<LabelledBatch>().Read(Split.Train, 50).First().Labels.ToArray<long>();
        var captions = data.As<CaptionedBatch>().Read(Split.Train, 50).First().Captions;
        var attributes = data.As<AttributedBatch>().Read(Split.Train, 50).First().Attributes;
        var names = data.Spec.Attributes;
        Assert.Equal([50, 4], attributes.shape);
        var values = attributes.ToArray<long>();
        for (var i = 0; i < 50; i++)
        {
            var scene = Shapes.Scene(Split.Train, i);
            Assert.Equal(scene.Shape, data.ClassNames[(int)labels[i]]);
            Assert.Equal($"a {scene.Size} {scene.Colour} {scene.Shape} on a {scene.Background} background", captions[i]);
            Assert.Equal(
                [scene.Shape, scene.Colour, scene.Size, scene.Background],
                names.Select((a, k) => a.Values[(int)values[(4 * i) + k]]));
        }
    }

    [Fact]
    public void Every_combination_occurs()
    {
        var seen = Enumerable.Range(0, 2000).Select(i => Shapes.Scene(Split.Train, i)).Select(s => (s.Shape, s.Colour, s.Size)).ToHashSet();
        Assert.Equal(6 * 6 * 3, seen.Count);
    }

    [Theory]
    [InlineData("circle", Math.PI)]
    [InlineData("square", 2 * 0.95 * 0.95)]
    [InlineData("triangle", 1.299038105676658)]
    [InlineData("diamond", 2 * 0.62)]
    [InlineData("star", 10 * 0.42 * 0.5877852522924731 / 2)]
    [InlineData("cross", (4 * 0.95 * 0.3 * 2) - (4 * 0.3 * 0.3))]
    public void Masks_cover_the_shapes_area(string shape, double area)
    {
        var scene = new ShapeScene(shape, "red", "large", "white", 0.47, 0.52, 0.35, 0.1);
        const int size = 128;
        var covered = ShapeRenderer.Mask(scene, ShapeStyle.Colour, size).Sum(v => v / 255.0) / (size * size);
        // Coverage by distance is exact along straight edges and off by under a pixel at each corner.
        Assert.Equal(area * 0.35 * 0.35, covered, 0.002);
    }

    [Fact]
    public void Masks_are_where_the_scene_says()
    {
        for (var i = 0; i < 30; i++)
        {
            var scene = Shapes.Scene(Split.Test, i) with { Shape = "circle" };
            var mask = ShapeRenderer.Mask(scene, ShapeStyle.Colour, 64);
            double total = 0, x = 0, y = 0;
            for (var k = 0; k < mask.Length; k++)
            {
                (total, x, y) = (total + mask[k], x + (mask[k] * ((k % 64) + 0.5)), y + (mask[k] * ((k / 64) + 0.5)));
            }

            // The centre of mass of an antialiased disc is its centre to a twentieth of a pixel.
            Assert.Equal(scene.CentreX * 64, x / total, 0.05);
            Assert.Equal(scene.CentreY * 64, y / total, 0.05);
        }
    }

    [Fact]
    public void Pixels_have_the_scenes_colours()
    {
        var scene = Shapes.Scene(Split.Train, 0) with { Shape = "circle", Colour = "red", Background = "white" };
        var pixels = new byte[3 * 32 * 32];
        ShapeRenderer.Render(scene, ShapeStyle.Colour, 32, pixels);
        var centre = ((int)(scene.CentreY * 32) * 32) + (int)(scene.CentreX * 32);
        Assert.Equal((220, 40, 40), (pixels[centre], pixels[1024 + centre], pixels[2048 + centre]));
        var corner = scene.CentreX < 0.5 ? 31 : 0;
        Assert.Equal((255, 255, 255), (pixels[corner], pixels[1024 + corner], pixels[2048 + corner]));
    }

    [Fact]
    public void Unseen_pairs_are_in_the_test_split_alone()
    {
        for (var i = 0; i < 3000; i++)
        {
            var train = Shapes.Scene(Split.Train, i, unseen: Shapes.Unseen);
            var test = Shapes.Scene(Split.Test, i, unseen: Shapes.Unseen);
            Assert.DoesNotContain((train.Shape, train.Colour), Shapes.Unseen);
            Assert.Contains((test.Shape, test.Colour), Shapes.Unseen);
        }
    }

    [Fact]
    public void Outlines_show_the_same_scenes()
    {
        var (filled, outlined) = (DatasetCatalog.Open("shapes").As<CaptionedBatch>(), DatasetCatalog.Open("shapes-outline").As<CaptionedBatch>());
        var (a, b) = (filled.Read(Split.Test, 20).First(), outlined.Read(Split.Test, 20).First());
        Assert.Equal(a.Captions, b.Captions);
        Assert.NotEqual(a.X.ToArray<float>(), b.X.ToArray<float>());
    }

    [Theory]
    [InlineData("shapes", null, "3x32x32 byte")]
    [InlineData("shapes", 48, "3x48x48 byte")]
    [InlineData("shapes-grey", null, "1x28x28 byte")]
    public void Any_size_can_be_had(string name, int? size, string spec)
    {
        var data = DatasetCatalog.Open(name, new(Size: size)).As<Batch>();
        Assert.Equal(spec, data.Spec.ToString());
        var x = data.Read(Split.Validation, 8).First().X;
        Assert.Equal(data.Spec.BatchShape(8), x.shape);
        Assert.All(x.ToArray<float>(), v => Assert.True(v is >= 0 and <= 255 && v == (int)v));
    }

    [Fact]
    public void A_size_that_cannot_be_drawn_is_refused() =>
        Assert.Contains("choose 8 … 1024", Assert.Throws<UsageException>(() => DatasetCatalog.Open("shapes", new(Size: 4))).Message, StringComparison.Ordinal);
}
