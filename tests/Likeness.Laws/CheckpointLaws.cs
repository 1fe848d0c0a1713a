namespace Likeness.Laws;

/// <summary>Runs that an older version wrote are read, answer as they did then, and train on as they did: see tests/fixtures/checkpoints/README.md.</summary>
public sealed class CheckpointLaws
{
    /// <summary>How many recipes there were when the first runs were kept, one of each: none may be lost.</summary>
    private const int Kept = 46;

    /// <summary>Steps that each run was trained, and that it was then trained on.</summary>
    private const int Steps = 8, More = 3;

    // Relative where a number is above 1 and absolute below. Another libtorch, BLAS or processor adds in another order, so each sum of some
    // hundreds of fp32 terms is off by about 1e-6; the deepest of these models passes it through some ten layers.
    private const double Rounding = 1e-4;

    // Adam divides a gradient by its own size, and so makes of the rounding of a small one a step as large as any other. Weights that are off by
    // 1e-6 of themselves at first move no term of three such steps by more than a third of this.
    private const double Trained = 1e-3;

    // The share of values that may be others: where a uniform number lies within rounding of a probability, or a pixel within rounding of a half, another value may be chosen.
    private const double Flips = 0.01;

    public static TheoryData<string> All => [.. Directory.EnumerateDirectories(Folder).Where(RunFolder.Exists).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_run_that_was_kept_is_still_there() => Assert.InRange(All.Count, Kept, int.MaxValue);

    [Theory]
    [MemberData(nameof(All))]
    public void A_model_of_an_older_version_answers_as_it_did(string recipe)
    {
        TorchRuntime.Threads = 1;
        using var scope = torch.NewDisposeScope();
        var (known, folder) = (Zoo.BuiltIn.Find(recipe), RunFolder.Open(Path.Combine(Folder, recipe)));
        Assert.Equal(recipe, folder.Record.Recipe);
        var model = Run.LoadModel(folder, known, out var steps);
        Assert.Equal(Steps, steps);

        using var file = SafetensorsFile.Open(Path.Combine(folder.Path, "expected.safetensors"));
        var inputs = new Inputs(folder.Record.Data.Spec, file.Read("input/x"), Input("labels"), Input("z"), file.Metadata["texts"].Split('\n'));
        var answers = Questions.Ask(model, inputs).ToDictionary(a => a.Name);

        // A model may learn to answer more, and must not forget.
        var names = Under(file, "answer/");
        Assert.NotEmpty(names);
        Assert.Empty(names.Except(answers.Keys));
        foreach (var name in names)
        {
            var expected = file.Read("answer/" + name);
            Assert.Equal(expected.shape, answers[name].Value.shape);
            var values = expected.ToArray<double>();
            Agree(name, values, answers[name].Value.ToArray<double>(), Rounding, answers[name].Chosen || values.All(double.IsInteger) ? Flips : 0);
        }

        Tensor? Input(string name) => file.Names.Contains("input/" + name) ? file.Read("input/" + name) : null;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_training_of_an_older_version_goes_on_as_it_did(string recipe)
    {
        using var scope = torch.NewDisposeScope();
        var path = Directory.CreateTempSubdirectory("likeness-").FullName;
        try
        {
            foreach (var name in new[] { "run.json", "model.safetensors", "training.safetensors" })
            {
                File.Copy(Path.Combine(Folder, recipe, name), Path.Combine(path, name));
            }

            // The data, of which the record holds only the kind, is made up again as it was then.
            var folder = RunFolder.Open(path);
            using var run = Run.Resume(folder, Zoo.BuiltIn.Find(recipe), SmallData.Of(folder.Record.Data.Spec with { Attributes = [] }));
            Assert.Equal(Steps, run.Step);
            var entries = run.Train().Take(More).Select(LogEntry.Of).ToArray();

            using var file = SafetensorsFile.Open(Path.Combine(Folder, recipe, "expected.safetensors"));
            var names = Under(file, "resumed/");
            Assert.NotEmpty(names);
            Assert.Equal(names.Order(), entries.SelectMany(e => e.Terms.Keys).Distinct().Order());
            foreach (var name in names)
            {
                Agree(name, file.Read("resumed/" + name).ToArray<double>(), [.. entries.Where(e => e.Terms.ContainsKey(name)).Select(e => e.Terms[name])], Trained, 0);
            }
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static string[] Under(SafetensorsFile file, string prefix) =>
        [.. file.Names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Select(n => n[prefix.Length..])];

    private static void Agree(string name, double[] expected, double[] actual, double tolerance, double flips)
    {
        Assert.Equal(expected.Length, actual.Length);
        var others = Enumerable.Range(0, expected.Length).Where(i => !(Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])))).ToArray();
        Assert.True(others.Length <= flips * expected.Length,
            $"{name}: {others.Length} of {expected.Length} values are not as they were, for example {string.Join(", ", others.Take(4).Select(i => $"{actual[i]:R} where it was {expected[i]:R}"))}.");
    }

    private static string Folder
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Likeness.slnx")))
            {
                folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside of the repository: Likeness.slnx is not above them.");
            }

            return Path.Combine(folder.FullName, "tests", "fixtures", "checkpoints");
        }
    }
}
