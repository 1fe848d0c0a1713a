using System.Text.Json.Nodes;

namespace Likeness.Tests;

public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_record_survives_the_file()
    {
        var written = Record() with { Data = Record().Data with { Domain = "categorical(5)", Size = 16 } };
        RunFolder.Create(_folder["run"], written);

        var read = RunFolder.Open(_folder["run"]).Record;

        Assert.Equal(written.Options.ToJsonString(), read.Options.ToJsonString());
        Assert.Equal(written.Training, read.Training);
        Assert.Equal(written.Data.Spec, read.Data.Spec);
        Assert.Equal(new Domain.Categorical(5), read.Data.Spec.Domain);
        Assert.Equal((16, ulong.MaxValue, 3), (read.Data.Size!.Value, read.Seed, read.Threads));
    }

    [Fact]
    public void A_run_is_only_replaced_when_asked_to()
    {
        var run = RunFolder.Create(_folder["run"], Record());
        File.WriteAllText(run.LogFile, "old");
        Directory.CreateDirectory(Path.GetDirectoryName(run.SampleFile(1, ".png"))!);
        File.WriteAllText(run.SampleFile(1, ".png"), "old");
        File.WriteAllText(_folder[Path.Combine("run", "samples", "notes.txt")], "the user's own");

        Assert.Contains("Overwrite", Assert.Throws<UsageException>(() => RunFolder.Create(_folder["run"], Record())).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(run.LogFile));

        RunFolder.Create(_folder["run"], Record(), overwrite: true);
        Assert.False(File.Exists(run.LogFile));
        Assert.False(File.Exists(run.SampleFile(1, ".png")));
        Assert.True(File.Exists(_folder[Path.Combine("run", "samples", "notes.txt")]));
    }

    [Fact]
    public void A_folder_with_other_files_is_never_taken()
    {
        File.WriteAllText(_folder["thesis.tex"], "mine");
        Assert.Throws<UsageException>(() => RunFolder.Create(_folder.Path, Record(), overwrite: true));
        Assert.Throws<UsageException>(() => RunFolder.Create(_folder["thesis.tex"], Record(), overwrite: true));
        Assert.True(File.Exists(_folder["thesis.tex"]));
    }

    [Theory]
    [InlineData("/proc/likeness-run")]
    [InlineData("/dev/null/run")]
    public void A_place_that_cannot_be_written_is_said_in_one_sentence(string path)
    {
        var message = Assert.Throws<DataException>(() => RunFolder.Create(path, Record())).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"recipe\":\"vae\"}")]
    public void A_damaged_record_is_said_in_one_sentence(string text)
    {
        var run = RunFolder.Create(_folder["run"], Record());
        File.WriteAllText(Path.Combine(run.Path, "run.json"), text);
        var message = Assert.Throws<DataException>(() => RunFolder.Open(run.Path)).Message;
        Assert.Contains("run.json", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("\"real\"", "\"complex\"")]
    [InlineData("\"cpu\"", "\"abacus\"")]
    [InlineData("\"format\": 1", "\"format\": 99")]
    public void A_record_that_makes_no_sense_is_refused(string from, string to)
    {
        var run = RunFolder.Create(_folder["run"], Record());
        var file = Path.Combine(run.Path, "run.json");
        var text = File.ReadAllText(file);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(from, to, StringComparison.Ordinal));
        Assert.Throws<DataException>(() => RunFolder.Open(run.Path));
    }

    [Fact]
    public void A_score_replaces_the_one_that_was_measured_in_the_same_way()
    {
        var run = RunFolder.Create(_folder["run"], Record());
        run.AddScores([Score("nll", 3, 10), Score("nll", 2, 20)]);
        run.AddScores([Score("nll", 1, 20), Score("elbo", 4, 20)]);

        var scores = RunFolder.Open(run.Path).ReadScores();
        Assert.Equal([("nll", 3.0, 10L), ("nll", 1.0, 20L), ("elbo", 4.0, 20L)], scores.Select(s => (s.Name, s.Value, s.Step)));
        Assert.Null(scores[0].StandardError);

        // With other options it is another score.
        run.AddScores([Score("nll", 5, 20) with { Chosen = new() { ["guidance"] = 2 } }]);
        run.AddScores([Score("nll", 6, 20) with { Chosen = new() { ["guidance"] = 2 } }]);
        Assert.Equal([3, 1, 4, 6], RunFolder.Open(run.Path).ReadScores().Select(s => s.Value));
        Assert.Empty(Directory.EnumerateFiles(run.Path, "*.tmp"));
    }

    [Fact]
    public void A_log_cut_off_by_a_kill_is_read_and_continued_from_the_checkpoint()
    {
        var path = _folder["log.jsonl"];
        using (var log = RunLog.Open(path, 0))
        {
            for (var step = 1; step <= 5; step++)
            {
                log.Append(new LogEntry(step, step * 10, 0.25, new Dictionary<string, double> { ["model.nll"] = 1.0 / step }));
            }
        }

        File.AppendAllText(path, "{\"step\":6,\"exam");
        Assert.Equal([1L, 2, 3, 4, 5], RunLog.Read(path).Select(e => e.Step));

        using (var log = RunLog.Open(path, 3))
        {
            log.Append(new LogEntry(4, 40, 0.5, new Dictionary<string, double> { ["model.nll"] = 7 }));
        }

        var entries = RunLog.Read(path).ToList();
        Assert.Equal([1L, 2, 3, 4], entries.Select(e => e.Step));
        Assert.Equal(1.0 / 3, entries[2].Terms["model.nll"]);
        Assert.Equal((40L, 0.5, 7.0), (entries[3].Examples, entries[3].Seconds, entries[3].Terms["model.nll"]));
    }

    [Fact]
    public void A_player_that_took_several_turns_logs_their_mean()
    {
        var entry = LogEntry.Of(new StepReport(1, 2, 3, [new("critic", "real", 1), new("critic", "real", 2), new("generator", "real", 5)]));
        Assert.Equal(1.5, entry.Terms["critic.real"]);
        Assert.Equal(5, entry.Terms["generator.real"]);
    }

    private static RunRecord Record() => new("vae", new JsonObject { ["latent"] = 5 }, new("set", "reals", null, null, 100, [1, 4, 4], "real", 0),
        new(10, 5, Precision.BFloat16), ulong.MaxValue, "cpu", 3, "0.1.0", "1.13");

    private static RunScore Score(string name, double value, long step) =>
        new(name, value, null, "nats", Evidence.Exact, 10, Split.Test, "set", "reals", step, 0);
}
