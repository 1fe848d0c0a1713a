namespace Likeness.Tests.Models;

/// <summary>Diffusions of vectors learn a density that is known, and say what it is.</summary>
public sealed class VectorDiffusionTests
{
    public static TheoryData<string> Processes => ["edm", "flow-matching", "ddpm"];

    [Theory]
    [MemberData(nameof(Processes))]
    public void A_Normal_is_learned_and_its_likelihood_found_along_the_flow_and_from_below(string kind)
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        const double mean = 3, deviation = 2;
        var spec = new DataSpec([1], new Domain.Real());
        NoiseProcess process = kind switch { "edm" => new NoiseProcess.Karras(), "ddpm" => new NoiseProcess.VariancePreserving(), _ => new NoiseProcess.Straight() };
        var options = new VectorDiffusionOptions
        {
            Process = process, Width = 32, Blocks = 2, EmaDecay = 0.99, Optimizer = new Adam(3e-3) { ClipNorm = 1, Schedule = new Schedule.Linear() },
        };
        var model = new VectorDiffusion(spec, options, new Rng(1));
        var values = new Rng(5).Normal(4096, 1).ToArray<float>();
        using var training = Weights.Training(VectorDiffusion.Recipe.Objective(model, options, new Rng(2)), Weights.Data(spec, Array.ConvertAll(values, v => (float)(mean + deviation * v))), 256, 1500);
        Assert.Equal(1500, training.Run().Count());

        double[] at = [-1, 1, 3, 4, 7];
        var x = Tensor.From(Array.ConvertAll(at, v => (float)v), at.Length, 1);
        var exact = Array.ConvertAll(at, v => -0.5 * Math.Pow((v - mean) / deviation, 2) - Math.Log(deviation * Math.Sqrt(2 * Math.PI)));
        var flow = model.EstimateLogProb(x, 1e-4, new Rng(3)).ToArray<double>();

        // Of a network that was trained for seconds; wrong units would be off by ln 4 at least. Where there is little of the example left, an error of ε̂ is
        // a large one of x̂_0: so DDPM's is worse.
        Assert.All(Enumerable.Range(0, at.Length), i => Assert.Equal(exact[i], flow[i], kind == "ddpm" ? 0.5 : 0.25));

        var many = x.unsqueeze(1).expand(at.Length, 400, 1).reshape(-1, 1);
        var bound = model.LogProbBound(many, new Rng(4)).ToArray<double>().Chunk(400).ToArray();
        Assert.All(Enumerable.Range(0, at.Length), i =>
        {
            var score = Score.Mean(bound[i], "nats", Evidence.LowerBound);
            Assert.True(score.Value < flow[i] + 4 * score.StandardError + 0.1, $"The bound {score.Value} ± {score.StandardError} at {at[i]} is above {flow[i]}.");
            Assert.True(score.Value > exact[i] - 1, $"The bound {score.Value} at {at[i]} is far below {exact[i]}.");
        });

        var drawn = model.Sample(2000, new Rng(6)).ToArray<double>();
        Assert.Equal(mean, drawn.Average(), 0.3);
        Assert.Equal(deviation, Math.Sqrt(drawn.Average(v => Math.Pow(v - drawn.Average(), 2))), 0.3);
    }
}
