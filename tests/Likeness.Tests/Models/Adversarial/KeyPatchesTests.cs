namespace Likeness.Tests.Models;

/// <summary>Key patches are found from edges alone, and lose their places.</summary>
public sealed class KeyPatchesTests
{
    public static TheoryData<int, int, int> Sizes => new() { { 1, 8, 8 }, { 1, 16, 16 }, { 3, 16, 16 }, { 1, 28, 28 }, { 3, 64, 64 }, { 3, 32, 48 }, { 1, 17, 23 }, { 3, 1, 1 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Boxes_keep_to_the_image_and_to_the_limits_of_their_sides(int channels, int height, int width)
    {
        var options = new KeyPatchOptions();
        var finder = new KeyPatches(channels, height, width, options);
        foreach (var image in new[] { Noise(channels * height * width, 1), new float[channels * height * width] })
        {
            var boxes = finder.Find(image);
            Assert.Equal(options.Count, boxes.Length);
            foreach (var box in boxes)
            {
                Assert.InRange(box.Left, 0, width - box.Width);
                Assert.InRange(box.Top, 0, height - box.Height);
                Assert.InRange(box.Width, Math.Max(1, Math.Round(width * options.Smallest)), Math.Max(1, Math.Round(width * options.Largest)));
                Assert.InRange(box.Height, Math.Max(1, Math.Round(height * options.Smallest)), Math.Max(1, Math.Round(height * options.Largest)));
            }

            Assert.Equal(boxes, finder.Find(image));
            Assert.Equal(boxes, new KeyPatches(channels, height, width, options).Find(image));
            if (Math.Min(height, width) >= 16)
            {
                Assert.All(boxes.SelectMany((a, i) => boxes.Skip(i + 1).Select(b => a.Overlap(b))), o => Assert.InRange(o, 0, options.Overlap));
            }
        }
    }

    [Fact]
    public void Small_objects_are_found_whole_in_the_order_of_their_contrast()
    {
        // Three squares of 6×6 that stand free, each fainter than the one before.
        const int side = 48;
        var image = new float[side * side];
        (int Left, int Top, float Value)[] squares = [(5, 7, 255), (35, 10, 190), (18, 34, 130)];
        foreach (var (left, top, value) in squares)
        {
            for (var i = 0; i < 36; i++)
            {
                image[((top + (i / 6)) * side) + left + (i % 6)] = value;
            }
        }

        var boxes = new KeyPatches(1, side, side, new()).Find(image);
        foreach (var (box, square) in boxes.Zip(squares))
        {
            Assert.InRange(square.Left, box.Left, box.Left + box.Width - 6);
            Assert.InRange(square.Top, box.Top, box.Top + box.Height - 6);
        }
    }

    [Fact]
    public void Grey_repeated_in_three_channels_has_the_patches_of_the_grey_image()
    {
        var grey = Noise(20 * 20, 3);
        Assert.Equal(new KeyPatches(1, 20, 20, new()).Find(grey), new KeyPatches(3, 20, 20, new()).Find([.. grey, .. grey, .. grey]));
    }

    [Fact]
    public void An_image_without_edges_gives_patches_around_its_middle()
    {
        var flat = new float[32 * 32];
        flat.AsSpan().Fill(77);
        var boxes = new KeyPatches(1, 32, 32, new()).Find(flat);
        Assert.InRange(boxes[0].Left + (boxes[0].Width / 2.0), 15, 17);
        Assert.InRange(boxes[0].Top + (boxes[0].Height / 2.0), 15, 17);
        Assert.All(boxes, b => Assert.InRange(Math.Abs(b.Left + (b.Width / 2.0) - 16) + Math.Abs(b.Top + (b.Height / 2.0) - 16), 0, 20));
    }

    [Fact]
    public void The_mask_is_where_the_patches_were_and_the_patches_are_what_was_there()
    {
        using var scope = torch.NewDisposeScope();
        const int side = 24;
        var finder = new KeyPatches(3, side, side, new(Smallest: 0.25, Largest: 0.25));
        var images = Noise(2 * 3 * side * side, 5);
        var (patches, mask) = finder.Cut(Tensor.From(images, 2, 3, side, side));
        Assert.Equal([2, 3, 3, side, side], patches.shape);
        Assert.Equal([2, 1, side, side], mask.shape);
        for (var i = 0; i < 2; i++)
        {
            var image = images.AsSpan(i * 3 * side * side, 3 * side * side);
            var boxes = finder.Find(image);
            var covered = mask.select(0, i).ToArray<float>();
            for (var p = 0; p < covered.Length; p++)
            {
                Assert.Equal(boxes.Any(b => p % side >= b.Left && p % side < b.Left + b.Width && p / side >= b.Top && p / side < b.Top + b.Height) ? 1 : 0, covered[p]);
            }

            // Six pixels on twenty-four: corners are corners, and the middle between two centres is their mean.
            foreach (var (k, box) in boxes.Index())
            {
                var patch = patches.select(0, i).select(0, k).ToArray<float>();
                for (var c = 0; c < 3; c++)
                {
                    float At(ReadOnlySpan<float> whole, int x, int y) => whole[(((c * side) + box.Top + y) * side) + box.Left + x];
                    Assert.Equal(At(image, 0, 0), patch[c * side * side], 1e-4);
                    Assert.Equal(At(image, 5, 5), patch[((c + 1) * side * side) - 1], 1e-4);
                    // The pixel (2, 2) of the patch lies an eighth of an own pixel after the centre of (0, 0).
                    var (top, bottom) = ((At(image, 0, 0) * 0.875f) + (At(image, 1, 0) * 0.125f), (At(image, 0, 1) * 0.875f) + (At(image, 1, 1) * 0.125f));
                    Assert.Equal((top * 0.875f) + (bottom * 0.125f), patch[(((c * side) + 2) * side) + 2], 1e-3);
                }
            }
        }
    }

    [Theory]
    [InlineData(0, 0.2, 0.4, 0.2)]
    [InlineData(3, 0, 0.4, 0.2)]
    [InlineData(3, 0.5, 0.4, 0.2)]
    [InlineData(3, 0.2, 1.4, 0.2)]
    [InlineData(3, 0.2, 0.4, -0.1)]
    [InlineData(3, 0.2, double.NaN, 0.2)]
    public void Patches_that_cannot_be_are_refused(int count, double smallest, double largest, double overlap) =>
        Assert.Throws<UsageException>(() => new KeyPatches(1, 16, 16, new(count, smallest, largest, overlap)));

    private static float[] Noise(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(256))];
    }
}
