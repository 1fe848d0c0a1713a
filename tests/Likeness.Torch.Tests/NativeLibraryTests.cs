using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Likeness.Torch.Interop;

namespace Likeness.Torch.Tests;

/// <summary>Loading the native library, and the sentences when it cannot be.</summary>
public sealed class NativeLibraryTests
{
    [Fact]
    public void The_loaded_library_has_the_version_of_its_header()
    {
        var header = File.ReadLines(Path.Combine(Root(), "native", "likeness_torch.h"))
            .Single(line => line.StartsWith("#define LK_ABI_VERSION ", StringComparison.Ordinal));

        Assert.Equal(Native.AbiVersionExpected, Native.AbiVersion());
        Assert.EndsWith($" {Native.AbiVersionExpected}", header, StringComparison.Ordinal);
    }

    [Fact]
    public void Libtorch_says_its_version() => Assert.True(Version.Parse(TorchRuntime.Version.Split('+')[0]) >= new Version(1, 13));

    [Fact]
    public void A_missing_library_is_a_sentence_with_every_place_and_the_remedy()
    {
        var error = Assert.Throws<TorchException>(() => NativeLibraryLoader.Load(["/nowhere/a.so", "/nowhere/b.so"]));

        Assert.Contains("(tried /nowhere/a.so, /nowhere/b.so)", error.Message, StringComparison.Ordinal);
        Assert.Contains("make setup", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_library_is_a_sentence_with_the_reason()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "not a library, though long enough to hold the header of one, which is 64 bytes");
            var error = Assert.Throws<TorchException>(() => NativeLibraryLoader.Load([file]));

            Assert.StartsWith($"The native library {file} could not be loaded (", error.Message, StringComparison.Ordinal);
            Assert.Contains("make setup", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Another_library_is_not_taken_for_ours()
    {
        var other = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.Native.so");

        var error = Assert.Throws<TorchException>(() => NativeLibraryLoader.Load([other]));

        Assert.StartsWith($"The file {other} is not Likeness's native library", error.Message, StringComparison.Ordinal);
    }

    // OpenBLAS before 0.3.22 does not recognise newer processors by itself, and runs its AVX2 kernels at half the speed.
    [SkippableFact]
    public unsafe void OpenBlas_runs_its_avx512_kernels_where_the_processor_has_them()
    {
        Skip.IfNot(Avx512BW.VL.IsSupported && Avx512DQ.IsSupported, "The processor has no AVX-512.");
        Skip.If(Environment.GetEnvironmentVariable("OPENBLAS_CORETYPE") is not (null or "SkylakeX"), "OPENBLAS_CORETYPE is set to something else.");
        _ = Native.AbiVersion();
        Skip.IfNot(NativeLibrary.TryLoad("libopenblas.so.0", out var blas), "This libtorch does not use the system's OpenBLAS.");
        var name = (delegate* unmanaged[Cdecl]<nint>)NativeLibrary.GetExport(blas, "openblas_get_corename");

        Assert.Equal("SkylakeX", Marshal.PtrToStringUTF8(name()));
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Likeness.slnx")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
