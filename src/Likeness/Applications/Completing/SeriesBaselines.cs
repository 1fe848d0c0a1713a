namespace Likeness;

/// <summary>Forecasts that anybody can make, with draws of their own errors over the training part for a spread.</summary>
internal sealed class SeriesBaselines
{
    // Added to the squares, so values which do not change have coefficients, too.
    private const double Ridge = 1e-6;

    private readonly int _columns, _lags;
    private readonly Dictionary<int, float[][]> _differences = [];
    private readonly double[][] _coefficients;
    private readonly float[][] _residuals;

    private SeriesBaselines(int columns, int lags, double[][] coefficients, float[][] residuals) =>
        (_columns, _lags, _coefficients, _residuals) = (columns, lags, coefficients, residuals);

    /// <summary>The mean absolute difference from a season before, for each column; 1 where there is none.</summary>
    public double[] Scales { get; private init; } = [];

    /// <summary>Learns them.</summary>
    /// <param name="training">Windows [steps, columns].</param>
    /// <param name="steps">Of a window.</param>
    /// <param name="columns">Values per step.</param>
    /// <param name="season">Steps of a season.</param>
    /// <param name="lags">Steps back that the autoregression looks; fewer where windows are too short.</param>
    public static SeriesBaselines Of(float[][] training, int steps, int columns, int season, int lags)
    {
        lags = Math.Clamp(lags, 1, Math.Max(1, steps / 2));
        var (coefficients, residuals) = (new double[columns][], new float[columns][]);
        for (var c = 0; c < columns; c++)
        {
            (coefficients[c], residuals[c]) = Chain.Value(() => Regressed(training, steps, columns, c, lags));
        }

        var baselines = new SeriesBaselines(columns, lags, coefficients, residuals)
        {
            Scales = [.. Differences(training, columns, season).Select(d => d.Length > 0 && d.Average(Math.Abs) is > 0 and var mean ? mean : 1)],
        };
        baselines._differences[1] = Differences(training, columns, 1);
        baselines._differences[season] = Differences(training, columns, season);
        return baselines;
    }

    /// <summary>The value of the last season, and as many draws of the difference to it as seasons have passed: [count, horizon, columns].</summary>
    public float[] Seasonal(float[] window, int past, int horizon, int season, int count, Func<int, int> below)
    {
        var (draws, differences) = (new float[count * horizon * _columns], _differences[season]);
        for (var i = 0; i < draws.Length; i++)
        {
            var (t, c) = (i / _columns % horizon, i % _columns);
            // The value a season before may itself be a draw.
            var before = t < season ? window[((past + t - season) * _columns) + c] : draws[i - (season * _columns)];
            draws[i] = before + differences[c][below(differences[c].Length)];
        }

        return draws;
    }

    /// <summary>Each column by its own last values, with draws of the residuals: [count, horizon, columns].</summary>
    public float[] Autoregression(float[] window, int past, int horizon, int count, Func<int, int> below)
    {
        var draws = new float[count * horizon * _columns];
        for (var i = 0; i < draws.Length; i++)
        {
            var (t, c) = (i / _columns % horizon, i % _columns);
            var value = _coefficients[c][0];
            for (var k = 1; k <= _lags; k++)
            {
                // What lies before the past that is known counts as its first value.
                value += _coefficients[c][k] * (t >= k ? draws[i - (k * _columns)] : window[(Math.Max(past + t - k, 0) * _columns) + c]);
            }

            draws[i] = (float)value + _residuals[c][below(_residuals[c].Length)];
        }

        return draws;
    }

    // Windows overlap: what is looked at is each window's last step, and all steps of the first.
    private static float[][] Differences(float[][] training, int columns, int season) =>
        [.. Enumerable.Range(0, columns).Select(c => (float[])[.. training.SelectMany((w, i) => Enumerable.Range(0, w.Length / columns).Where(t => t >= season && (i == 0 || t == (w.Length / columns) - 1))
            .Select(t => w[(t * columns) + c] - w[((t - season) * columns) + c]))])];

    // Least squares of a column on its own last values and one; residuals of every row.
    private static (double[] Coefficients, float[] Residuals) Regressed(float[][] training, int steps, int columns, int column, int lags)
    {
        var rows = new List<float>();
        var targets = new List<float>();
        for (var i = 0; i < training.Length; i++)
        {
            for (var t = i == 0 ? lags : steps - 1; t < steps; t++)
            {
                rows.Add(1);
                for (var k = 1; k <= lags; k++)
                {
                    rows.Add(training[i][((t - k) * columns) + column]);
                }

                targets.Add(training[i][(t * columns) + column]);
            }
        }

        var x = Tensor.From(rows.ToArray(), targets.Count, lags + 1).to(ScalarType.Float64);
        var y = Tensor.From(targets.ToArray(), targets.Count, 1).to(ScalarType.Float64);
        var squares = x.t().matmul(x);
        var solution = torch.linalg.solve(squares + (torch.diag(squares.diagonal()) * Ridge), x.t().matmul(y));
        return (solution.flatten().ToArray<double>(), (y - x.matmul(solution)).flatten().to(ScalarType.Float32).ToArray<float>());
    }
}
