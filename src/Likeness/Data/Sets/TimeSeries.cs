namespace Likeness;

/// <summary>Series of the forecasting and time series literature, and computed ones.</summary>
internal static class TimeSeries
{
    private const int Simulated = 12_000;

    private static readonly string[] s_oscillator = ["position", "velocity", "force"];

    public static IReadOnlyList<DatasetEntry> Entries { get; } =
    [
        Long("stocks", "stock_data.csv", "daily prices and volume of a stock, 6 columns (Yoon et al. 2019)", "Apache-2.0", path => TextTable.Read(path) is var (names, values) ? (values, names) : default),
        Long("airline", "airline-passengers.csv", "monthly airline passengers, 144 months", "public", path => (SeriesText.ReadDated(path), null)),
        Long("sunspots", "monthly-sunspots.csv", "monthly sunspots, 2820 months", "public", path => (SeriesText.ReadDated(path), null), hasZeros: true),
        Long("temperatures", "daily-min-temperatures.csv", "daily minimum temperatures, 3650 days", "public", path => (SeriesText.ReadDated(path), null), hasZeros: true),
        Ucr("gunpoint", "GunPoint", "movements of a hand, 150 steps, two classes"),
        Ucr("italy-power-demand", "ItalyPowerDemand", "power demand over a day, 24 hours, two classes"),
        new("sines", $"Sines of five frequencies and phases of their own, between 0 and 1 (Yoon et al. 2019): series of 24 steps, or of as many as the size says; computed.",
            "computed, free of rights", [Protocols.Reals], (_, options) => Sines(options)),
        new("driven-oscillator", "Position and velocity of a noisy oscillator, and the force that drives it, which is an action; computed.",
            "computed, free of rights", Protocols.OfSignedSeries, (_, options) => Windows.Of("driven-oscillator", Oscillate(), 3, s_oscillator, options, actions: 1)),
    ];

    private static DatasetEntry Long(string name, string file, string what, string licence, Func<string, (NumericArray Values, IReadOnlyList<string>? Names)> read, bool hasZeros = false) => new(
        $"timeseries/{name}",
        $"Series: {what}; the size is the length of a window (default 24).",
        licence,
        hasZeros ? Protocols.OfSeriesWithZeros : Protocols.OfSeries,
        (files, options) =>
        {
            var path = files.Locate(file);
            var (table, columns) = read(path);
            return Windows.Of($"timeseries/{name}", table.ToSingles(path), table.RowLength, columns, options);
        })
    {
        Folders = ["timeseries"],
        Files = [new(file)],
        Remedy = "it has no lasting address, so put a copy into a folder 'timeseries' of LIKENESS_DATA",
    };

    private static DatasetEntry Ucr(string name, string stem, string what) => new(
        $"timeseries/{name}",
        $"Series of the UCR archive: {what}; no validation split.",
        "for research",
        [Protocols.Reals],
        (files, options) =>
        {
            var protocol = Protocols.Choose(options.Protocol, Protocols.Reals);
            var (train, trainLabels, classes) = SeriesText.ReadTs(files.Locate($"{stem}_TRAIN.ts"));
            var (test, testLabels, _) = SeriesText.ReadTs(files.Locate($"{stem}_TEST.ts"));
            return new MemoryDataset(
                new($"timeseries/{name}", protocol, new([train.RowLength, 1], new Domain.Real(), classes.Length), Rows(train, trainLabels), Part.Empty, Rows(test, testLabels)), classes);
        })
    {
        Folders = [$"timeseries/{stem}"],
        Files = [new($"{stem}_TRAIN.ts"), new($"{stem}_TEST.ts")],
        Remedy = $"it has no lasting address, so put a copy into a folder 'timeseries/{stem}' of LIKENESS_DATA",
    };

    private static Part Rows(NumericArray series, int[] labels) => new(new SingleExamples((float[])series.Values, series.RowLength)) { Label = i => labels[i] };

    // ½ + ½ sin(f·t + φ) with f and φ uniform in [0, 0.1).
    private static MemoryDataset Sines(DataOptions options)
    {
        const int count = 10_000, values = 5, held = count / 10;
        var steps = options.Size ?? options.For?.Spec.Shape[0] ?? 24;
        var rows = new float[count * steps * values];
        for (var i = 0; i < count; i++)
        {
            var random = new SplitMix64(SplitMix64.Key(12, (ulong)i));
            for (var j = 0; j < values; j++)
            {
                var (frequency, phase) = (random.Uniform(0, 0.1), random.Uniform(0, 0.1));
                for (var t = 0; t < steps; t++)
                {
                    rows[(((i * steps) + t) * values) + j] = (float)(0.5 + (0.5 * Math.Sin((frequency * t) + phase)));
                }
            }
        }

        var size = steps * values;
        Part Of(int from, int length) => new(new SingleExamples(rows.AsMemory(from * size, length * size), size));
        return new(new("sines", Protocols.Choose(options.Protocol, Protocols.Reals), new([steps, values], new Domain.Real()), Of(0, count - (2 * held)), Of(count - (2 * held), held), Of(count - held, held)));
    }

    // ẍ = −x − 0.2·ẋ + force, by steps of 0.3, with noise on both; the force changes now and then.
    private static float[] Oscillate()
    {
        const double dt = 0.3;
        var random = new SplitMix64(SplitMix64.Key(11, 0));
        var rows = new float[3 * Simulated];
        var (x, v, force) = (0.0, 0.0, 0.0);
        for (var i = 0; i < rows.Length; i += 3)
        {
            if (random.Uniform() < 0.1)
            {
                force = random.Uniform(-1, 1);
            }

            // The state of a step follows from the force of the same step.
            v += dt * (-x - (0.2 * v) + force) + (0.05 * random.Normal());
            x += (dt * v) + (0.02 * random.Normal());
            (rows[i], rows[i + 1], rows[i + 2]) = ((float)x, (float)v, (float)force);
        }

        return rows;
    }
}
