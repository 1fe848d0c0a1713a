namespace Likeness.Tests.Applications;

/// <summary>Pictures of a model in training: what stands in them, with a model whose translations say where they were to go.</summary>
public sealed class TrainingPictureTests
{
    private const int Side = 8;
    private static readonly DataAttribute[] s_groups = [new("tone", ["dark", "middle", "light"]), new("ground", ["black", "grey"])];

    // The data knows them in another order than the model does.
    private static readonly DataAttribute[] s_known = [s_groups[1], s_groups[0]];

    [Fact]
    public void Rows_show_an_example_its_translation_to_a_domain_that_it_is_not_in_and_the_way_back()
    {
        var picture = Draw(new Painter(), (i, a) => i % s_known[a].Values.Count)!;

        // Seven times as large, 2 pixels apart.
        Assert.Equal(((3 * 58) + 2, (12 * 58) + 2), (picture.Width, picture.Height));
        var examples = new HashSet<int>();
        for (var row = 0; row < 12; row++)
        {
            var (group, domain) = ((int, int)[])[(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)] is var targets ? targets[row % 5] : default;
            var (example, there, back) = (Cell(row, 0), Cell(row, 1), Cell(row, 2));
            var own = example % s_groups[group].Values.Count;
            Assert.True(examples.Add(example));
            Assert.NotEqual(own, domain);
            Assert.Equal((Painter.Level(group, domain), Painter.Level(group, own)), (there, back));
        }

        int Cell(int row, int column) => picture.Pixels[(((row * 58) + 30) * picture.Width) + (column * 58) + 30];
    }

    [Fact]
    public void What_has_no_domain_yet_is_left_out()
    {
        // Only the ground is known, and only of every eighth example: eight of 64.
        var picture = Draw(new Painter(), (i, a) => a == 0 && i % 8 == 0 ? i / 8 % 2 : -1)!;
        Assert.InRange((picture.Height - 2) / 58, 1, 4);
        Assert.Null(Draw(new Painter(), (_, _) => -1));
        Assert.Null(Draw(new Still(), (_, _) => 0));
    }

    private static Image? Draw(Module model, Func<int, int, int> attribute)
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([1, Side, Side], new Domain.Byte());
        var part = new Part(new RenderedExamples(64, Side * Side, (i, pixels) => pixels.Fill((byte)i), ByteCodings.Bytes)) { Attribute = attribute };
        return TrainingPicture.Draw(model, new MemoryDataset(new("toy", "made up", spec, part, Part.Empty, Part.Empty), attributes: s_known), new Rng(1));
    }

    private sealed class Still : Module;

    /// <summary>Paints an image in the level of the domain that it was sent to.</summary>
    private sealed class Painter : Module, ITranslator
    {
        public IReadOnlyList<DataAttribute> Domains => s_groups;

        public static int Level(int group, int domain) => 100 + (50 * group) + (10 * domain);

        public Tensor Translate(Tensor x, Tensor target)
        {
            var wanted = target.ToArray<long>();
            var levels = Enumerable.Range(0, (int)x.shape[0]).Select(i => wanted[(2 * i)..((2 * i) + 2)]).Select(w =>
            {
                var group = Assert.Single(Enumerable.Range(0, 2), g => w[g] >= 0);
                return (float)Level(group, (int)w[group]);
            });
            return Tensor.From([.. levels], x.shape[0], 1, 1, 1).expand(x.shape);
        }
    }
}
