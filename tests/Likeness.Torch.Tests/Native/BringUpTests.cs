namespace Likeness.Torch.Tests;

/// <summary>Loading libtorch and TorchSharp's native library in a fresh process, and the sentences when that cannot be.</summary>
public sealed class BringUpTests
{
    public BringUpTests() => BringUpFolder.SkipElsewhere();

    [SkippableTheory]
    [InlineData("load")]
    [InlineData("tensor")]
    public void A_program_with_both_packages_calculates(string how)
    {
        using var folder = new BringUpFolder().With();

        Assert.Equal((0, "6"), folder.Run(how));
    }

    [SkippableFact]
    public void A_copy_that_this_system_needs_is_written_once_and_whole()
    {
        using var folder = new BringUpFolder().With();
        Assert.Equal((0, "6"), folder.Run("tensor"));
        var kept = Path.Combine(folder.Cache, "likeness", "native");
        Skip.IfNot(Directory.Exists(kept), "This system loads TorchSharp's library as it is.");
        var copy = Assert.Single(Directory.GetFiles(kept));
        var bytes = File.ReadAllBytes(copy);
        var written = File.GetLastWriteTimeUtc(copy);

        Assert.Equal((0, "6"), folder.Run("tensor"));
        Assert.Equal(written, File.GetLastWriteTimeUtc(copy));

        File.WriteAllBytes(copy, bytes[..1000]);
        Assert.Equal((0, "6"), folder.Run("tensor"));
        Assert.Equal(bytes, File.ReadAllBytes(copy));
        Assert.Single(Directory.GetFiles(kept));
    }

    [SkippableFact]
    public void Where_nothing_can_be_written_the_copy_stays_in_memory()
    {
        using var folder = new BringUpFolder().With();
        folder.Cache = "/proc/nowhere";

        Assert.Equal((0, "6"), folder.Run("tensor"));
    }

    [SkippableFact]
    public void A_copy_that_can_be_neither_kept_nor_loaded_is_a_sentence()
    {
        var error = Assert.Throws<TorchException>(() => AdaptedLibrary.Load("libLibTorchSharp.so", "no library"u8.ToArray(), "/proc/nowhere"));

        Assert.Contains("could not be kept in /proc/nowhere", error.Message, StringComparison.Ordinal);
        Assert.Contains("let XDG_CACHE_HOME name a folder", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [SkippableTheory]
    [InlineData("load", 1)]
    [InlineData("tensor", 2)]
    public void A_missing_libtorch_is_a_sentence_with_the_package(string how, int code)
    {
        using var folder = new BringUpFolder();
        File.CreateSymbolicLink(folder.Place("libLibTorchSharp.so"), BringUpFolder.NativeFile("libLibTorchSharp.so"));

        // TorchSharp itself would take the system's libtorch where there is one, of whatever version.
        Refused(folder.Run(how), code, "add the package libtorch-cpu-linux-x64 2.10.0");
    }

    [SkippableFact]
    public void A_missing_part_of_libtorch_is_a_sentence_with_its_name()
    {
        using var folder = new BringUpFolder().With(except: "libc10.so");

        Refused(folder.Run("load"), 1, folder.Place("libc10.so") + " could not be loaded");
    }

    [SkippableFact]
    public void A_missing_library_of_TorchSharps_is_a_sentence_with_the_package()
    {
        using var folder = new BringUpFolder().With(except: "libLibTorchSharp.so");

        Refused(folder.Run("load"), 1, "libLibTorchSharp.so was not found (looked in ", "add the package TorchSharp 0.107.0");
    }

    [SkippableTheory]
    [InlineData("libtorch_cpu.so")]
    [InlineData("libLibTorchSharp.so")]
    public void A_file_that_is_no_library_is_a_sentence_with_its_path(string name)
    {
        using var folder = new BringUpFolder().With(except: name);
        File.WriteAllText(folder.Place(name), "not a library, though long enough to hold the header of one, which is 64 bytes");

        Refused(folder.Run("load"), 1, $"{folder.Place(name)} could not be loaded (it is not a 64-bit ELF file)");
    }

    [SkippableTheory]
    [InlineData("libtorch_cpu.so")]
    [InlineData("libLibTorchSharp.so")]
    public void A_file_that_is_cut_off_is_a_sentence_with_its_path(string name)
    {
        using var folder = new BringUpFolder().With(except: name);
        using (var whole = File.OpenRead(BringUpFolder.NativeFile(name)))
        {
            var beginning = new byte[1_000_000];
            whole.ReadExactly(beginning);
            File.WriteAllBytes(folder.Place(name), beginning);
        }

        Refused(folder.Run("load"), 1, $"{folder.Place(name)} could not be loaded (it is cut off)");
    }

    [SkippableFact]
    public void Another_libtorch_is_a_sentence_with_its_version()
    {
        using var folder = new BringUpFolder().With(except: "libtorch_cpu.so");
        File.CreateSymbolicLink(folder.Place("libtorch_cpu.so"), BringUpFolder.NativeFile("libc10.so"));

        Refused(folder.Run("load"), 1, "works with libtorch 2.10 only", "is older than 2.8");
    }

    private static void Refused((int Code, string Output) run, int code, params string[] parts)
    {
        Assert.Equal(code, run.Code);
        Assert.All(parts, part => Assert.Contains(part, run.Output, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', run.Output);
        Assert.EndsWith(".", run.Output, StringComparison.Ordinal);
    }
}
