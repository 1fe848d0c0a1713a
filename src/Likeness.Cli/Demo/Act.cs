using System.Diagnostics;
using Likeness.Cli.Verbs;

namespace Likeness.Cli.Demo;

/// <summary>One training of the tour: as long as its time allows, with its losses and samples at several stages.</summary>
/// <param name="Recipe">What is trained.</param>
/// <param name="Data">On what.</param>
/// <param name="Options">Options that make it small enough.</param>
/// <param name="Batch">Examples per step; the recipe's where null.</param>
internal sealed record Act(IRecipe Recipe, IDataset Data, JsonObject Options, int? Batch = null)
{
    // Rows of the picture of the course, pictures of the animation between two of them, and examples in each row; an animation has several rows.
    private const int Stages = 5, Between = 4, Shown = 10, Rows = 3;

    private static readonly TimeSpan s_probe = TimeSpan.FromSeconds(0.8);

    /// <summary>Sets options where the recipe has them: the tour knows no model, only what usually makes one small.</summary>
    public static Act Of(IRecipe recipe, IDataset data, int? batch, params ReadOnlySpan<string> settings)
    {
        var options = new JsonObject();
        foreach (var setting in settings)
        {
            var trial = options.DeepClone().AsObject();
            OptionsJson.Set(trial, setting);
            try
            {
                recipe.Complete(trial);
                options = trial;
            }
            catch (UsageException)
            {
                // This model has no such option.
            }
        }

        return new(recipe, data, options, batch);
    }

    /// <summary>Trains for about so long.</summary>
    /// <returns>The trained run; its pictures are in its folder.</returns>
    public Run Train(Terminal terminal, string folder, TimeSpan time, CancellationToken stop)
    {
        var training = Recipe.Defaults with { BatchSize = Batch ?? Recipe.Defaults.BatchSize };
        var all = TorchRuntime.Threads;
        var (rate, threads) = Fastest(training, all);
        var steps = (long)Math.Clamp(rate * time.TotalSeconds, 2 * Stages, Recipe.Defaults.Steps);
        var run = Run.Create(Path.Combine(folder, Recipe.Name), Recipe, Data, new RunPlan
        {
            Options = Options,
            Training = training with { Steps = steps },
            Threads = threads,
            Overwrite = true,
        });
        terminal.Note($"{Recipe.Name} ({Recipe.Paper}): {Counted.Of($"{run.Model.ParameterCount:N0}", "parameter")}, {Counted.Of(steps, "step")} of {training.BatchSize} {Data.Name} images");
        var (losses, strip, film) = (new Dictionary<string, List<double>>(), new List<(string, Image)>(), new List<(long, Image)>());
        terminal.Track(Recipe.Name, "steps", steps, tracker =>
        {
            var terms = new RunningTerms();
            foreach (var report in run.Train(stop: stop))
            {
                var entry = LogEntry.Of(report);
                terms.Add(entry);
                tracker.Report(report.Step, terms.ToString);
                foreach (var (name, value) in entry.Terms)
                {
                    (losses.TryGetValue(name, out var values) ? values : losses[name] = []).Add(value);
                }

                if (Data.Spec.IsImage && Reached((Stages - 1) * Between))
                {
                    var (row, grid) = Pictures(run.Model);
                    film.Add((report.Step, grid));
                    if (Reached(Stages - 1))
                    {
                        strip.Add((TrainingFilm.Label(report.Step), row));
                    }
                }

                // The first step, and then after equal parts of the training.
                bool Reached(int parts) => report.Step == 1 || report.Step * parts / steps > (report.Step - 1) * parts / steps;
            }

            return 0;
        });
        TorchRuntime.Threads = all;
        stop.ThrowIfCancellationRequested();
        foreach (var (name, values) in losses)
        {
            var end = Math.Max(1, values.Count / 20);
            terminal.Print($"  {name,-22} {Sparkline.Draw(values)}  {values.Take(end).Average():0.###} → {values.TakeLast(end).Average():0.###}");
        }

        TrainingLoop.WritePicture(run, steps);
        foreach (var picture in Directory.EnumerateFiles(Path.Combine(run.Folder.Path, "samples"), "*.png").Order().TakeLast(1))
        {
            terminal.Print($"  samples                {picture}");
        }

        if (strip.Count > 0)
        {
            var path = Path.Combine(run.Folder.Path, "training.png");
            Sampling.WritePicture(path, Panels.Draw([.. strip]));
            terminal.Print($"  the course of training {path}");
        }

        if (TrainingFilm.Make(film) is { } animation)
        {
            Sampling.WriteFile(run.Folder.FilmFile, animation);
            terminal.Print($"  the same, animated     {run.Folder.FilmFile}");
        }

        return run;
    }

    // The same draws at every stage: means, not noisy ones.
    private (Image Row, Image Grid) Pictures(Module model)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var x = model is IQuickSampler quick ? quick.SampleQuickly(Rows * Shown, new Rng(0, model.Device)).to(torch.CPU) : Sampling.Draw(model, Rows * Shown, new Rng(0, model.Device), means: true);
        return (ImageGrid.Draw(x.narrow(0, 0, Shown), Data.Spec, Shown), ImageGrid.Draw(x, Data.Spec, Shown));
    }

    // On a machine that is busy with other work, threads that wait for each other can be slower than one alone.
    private (double StepsPerSecond, int Threads) Fastest(TrainingOptions training, int all) => new[] { all, 1 }.Distinct().Select(threads =>
    {
        TorchRuntime.Threads = threads;
        return (StepsPerSecond(training), threads);
    }).Max();

    // A training that is thrown away tells how many steps there is time for, so schedules of learning rates fit the run.
    private double StepsPerSecond(TrainingOptions training)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(0);
        var options = Recipe.Complete(Options);
        using var trial = Recipe.CreateTraining(Recipe.CreateModel(Data.Spec, options, rng), options, Data, training, rng);
        var (first, start, count) = (true, 0L, 0);
        foreach (var _ in trial.Run())
        {
            if (first)
            {
                // The first step prepares kernels and memory and says nothing about the others.
                (first, start) = (false, Stopwatch.GetTimestamp());
                continue;
            }

            count++;
            if (Stopwatch.GetElapsedTime(start) > s_probe)
            {
                break;
            }
        }

        return count / Math.Max(Stopwatch.GetElapsedTime(start).TotalSeconds, 1e-3);
    }
}
