namespace Likeness.Cli.Tests;

/// <summary>Every mistake ends in one sentence that names the value, and in the right exit code.</summary>
public sealed class BadInputTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    [Theory]
    [InlineData("'trian'", "Did you mean 'train'", "trian")]
    [InlineData("'vea'", "Did you mean 'vae'", "models", "vea")]
    [InlineData("'nad'", "Did you mean 'nade'", "cite", "nad")]
    [InlineData("'nad'", "Did you mean 'nade'", "train", "nad", "--data", "shapes-grey")]
    [InlineData("'--stesp'", "Did you mean '--steps'", "train", "nade", "--data", "shapes-grey", "--stesp", "5")]
    [InlineData("--data", "see 'likeness train --help'", "train", "nade")]
    [InlineData("'fashion-mnst'", "Did you mean 'fashion-mnist'", "train", "nade", "--data", "fashion-mnst")]
    [InlineData("'hiden'", "Did you mean 'hidden'", "train", "nade", "--data", "shapes-grey", "--set", "hiden=5")]
    [InlineData("'hidden'", "--set hidden=VALUE", "train", "nade", "--data", "shapes-grey", "--set", "hidden")]
    [InlineData("hidden", "a whole number", "train", "nade", "--data", "shapes-grey", "--set", "hidden=many")]
    [InlineData("'0'", "at least 1", "train", "nade", "--data", "shapes-grey", "--steps", "0")]
    [InlineData("'many'", "at least 1", "train", "nade", "--data", "shapes-grey", "--batch", "many")]
    [InlineData("--steps", "--epochs", "train", "nade", "--data", "shapes-grey", "--steps", "5", "--epochs", "5")]
    [InlineData("'fp64'", "fp32", "train", "nade", "--data", "shapes-grey", "--precision", "fp64")]
    [InlineData("'tpu'", "cpu", "train", "nade", "--data", "shapes-grey", "--device", "tpu")]
    [InlineData("'colours'", "bytes", "train", "nade", "--data", "shapes-grey", "--protocol", "colours")]
    [InlineData("binary values", "1x28x28 byte", "train", "nade", "--data", "shapes-grey", "--protocol", "bytes", "--out", "OUT")]
    [InlineData("images", "2 real", "train", "ddpm", "--data", "8gaussians", "--out", "OUT")]
    [InlineData("already holds a run", "--force", "train", "nade", "--data", "shapes-grey", "--size", "8", "--out", "RUN")]
    [InlineData("is not empty", "empty folder", "train", "nade", "--data", "shapes-grey", "--size", "8", "--out", "FOLDER", "--force")]
    [InlineData("'x.gif'", ".png", "sample", "RUN", "-o", "x.gif")]
    [InlineData("'0'", "at least 1", "sample", "RUN", "-n", "0")]
    [InlineData("'fid'", "frechet", "evaluate", "RUN", "--metric", "fid")]
    [InlineData("'elbo'", "nll", "evaluate", "RUN", "--metric", "elbo")]
    [InlineData("'dev'", "validation", "evaluate", "RUN", "--split", "dev")]
    [InlineData("'csh'", "bash", "shell-completion", "csh")]
    [InlineData("'csh'", "bash", "completion", "csh")]
    [InlineData("lacks -m", "see 'likeness compress --help'", "compress", "shapes-grey", "-o", "x.lk")]
    [InlineData("lacks -o", "see 'likeness compress --help'", "compress", "shapes-grey", "-m", "RUN")]
    [InlineData("'shapes-gray'", "Did you mean 'shapes-grey'", "compress", "shapes-gray", "-m", "RUN", "-o", "OUT")]
    [InlineData("'0'", "at least 1", "compress", "shapes-grey", "-m", "RUN", "-o", "OUT", "--limit", "0")]
    [InlineData("'--particels'", "Did you mean '--particles'", "complete", "RUN", "--data", "shapes-grey", "--particels", "3")]
    [InlineData("--data", "see 'likeness complete --help'", "complete", "RUN")]
    [InlineData("'middle'", "top", "complete", "RUN", "--data", "shapes-grey", "--given", "middle")]
    [InlineData("'x.gif'", ".png", "complete", "RUN", "--data", "shapes-grey", "-o", "x.gif")]
    [InlineData("cannot draw them exactly", "--particles 64", "complete", "RUN", "--data", "shapes-grey", "--given", "bottom", "-o", "OUT.npy")]
    [InlineData("missing cells", "leave out --given", "complete", "RUN", "--data", "HOLES", "--given", "top", "-o", "OUT.npy")]
    [InlineData("--data", "see 'likeness anomalies --help'", "anomalies", "RUN")]
    [InlineData("'1.5'", "between 0 and 1", "anomalies", "RUN", "--data", "shapes-grey", "--rate", "1.5")]
    [InlineData("'few'", "at least 0", "anomalies", "RUN", "--data", "shapes-grey", "--rate", "few")]
    [InlineData("cannot sample a class", "leave the class out", "sample", "RUN", "--class", "1", "-o", "OUT.npy")]
    [InlineData("'x.gif'", ".npy", "decompress", "FILE", "-m", "RUN", "-o", "x.gif")]
    public void Wrong_usage_ends_with_2(string value, string hint, params string[] args) => Check(2, value, hint, args);

    [Theory]
    [InlineData("NOWHERE", "holds no run", "resume", "NOWHERE")]
    [InlineData("NOWHERE", "holds no run", "sample", "NOWHERE")]
    [InlineData("FOLDER", "holds no run", "evaluate", "FOLDER")]
    [InlineData("/proc/", "permissions", "train", "nade", "--data", "shapes-grey", "--size", "8", "--out", "/proc/likeness-run")]
    [InlineData("is a file", "another folder", "train", "nade", "--data", "shapes-grey", "--size", "8", "--out", "FILE")]
    [InlineData("FILE", "permissions", "train", "nade", "--data", "shapes-grey", "--size", "8", "--out", "FILE/run")]
    [InlineData("/proc/", "", "sample", "RUN", "-o", "/proc/nowhere/x.npy")]
    [InlineData("NOWHERE.csv", "does not exist", "train", "vae", "--data", "NOWHERE.csv")]
    [InlineData("CSV", "nan", "train", "vae", "--data", "CSV")]
    [InlineData("1x8x8 binary", "give data of that kind", "score", "RUN", "--data", "8gaussians")]
    [InlineData("1x8x8 binary", "give data of that kind", "score", "RUN", "--data", "NPY")]
    [InlineData("NOWHERE", "holds no run", "compress", "shapes-grey", "-m", "NOWHERE", "-o", "OUT")]
    [InlineData("1x8x8 binary", "give data of that kind", "compress", "8gaussians", "-m", "RUN", "-o", "OUT")]
    [InlineData("/proc/", "", "compress", "shapes-grey", "-m", "RUN", "--limit", "2", "-o", "/proc/nowhere/x.lk")]
    [InlineData("NOWHERE.lk", "cannot be read", "decompress", "NOWHERE.lk", "-m", "RUN", "-o", "OUT.npy")]
    [InlineData("FILE", "not a file of compressed examples", "decompress", "FILE", "-m", "RUN", "-o", "OUT.npy")]
    [InlineData("CSV", "not a file of compressed examples", "decompress", "CSV", "-m", "RUN", "-o", "OUT.npy")]
    [InlineData("64", "give a table of those columns", "complete", "RUN", "--data", "CSV", "-o", "OUT.csv")]
    [InlineData("1x8x8 binary", "give data of that kind", "complete", "RUN", "--data", "8gaussians", "-o", "OUT.npy")]
    [InlineData("12 values", "an example has 64", "complete", "RUN", "--data", "shapes-grey", "--given", "NPY", "-o", "OUT.npy")]
    [InlineData("1x8x8 binary", "give data of that kind", "anomalies", "RUN", "--data", "8gaussians")]
    [InlineData("/proc/", "", "anomalies", "RUN", "--data", "shapes-grey", "--limit", "2", "-o", "/proc/nowhere/x.csv")]
    public void What_the_world_refuses_ends_with_1_or_2(string value, string hint, params string[] args) => Check(null, value, hint, args);

    [Theory]
    [InlineData("model.safetensors", "sample")]
    [InlineData("model.safetensors", "evaluate")]
    [InlineData("training.safetensors", "resume")]
    [InlineData("run.json", "resume")]
    public void Damaged_files_of_a_run_end_with_1(string file, string verb)
    {
        var folder = run[$"damaged-{file}-{verb}"];
        CommandLine.Succeed([.. TrainedRun.Train, "--out", folder]);
        var path = Path.Combine(folder, file);
        var bytes = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 7, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(path, bytes[..length]);
            Check(1, file, "", verb, folder);
        }
    }

    [Fact]
    public void A_model_that_cannot_be_asked_says_so()
    {
        var folder = run["gan"];
        CommandLine.Succeed("train", "dcgan", "--data", "shapes-grey", "--size", "8", "--set", "width=4", "--steps", "1", "--batch", "4", "--grids", "0", "--threads", "1", "--out", folder);
        Check(2, "dcgan", "likelihood", "score", folder, "--data", "shapes-grey");
        Check(2, "'nll'", "sliced-wasserstein", "evaluate", folder, "--metric", "nll");
        Check(2, "dcgan", "likelihood", "anomalies", folder, "--data", "shapes-grey");
        CommandLine.Succeed("train", "classifier", "--data", "shapes-grey", "--size", "8", "--set", "width=4", "--steps", "1", "--batch", "4", "--grids", "0", "--threads", "1", "--out", run["judge"]);
        Check(2, "complete", "choose", "complete", run["judge"], "--data", "shapes-grey");
        Check(2, "compress", "choose", "compress", "shapes-grey", "-m", folder, "-o", run["gan.lk"]);
    }

    [Fact]
    public void A_missing_native_library_is_said_in_one_sentence_by_verbs_that_need_it()
    {
        var program = WithoutLibtorch();
        using var sample = CommandLine.Start(program, null, "sample", run.Path);
        CheckOutcome(CommandLine.Finish(sample), 1, "libtorch", "add the package");

        using var doctor = CommandLine.Start(program, null, "doctor");
        var told = CommandLine.Finish(doctor);
        Assert.Equal(1, told.Code);
        Assert.Contains("WRONG  libtorch", told.Output, StringComparison.Ordinal);

        // What needs no tensors does not ask for the library.
        foreach (var args in new string[][] { ["models"], ["models", "vae"], ["data", "list"], ["cite", "nade"], ["--help"] })
        {
            using var plain = CommandLine.Start(program, null, args);
            Assert.Equal(0, CommandLine.Finish(plain).Code);
        }
    }

    // The tool as it is, but for the folder of native libraries.
    private string WithoutLibtorch()
    {
        var folder = Directory.CreateDirectory(run["bare"]).FullName;
        var tool = Path.ChangeExtension(typeof(Program).Assembly.Location, null);
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll").Append(tool + ".runtimeconfig.json"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return Path.Combine(folder, Path.GetFileName(tool) + ".dll");
    }

    private void Check(int? code, string value, string hint, params string[] args)
    {
        Directory.CreateDirectory(run["folder"]);
        File.WriteAllText(Path.Combine(run["folder"], "notes.txt"), "mine");
        File.WriteAllText(run["file"], "");
        File.WriteAllText(run["nan.csv"], "a,b\n1,2\n3,nan\n");
        File.WriteAllText(run["holes.csv"], $"{new string(',', 63)}\n");
        Npy.Write(run["wrong.npy"], new float[12], 3, 2, 2);
        CheckOutcome(CommandLine.Run(Array.ConvertAll(args, Placed)), code, Placed(value), hint);
    }

    private string Placed(string word) => word
        .Replace("NOWHERE", run["nowhere"], StringComparison.Ordinal).Replace("FOLDER", run["folder"], StringComparison.Ordinal)
        .Replace("FILE", run["file"], StringComparison.Ordinal).Replace("RUN", run.Path, StringComparison.Ordinal)
        .Replace("OUT", run["out"], StringComparison.Ordinal).Replace("HOLES", run["holes.csv"], StringComparison.Ordinal).Replace("CSV", run["nan.csv"], StringComparison.Ordinal)
        .Replace("NPY", run["wrong.npy"], StringComparison.Ordinal);

    private static void CheckOutcome(Outcome outcome, int? code, string value, string hint)
    {
        var line = outcome.ErrorLines.LastOrDefault() ?? "";
        Assert.StartsWith("likeness: ", line, StringComparison.Ordinal);
        Assert.Contains(value, line, StringComparison.Ordinal);
        Assert.Contains(hint, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("please report", line, StringComparison.Ordinal);
        Assert.Single(outcome.ErrorLines, l => l.StartsWith("likeness: ", StringComparison.Ordinal));
        Assert.Equal("", outcome.Output);
        Assert.InRange(outcome.Code, code ?? 1, code ?? 2);
    }
}
