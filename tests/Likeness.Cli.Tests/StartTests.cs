using System.Diagnostics;

namespace Likeness.Cli.Tests;

/// <summary>What a start of the command costs.</summary>
public sealed class StartTests
{
    // Half a gigabyte that takes half a second to load.
    [SkippableTheory]
    [InlineData("--help")]
    [InlineData("models")]
    [InlineData("train --help")]
    public void Verbs_that_need_no_tensor_load_nothing_of_libtorch(string line)
    {
        Skip.IfNot(OperatingSystem.IsLinux() && GlibcTells(), "Only glibc's loader tells what it loads.");
        var loaded = Loaded(line);

        Assert.Contains("libcoreclr.so", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("torch", loaded, StringComparison.OrdinalIgnoreCase);
    }

    private static bool GlibcTells() => File.Exists("/lib64/ld-linux-x86-64.so.2") || File.Exists("/lib/ld-linux-aarch64.so.1");

    private static string Loaded(string line)
    {
        var folder = Directory.CreateTempSubdirectory("likeness");
        try
        {
            var program = Path.Combine(AppContext.BaseDirectory, "Likeness.Cli.dll");
            var start = new ProcessStartInfo("dotnet", ["exec", program, .. line.Split(' ')]) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["LD_DEBUG"] = "files";
            start.Environment["LD_DEBUG_OUTPUT"] = Path.Combine(folder.FullName, "loaded");
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, error.GetAwaiter().GetResult());
            // "file=NAME [0]; needed by …", and the like.
            return string.Join('\n', folder.GetFiles().SelectMany(file => File.ReadLines(file.FullName))
                .Where(text => text.Contains("generating link map", StringComparison.Ordinal)).Select(text => Path.GetFileName(text.Split("file=")[^1].Split(' ')[0])));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
