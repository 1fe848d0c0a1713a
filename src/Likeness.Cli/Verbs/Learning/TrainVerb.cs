using System.Text.Json.Nodes;
using Likeness.Cli.Lines;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness train MODEL --data NAME</c>: a new run.</summary>
internal static class TrainVerb
{
    // Training examples below which fewer steps will do, and steps that are taken even so.
    private const int Few = 400;
    private const int LeastSteps = 1000;
    private const long MostPasses = 2000;

    // Of early stopping that nobody asked for: so many looks over the usual length, or one in so many passes over the examples where that is sooner. A network of thousands
    // of weights knows a few hundred examples by heart after some tens of passes.
    private const int Looks = 40;
    private const int Passes = 4;
    private const int LeastBetween = 10;
    private const int LookedAt = 1000;

    // Steps without improvement that end it: a quarter of the length, or so many passes, but never fewer than this, because some begin slowly.
    private const int Quarter = 4;
    private const int PatientPasses = 100;
    private const int LeastPatience = 500;

    public static Command Create(Terminal terminal)
    {
        var model = ModelsVerb.ModelArgument("what to train (see 'likeness models')");
        var data = new Option<string>("--data") { Description = "what to learn from: a name (see 'likeness data'), a path, or several of images as domains, NAME::NAME", HelpName = "NAME", Required = true };
        data.CompletionSources.Add(_ => DatasetCatalog.BuiltIn.Select(e => new System.CommandLine.Completions.CompletionItem(e.Name)));
        var set = new Option<string[]>("--set") { Description = "an option of the model, such as --set hidden=300", HelpName = "key=value", AllowMultipleArgumentsPerToken = true };
        var degrade = new Option<string?>("--degrade") { Description = $"learn to restore images from degraded ones: {string.Join(", ", Measurements.Forms.Where(f => !f.Contains("FILE", StringComparison.Ordinal)))}", HelpName = "MEASUREMENT" };
        var steps = CommonOptions.Number<long>("--steps", "training steps (default: the model's)", 1);
        var epochs = CommonOptions.Number<double>("--epochs", "training length in passes over the data, instead of --steps", 0);
        var batch = CommonOptions.Number("--batch", "examples per step (default: the model's)", 1);
        var every = CommonOptions.Number<long>("--validate-every", "validate every so many steps and keep the best weights (default where there is a validation split and no length is given: 40 times, patience 10, more often where examples are few; 0: never)", 0);
        var patience = CommonOptions.Number("--patience", "stop after so many validations without improvement (default: never)", 1);
        var look = CommonOptions.Number("--validate-on", "validate on so many examples (default: the whole validation split)", 1);
        var aside = CommonOptions.Number("--hold-out", "share of the training examples that is held out as validation split, of data that has none", 0.0);
        var privacy = new Option<string?>("--privacy") { Description = "train with differential privacy: epsilon=3,delta=1e-5, and clip=1 to change the norm that gradients are clipped to", HelpName = "WORDS" };
        var canaries = CommonOptions.Number("--canaries", "make so many examples up and learn from about half of them, for 'likeness audit' to see which", 20);
        var seed = CommonOptions.Seed();
        var device = new Option<string?>("--device") { Description = "cpu, cuda, cuda:N or mps (default cpu)", HelpName = "DEVICE" };
        var precision = CommonOptions.Choice("--precision", "of products and convolutions while training", "fp32", "bf16", "auto");
        var threads = CommonOptions.Threads();
        var protocol = new Option<string?>("--protocol") { Description = "the data's preprocessing (see 'likeness data info NAME')", HelpName = "NAME" };
        var size = CommonOptions.Size();
        var skip = CommonOptions.SkipDamaged();
        var flip = new Option<bool>("--flip") { Description = "mirror images left to right, each with probability 1/2 whenever it is presented" };
        var labels = CommonOptions.Number("--labels", "training examples that keep their class labels, evenly over the classes (default: all)", 1);
        var disjoint = new Option<bool>("--disjoint") { Description = "of domains NAME::NAME, train on each example (by its name) in one of them only" };
        var root = CommonOptions.DataRoot();
        var fetch = new Option<bool>("--fetch") { Description = "download the data if it is not there" };
        var folder = new Option<string?>("--out") { Description = "the run's folder (default: runs/MODEL-DATA)", HelpName = "DIR" };
        var from = new Option<string?>("--from") { Description = "start from the weights of another run, wherever names and shapes agree", HelpName = "DIR" };
        var force = new Option<bool>("--force") { Description = "replace a run that is already in the folder" };
        var board = new Option<bool>("--tensorboard") { Description = "log scalars in the run's folder for TensorBoard, too, now and when it is resumed" };
        var sheet = new Option<bool>("--csv-log") { Description = "log a table, log.csv, in the run's folder, too, now and when it is resumed" };
        var cadence = new CadenceOptions();
        var table = new TableFlags();
        var command = new Command("train", "train a model on data")
        {
            model, data, set, degrade, steps, epochs, batch, every, patience, look, aside, privacy, canaries, seed, device, precision, threads, protocol, size, skip, flip, labels, disjoint, root, fetch, from, folder, force,
            board, sheet, cadence.Every, cadence.Grids,
        };
        table.AddTo(command);
        command.SetAction(parsed =>
        {
            var recipe = Zoo.BuiltIn.Find(parsed.GetValue(model)!);
            var options = Settings.Read(parsed.GetValue(set));

            if (parsed.GetValue(degrade) is { } measurement)
            {
                options["degrade"] = measurement;
            }

            recipe.Complete(options);
            if (parsed.GetValue(steps) is not null && parsed.GetValue(epochs) is not null)
            {
                throw new UsageException("--steps and --epochs both say how long to train: give one of them.");
            }

            // Before data is read and anything is said about it.
            if (parsed.GetValue(folder) is { } named)
            {
                RunFolder.CheckFree(named, parsed.GetValue(force));
            }

            var name = parsed.GetValue(data)!;
            var asked = new DataOptions(parsed.GetValue(root), parsed.GetValue(protocol), parsed.GetValue(size), parsed.GetValue(fetch), Labels: parsed.GetValue(labels), Disjoint: parsed.GetValue(disjoint)) { Table = table.Read(parsed), SkipDamaged = parsed.GetValue(skip), HoldOut = parsed.GetValue(aside) };
            var source = terminal.Noted(DatasetCatalog.OpenFor(recipe, name, asked));
            if (parsed.GetValue(epochs) is <= 0)
            {
                throw new UsageException($"'{parsed.GetValue(epochs)}' is not allowed for --epochs, which takes a number above 0: give for example --epochs 10.");
            }

            var examples = source.Count(Split.Train);
            var batchSize = parsed.GetValue(batch) ?? recipe.Defaults.BatchSize;
            var promise = parsed.GetValue(privacy) is { } words ? PrivacyOptions.Parse(words) : null;
            if (batchSize > examples && examples > 0)
            {
                terminal.Note($"There {(examples == 1 ? "is" : "are")} {Counted.Of(examples, "training example")}, fewer than {(parsed.GetValue(batch) is null ? "the usual batch of" : "--batch")} {batchSize}: every batch holds all {examples}.");
                batchSize = examples;
            }

            var length = Length(recipe.Defaults.Steps, examples, batchSize);
            if (length < recipe.Defaults.Steps && parsed.GetValue(steps) is null && parsed.GetValue(epochs) is null)
            {
                terminal.Note($"{Counted.Of(examples, "training example")} {(examples == 1 ? "is" : "are")} few: {Counted.Of(length, "step")} instead of the usual {recipe.Defaults.Steps} (--steps says otherwise).");
            }

            var validation = promise is null ? recipe.Defaults.Validation : null;
            if (parsed.GetValue(every) is { } between)
            {
                validation = between == 0 ? null : new(between, validation?.Patience ?? 0);
            }
            else if (validation is null && parsed.GetValue(steps) is null && parsed.GetValue(epochs) is null && parsed.GetValue(look) is null && Stopping(recipe, options, source, length, batchSize) is { } usual)
            {
                validation = usual;
                terminal.Note($"The model is validated every {Counted.Of(usual.Every, "step")}, and training ends after {Counted.Of(parsed.GetValue(patience) ?? usual.Patience, "validation")} without improvement (--validate-every 0 trains all {Counted.Of(length, "step")}).");
            }
            else if (validation is null && (parsed.GetValue(patience) ?? parsed.GetValue(look)) is not null)
            {
                throw new UsageException("--patience and --validate-on belong to validation: say how often to look with --validate-every.");
            }

            var training = recipe.Defaults with
            {
                Validation = validation is null ? null : validation with
                {
                    Patience = parsed.GetValue(patience) ?? validation.Patience,
                    Examples = parsed.GetValue(look) ?? validation.Examples,
                },
                BatchSize = batchSize,
                Flip = parsed.GetValue(flip),
                Privacy = promise,
                Canaries = parsed.GetValue(canaries) is { } made ? new() { Count = made, Seed = parsed.GetValue(seed) ?? 0 } : null,
                Precision = Processor.ToPrecision(parsed.GetValue(precision)) ?? recipe.Defaults.Precision,
                Steps = parsed.GetValue(steps)
                    ?? (parsed.GetValue(epochs) is { } passes ? Math.Max(1, (long)Math.Ceiling(passes * examples / (batchSize > 0 ? batchSize : examples))) : length),
            };
            var path = parsed.GetValue(folder) ?? FreeFolder($"{recipe.Name}-{source.Name}");
            using var run = Run.Create(path, recipe, source, new RunPlan(parsed.GetValue(seed) ?? 0)
            {
                Options = options,
                Training = training,
                Device = CommonOptions.ToDevice(parsed.GetValue(device)),
                Threads = parsed.GetValue(threads),
                From = parsed.GetValue(from) is { } other ? RunFolder.Open(other) : null,
                Overwrite = parsed.GetValue(force),
                Logs = (parsed.GetValue(board) ? ExtraLogs.TensorBoard : 0) | (parsed.GetValue(sheet) ? ExtraLogs.Csv : 0),
            });
            terminal.Note($"{recipe.Name} with {Counted.Of($"{run.Model.ParameterCount:N0}", "parameter")} on {source.Name} ({source.Spec}, protocol {source.Protocol}), {Counted.Of(training.Steps, "step")} of {Counted.Of(training.BatchOf(source), "example")}, into {path}");
            string?[] notes =
            [
                PrivacyText.Plan(run.Folder.Record.Training.Privacy),
                run.Model.Device.type == DeviceType.CPU ? Processor.Doubt(training.Precision) : null,
                run.Folder.Record.From is { } start ? StartText(start) : null,
                .. run.Doubts.Select(doubt => doubt.Phrase(Words.Of)),
            ];
            foreach (var note in notes.OfType<string>())
            {
                terminal.Note(note);
            }

            return TrainingLoop.Run(terminal, run, cadence.Read(parsed));
        });
        return command;
    }

