namespace Likeness.Tests.Data;

/// <summary>Whatever a file or a folder holds, opening it gives data or an error of one sentence, in little time and memory.</summary>
public sealed class HostileFileTests
{
    // The largest file is of 16 MiB; reading it may take it several times over, and nothing takes what a header only claims.
    private const long MostAllocated = 256L << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    [Fact]
    public void Every_file_is_read_or_refused_in_one_sentence()
    {
        using var folder = new TemporaryFolder();
        var faults = new List<string>();
        var (read, refused) = (0, 0);
        foreach (var file in HostileFiles.All)
        {
            // A place of its own for each, so nothing lies beside it.
            var path = Path.Combine(folder.Path, $"{read + refused + faults.Count}", file.Name);
            file.Make(path);
            foreach (var options in new DataOptions[] { new(), new(Size: 4, Whole: true) { SkipDamaged = true } })
            {
                var (start, before) = (TimeProvider.System.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
                try
                {
                    // "/a.png" is a picture in a folder.
                    var opened = file.Name.Contains('/', StringComparison.Ordinal) && !Directory.Exists(path) ? Path.GetDirectoryName(path)! : path;
                    Look(DatasetCatalog.Open(opened, options));
                    read++;
                }
                catch (LikenessException e)
                {
                    refused++;
                    if (!e.Message.EndsWith('.') || (e.Message.Contains('\n', StringComparison.Ordinal) && !file.Name.StartsWith("strange-names", StringComparison.Ordinal)) || e.Message.Length > 700)
                    {
                        faults.Add($"{file}: no sentence: {e.Message}");
                    }
                }
#pragma warning disable CA1031 // Any other exception is what is looked for.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    faults.Add($"{file}: {e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("Likeness", StringComparison.Ordinal))}");
                }

                if (GC.GetAllocatedBytesForCurrentThread() - before is > MostAllocated and var bytes)
                {
                    faults.Add($"{file}: took {bytes >> 20} MiB");
                }

                if (TimeProvider.System.GetElapsedTime(start) is var time && time > Longest)
                {
                    faults.Add($"{file}: took {time}");
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(HostileFiles.All.Count() >= 240 && read >= 100 && refused >= 300, $"{HostileFiles.All.Count()} files, {read} times data, {refused} times an error");
    }

    private static void Look(IDataset data)
    {
        var examples = data.As<Batch>();
        var total = 0;
        foreach (var split in Enum.GetValues<Split>().Where(s => data.Count(s) > 0))
        {
            total += data.Count(split);
            using var scope = torch.NewDisposeScope();
            foreach (var batch in examples.Read(split, 100))
            {
                Assert.True(batch.X.isfinite().all().ToBoolean());
            }
        }

        Assert.True(total > 0, "data without examples");
    }
}
