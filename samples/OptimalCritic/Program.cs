// Trains a critic against a generator whose density is known, and holds it against what Goodfellow et al. (2014) prove: the best critic is
// p/(p + q), and the value of the game there −log 4 + 2·JSD(p‖q).
using Likeness;

const int Steps = 4000, BatchSize = 512, Side = 128;
const double Edge = 6;
var data = DatasetCatalog.Open("8gaussians");
var critic = new Sequential(
    new Linear(2, 64, new Rng(1)), Activation.LeakyRelu(), new Linear(64, 64, new Rng(2)), Activation.LeakyRelu(), new Linear(64, 1, new Rng(3)));
using var training = new Trainer<Batch>(new Judging(critic), data.As<Batch>().Open(Split.Train, BatchSize, 1), new Rng(4), new(Steps, BatchSize));
var values = new List<double>();
foreach (var report in training.Run())
{
    values.Add(-report.Terms.Sum(t => t.Value));
}

// A square that holds all but a hundredth of a percent of both; the divergence and the mean error by quadrature.
var places = Enumerable.Range(0, Side).Select(i => (float)(Edge * (((2 * i) + 1.0) / Side - 1))).ToArray();
var grid = places.Reverse().SelectMany(y => places.SelectMany(x => new[] { x, y })).ToArray();
var learned = critic.Call(Tensor.From(grid, Side * Side, 2)).sigmoid().ToArray<double>();
var best = new double[learned.Length];
var (cell, error, divergence) = (Math.Pow(2 * Edge / Side, 2), 0.0, 0.0);
for (var i = 0; i < best.Length; i++)
{
    var (p, q) = (Math.Exp(((IKnownDensity)data).LogProb(grid.AsSpan(2 * i, 2))), Judging.Density(grid[2 * i], grid[(2 * i) + 1]));
    best[i] = p / (p + q);
    error += cell * (p + q) / 2 * Math.Abs(learned[i] - best[i]);
    divergence += cell / 2 * ((p > 0 ? p * Math.Log(2 * best[i]) : 0) + (q * Math.Log(2 * (1 - best[i]))));
}

Console.WriteLine($"mean absolute error of the critic: {error:0.0000}");
Console.WriteLine($"value: {values[^500..].Average():0.0000}, and -log 4 + 2 JSD = {-Math.Log(4) + (2 * divergence):0.0000}");
var pictures = Tensor.From([.. learned.Concat(best).Select(d => (float)Math.Round(255 * d))], 2, 1, Side, Side);
Directory.CreateDirectory("runs");
Sampling.WritePicture("runs/optimal-critic.png", ImageGrid.Draw(pictures, new DataSpec([1, Side, Side], new Domain.Byte()), 2));
Console.WriteLine("runs/optimal-critic.png: the trained critic, and p/(p + q)");

/// <summary>The critic's turns of the game; the generator, N(0, 4), stands still.</summary>
internal sealed class Judging : Objective<Batch>
{
    private const double Deviation = 2;

    private readonly Sequential _critic;
    private readonly Player _player;

    public Judging(Sequential critic)
    {
        _critic = Add("critic", critic);
        _player = new Player("critic", new Adam(5e-3) { Schedule = new Schedule.Linear() }, critic);
    }

    public override IReadOnlyList<Player> Players => [_player];

    public static double Density(double x, double y) => Math.Exp(-((x * x) + (y * y)) / (2 * Deviation * Deviation)) / (2 * Math.PI * Deviation * Deviation);

    public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
    {
        var (real, fake) = (feed.Next().X, rng.Normal(feed.BatchSize, 2) * Deviation);
        yield return _player.Minimise(("real", AdversarialLoss.Minimax.Real(_critic.Call(real))), ("fake", AdversarialLoss.Minimax.Fake(_critic.Call(fake))));
    }
}
