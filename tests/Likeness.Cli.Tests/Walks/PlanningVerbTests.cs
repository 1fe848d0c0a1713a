using System.Text.Json.Nodes;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>From experience to a learned world, its futures and its plans; and forecasts that are judged.</summary>
public sealed class PlanningVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_world_is_learned_simulated_and_acted_in()
    {
        var (log, run) = (_folder["log.csv"], _folder["cart"]);
        var acted = CommandLine.Succeed("plan", "--environment", "cart-pole", "--by", "random", "--episodes", "12", "--transitions", log, "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(13, acted.Length);
        Assert.Equal(12, (int)JsonNode.Parse(acted[12])!["episodes"]!);
        CommandLine.Succeed("train", "pets", "--data", log, "--next-prefix", "next_", "--action-columns", "push", "--reward-column", "reward", "--drop", "episode",
            "--set", "hidden=16", "layers=1", "members=2", "--steps", "200", "--grids", "0", "--threads", "1", "--out", run);

        var rows = CommandLine.Succeed("simulate", run, "--start", "position=0,velocity=0,angle=0,angular_velocity=0", "--action", "push=1", "--steps", "3", "-n", "20", "-o", _folder["futures.csv"], "--json")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, rows.Length);
        Assert.Equal(3, JsonNode.Parse(rows[0])!["values"]!["velocity"]!.AsArray().Count);
        Assert.Equal(1 + (20 * 3), File.ReadAllLines(_folder["futures.csv"]).Length);

        var errors = CommandLine.Succeed("simulate", run, "--calibration", "--steps", "2", "-n", "20", "--data", log, "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, errors.Length);
        Assert.InRange((double)JsonNode.Parse(errors[1])!["coverage"]!, 0, 1);

        var plan = CommandLine.Succeed("plan", run, "--environment", "cart-pole", "--population", "8", "--elites", "2", "--iterations", "1", "--horizon", "3", "--particles", "2", "-o", _folder["plan.png"]);
        Assert.Contains("mean return", plan, StringComparison.Ordinal);
        Assert.True(new FileInfo(_folder["plan.png"]).Length > 1000);
    }

    [Fact]
    public void What_cannot_be_planned_is_said()
    {
        Says("plan needs --environment", "plan", "--by", "random");
        Says("needs the folder of a run", "plan", "--environment", "pendulum");
        Says("cannot be listed", "plan", "--environment", "pendulum", "--by", "value-iteration");
        Says("end the file's name in .png", "plan", "--environment", "pendulum", "--by", "random", "-o", "x.txt");

        static void Says(string sentence, params string[] args)
        {
            var outcome = CommandLine.Run(args);
            Assert.Equal(2, outcome.Code);
            Assert.Contains(sentence, outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Forecasts_stand_beside_baselines_and_maps_are_drawn()
    {
        var (file, run) = (_folder["wave.csv"], _folder["wave"]);
        File.WriteAllLines(file, ["value,other", .. Enumerable.Range(0, 400).Select(t => FormattableString.Invariant($"{Math.Sin(t / 3.0) + (0.1 * Math.Sin(t * t))},{t % 7}"))]);
        CommandLine.Succeed("train", "linear-ar", "--data", file, "--protocol", "windows", "--size", "10", "--grids", "0", "--out", run);
        var methods = CommandLine.Succeed("backtest", run, "--horizon", "3", "--season", "7", "--limit", "10", "-n", "20", "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["linear-ar", "naive", "seasonal-naive", "ar"], methods.Select(m => (string)JsonNode.Parse(m)!["method"]!));
        Assert.All(methods, m => Assert.Equal(10 * 3 * 2, (int)JsonNode.Parse(m)!["count"]!));

        CommandLine.Succeed("evaluate", run, "--metric", "mmd", "--map", _folder["map.png"], "--limit", "30");
        Assert.True(new FileInfo(_folder["map.png"]).Length > 1000);
    }

    public void Dispose() => _folder.Dispose();
}
