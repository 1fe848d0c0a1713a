using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>How a classifier is trained on few labels.</summary>
/// <param name="Labels">Total number of labelled training examples, as evenly over the classes as possible.</param>
/// <param name="Repeats">Number of repetitions with other examples and random numbers.</param>
/// <param name="Steps">Number of training steps.</param>
/// <param name="LearningRate">Learning rate of Adam for linear layers and for networks trained from scratch.</param>
/// <param name="Limit">Largest number of examples used for evaluation.</param>
public sealed record TransferOptions(int Labels = 100, int Repeats = 5, int Steps = 500, double LearningRate = 1e-3, int Limit = int.MaxValue)
{
    /// <summary>Learning rate of Adam for a pretrained encoder: smaller, so that little of what it has learned is lost.</summary>
    public double EncoderRate { get; init; } = 1e-4;
}

/// <summary>What classifiers of the same few labelled examples achieved, in % on held-out examples; the errors are over the repeats.</summary>
/// <param name="Frozen">Logistic regression on the codes of the trained encoder, which stays as it is.</param>
/// <param name="FineTuned">The same linear layer, and then the encoder with it, trained on at a smaller rate.</param>
/// <param name="FromScratch">The same layers from a random beginning.</param>
/// <param name="Gain">Fine-tuned less from scratch, on the same examples.</param>
public sealed record TransferReport(Score Frozen, Score FineTuned, Score FromScratch, Score Gain);

/// <summary>
/// What learning without labels is worth when labels are few: a linear layer on the trained encoder's codes, the same with the encoder trained on, and the same layers from a
/// random beginning, with the same examples and the same steps.
/// </summary>
public static class Transfer
{
    private const int BatchSize = 100;

    /// <summary>Measures all three.</summary>
    /// <param name="trained">A run whose model encodes.</param>
    /// <param name="data">Labelled data: training examples to choose from, test examples that judge.</param>
    /// <param name="options">How.</param>
    /// <param name="rng">Where the choice of examples and all beginnings come from.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    /// <exception cref="UsageException">The model does not encode, or the data has no classes.</exception>
    public static TransferReport Measure(TrainedModel trained, IDataset data, TransferOptions options, Rng rng, Action<double>? progress = null)
    {
        Check(trained, data, options);
        var training = Codes.Of(data, new(Split.Train), torch.CPU, x => x);
        var (frozen, tuned, scratch) = (new double[options.Repeats], new double[options.Repeats], new double[options.Repeats]);
        for (var r = 0; r < options.Repeats; r++)
        {
            var own = rng.Fork($"repeat {r}");
            var few = Choose(training, data.Spec, options.Labels, own.Fork("examples"));
            var model = Run.LoadModel(trained.Folder, trained.Recipe, out _);
            frozen[r] = Probe(model, few, data, options);
            tuned[r] = FineTuned(model, few, data, options, own, judges: true);
            progress?.Invoke((r + 0.5) / options.Repeats);
            scratch[r] = Scratch(trained.Recipe.CreateModel(trained.Spec, trained.Folder.Record.Options, own.Fork("beginning")), few, data, options, own);
            progress?.Invoke((r + 1.0) / options.Repeats);
        }

        return new(Mean(frozen), Mean(tuned), Mean(scratch), Mean([.. tuned.Zip(scratch, (t, s) => t - s)]));

        static Score Mean(double[] values) => Score.Mean(values, "%", Evidence.Estimate);
    }

