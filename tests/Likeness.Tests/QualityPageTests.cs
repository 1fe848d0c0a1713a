using System.Diagnostics;

namespace Likeness.Tests;

/// <summary>What the scripts that measure quality write: their own sections of a page, and nothing over what others have written there.</summary>
public sealed class QualityPageTests : IDisposable
{
    private const string Page = "bench/results/quality-toy.md";

    private readonly TemporaryFolder _folder = new();

    public QualityPageTests()
    {
        Directory.CreateDirectory(_folder["bench/quality/toy"]);
        Directory.CreateDirectory(_folder["bench/results"]);
        File.Copy(Path.Combine(DocumentationPage.Root, "bench/quality/common.sh"), _folder["bench/quality/common.sh"]);
        File.WriteAllText(_folder["bench/quality/toy/sections.sh"], """
            section_first() { printf '## First\n\nmeasured\n' >"$parts/first.md"; }
            section_second() { printf '## Second\n\nmeasured\n\n## Third\n\nmeasured\n' >"$parts/second.md"; }

            """);
        File.WriteAllText(_folder["bench/quality/toy.sh"], """
            family=toy
            . "$(dirname "$0")/common.sh"
            run_sections first second -- "$@"
            write_report "Toys" "Written by a test."

            """);
    }

    [Fact]
    public void A_page_that_is_not_there_has_all_that_was_measured()
    {
        Measure();
        var page = File.ReadAllText(_folder[Page]);
        Assert.Matches(@"^# Toys\n\n[^\n]* cores\. Written by a test\.\n\n## First\n\nmeasured\n\n## Second\n\nmeasured\n\n## Third\n\nmeasured\n$", page);
        Measure("first");
        Assert.Equal(page, File.ReadAllText(_folder[Page]));
    }

    [Fact]
    public void What_is_not_measured_stays()
    {
        File.WriteAllText(_folder[Page], "# Toys\n\nOn another machine, by hand.\n\n## Second\n\nold\n\n## By hand\n\nstays\n\n## First\n\nold\n");
        Measure("second");
        Assert.Matches(
            @"^# Toys\n\nOn another machine, by hand\.\n\n## Second\n\nmeasured\n\nMeasured on [^\n]* cores\.\n\n## By hand\n\nstays\n\n## First\n\nold\n\n## Third\n\nmeasured\n\nMeasured on [^\n]* cores\.\n$",
            File.ReadAllText(_folder[Page]));
    }

    public void Dispose() => _folder.Dispose();

    private void Measure(params string[] sections)
    {
        using var script = Process.Start(new ProcessStartInfo("bash", [_folder["bench/quality/toy.sh"], .. sections]) { RedirectStandardError = true })!;
        var said = script.StandardError.ReadToEnd();
        script.WaitForExit();
        Assert.True(script.ExitCode == 0, said);
    }
}
