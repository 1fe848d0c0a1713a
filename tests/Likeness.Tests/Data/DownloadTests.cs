using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Likeness.Tests.Data;

public sealed class DownloadTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * i))];
    private static readonly DataFile Published = new("x.bin", new("http://example.org/x.bin"), Convert.ToHexStringLower(SHA256.HashData(Content)));

    [Fact]
    public async Task A_whole_file_arrives_under_its_name()
    {
        using var folder = new TemporaryFolder();
        using var client = new HttpClient(new Server(Content));
        await new Download(client).FetchAsync(Published, folder["set/x.bin"]);
        Assert.Equal(Content, await File.ReadAllBytesAsync(folder["set/x.bin"]));
        Assert.False(File.Exists(folder["set/x.bin.part"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broken_transfer_is_gone_on_with(bool ranges)
    {
        using var folder = new TemporaryFolder();
        var server = new Server(Content) { BreakAfter = 100_000, Ranges = ranges };
        using var client = new HttpClient(server);
        var download = new Download(client);
        Assert.Contains("try again", (await Assert.ThrowsAsync<DataException>(() => download.FetchAsync(Published, folder["x.bin"]))).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["x.bin"]));
        Assert.InRange(new FileInfo(folder["x.bin.part"]).Length, 1, 100_000);

        server.BreakAfter = int.MaxValue;
        await download.FetchAsync(Published, folder["x.bin"]);
        Assert.Equal(Content, await File.ReadAllBytesAsync(folder["x.bin"]));
        Assert.Equal(ranges, server.Sent < Content.Length + 50_000);
    }

    [Fact]
    public async Task What_had_arrived_whole_is_only_checked()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder["x.bin.part"], Content);
        using var client = new HttpClient(new Server(Content));
        await new Download(client).FetchAsync(Published, folder["x.bin"]);
        Assert.Equal(Content, await File.ReadAllBytesAsync(folder["x.bin"]));
    }

    [Fact]
    public async Task Another_file_than_the_published_one_is_not_kept()
    {
        using var folder = new TemporaryFolder();
        using var client = new HttpClient(new Server([1, 2, 3]));
        var error = await Assert.ThrowsAsync<DataException>(() => new Download(client).FetchAsync(Published, folder["x.bin"]));
        Assert.Contains("not the published file", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_packed_file_is_known_by_its_content()
    {
        using var folder = new TemporaryFolder();
        using var client = new HttpClient(new Server(ArrayFormatTests.Gzip(Content)));
        await new Download(client).FetchAsync(Published with { Name = "x.bin.gz" }, folder["x.bin.gz"]);
        Assert.True(File.Exists(folder["x.bin.gz"]));
    }

    /// <summary>A server of one file that can break off and can go on in the middle.</summary>
    private sealed class Server(byte[] content) : HttpMessageHandler
    {
        public int BreakAfter { get; set; } = int.MaxValue;

        public bool Ranges { get; init; } = true;

        public long Sent { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var from = Ranges ? (int)(request.Headers.Range?.Ranges.First().From ?? 0) : 0;
            if (from >= content.Length)
            {
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.RequestedRangeNotSatisfiable));
            }

            var rest = content.AsMemory(from);
            Sent += Math.Min(rest.Length, BreakAfter);
            var body = new StreamContent(new BreakingStream(rest.ToArray(), BreakAfter));
            body.Headers.ContentLength = rest.Length;
            var response = new HttpResponseMessage(from > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK) { Content = body };
            if (from > 0)
            {
                body.Headers.ContentRange = new ContentRangeHeaderValue(from, content.Length - 1, content.Length);
            }

            return Task.FromResult(response);
        }
    }

    private sealed class BreakingStream(byte[] content, int breakAfter) : MemoryStream(content)
    {
        public override int Read(Span<byte> buffer) => Position >= breakAfter
            ? throw new IOException("the line is dead")
            : base.Read(buffer[..(int)Math.Min(buffer.Length, breakAfter - Position)]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return ValueTask.FromResult(Read(buffer.Span));
            }
            catch (IOException e)
            {
                return ValueTask.FromException<int>(e);
            }
        }
    }
}
