using System.Diagnostics;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>What the sample programs leave behind is a run like any other: the tool resumes, samples and judges it.</summary>
public sealed class SampleRunTests : IDisposable
{
    // Its sampler takes a thousand steps of a whole network: more than a minute here.
    private const string Slow = "Diffuse";

    private readonly TemporaryFolder _folder = new();

    /// <summary>Each sample that makes a run, but for the slow one.</summary>
    public static TheoryData<string> Samples =>
    [
        .. Directory.EnumerateFiles(Path.Combine(DocumentationPage.Root, "samples"), "Program.cs", SearchOption.AllDirectories)
            .Where(program => File.ReadAllText(program).Contains("Run.Create(", StringComparison.Ordinal))
            .Select(program => Path.GetFileName(Path.GetDirectoryName(program)!)).Where(name => name != Slow).Order(),
    ];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_samples_run_goes_on_in_the_tool(string sample)
    {
        var folder = Begin(sample);
        var record = RunFolder.Open(folder).Record;
        if (Zoo.BuiltIn.Recipes.All(r => r.Name != record.Recipe))
        {
            // A recipe of the program's own: the tool does not know it, and says so.
            foreach (var verb in new[] { "resume", "sample", "evaluate" })
            {
                var outcome = CommandLine.Run(verb, folder);
                Assert.NotEqual(0, outcome.Code);
                Assert.Contains($"'{record.Recipe}'", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
            }

            return;
        }

        // Pictures of its samples on the way are many steps of a denoiser.
        CommandLine.Succeed("resume", folder, "--steps", "2", "--grids", "0");
        Assert.Equal(2, RunFolder.Open(folder).Record.Training.Steps);
        CommandLine.Succeed("sample", folder, "-n", "2");

        // One measure is enough to open the run and its data; all of them would take minutes.
        var trained = TrainedModel.Open(folder, Zoo.BuiltIn);
        var data = trained.OpenData();
        var metric = MetricCatalog.BuiltIn.First(m => !m.OnRequest && m.Applies(trained.Model, data)).Name;
        CommandLine.Succeed("evaluate", folder, "--metric", metric, "--limit", "20", "--samples", "2");
    }

    [Fact]
    [Trait("Category", "Long")]
    public void The_slow_samples_run_goes_on_in_the_tool() => A_samples_run_goes_on_in_the_tool(Slow);

    public void Dispose() => _folder.Dispose();

    // A run is whole from its first moment, untrained: the rest of the program would only take time.
    private string Begin(string sample)
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", sample, "release", $"{sample}.dll"));
        Assert.True(File.Exists(program), $"The sample {sample} is not built: build Likeness.slnx.");
        using var process = CommandLine.StartIn(_folder.Path, program, null);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            var started = Stopwatch.StartNew();
            string? run;
            while ((run = Made()) is null)
            {
                Assert.True(!process.HasExited && started.Elapsed < TimeSpan.FromMinutes(2), $"The sample {sample} made no run: {(process.HasExited ? error.Result + output.Result : "it is still at it")}");
                Thread.Sleep(50);
            }

            return run;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
    }

    private string? Made() => Directory.Exists(_folder["runs"])
        ? Directory.GetDirectories(_folder["runs"]).FirstOrDefault(run => RunFolder.Exists(run) && File.Exists(Path.Combine(run, "training.safetensors")))
        : null;
}