    /// <summary>Fine-tunes the encoder once, as the first repeat of a measurement with the same randomness does, and keeps its model as a run.</summary>
    /// <param name="trained">A run whose model encodes.</param>
    /// <param name="data">Labelled data to choose training examples from.</param>
    /// <param name="options">How.</param>
    /// <param name="rng">As of <see cref="Measure"/>.</param>
    /// <param name="path">The new run's folder.</param>
    /// <param name="overwrite">Whether a run that is already there may be replaced.</param>
    /// <returns>A run of the same model on the data that it learned from, which has taken no step on it.</returns>
    /// <exception cref="LikenessException">As of <see cref="Measure"/>, or the run's own data is gone, or the folder will not do.</exception>
    public static RunFolder Keep(TrainedModel trained, IDataset data, TransferOptions options, Rng rng, string path, bool overwrite = false)
    {
        Check(trained, data, options);
        var record = trained.Folder.Record;
        using var run = Run.Create(path, trained.Recipe, trained.OpenData(), new(record.Seed)
        {
            Options = record.Options, Training = record.Training, Device = trained.Model.Device, Logs = record.Logs, From = trained.Folder, Overwrite = overwrite,
        });
        var own = rng.Fork("repeat 0");
        FineTuned(run.Model, Choose(Codes.Of(data, new(Split.Train), torch.CPU, x => x), data.Spec, options.Labels, own.Fork("examples")), data, options, own, judges: false);
        run.Save();
        run.Folder.Update(run.Folder.Record with { From = run.Folder.Record.From! with { FineTunedOn = options.Labels } });
        return run.Folder;
    }

    /// <summary>Fits the linear layer to the codes of the encoder as it is, as the first repeat of a measurement with the same randomness does, and keeps both as a run that classifies.</summary>
    /// <param name="trained">A run whose model encodes.</param>
    /// <param name="data">Labelled data to choose training examples from.</param>
    /// <param name="options">How many labels.</param>
    /// <param name="rng">As of <see cref="Measure"/>.</param>
    /// <param name="path">The new run's folder.</param>
    /// <param name="overwrite">Whether a run that is already there may be replaced.</param>
    /// <returns>A run on the labelled data, which has taken no step.</returns>
    /// <exception cref="LikenessException">As of <see cref="Measure"/>, or the data is in units of the run's own, or the folder will not do.</exception>
    public static RunFolder KeepFrozen(TrainedModel trained, IDataset data, TransferOptions options, Rng rng, string path, bool overwrite = false)
    {
        Check(trained, data, options);
        var record = trained.Folder.Record;
        if (data.Origin.Fit.Scales && data.Origin.Source != record.Data.Source)
        {
            throw new UsageException($"A classifier of '{data.Name}' cannot be kept: its columns are in units of '{record.Data.Source}', which its own record would not know: leave it out for the run's own data.");
        }

        var recipe = Zoo.BuiltIn.Recipes.Single(r => typeof(IReadout).IsAssignableFrom(r.ModelType));
        var coder = new JsonObject { ["kind"] = "run", ["path"] = trained.Folder.Path };
        using var run = Run.Create(path, recipe, data, new(record.Seed) { Options = new() { ["coder"] = coder }, Device = trained.Model.Device, Overwrite = overwrite });
        var few = Choose(Codes.Of(data, new(Split.Train), torch.CPU, x => x), data.Spec, options.Labels, rng.Fork("repeat 0").Fork("examples"));
        var probe = (IReadout)run.Model;
        Chain.Value(() =>
        {
            var codes = Codes.Of(few, new(Split.Train), trained.Model.Device, trained.Require<IEncoder>().Encode);
            probe.Take(LogisticRegression.Fit(codes.Points, codes.Labels, data.Spec.Classes));
        });
        run.Save();
        // What was fitted stays where the run is trained on.
        run.Folder.Update(run.Folder.Record with { From = StartingWeights.Take(trained.Folder, probe.Coder, recipe.Name) with { FittedTo = options.Labels } });
        return run.Folder;
    }

    private static void Check(TrainedModel trained, IDataset data, TransferOptions options)
    {
        _ = new LatentSpace(trained).Encoder;
        if (!Codes.AreLabelled(data))
        {
            throw new UsageException($"The examples of '{data.Name}' have no classes to tell apart: choose labelled data.");
        }

        var classes = data.Spec.Classes;
        if (data.Count(Split.Train) == 0)
        {
            throw new UsageException($"'{data.Name}' has no training part that labelled examples could be chosen from: leave it out for the run's own data, or give data with a training part.");
        }

        if (options.Labels < classes || options.Labels > data.Count(Split.Train))
        {
            throw new UsageException($"{Counted.Of(options.Labels, "labelled example")} cannot be chosen: ask for {classes} (one of each class) … {data.Count(Split.Train)}.");
        }
    }

