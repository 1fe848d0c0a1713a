using System.Net;
using System.Net.Http.Headers;

namespace Likeness;

/// <summary>How far a download is.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Bytes">Bytes that have arrived.</param>
/// <param name="Total">Bytes of the whole file; null where the server does not say.</param>
public readonly record struct DownloadProgress(string File, long Bytes, long? Total);

/// <summary>
/// Downloads published files into the cache: into a `.part` file that a later attempt goes on with, checked against its
/// SHA-256, and renamed only when it is whole and genuine.
/// </summary>
public sealed class Download(HttpClient client)
{
    /// <summary>Fetches every file of a data set that is nowhere yet.</summary>
    /// <returns>The paths of the files that were fetched.</returns>
    /// <exception cref="DataException">There is no address, the server cannot be reached, or the file is not the published one.</exception>
    public async Task<IReadOnlyList<string>> FetchAsync(
        DatasetEntry entry, DataOptions options, IProgress<DownloadProgress>? progress = null, CancellationToken stop = default)
    {
        var fetched = new List<string>();
        foreach (var file in new DataFiles(entry, options).Absent())
        {
            if (file.Address is null)
            {
                throw new DataException($"'{entry.Name}' cannot be downloaded: {entry.Remedy}.");
            }

            var path = Path.Combine(DataFiles.Cache, entry.Folders[0], file.Name);
            await FetchAsync(file, path, progress, stop).ConfigureAwait(false);
            fetched.Add(path);
        }

        return fetched;
    }

    /// <summary>Fetches one file to a path.</summary>
    /// <exception cref="DataException">The server cannot be reached, or the file is not the published one.</exception>
    public async Task FetchAsync(DataFile file, string path, IProgress<DownloadProgress>? progress = null, CancellationToken stop = default)
    {
        var address = file.Address ?? throw new DataException($"'{file.Name}' has no address to download it from: get it by other means.");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await TransferAsync(file.Name, address, path + ".part", progress, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException
            || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw new DataException($"'{file.Name}' could not be downloaded from {address} ({e.Message.TrimEnd('.')}): try again, what has arrived is kept.", e);
        }

        // The rename comes last: a file without `.part` is whole and genuine. The name decides how the content is checked.
        if (!DataFiles.IsGenuine(path + ".part", file.Sha256, archive: file.Name.EndsWith(".tar.gz", StringComparison.Ordinal)))
        {
            File.Delete(path + ".part");
            throw new DataException($"'{file.Name}' from {address} is not the published file (its SHA-256 differs from {file.Sha256}): get it elsewhere.");
        }

        File.Move(path + ".part", path, overwrite: true);
    }

    private async Task TransferAsync(string name, Uri address, string part, IProgress<DownloadProgress>? progress, CancellationToken stop)
    {
        await using var file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (file.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(file.Length, null);
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // Everything had arrived before; whether it is right is checked next.
            return;
        }

        response.EnsureSuccessStatusCode();
        // A server that cannot go on in the middle sends the whole file again.
        var from = response.StatusCode == HttpStatusCode.PartialContent ? file.Length : 0;
        file.SetLength(from);
        file.Position = from;

        var total = response.Content.Headers.ContentLength + from;
        await using var content = await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        var buffer = new byte[1 << 16];
        while (await content.ReadAsync(buffer, stop).ConfigureAwait(false) is var count and > 0)
        {
            await file.WriteAsync(buffer.AsMemory(0, count), stop).ConfigureAwait(false);
            progress?.Report(new(name, file.Position, total));
        }

        file.Flush(flushToDisk: true);
    }
}