    // A few hundred examples are learned by heart long before the steps end that are right for many; and nothing is learned of some thousand that has not been after
    // so many passes over them.
    internal static long Length(long usual, int examples, int batchSize)
    {
        var most = examples < Few ? 10L * examples : batchSize > 0 ? MostPasses * ((examples + batchSize - 1) / batchSize) : usual;
        return Math.Min(usual, Math.Max(LeastSteps, most));
    }

    // Where nobody has said how long to train, held-out examples may end it: of models that tell a likelihood quickly.
    private static ValidationOptions? Stopping(IRecipe recipe, JsonObject options, IDataset data, long length, int batchSize)
    {
        bool Is<T>() => typeof(T).IsAssignableFrom(recipe.ModelType);
        if (length < LeastSteps || data.Count(Split.Validation) == 0 || data.TryAs<Batch>() is null || !(Is<IDensity>() || Is<IBound>()) || Is<IDenoiser>() || !recipe.MaximisesLikelihood(options))
        {
            return null;
        }

        var pass = batchSize > 0 ? Math.Max(1, data.Count(Split.Train) / batchSize) : 1;
        var every = Math.Max(LeastBetween, Math.Min(length / Looks, Passes * pass));
        var patience = Math.Max(LeastPatience, Math.Min(length / Quarter, PatientPasses * pass));
        return new(every, (int)((patience + every - 1) / every), LookedAt);
    }

    private static string StartText(RunStart start)
    {
        var text = $"Begins with {start.Taken} of {Counted.Of(start.Taken + start.Left.Count, "entry", "entries")} from '{start.Run}' ('{start.Recipe}' after {Counted.Of(start.Step, "step")})";
        text += start.Left.Count > 0 ? $"; at random, as there are none of that name and shape there: {Some(start.Left)}" : "";
        return text + (start.Unused.Count > 0 ? $"; not taken, as they have no place here: {Some(start.Unused)}." : ".");

        static string Some(IReadOnlyList<string> names) => string.Join(", ", names.Take(4)) + (names.Count > 4 ? $" and {Counted.Of(names.Count - 4, "other")}" : "");
    }

    private static string FreeFolder(string name)
    {
        var plain = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' ? c : '-'));
        return Enumerable.Range(1, int.MaxValue).Select(i => Path.Combine("runs", i == 1 ? plain : $"{plain}-{i}")).First(p => !Path.Exists(p));
    }
}
