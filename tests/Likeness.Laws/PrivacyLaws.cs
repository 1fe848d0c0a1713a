namespace Likeness.Laws;

/// <summary>What every model that can be trained privately keeps.</summary>
public sealed class PrivacyLaws
{
    private const int Half = 2;

    private static readonly Func<string, string, bool> s_private = Cases.Once(IsPrivate);

    public static TheoryData<string, string> Private => Cases.Of<Module, object>(applies: s_private);

    public static TheoryData<string, string> OneOfEach => Cases.OneOfEach(s_private);

    public static TheoryData<string, string> Others => Cases.Of<Module, object>(applies: (recipe, data) => !s_private(recipe, data));

    private static PrivacyOptions Promise => new() { Noise = 1.5, Clip = 0.5, Seed = 3 };

    [Theory]
    [MemberData(nameof(Private))]
    public void The_sum_of_cut_gradients_is_that_of_examples_alone(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        // A few steps lead away from weights that start at zero and stop the gradients of those before them.
        using var subject = Subject.Trained(recipe, data, 5);
        switch (subject.Rehearsal.Objective)
        {
            case IExampleLosses<Batch> losses:
                Compare(losses, SmallData.Of(subject.Spec));
                break;
            case IExampleLosses<LabelledBatch> losses:
                Compare(losses, SmallData.Of(subject.Spec).As<LabelledBatch>());
                break;
            case IExampleLosses<CaptionedBatch> losses:
                Compare(losses, SmallData.Of(subject.Spec).As<CaptionedBatch>());
                break;
            case IExampleLosses<SourcedBatch> losses:
                Compare(losses, SmallData.Of(subject.Spec).As<SourcedBatch>());
                break;
            default:
                Assert.Fail($"{recipe} learns privately from batches of a kind that this law does not know.");
                break;
        }
    }

    [Theory]
    [MemberData(nameof(OneOfEach))]
    public void A_private_training_is_resumed_bitwise_and_its_ledger_never_shrinks(string recipe, string data) => Resumes(recipe, data);

    [Theory]
    [Trait("Category", "Long")]
    [MemberData(nameof(Private))]
    public void So_it_is_on_data_of_every_kind(string recipe, string data) => Resumes(recipe, data);

    [Theory]
    [MemberData(nameof(Others))]
    public void A_model_that_cannot_be_trained_privately_says_why(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        var refusal = Assert.Throws<UsageException>(() => Create(recipe, data));
        Assert.Contains("privately: ", refusal.Message);
    }

    private static void Resumes(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        // In memory where there is such a place: each step waits until the ledger has reached the disk.
        var folder = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"ledger-{Guid.NewGuid():N}")).FullName;
        try
        {
            var (zoo, source) = (Zoo.BuiltIn.Find(recipe), SmallData.Of(Cases.Spec(data)));
            var plan = new RunPlan(1) { Options = zoo.SmallestOptions, Training = new(2 * Half, Subject.BatchSize) { Privacy = Promise }, Threads = 1 };
            double[] whole, resumed;
            using (var run = Run.Create(Path.Combine(folder, "whole"), zoo, source, plan))
            {
                Take(run, 2 * Half);
                whole = Weights(run);
                Assert.Equal(2 * Half, Uses(run));
            }

            var path = Path.Combine(folder, "halves");
            using (var run = Run.Create(path, zoo, source, plan))
            {
                Assert.Equal(0, Uses(run));
                Take(run, Half);
                Assert.Equal(Half, Uses(run));
                File.Copy(run.Folder.TrainingFile, run.Folder.TrainingFile + ".half");
                Take(run, 2);
                Assert.Equal(Half + 2, Uses(run));
            }

            // A checkpoint of before: what was given away since stays given away.
            File.Move(Path.Combine(path, "training.safetensors.half"), Path.Combine(path, "training.safetensors"), overwrite: true);
            using (var run = Run.Resume(RunFolder.Open(path), zoo, source))
            {
                Assert.Equal(Half, run.Step);
                run.Save();
                Assert.Equal(Half + 2, Uses(run));
                Take(run, Half);
                Assert.Equal(2 * Half, Uses(run));
                resumed = Weights(run);
            }

            Assert.Equal(whole, resumed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare<TBatch>(IExampleLosses<TBatch> losses, IDataset<TBatch> data)
        where TBatch : class
    {
        const int count = 7;
        ((Module)losses).train(true);
        var batch = data.Read(Split.Train, count, count).First();
        long[] numbers = [.. Enumerable.Range(0, count).Select(i => (long)((5 * i) + 2))];
        var each = new Rng(11).PerExample();
        var measure = new ClippedGradients<TBatch>(losses, 1);
        var singles = Enumerable.Range(0, count).Select(i => measure.Of((TBatch)((ISeparableBatch)batch).Part(i, 1), numbers[i], each)).ToArray();

        // So that some are cut and some are not.
        var lengths = Array.ConvertAll(singles, g => Optimizer.GradientNorm(g));
        var clip = lengths.Order().ElementAt(count / 2);
        var (terms, sums) = new ClippedGradients<TBatch>(losses, clip).Sum(batch, numbers, each);
        Assert.All(terms, t => Assert.True(double.IsFinite(t.Value.ToDouble())));
        for (var p = 0; p < sums.Length; p++)
        {
            var expected = Enumerable.Range(0, count).Where(i => singles[i][p] is not null)
                .Select(i => singles[i][p]!.to(ScalarType.Float64) * Math.Min(1, clip / lengths[i])).Aggregate((Tensor?)null, (a, b) => a is null ? b : a + b);
            if (expected is null)
            {
                Assert.Null(sums[p]);
                continue;
            }

            // Two ways of summing fp32 numbers through a few dozen operators.
            var off = (sums[p]!.to(ScalarType.Float64) - expected).norm().ToDouble();
            Assert.True(off <= 1e-4 * clip * count, $"{losses.Player.Parameters[p].Name} is off by {off} at a clip of {clip}.");
        }
    }

    private static bool IsPrivate(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        try
        {
            using var training = Create(recipe, data);
            return true;
        }
        catch (UsageException)
        {
            return false;
        }
    }

    private static ITraining Create(string recipe, string data)
    {
        var zoo = Zoo.BuiltIn.Find(recipe);
        var spec = Cases.Spec(data);
        return zoo.CreateTraining(zoo.CreateModel(spec, zoo.SmallestOptions, new Rng(1)), zoo.SmallestOptions, SmallData.Of(spec), new(2, Subject.BatchSize) { Privacy = Promise }, new Rng(2));
    }

    private static void Take(Run run, int steps)
    {
        foreach (var _ in run.Train().Take(steps))
        {
        }
    }

    private static long Uses(Run run) => run.Folder.Privacy!.Ledger.Sums.Sum(s => s.Times);

    private static double[] Weights(Run run)
    {
        using var scope = torch.NewDisposeScope();
        return [.. run.Model.parameters().SelectMany(p => p.ToArray<double>())];
    }
}
