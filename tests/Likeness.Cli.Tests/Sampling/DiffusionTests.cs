using System.Text.RegularExpressions;
using System.Text.Json.Nodes;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>What is asked of diffusion models after training: other samplers, more guidance, likelihoods along the flow.</summary>
public sealed class DiffusionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_sampler_and_guidance_are_chosen_when_samples_are_drawn_and_nothing_else()
    {
        var run = _folder["run"];
        CommandLine.Succeed("train", "class-diffusion", "--data", "shapes-grey", "--size", "8", "--steps", "40", "--batch", "16", "--threads", "1", "--grids", "0",
            "--set", "network.baseWidth=8", "network.residualBlocks=1", "network.groups=4", "network.dropout=0", "emaDecay=0.5", "optimizer.learningRate=0.01", "optimizer.schedule.kind=constant", "--out", run);
        var before = File.ReadAllText(Path.Combine(run, "run.json"));
        Assert.Equal(Drawn(), Drawn("sampler.steps=20"));
        var few = Drawn("sampler.steps=2");
        Assert.NotEqual(Drawn(), few);
        Assert.NotEqual(few, Drawn("sampler.steps=2", "guidance=50"));
        Assert.NotEqual(few, Drawn("sampler.kind=heun", "sampler.steps=2"));
        Assert.Equal(before, File.ReadAllText(Path.Combine(run, "run.json")));

        // A run from before there was such an option.
        var noisy = Drawn("sampler.eta=1");
        Assert.NotEqual(Drawn(), noisy);
        var older = Regex.Replace(before, @",\s*""eta"": 0(?=\s*\})", "");
        Assert.NotEqual(before, older);
        File.WriteAllText(Path.Combine(run, "run.json"), older);
        Assert.Equal(noisy, Drawn("sampler.eta=1"));

        Refused("network.baseWidth=4", "'network' of 'class-diffusion' cannot change after training: only 'guidance' and 'sampler' can");
        Refused("samplr.steps=4", "Unknown option 'samplr'");
        Refused("sampler.kind=hein", "heun");
        Refused("sampler.steps=0", "at least 1");

        float[] Drawn(params string[] set)
        {
            CommandLine.Succeed(["sample", run, "-n", "2", "--class", "0", "-o", _folder["x.npy"], .. set.Length == 0 ? set : ["--set", .. set]]);
            return Npy.Read(_folder["x.npy"]).ToSingles("");
        }

        void Refused(string set, string expected)
        {
            var outcome = CommandLine.Run("sample", run, "-n", "1", "--set", set);
            Assert.Equal(2, outcome.Code);
            Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_likelihood_along_the_flow_is_an_estimate_with_its_error()
    {
        var run = _folder["vectors"];
        CommandLine.Succeed("train", "diffusion", "--data", "8gaussians", "--steps", "20", "--threads", "1", "--set", "width=16", "blocks=1", "--out", run);
        var lines = CommandLine.Succeed("evaluate", run, "--metric", "flow-nll", "elbo", "--limit", "20", "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Contains(lines, l => (string)l["name"]! == "flow-nll" && (string)l["evidence"]! == "Estimate" && (double)l["standardError"]! > 0);
        Assert.Contains(lines, l => (string)l["name"]! == "elbo" && (string)l["evidence"]! == "UpperBound");
    }

    public void Dispose() => _folder.Dispose();
}
