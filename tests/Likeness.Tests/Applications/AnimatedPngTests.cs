using System.Buffers.Binary;

namespace Likeness.Tests.Applications;

/// <summary>Animated pictures: their chunks are taken apart again, and every frame is a PNG file of its own then.</summary>
public sealed class AnimatedPngTests
{
    private const int Width = 9, Height = 5;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_frame_comes_back_pixel_by_pixel_and_the_still_picture_is_the_last(int channels)
    {
        Image[] frames = [Noise(channels, 1), Noise(channels, 2), Noise(channels, 3)];
        var file = AnimatedPng.Encode(frames, TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(2));

        // Reading compares all check sums.
        Assert.Equal("PNG", PngChunks.Read(file).Format);
        Assert.Equal(frames[2].Pixels, ImageCodec.Decode(file).Pixels);

        var chunks = PngChunks.Walk(file).ToList();
        Assert.Equal(["IHDR", "acTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT", "fcTL", "fdAT", "IEND"], chunks.Select(c => c.Name));
        Assert.Equal([3, 0], Numbers(chunks[1].Content));
        // Controls and data of frames are numbered together.
        Assert.Equal([0, 1, 2, 3, 4, 5], chunks.Where(c => c.Name is "fcTL" or "fdAT").Select(c => Numbers(c.Content)[0]));
        Assert.All(chunks.Where(c => c.Name == "fcTL"), c => Assert.Equal([Width, Height, 0, 0], Numbers(c.Content)[1..5]));
        Assert.Equal([(250, 1000), (250, 1000), (2000, 1000)], chunks.Where(c => c.Name == "fcTL").Select(c => (Short(c.Content, 20), Short(c.Content, 22))));
        for (var i = 0; i < frames.Length; i++)
        {
            using var alone = new MemoryStream();
            alone.Write(PngChunks.Signature);
            PngChunks.Write(alone, "IHDR"u8, chunks[0].Content);
            PngChunks.Write(alone, "IDAT"u8, chunks[4 + (2 * i)].Content.AsSpan(4));
            PngChunks.Write(alone, "IEND"u8, []);
            Assert.Equal(frames[i].Pixels, ImageCodec.Decode(alone.ToArray()).Pixels);
        }
    }

    [Fact]
    public void Frames_of_different_sizes_are_no_animation()
    {
        Assert.Throws<ArgumentException>(() => AnimatedPng.Encode([], TimeSpan.Zero, TimeSpan.Zero));
        Assert.Throws<ArgumentException>(() => AnimatedPng.Encode([Noise(1, 1), new(1, 1, 1, [0])], TimeSpan.Zero, TimeSpan.Zero));
    }

    [Fact]
    public void A_film_has_the_last_picture_of_many_and_room_for_the_largest()
    {
        var film = TrainingFilm.Make([.. Enumerable.Range(1, 100).Select(step => ((long)step, new Image(400, step == 7 ? 20 : 10, 1, new byte[400 * (step == 7 ? 20 : 10)])))])!;
        Assert.Equal(40, Numbers(PngChunks.Walk(film).Single(c => c.Name == "acTL").Content)[0]);
        var still = Panels.Draw((TrainingFilm.Label(100), new Image(400, 10, 1, new byte[4000])));
        var shown = ImageCodec.Decode(film);
        Assert.Equal((still.Width, still.Height + 10), (shown.Width, shown.Height));
        Assert.Equal([.. still.Pixels, .. Enumerable.Repeat(byte.MaxValue, 10 * still.Width)], shown.Pixels);
        Assert.Null(TrainingFilm.Make([(1, new Image(1, 1, 1, [0]))]));
        Assert.Equal("after 1 step", TrainingFilm.Label(1));
    }

    private static Image Noise(int channels, int seed) =>
        new(Width, Height, channels, [.. Enumerable.Range(0, Width * Height * channels).Select(j => (byte)(j * j * (seed + 16) * 7))]);

    private static int[] Numbers(byte[] content) => [.. Enumerable.Range(0, content.Length / 4).Select(i => BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(4 * i)))];

    private static int Short(byte[] content, int at) => BinaryPrimitives.ReadUInt16BigEndian(content.AsSpan(at));
}