    private static double Probe(Module model, IDataset few, IDataset data, TransferOptions options) => LinearProbe.Accuracy(
        Codes.Of(few, new(Split.Train), model.Device, ((IEncoder)model).Encode),
        Codes.Of(data, new(Limit: options.Limit), model.Device, ((IEncoder)model).Encode),
        data.Spec.Classes).Value;

    private static double FineTuned(Module model, IDataset few, IDataset data, TransferOptions options, Rng rng, bool judges)
    {
        return Chain.Value(() =>
        {
            var codes = Codes.Of(few, new(Split.Train), model.Device, ((IEncoder)model).Encode);
            var tuning = new FineTuning(model, LogisticRegression.Fit(codes.Points, codes.Labels, data.Spec.Classes), options.Labels, options.LearningRate, options.EncoderRate);
            Train(tuning, few, options, rng);
            return judges ? Accuracy(tuning.Logits, model, data, options) : double.NaN;
        });
    }

    private static double Scratch(Module model, IDataset few, IDataset data, TransferOptions options, Rng rng)
    {
        return Chain.Value(() =>
        {
            var classifier = new Learner(model, Codes.Of(few, new(Split.Train), model.Device, ((IEncoder)model).Encode), data.Spec.Classes, rng.Fork("head"));
            Train(new CrossEntropy(classifier, new Adam(options.LearningRate), (x, _) => classifier.Logits(x)), few, options, rng);
            return Accuracy(classifier.Logits, model, data, options);
        });
    }

    private static void Train(Objective<LabelledBatch> objective, IDataset few, TransferOptions options, Rng rng)
    {
        var batch = Math.Min(BatchSize, options.Labels);
        using var training = new Trainer<LabelledBatch>(objective, few.As<LabelledBatch>().Open(Split.Train, batch, rng.Fork("feed").Seed), rng.Fork("training"), new(options.Steps, batch));
        foreach (var _ in training.Run())
        {
        }
    }

    private static double Accuracy(Func<Tensor, Tensor> logits, Module model, IDataset data, TransferOptions options)
    {
        var called = Codes.Of(data, new(Limit: options.Limit), model.Device, x => logits(x).topk(1).indexes);
        return 100.0 * called.Values.Zip(called.Labels!, (c, l) => (int)c == l ? 1 : 0).Average();
    }

    // As many of each class as can be: one of each in turn, in random order, until there are enough.
    private static MemoryDataset Choose(Codes all, DataSpec spec, int count, Rng rng)
    {
        return Chain.Value(() =>
        {
            var order = rng.Permutation(all.Count).to(torch.CPU).ToArray<long>();
            var chosen = order.GroupBy(i => all.Labels![i]).OrderBy(g => g.Key)
                .SelectMany(g => g.Select((i, turn) => (Example: (int)i, turn)))
                .OrderBy(e => e.turn).Take(count).Select(e => e.Example).ToArray();
            var values = new float[count * all.Width];
            for (var i = 0; i < chosen.Length; i++)
            {
                all.Values.AsSpan(chosen[i] * all.Width, all.Width).CopyTo(values.AsSpan(i * all.Width));
            }

            return MemoryDataset.Of("labelled", "chosen", spec, values, Array.ConvertAll(chosen, i => all.Labels![i]));
        });
    }

    /// <summary>A linear layer on codes, which are standardised by those of the first moment.</summary>
    private sealed class Learner : Module
    {
        private readonly Module _encoder;
        private readonly Linear _head;
        private readonly Tensor _mean, _deviation;

        public Learner(Module encoder, Codes codes, int classes, Rng rng)
        {
            _encoder = Add("encoder", encoder);
            _head = Add("head", new Linear(codes.Width, classes, rng));
            _mean = Buffer("mean", Chain.Kept(() => Moments.Of(codes.Points).Mean.to(encoder.Device)));
            _deviation = Buffer("deviation", Chain.Kept(() => Moments.Of(codes.Points).Deviation.to(encoder.Device)));
        }

        public Tensor Logits(Tensor x) => _head.Call((((IEncoder)_encoder).Encode(x).to(ScalarType.Float32) - _mean) / _deviation);
    }
}
