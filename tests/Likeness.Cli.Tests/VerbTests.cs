using System.Text.Json.Nodes;

namespace Likeness.Cli.Tests;

public sealed class VerbTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    [Fact]
    public void What_asks_a_model_takes_as_many_threads_as_it_is_told()
    {
        var before = TorchRuntime.Threads;
        try
        {
            foreach (var threads in new[] { 2, 1 })
            {
                CommandLine.Succeed("sample", run.Path, "-n", "4", "--threads", $"{threads}", "-o", run["threads.npy"]);
                Assert.Equal(threads, TorchRuntime.Threads);
            }

            foreach (var verb in new[] { "evaluate", "anomalies", "upscale", "latent map", "complete" })
            {
                Assert.Contains("--threads", CommandLine.Succeed([.. verb.Split(' '), "--help"]), StringComparison.Ordinal);
            }

            Assert.DoesNotContain("--threads", CommandLine.Succeed("compress", "--help"), StringComparison.Ordinal);
        }
        finally
        {
            TorchRuntime.Threads = before;
        }
    }

    [Fact]
    public void Models_lists_the_zoo_and_describes_each()
    {
        var list = CommandLine.Succeed("models");
        foreach (var recipe in Zoo.BuiltIn.Recipes)
        {
            Assert.Contains(recipe.Name, list, StringComparison.Ordinal);
            var one = CommandLine.Succeed("models", recipe.Name);
            Assert.All(recipe.DefaultOptions, o => Assert.Contains(o.Key, one, StringComparison.Ordinal));
            // A long title goes on below.
            Assert.Contains(recipe.Paper.Title, string.Join(' ', one.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
            Assert.Equal(recipe.Paper.BibTeX() + "\n", CommandLine.Succeed("cite", recipe.Name));
        }

        var json = Json(CommandLine.Succeed("models", "--json"));
        Assert.Equal(Zoo.BuiltIn.Recipes.Select(r => r.Name), json.Select(j => (string)j["name"]!));
    }

    [Fact]
    public void Help_is_there_for_every_verb()
    {
        var help = CommandLine.Succeed("--help");
        foreach (var verb in new[] { "demo", "models", "data", "train", "resume", "sample", "score", "evaluate", "doctor", "parameters", "cite", "shell-completion" })
        {
            Assert.Contains(verb, help, StringComparison.Ordinal);
            Assert.Contains("Usage", CommandLine.Succeed(verb, "--help"), StringComparison.Ordinal);
        }

        Assert.Equal(help, CommandLine.Succeed());
    }

    [Fact]
    public void Data_lists_sets_and_describes_them()
    {
        Assert.Contains("fashion-mnist", CommandLine.Succeed("data"), StringComparison.Ordinal);
        Assert.Equal(CommandLine.Succeed("data"), CommandLine.Succeed("data", "list"));
        Assert.Contains("20000 train", CommandLine.Succeed("data", "info", "shapes-grey"), StringComparison.Ordinal);
        var json = Json(CommandLine.Succeed("data", "info", "8gaussians", "--json")).Single();
        Assert.Equal((2, "real"), ((int)json["shape"]![0]!, (string)json["domain"]!));
    }

    [Fact]
    public void Data_is_exported_as_a_model_sees_it()
    {
        var (file, bad) = (run["shapes.npy"], run["shapes.txt"]);
        CommandLine.Succeed("data", "export", "shapes-grey", "--size", "8", "--split", "validation", "--limit", "5", "-o", file);

        // The header of NPY 1.0 is padded to 128 bytes; 5 images of 8×8 bytes follow.
        Assert.Equal(128 + (5 * 64), new FileInfo(file).Length);
        var info = CommandLine.Succeed("data", "info", file);
        Assert.Contains("1x8x8", info, StringComparison.Ordinal);
        Assert.Contains(".npy", CommandLine.Run("data", "export", "shapes-grey", "--limit", "5", "-o", bad).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(bad));
    }

    [Fact]
    public void Images_of_a_size_that_a_model_cannot_take_are_brought_to_one_that_it_can()
    {
        // Forty images of 12x12 in the format of MNIST.
        var images = run["images-idx3-ubyte"];
        File.WriteAllBytes(images, [0, 0, 8, 3, 0, 0, 0, 40, 0, 0, 0, 12, 0, 0, 0, 12, .. Enumerable.Range(0, 40 * 144).Select(i => (byte)(i * 7))]);
        string[] small = ["--batch", "8", "--threads", "1", "--set", "latent=4", "width=64", "cap=8", "phaseImages=10", "--out", run["grown"]];
        var output = CommandLine.Run(["train", "progressive-gan", "--data", images, "--steps", "3", .. small]);
        Assert.True(output.Code == 0, output.Error);
        Assert.Contains("brought to 16x16", output.Error, StringComparison.Ordinal);
        Assert.Contains("growth.side 8", output.Output, StringComparison.Ordinal);

        // The size is part of the run: it grows to the end when it is taken up again, and samples are of the data's size.
        Assert.Contains("growth.side 16", CommandLine.Succeed("resume", run["grown"], "--steps", "8"), StringComparison.Ordinal);
        CommandLine.Succeed("sample", run["grown"], "-n", "3", "-o", run["grown.npy"]);
        // Three images of 16x16 bytes after a header of 64 or 128 bytes.
        Assert.InRange(new FileInfo(run["grown.npy"]).Length - (3 * 256), 64, 128);

        var refused = CommandLine.Run(["train", "progressive-gan", "--data", images, "--size", "12", "--force", .. small]);
        Assert.Equal(2, refused.Code);
        Assert.Contains("--size 16", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_writes_a_run_and_says_where()
    {
        var output = CommandLine.Run([.. TrainedRun.Train, "--out", run["written"], "--grids", "2"]);
        Assert.Equal(0, output.Code);
        Assert.StartsWith($"{run["written"]}: 8 of 8 steps, model.nll ", output.Output, StringComparison.Ordinal);
        foreach (var file in new[] { "run.json", "model.safetensors", "training.safetensors", "log.jsonl", "samples/000004.png", "samples/000008.png", "animation.png" })
        {
            Assert.True(File.Exists(Path.Combine(run["written"], file)), file);
        }

        // Looking at samples and saving more often change nothing.
        CommandLine.Succeed([.. TrainedRun.Train, "--out", run["saved"], "--grids", "0", "--checkpoint-every", "1"]);
        Assert.Equal(File.ReadAllBytes(Path.Combine(run["written"], "training.safetensors")), File.ReadAllBytes(Path.Combine(run["saved"], "training.safetensors")));
    }

    [Fact]
    public void A_training_ends_with_its_course_its_score_and_lines_that_work()
    {
        var lines = CommandLine.Succeed([.. TrainedRun.TrainFor(60), "--out", run["ended"]]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"^  model\.nll +[▁▂▃▄▅▆▇█]{20,40}  [0-9.]+ → [0-9.]+$", lines[1]);
        // log 2 per bit is what knowing nothing costs: 44.4 nats for 64 bits.
        Assert.InRange(double.Parse(Assert.Single(lines, l => l.StartsWith("  score ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture), 5, 44.4);
        Assert.Single(lines, l => l.StartsWith("  overfitting", StringComparison.Ordinal) && l.Contains("no sign", StringComparison.Ordinal));
        Assert.True(ImageCodec.Decode(File.ReadAllBytes(Path.Combine(run["ended"], "curve.png"))).Width > 500);
        var next = lines.SkipWhile(l => !l.StartsWith("  next", StringComparison.Ordinal)).Select(l => l[(l.IndexOf("likeness ", StringComparison.Ordinal) + 9)..]).ToList();
        Assert.Equal(2, next.Count);
        Assert.All(next, line => CommandLine.Succeed([.. line.Replace("new.png", run["new.png"], StringComparison.Ordinal).Split(' '), .. line.StartsWith("evaluate", StringComparison.Ordinal) ? (string[])["--limit", "50"] : []]));
    }

    [Fact]
    public void Few_examples_are_trained_on_for_fewer_steps_and_a_validation_split_ends_it()
    {
        File.WriteAllLines(run["few.csv"], Enumerable.Range(0, 60).Select(i => $"{i * 7 % 13},{i * 5 % 11}").Prepend("a,b"));
        var outcome = CommandLine.Run("train", "vae", "--data", run["few.csv"], "--set", "latent=2", "network.hidden=16", "--threads", "1", "--out", run["few"]);
        Assert.Equal(0, outcome.Code);
        Assert.Contains("48 training examples are few: 1000 steps instead of the usual", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("The model is validated every 10 steps", outcome.Error, StringComparison.Ordinal);
        var record = RunFolder.Open(run["few"]).Record;
        Assert.Equal((1000, 48, 10, 50), (record.Training.Steps, record.Training.BatchSize, record.Training.Validation!.Every, record.Training.Validation.Patience));

        // Whoever says how long trains so long.
        CommandLine.Succeed("train", "vae", "--data", run["few.csv"], "--set", "latent=2", "network.hidden=16", "--steps", "60", "--threads", "1", "--out", run["said"]);
        Assert.Null(RunFolder.Open(run["said"]).Record.Training.Validation);
    }

    [Fact]
    public void Training_for_programs_prints_one_object_per_step()
    {
        var lines = Json(CommandLine.Succeed([.. TrainedRun.Train, "--out", run["json"], "--json"]));
        Assert.Equal(9, lines.Count);
        Assert.Equal(8, (int)lines[7]["step"]!);
        Assert.Equal(run["json"], (string)lines[8]["run"]!);
    }

    [Fact]
    public void The_protocol_that_a_model_needs_is_chosen_and_said()
    {
        var outcome = CommandLine.Run("train", "nade", "--data", "shapes-grey", "--size", "8", "--set", "hidden=4", "--epochs", "0.001", "--grids", "0", "--out", run["protocol"]);
        Assert.Contains("protocol 'dynamic'", outcome.Error, StringComparison.Ordinal);
        // 0.001 of 20,000 examples is less than one batch: one step.
        Assert.Contains("1 of 1 step,", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_trains_on()
    {
        CommandLine.Succeed([.. TrainedRun.Train, "--out", run["resumed"]]);
        Assert.Contains("8 of 8 steps", CommandLine.Succeed("resume", run["resumed"]), StringComparison.Ordinal);
        Assert.Contains("12 of 12 steps", CommandLine.Succeed("resume", run["resumed"], "--steps", "12"), StringComparison.Ordinal);
        Assert.Equal(12, RunFolder.Open(run["resumed"]).Record.Training.Steps);
        Assert.Equal(12, File.ReadAllLines(Path.Combine(run["resumed"], "log.jsonl")).Length);
        // Fewer steps than were taken are refused, and the plan stays as it was.
        Assert.Equal(2, CommandLine.Run("resume", run["resumed"], "--steps", "5").Code);
        Assert.Equal(12, RunFolder.Open(run["resumed"]).Record.Training.Steps);
    }

    [Fact]
    public void A_run_begins_with_the_weights_of_another_and_goes_on_at_another_rate()
    {
        var outcome = CommandLine.Run([.. TrainedRun.Train, "--from", run.Path, "--out", run["began"]]);
        Assert.Equal(0, outcome.Code);
        Assert.Contains("Begins with 4 of 4 entries", outcome.Error, StringComparison.Ordinal);
        CommandLine.Succeed("resume", run["began"], "--steps", "10", "--set", "optimizer.learningRate=1e-4");
        Assert.Equal(1e-4, (double)RunFolder.Open(run["began"]).Record.Options["optimizer"]!["learningRate"]!);
        var refused = CommandLine.Run("resume", run["began"], "--set", "hidden=9");
        Assert.Equal(2, refused.Code);
        Assert.Contains("--from", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Sample_writes_every_kind_of_file_and_the_same_seed_gives_the_same()
    {
        var picture = CommandLine.Succeed("sample", run.Path, "-n", "9").Trim();
        Assert.Equal(3 * 58 + 2, ImageCodec.Decode(File.ReadAllBytes(picture)).Width);

        foreach (var (seed, name) in new[] { ("1", "a.npy"), ("1", "b.npy"), ("2", "c.npy") })
        {
            CommandLine.Succeed("sample", run.Path, "-n", "70", "--seed", seed, "-o", run[name]);
        }

        Assert.Equal([70, 1, 8, 8], Npy.Read(run["a.npy"]).Shape);
        Assert.Equal(File.ReadAllBytes(run["a.npy"]), File.ReadAllBytes(run["b.npy"]));
        Assert.NotEqual(File.ReadAllBytes(run["a.npy"]), File.ReadAllBytes(run["c.npy"]));
        CommandLine.Succeed("sample", run.Path, "-n", "3", "-o", run["a.csv"]);
        Assert.Equal(1 + 3, File.ReadAllLines(run["a.csv"]).Length);
        CommandLine.Succeed("sample", run.Path, "-n", "3", "-o", run["a.jpg"]);
        Assert.True(File.Exists(run["a.jpg"]));
    }

    [Fact]
    public void Evaluate_prints_scores_with_their_evidence_and_keeps_them()
    {
        var text = CommandLine.Succeed("evaluate", run.Path, "--metric", "nll", "--limit", "50");
        Assert.Contains("nats (exact, 50 examples)", text, StringComparison.Ordinal);
        var json = Json(CommandLine.Succeed("evaluate", run.Path, "--metric", "nll", "sliced-wasserstein", "--limit", "60", "--json"));
        Assert.Equal(["nll", "nll", "sliced-wasserstein", "sliced-wasserstein-of-training-data"], json.Select(j => (string)j["name"]!));
        var kept = RunFolder.Open(run.Path).ReadScores();
        Assert.Contains(kept, s => s is { Name: "nll", Unit: "nats", Count: 50, Step: 8 });
        Assert.Contains(kept, s => s.Name == "nll" && s.Unit == "bits/dim" && s.Value == (double)json[1]["value"]!);
    }

    [Fact]
    public void Score_gives_each_row_of_a_file_its_line_in_the_files_order()
    {
        CommandLine.Succeed("sample", run.Path, "-n", "5", "-o", run["rows.npy"]);
        var x = Npy.Read(run["rows.npy"]).ToSingles("rows");
        Array.Fill(x, 1f, 64, 64); // the second one is all white: as unlikely as can be
        Npy.Write(run["rows.npy"], x, 5, 1, 8, 8);

        CommandLine.Succeed("score", run.Path, "--data", run["rows.npy"], "-o", run["scores.csv"]);
        var lines = File.ReadAllLines(run["scores.csv"]).Select(l => l.Split(',')).ToArray();
        Assert.Equal(["example", "log_likelihood_nats", "bits_per_dim", "p_value"], lines[0]);
        Assert.Equal(["0", "1", "2", "3", "4"], lines.Skip(1).Select(l => l[0]));
        Assert.Equal(2, Enumerable.Range(1, 5).MinBy(i => double.Parse(lines[i][1])));
        Assert.All(lines.Skip(1), l => Assert.Equal(-double.Parse(l[1]) / (64 * Math.Log(2)), double.Parse(l[2]), 4));
        Assert.InRange(double.Parse(lines[2][3]), 0, 0.01);
        Assert.Equal(3, Json(CommandLine.Succeed("score", run.Path, "--data", "shapes-grey", "--limit", "3", "--json")).Count);
    }

    [Fact]
    public void A_plane_of_points_trains_bounds_and_draws()
    {
        var folder = run["plane"];
        CommandLine.Succeed("train", "vae", "--data", "8gaussians", "--set", "latent=2", "network.hidden=[16]", "--steps", "5", "--grids", "1", "--threads", "1", "--out", folder);
        Assert.True(File.Exists(Path.Combine(folder, "samples", "000005.png")));
        var text = CommandLine.Succeed("evaluate", folder, "--metric", "elbo", "iwae", "--samples", "7", "--limit", "40");
        Assert.Contains("iwae-7", text, StringComparison.Ordinal);
        Assert.Contains("≤", text, StringComparison.Ordinal);
        Assert.Contains("log_likelihood_lower_bound", CommandLine.Succeed("score", folder, "--data", "8gaussians", "--limit", "2"), StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_names_what_runs_here()
    {
        var text = CommandLine.Run("doctor").Output;
        foreach (var word in new[] { "libtorch", "threads", "devices", "data", "memory", "processor" })
        {
            Assert.Contains(word, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Shells_complete_verbs_models_and_options()
    {
        foreach (var shell in new[] { "bash", "zsh", "fish", "powershell" })
        {
            var script = CommandLine.Succeed("shell-completion", shell);
            Assert.Contains("train", script, StringComparison.Ordinal);
            Assert.Contains("optimizer.learningRate=", script, StringComparison.Ordinal);
            Assert.Contains("fashion-mnist", script, StringComparison.Ordinal);
        }

        Assert.Contains("compdef", CommandLine.Succeed("shell-completion", "zsh"), StringComparison.Ordinal);
        Assert.Equal(CommandLine.Succeed("shell-completion", "bash"), CommandLine.Succeed("completion", "bash"));
        Assert.DoesNotContain("  completion", CommandLine.Succeed("--help"), StringComparison.Ordinal);
        Assert.Contains("train", CommandLine.Succeed("[suggest:13]", "likeness tra"), StringComparison.Ordinal);
        Assert.Contains("nade", CommandLine.Succeed("[suggest:15]", "likeness train n"), StringComparison.Ordinal);
    }

    private static List<JsonObject> Json(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!.AsObject())];
}
