namespace Likeness.Tests.Models;

/// <summary>The network that reads characters, and the loss that puts texts and images into one space.</summary>
public sealed class TextEncoderTests
{
    private static readonly DataSpec s_image = new([3, 8, 8], new Domain.Byte());

    /// <summary>The code of a text read by word is P·Σ f(word) + b, so those of "a b" and of nothing are together those of "a" and of "b".</summary>
    [Fact]
    public void By_word_codes_are_sums_over_words_in_any_order()
    {
        using var scope = torch.NewDisposeScope();
        var network = new TextNetwork(new(Length: 40, Code: 5) { Channels = [6, 7], ByWord = true }, new Rng(1), spread: true).to(ScalarType.Float64);
        float[] Code(string text) => ((TextNetwork)network).Call(((TextNetwork)network).Read([text])).to(ScalarType.Float32).ToArray<float>();

        var (red, star, both, none) = (Code("red"), Code("star"), Code("red star"), Code(""));
        Assert.All(both.Zip(none, (a, b) => a + b).Zip(red.Zip(star, (a, b) => a + b)), p => Assert.Equal(p.First, p.Second, 1e-6f));
        Assert.NotEqual(red, star);
        Assert.Equal(both, Code("  Star \t RED "));
        // Forty characters are five places, and sixteen letters of a word are read.
        Assert.Equal(Code("a b c d e"), Code("a b c d e f"));
        Assert.NotEqual(Code("a b c d e"), Code("a b c d"));
        Assert.Equal(Code("0123456789abcdefg"), Code("0123456789abcdefh"));
    }

    [Fact]
    public void Texts_are_read_character_by_character()
    {
        using var scope = torch.NewDisposeScope();
        var network = new TextNetwork(new(Length: 10, Code: 3) { Channels = [4] }, new Rng(1));
        var read = network.Read(["Ab9", "é\n", "abcdefghijklm"]).ToArray<long>();
        Assert.Equal([1, 2, 36, 0, 0, 0, 0, 0, 0, 0], read[..10]); // small letters, then digits, then nothing
        Assert.Equal([70, 69, 0], read[10..13]); // what is not in the alphabet is white
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], read[20..]); // the rest is not read
        Assert.Equal([3, 3], network.Call(network.Read(["Ab9", "", "x"])).shape);
    }

    [Fact]
    public void The_papers_sizes_have_the_papers_weights()
    {
        using var scope = torch.NewDisposeScope();
        var network = new TextNetwork(TextNetworkOptions.Paper, new Rng(1));
        // Convolutions of width 4 over 70, 384 and 512 channels, a gated unit of 512, and a linear layer to 1024, each with its offsets.
        long[] parts = [(70 * 4 * 384) + 384, (384 * 4 * 512) + 512, (512 * 4 * 512) + 512, 3 * 512 * ((2 * 512) + 2), (512 * 1024) + 1024];
        Assert.Equal(parts.Sum(), network.ParameterCount);
        Assert.Equal([2, 1024], network.Call(network.Read(["a bird with a red head", ""])).shape);
    }

    [Theory]
    [InlineData(17, 2)]
    [InlineData(0, 1)]
    [InlineData(201, 5)]
    public void Sizes_that_leave_nothing_are_refused(int length, int convolutions)
    {
        var options = new TextNetworkOptions(length) { Channels = [.. Enumerable.Repeat(4, convolutions)] };
        var e = Assert.Throws<UsageException>(() => new TextNetwork(options, new Rng(1)));
        Assert.Contains($"{length} characters", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_loss_counts_every_other_caption_that_fits_too_well_and_none_that_is_the_same()
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        var embedding = new JointEmbedding(s_image, TextEncoder.Recipe.Smallest, new Rng(1));
        embedding.to(ScalarType.Float64);
        embedding.Scatter(0.5, 2);
        string[] captions = ["red", "green", "red", "blue"];
        var x = new Rng(3).Integers(0, 256, 4, 3, 8, 8).to(ScalarType.Float64);
        var scores = embedding.Image(x).matmul(embedding.Text(captions).t()).ToArray<double>();
        var (image, text) = (0.0, 0.0);
        for (var n = 0; n < 4; n++)
        {
            for (var y = 0; y < 4; y++)
            {
                var margin = captions[n] == captions[y] ? double.NegativeInfinity : 1;
                image += Math.Max(0, margin + scores[(4 * n) + y] - scores[5 * n]) / 16;
                text += Math.Max(0, margin + scores[(4 * y) + n] - scores[5 * n]) / 16;
            }
        }

        var (ours, other) = embedding.Losses(new(x, captions));
        Assert.True(image > 0 && text > 0 && Math.Abs(image - text) > 1e-3);
        Assert.Equal(image, ours.ToDouble(), 1e-12 * image);
        Assert.Equal(text, other.ToDouble(), 1e-12 * text);
    }
}
