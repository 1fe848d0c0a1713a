using System.Text.Json.Nodes;

namespace Likeness.Tests;

public sealed class RunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Training_in_two_parts_is_training_at_once_to_the_last_bit_whenever_it_saves()
    {
        using (var whole = Create("whole", steps: 12))
        {
            Assert.Equal(12, whole.Train().Count());
        }

        using (var first = Create("parts", steps: 12))
        {
            // Leaving the loop saves; the step that was being looked at is done.
            Assert.Equal(5, first.Train(new(TimeSpan.Zero)).ElementAt(4).Step);
        }

        using (var second = TrainedModel.Resume(_folder["parts"], Zoo.BuiltIn))
        {
            Assert.Equal(5, second.Step);
            Assert.Equal(7, second.Train(new(TimeSpan.FromDays(1), Steps: 2)).Count());
        }

        Assert.Equal(Bytes("whole", "training.safetensors"), Bytes("parts", "training.safetensors"));
        Assert.Equal(Bytes("whole", "model.safetensors"), Bytes("parts", "model.safetensors"));
        var log = RunLog.Read(_folder[Path.Combine("parts", "log.jsonl")]).ToList();
        Assert.Equal(Enumerable.Range(1, 12).Select(i => (long)i), log.Select(e => e.Step));
        Assert.Equal(RunLog.Read(_folder[Path.Combine("whole", "log.jsonl")]).Select(e => e.Terms["model.nll"]), log.Select(e => e.Terms["model.nll"]));
    }

    [Fact]
    public void Another_seed_is_another_run()
    {
        foreach (var seed in new ulong[] { 0, 1 })
        {
            using var run = Create($"seed{seed}", steps: 3, seed);
            Assert.NotEmpty(run.Train().ToList());
        }

        Assert.NotEqual(Bytes("seed0", "model.safetensors"), Bytes("seed1", "model.safetensors"));
    }

    [Fact]
    public void Being_asked_to_stop_ends_after_the_step_and_saves()
    {
        using var run = Create("stopped", steps: 100);
        using var stop = new CancellationTokenSource();
        foreach (var report in run.Train(stop: stop.Token))
        {
            if (report.Step == 3)
            {
                stop.Cancel();
            }
        }

        Assert.Equal(3, run.Step);
        using var resumed = TrainedModel.Resume(_folder["stopped"], Zoo.BuiltIn, steps: 4);
        Assert.Equal((3L, 4L), (resumed.Step, resumed.Steps));
    }

    [Fact]
    public void A_run_killed_before_its_first_checkpoint_starts_anew()
    {
        using (var run = Create("early", steps: 4))
        {
            Assert.NotEmpty(run.Train().ToList());
        }

        var expected = Bytes("early", "training.safetensors");
        File.WriteAllText(_folder[Path.Combine("early", ".training.safetensors.123.tmp")], "half a checkpoint");
        File.Delete(_folder[Path.Combine("early", "training.safetensors")]);
        using (var again = TrainedModel.Resume(_folder["early"], Zoo.BuiltIn))
        {
            Assert.Equal(0, again.Step);
            Assert.Equal(4, again.Train().Count());
        }

        Assert.Equal(expected, Bytes("early", "training.safetensors"));
        Assert.Empty(Directory.GetFiles(_folder["early"], ".*"));
        Assert.Equal(4, RunLog.Read(_folder[Path.Combine("early", "log.jsonl")]).Count());
    }

    [Fact]
    public void Two_trainings_of_one_run_at_once_are_refused()
    {
        using var first = Create("shared", steps: 4);
        using var reports = first.Train().GetEnumerator();
        reports.MoveNext();
        using var second = TrainedModel.Resume(_folder["shared"], Zoo.BuiltIn);
        var error = Assert.Throws<DataException>(() => second.Train().First());
        Assert.Contains("another process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_not_finite_are_not_saved()
    {
        using var run = Create("broken", steps: 4);
        Assert.Equal(1, run.Train().First().Step);
        var good = Bytes("broken", "training.safetensors");
        using (torch.no_grad())
        {
            run.Model.Parameters().First().Value.fill_(double.NaN);
        }

        Assert.Throws<TrainingException>(run.Save);
        Assert.Equal(good, Bytes("broken", "training.safetensors"));
    }

    [Fact]
    public void Data_that_has_changed_is_noticed()
    {
        using (Create("changed", steps: 2))
        {
        }

        var folder = RunFolder.Open(_folder["changed"]);
        var other = DatasetCatalog.Open("shapes-grey", new(Protocol: "threshold", Size: 9));
        Assert.Throws<DataException>(() => Run.Resume(folder, Zoo.BuiltIn.Find("nade"), other));
    }

    [Fact]
    public void A_checkpoint_cut_short_is_said_in_one_sentence()
    {
        using (Create("cut", steps: 2))
        {
        }

        foreach (var name in new[] { "model.safetensors", "training.safetensors" })
        {
            var path = _folder[Path.Combine("cut", name)];
            File.WriteAllBytes(path, File.ReadAllBytes(path)[..^5]);
        }

        Assert.DoesNotContain('\n', Assert.Throws<DataException>(() => TrainedModel.Open(_folder["cut"], Zoo.BuiltIn)).Message);
        Assert.DoesNotContain('\n', Assert.Throws<DataException>(() => TrainedModel.Resume(_folder["cut"], Zoo.BuiltIn)).Message);
    }

    [Fact]
    public void A_run_knows_the_type_of_its_model()
    {
        var data = DatasetCatalog.Open("shapes-grey", new(Protocol: "dynamic", Size: 8));
        using (var run = Run.Create(_folder["typed"], Nade.Recipe, data, new NadeOptions { Hidden = 8 }, new RunPlan(7) { Training = new(2, 20), Threads = 1 }))
        {
            Nade model = run.Model;
            Assert.Same(model, ((Run)run).Model);
            Assert.Equal(8, (int)run.Folder.Record.Options["hidden"]!);
            Assert.Equal(2, run.Train().Count());
        }

        using (var again = Run.Open<Nade>(_folder["typed"], steps: 3))
        {
            Assert.Equal((2, 64), (again.Step, again.Model.Sample(1, new Rng(1)).numel()));
            Assert.Equal(3, again.Train().Last().Step);
        }

        Assert.Contains("'nade'", Assert.Throws<UsageException>(() => Run.Open<Vae>(_folder["typed"])).Message, StringComparison.Ordinal);
    }

    private Run Create(string name, long steps, ulong seed = 7) => Run.Create(
        _folder[name],
        Zoo.BuiltIn.Find("nade"),
        DatasetCatalog.Open("shapes-grey", new(Protocol: "dynamic", Size: 8)),
        new RunPlan(seed) { Options = new JsonObject { ["hidden"] = 8 }, Training = new(steps, 20), Threads = 1 });

    private byte[] Bytes(string run, string file) => File.ReadAllBytes(_folder[Path.Combine(run, file)]);
}
