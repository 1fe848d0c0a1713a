namespace Likeness.Tests.Data;

/// <summary>What an array of numbers is: images of bytes, of bits or of real numbers, in either order of channels, or something else.</summary>
public sealed class ArrayImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("1x6x5 byte", 40, 6, 5)]
    [InlineData("1x6x5 byte", 40, 6, 5, 1)]
    [InlineData("3x6x5 byte", 40, 6, 5, 3)]
    [InlineData("3x6x5 byte", 40, 6, 5, 4)]
    [InlineData("1x6x5 byte", 40, 1, 6, 5)]
    [InlineData("3x6x5 byte", 40, 3, 6, 5)]
    [InlineData("3x6x5 byte", 40, 4, 6, 5)]
    [InlineData("1x4x4 byte", 40, 1, 4, 4)]   // the smaller of two that may be the channels
    [InlineData("1x4x4 byte", 40, 4, 4, 1)]
    [InlineData("3x4x4 byte", 40, 3, 4, 4)]
    [InlineData("2x6x5 real", 40, 2, 6, 5)]   // no image
    public void Shapes_say_which_dimension_is_what(string expected, params int[] shape)
    {
        Npy.Write(_folder["x.npy"], Ramp(shape));
        Assert.Equal(expected, Open("x.npy").Spec.ToString());
    }

    [Theory]
    [InlineData(40, 3, 3, 3)]
    [InlineData(40, 3, 8, 3)]
    [InlineData(40, 1, 8, 1)]
    public void A_shape_that_can_be_read_in_two_ways_is_an_error_that_says_how_to_choose(params int[] shape)
    {
        Npy.Write(_folder["x.npy"], Ramp(shape));
        Assert.Contains("'spec'", Refused("x.npy"), StringComparison.Ordinal);
        Npz.Write(_folder["x.npz"], ("X", Ramp(shape)), ("spec", new(new[] { $"{shape[1]}x{shape[2]}x{shape[3]} byte" }, [])));
        Assert.Equal($"{shape[1]}x{shape[2]}x{shape[3]} byte", Open("x.npz").Spec.ToString());
    }

    [Fact]
    public void Both_orders_hold_the_same_pixels()
    {
        byte[] first = [.. Enumerable.Range(0, 20 * 3 * 5 * 6).Select(i => (byte)(i * 7))];
        var last = new byte[first.Length];
        for (var i = 0; i < first.Length; i++)
        {
            var (image, within) = Math.DivRem(i, 90);
            last[(image * 90) + (within % 30 * 3) + (within / 30)] = first[i];
        }

        Npy.Write(_folder["first.npy"], first, 20, 3, 5, 6);
        Npy.Write(_folder["last.npy"], last, 20, 5, 6, 3);
        Assert.Equal(Values(Open("first.npy")), Values(Open("last.npy")));
    }

    [Fact]
    public void A_fourth_channel_is_transparency_over_white()
    {
        byte[] pixel = [10, 20, 30, 255, 10, 20, 30, 0, 0, 0, 0, 128];
        Npy.Write(_folder["x.npy"], (byte[])[.. Enumerable.Repeat(pixel, 20 * 10).SelectMany(p => p)], 20, 5, 6, 4);
        var (data, channels) = (Open("x.npy"), Values(Open("x.npy")));
        Assert.Equal("3x5x6 byte", data.Spec.ToString());
        Assert.Equal([10, 255, 127], channels[..3]);
        Assert.Contains("transparency", Assert.Single(data.Origin.Notes), StringComparison.Ordinal);
        Npy.Write(_folder["x.npy"], new float[20 * 120].Select((_, i) => i % 7 / 10f).ToArray(), 20, 5, 6, 4);
        Assert.Contains("transparency", Refused("x.npy"), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_of_0_and_1_are_bits_and_that_is_said()
    {
        Npy.Write(_folder["x.npy"], (byte[])[.. Enumerable.Range(0, 40 * 25).Select(i => (byte)(i % 3 / 2))], 40, 5, 5);
        var data = Open("x.npy");
        Assert.Equal(("1x5x5 binary", "binary"), (data.Spec.ToString(), data.Protocol));
        Assert.Contains("read as bits", Assert.Single(data.Origin.Notes), StringComparison.Ordinal);
        Assert.Equal([0f, 1f], Values(data).Distinct().Order());
        // The same bits whatever draws them, and intensities where these are asked for.
        Assert.Equal(Values(data), Values(Open("x.npy", "dynamic")));
        Assert.Equal(Values(data), Values(Open("x.npy", "reals")));
        Assert.Equal(("1x5x5 byte", 1f), (Open("x.npy", "bytes").Spec.ToString(), Values(Open("x.npy", "bytes")).Max()));
    }

    [Fact]
    public void Truth_values_are_bits_without_a_word()
    {
        Npy.Write(_folder["x.npy"], new NumericArray(Enumerable.Range(0, 40 * 24).Select(i => (byte)(i % 2)).ToArray(), [40, 1, 4, 6]) { IsBoolean = true });
        var data = Open("x.npy");
        Assert.Equal("1x4x6 binary", data.Spec.ToString());
        Assert.Empty(data.Origin.Notes);
    }

    [Fact]
    public void Whole_numbers_up_to_255_are_bytes_and_that_is_said()
    {
        float[] values = [.. Enumerable.Range(0, 40 * 36).Select(i => (float)(i % 256))];
        Npy.Write(_folder["x.npy"], values, 40, 1, 6, 6);
        var data = Open("x.npy");
        Assert.Equal(("1x6x6 byte", 255f), (data.Spec.ToString(), Values(data).Max()));
        Assert.Contains("read as bytes", Assert.Single(data.Origin.Notes), StringComparison.Ordinal);
        // For a model they are no other thing: divided by 255 under 'reals'.
        Assert.Equal(1f, Values(Open("x.npy", "reals")).Max());
    }

    [Fact]
    public void Real_images_are_taken_within_their_range_and_refused_beyond_it()
    {
        float[] Numbers(float low, float high) => [.. Enumerable.Range(0, 40 * 36).Select(i => low + ((high - low) * i / 1439))];
        Npy.Write(_folder["unit.npy"], Numbers(0, 1), 40, 6, 6, 1);
        Npy.Write(_folder["signed.npy"], Numbers(-1, 1), 40, 1, 6, 6);
        Npy.Write(_folder["wide.npy"], Numbers(-1152.5f, 1326), 40, 1, 6, 6);
        Assert.Equal("1x6x6 real", Open("unit.npy").Spec.ToString());
        Assert.Equal((-1f, 1f), (Values(Open("signed.npy")).Min(), Values(Open("signed.npy")).Max()));
        foreach (var name in new[] { "unit.npy", "signed.npy" })
        {
            var bytes = Open(name, "bytes");
            Assert.Equal((0f, 255f), (Values(bytes).Min(), Values(bytes).Max()));
            Assert.Contains("0 … 255", Assert.Single(bytes.Origin.Notes), StringComparison.Ordinal);
        }

        Assert.Contains("from -1152.5 to 1326", Refused("wide.npy"), StringComparison.Ordinal);
        Assert.Contains("from -1152.5 to 1326", Refused("wide.npy", "dynamic"), StringComparison.Ordinal);
        Assert.Equal(1326f, Values(Open("wide.npy", "reals")).Max());
    }

    [Fact]
    public void Arrays_of_two_dimensions_an_example_are_series_unless_they_are_bytes()
    {
        float[] values = [.. Enumerable.Range(0, 40 * 36).Select(i => i % 100 / 100f)];
        Npy.Write(_folder["x.npy"], values, 40, 6, 6);
        var data = Open("x.npy");
        Assert.Equal("6x6 real", data.Spec.ToString());
        Assert.Contains("[n, 1, height, width]", Assert.Single(data.Origin.Notes), StringComparison.Ordinal);
        Assert.Equal("1x6x6 binary", Open("x.npy", "dynamic").Spec.ToString());
    }

    [Fact]
    public void An_archive_may_name_its_classes_and_its_labels_as_it_likes()
    {
        string[] names = [.. Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? "größe" : i % 3 == 1 ? "setosa" : "x")];
        foreach (var label in new[] { "y", "target", "species" })
        {
            Npz.Write(_folder["x.npz"], ("X", Ramp(60, 5, 6)), (label, new(names, [60])));
            Assert.Equal(["größe", "setosa", "x"], Open("x.npz").ClassNames);
        }

        Npz.Write(_folder["x.npz"], ("X", Ramp(60, 5, 6)), ("y", new(names[..59], [59])));
        Assert.Contains("59 labels", Refused("x.npz"), StringComparison.Ordinal);
        names[7] = "";
        Npz.Write(_folder["x.npz"], ("X", Ramp(60, 5, 6)), ("y", new(names, [60])));
        Assert.Equal(3, DatasetCatalog.Open(_folder["x.npz"]).ClassNames.Count);
    }

    [Theory]
    [InlineData("1x5x6 words")]
    [InlineData("5x6x1x9 byte")]
    [InlineData("3x5x6 byte")]
    public void A_description_that_does_not_fit_is_refused(string spec)
    {
        Npz.Write(_folder["x.npz"], ("X", Ramp(60, 1, 5, 6)), ("spec", new(new[] { spec }, [])));
        Assert.Contains($"'{spec}'", Refused("x.npz"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_is_read_as_what_it_was()
    {
        var rng = new Rng(1);
        foreach (var (spec, x) in new (DataSpec, Tensor)[]
        {
            (new([1, 4, 5], new Domain.Byte()), (rng.Uniform(30, 1, 4, 5) * 255).round()),
            (new([3, 4, 4], new Domain.Byte()), (rng.Uniform(30, 3, 4, 4) * 255).round()),
            (new([1, 4, 5], new Domain.Binary()), rng.Uniform(30, 1, 4, 5).round()),
            (new([3, 5, 5], new Domain.Real()), rng.Uniform(30, 3, 5, 5)),
            (new([7], new Domain.Real()), rng.Normal(30, 7)),
            (new([7], new Domain.Binary()), rng.Uniform(30, 7).round()),
        })
        {
            foreach (var ending in new[] { ".npy", ".npz", ".csv" })
            {
                Sampling.Write(_folder[$"x{ending}"], x, spec);
                var data = DatasetCatalog.Open(_folder[$"x{ending}"], new(Whole: true)).As<Batch>();
                Assert.Equal(spec.ToString(), data.Spec.ToString());
                Assert.Equal(x.ToArray<float>(), data.Read(Split.Test, 100).Single().X.ToArray<float>());
            }
        }

        // An archive also says what the numbers alone do not: real images beyond any range, bytes that are all dark.
        Sampling.Write(_folder["x.npz"], rng.Normal(30, 1, 4, 4) * 10, new([1, 4, 4], new Domain.Real()));
        Assert.Equal("1x4x4 real", Open("x.npz").Spec.ToString());
        Sampling.Write(_folder["x.npz"], rng.Uniform(30, 1, 4, 4).round(), new([1, 4, 4], new Domain.Byte()));
        Assert.Equal("1x4x4 byte", Open("x.npz").Spec.ToString());
        Sampling.Write(_folder["x.npz"], rng.Uniform(30, 4).round(), new([4], new Domain.Categorical(5)));
        Assert.Equal("4 categorical(2)", Open("x.npz").Spec.ToString());
    }

    public void Dispose() => _folder.Dispose();

    private static NumericArray Ramp(params int[] shape) => new(Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(i => (byte)(i % 251)).ToArray(), shape);

    private IDataset<Batch> Open(string name, string? protocol = null) => DatasetCatalog.Open(_folder[name], new(Protocol: protocol)).As<Batch>();

    private string Refused(string name, string? protocol = null) => Assert.Throws<DataException>(() => Open(name, protocol)).Message;

    private static float[] Values(IDataset<Batch> data) => [.. Enum.GetValues<Split>().Where(s => data.Count(s) > 0).SelectMany(s => data.Read(s, 1000)).SelectMany(b => b.X.ToArray<float>())];
}
