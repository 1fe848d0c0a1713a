using System.Text.Json.Nodes;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>Options without weights, chosen anew by verbs that measure and restore: they count, and the result says so.</summary>
public sealed class ChosenOptionsTests : IDisposable
{
    private static readonly string[] s_network = ["network.baseWidth=8", "network.residualBlocks=1", "network.groups=4", "network.dropout=0", "emaDecay=0.5"];

    private readonly TemporaryFolder _folder = new();

    // A few of the drawn shapes, so that calibrating on all of them takes no time.
    private string Few => _folder["few.npy"];

    public ChosenOptionsTests() => Npy.Write(Few, DatasetCatalog.Open("shapes-grey", new(Size: 8)).As<Batch>().Read(Split.Test, 60, 60).First().X.ToArray<float>().Select(v => (byte)v).ToArray(), [60, 1, 8, 8]);

    [Fact]
    public void A_sampler_and_guidance_are_chosen_when_samples_are_judged_and_the_scores_say_so()
    {
        var run = Train("class-diffusion", "shapes-grey");
        var usual = Judged();
        Assert.Null(usual["chosen"]);
        var few = Judged("sampler.steps=1");
        Assert.NotEqual((double)usual["value"]!, (double)few["value"]!);
        Assert.Equal("{\"sampler.steps\":1}", few["chosen"]!.ToJsonString());
        var other = Judged("sampler=ddim", "sampler.steps=1", "guidance=30");
        Assert.NotEqual((double)few["value"]!, (double)other["value"]!);
        Assert.Equal("ddim", (string)other["chosen"]!["sampler.kind"]!);
        Assert.Equal((double)usual["value"]!, (double)Judged()["value"]!);

        // Each is kept: none replaces another.
        var kept = RunFolder.Open(run).ReadScores().Where(s => s.Name == "frechet").Select(s => s.Chosen?.ToJsonString()).ToList();
        Assert.Equal(["{\"sampler.steps\":1}", "{\"sampler.kind\":\"ddim\",\"sampler.steps\":1,\"guidance\":30}", null], kept);

        Assert.Contains("asked with sampler.steps=2 guidance=3", CommandLine.Succeed("evaluate", run, "--metric", "frechet", "--limit", "20", "--set", "sampler.steps=2", "guidance=3"), StringComparison.Ordinal);
        Assert.Contains("asked with sampler.steps=2", CommandLine.Succeed("evaluate", run, "--metric", "elbo", "--limit", "20", "--set", "sampler.steps=2").Split('\n')[0], StringComparison.Ordinal);

        Refused("'network' of 'class-diffusion' cannot change after training: only 'guidance' and 'sampler' can", "evaluate", run, "--set", "network.baseWidth=4");
        Refused("Unknown option 'samplr'", "evaluate", run, "--set", "samplr.steps=4");
        Refused("holds samples and no run, and --set changes options of a run's model", "evaluate", _folder.Path, "--against", "shapes-grey", "--size", "8", "--set", "guidance=2");

        JsonNode Judged(params string[] set) => Single("evaluate", [run, "--metric", "frechet", "--limit", "30"], set)[0];
    }

    [Fact]
    public void A_bound_of_more_draws_scores_and_finds_anomalies()
    {
        var run = Train("ddpm", Few, "steps=20", "boundDraws=2");
        var usual = Scores();
        var more = Scores("boundDraws=15");
        Assert.NotEqual(usual.Select(s => (double)s["log_likelihood_lower_bound"]!), more.Select(s => (double)s["log_likelihood_lower_bound"]!));
        Assert.All(more, s => Assert.Equal(15, (int)s["chosen"]!["boundDraws"]!));
        Assert.All(usual, s => Assert.Null(s["chosen"]));
        string[] line = [run, "--data", Few, "--limit", "5", "--calibrate", "validation"];
        Assert.Equal(15, (int)Single("anomalies", line, ["boundDraws=15"])[^1]["chosen"]!["boundDraws"]!);
        Assert.Contains("The model is asked with boundDraws=15.", CommandLine.Run(["anomalies", .. line, "--set", "boundDraws=15"]).Error, StringComparison.Ordinal);

        // Its restoration walks noise levels of its own.
        Refused("Restoring by null-space does not draw as the model draws, so sampler.kind=ddim sampler.steps=2 changes nothing", "complete", run, "--data", "shapes-grey", "--given", "top", "--set", "sampler.kind=ddim", "sampler.steps=2");
        Refused("Restoring by null-space", "upscale", run, "shapes-grey", "--factor", "2", "--limit", "1", "-o", _folder["large"], "--set", "sampler.steps=2");
        Refused("Restoring by null-space", "restoration", run, "--degrade", "mask:half", "--limit", "2", "--set", "sampler.steps=2");

        List<JsonNode> Scores(params string[] set) => Single("score", [run, "--data", Few, "--limit", "5"], set);
    }

    [Fact]
    public void What_has_been_learned_to_be_restored_is_drawn_as_chosen()
    {
        var run = Train("sr3", Few, "degrade=mask:half");
        var usual = Completed();
        var few = Completed("sampler.steps=1");
        Assert.NotEqual(usual, few);
        Assert.Equal(few, Completed("sampler.steps=1"));
        Assert.Contains(", as learned, with sampler.steps=1", CommandLine.Succeed("complete", run, "--data", "shapes-grey", "--count", "2", "-o", _folder["x.png"], "--set", "sampler.steps=1"), StringComparison.Ordinal);
        Assert.Contains($"learned ({run}, sampler.steps=1)", CommandLine.Succeed("restoration", run, "--degrade", "mask:half", "--limit", "4", "--draws", "1", "--json", "--set", "sampler.steps=1"), StringComparison.Ordinal);

        float[] Completed(params string[] set)
        {
            CommandLine.Succeed(["complete", run, "--data", "shapes-grey", "--count", "2", "-n", "1", "-o", _folder["x.npy"], .. set.Length == 0 ? set : ["--set", .. set]]);
            return Npy.Read(_folder["x.npy"]).ToSingles("");
        }
    }

    public void Dispose() => _folder.Dispose();

    private string Train(string model, string data, params string[] set)
    {
        CommandLine.Succeed(["train", model, "--data", data, "--size", "8", "--batch", "16", "--threads", "1", "--grids", "0", "--steps", "10", "--set", .. s_network, .. set, "--out", _folder["run"]]);
        return _folder["run"];
    }

    private static List<JsonNode> Single(string verb, string[] line, string[] set) =>
        [.. CommandLine.Succeed([verb, .. line, "--json", .. set.Length == 0 ? set : ["--set", .. set]]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!)];

    private static void Refused(string expected, params string[] line)
    {
        var outcome = CommandLine.Run(line);
        Assert.Equal(2, outcome.Code);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
    }
}
