namespace Likeness.Cli.Verbs;

/// <summary>What is said at the end of a training: how it went, how good the model is and whether it overfits, where all that is, and what to do next.</summary>
internal sealed class TrainingEnd
{
    // A look at the end must not take much longer than it takes to read.
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(2);
    private const int MostExamples = 1000;
    private const int LeastExamples = 20;

    // Standard errors that a gap must have before it is called one.
    private const double Sure = 3;

    private readonly Run _run;
    private readonly IReadOnlyList<LogEntry> _log;

    public TrainingEnd(Run run)
    {
        (_run, _log) = (run, run.ReadLog());
        if (TrainingCurve.Draw(_log, $"{run.Folder.Record.Recipe} on {run.Data.Name}") is { } picture)
        {
            Sampling.WritePicture(run.Folder.CurveFile, picture);
            Curve = run.Folder.CurveFile;
        }

        if (TrainingFilm.Make(run.Folder) is { } film)
        {
            Sampling.WriteFile(run.Folder.FilmFile, film);
            Film = run.Folder.FilmFile;
        }
    }

    private string? Curve { get; }

    private string? Film { get; }

    /// <summary>Prints it.</summary>
    public void Print(Terminal terminal)
    {
        foreach (var (name, values) in Terms())
        {
            terminal.Print(string.Create(CultureInfo.InvariantCulture, $"  {name,-22} {Sparkline.Draw(values)}  {values[0]:0.###} → {values[^1]:0.###}"));
        }

        if (Likelihoods() is var (held, split, seen))
        {
            foreach (var (name, text) in Said(held, split, seen))
            {
                terminal.Print($"  {name}", 25, text);
            }
        }

        if (Curve is not null)
        {
            terminal.Print($"  {"curve",-22} {Curve}");
        }

        if (Directory.Exists(Pictures) && Directory.EnumerateFiles(Pictures, "*.png").Any())
        {
            terminal.Print($"  {"pictures",-22} {Pictures}");
        }

        if (Film is not null)
        {
            terminal.Print($"  {"animation",-22} {Film}");
        }

        foreach (var (line, first) in Next().Take(2).Select((l, i) => (l, i == 0)))
        {
            terminal.Print($"  {(first ? "next" : ""),-22} {line}");
        }
    }

    /// <summary>The same for programs.</summary>
    public void Write(JsonObject json)
    {
        if (Likelihoods() is var (held, split, seen))
        {
            json["nll"] = held?.Mean;
            json["nllSplit"] = held is null ? null : split.Word();
            json["trainingNll"] = seen.Mean;
        }

        json["curve"] = Curve;
        json["animation"] = Film;
        json["next"] = new JsonArray([.. Next().Take(2).Select(l => (JsonNode)l)]);
    }

    private string Pictures => Path.Combine(_run.Folder.Path, "samples");

    // Means of each twentieth, so ends can be read off.
    private IEnumerable<(string Name, IReadOnlyList<double> Values)> Terms() =>
        from name in _log.SelectMany(e => e.Terms.Keys).Distinct()
        let course = TrainingCurve.Course(_log, e => e.Terms.GetValueOrDefault(name, double.NaN), 40)
        where course.Count > 1
        select (name, (IReadOnlyList<double>)[.. course.Select(c => c.Mean)]);

    // Of held-out and of training examples, by the weights that are kept; null of models that know none, or are slow to tell.
    private (Likelihood? Held, Split Split, Likelihood Seen)? Likelihoods()
    {
        var seconds = _log.Sum(e => e.Seconds);
        var most = (int)Math.Clamp(_log.Count == 0 ? MostExamples : _log[^1].Examples / Math.Max(seconds, 1e-6) * s_time.TotalSeconds, 0, MostExamples);
        if (_run.Model is not (IDensity or IBound) || _run.Model is IDenoiser || most < LeastExamples || _run.Data.TryAs<Batch>() is null)
        {
            return null;
        }

        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var model = _run.BestStep is { } best && best != _run.Step ? TrainedModel.Open(_run.Folder.Path, Zoo.BuiltIn).Model : _run.Model;
        Split? held = _run.Data.Count(Split.Validation) > 0 ? Split.Validation : _run.Data.Count(Split.Test) > 0 ? Split.Test : null;
        return (held is { } split ? Of(split) : null, held ?? Split.Train, Of(Split.Train));

        Likelihood Of(Split part)
        {
            var options = new MeasureOptions(part, Limit: most, Samples: 1);
            var scores = ExampleScores.Measure(model, _run.Data, options, new Rng(_run.Folder.Record.Seed, model.Device).Fork("end"), model is IDensity ? ScoreBasis.Density : ScoreBasis.Bound).Values;
            var mean = scores.Average();
            return new(-mean, Math.Sqrt(scores.Average(s => (s - mean) * (s - mean)) / scores.Length), scores.Length);
        }
    }

    private IEnumerable<(string Name, string Text)> Said(Likelihood? held, Split split, Likelihood seen)
    {
        var bound = _run.Model is IDensity ? "" : "at most ";
        if (held is null)
        {
            yield return ("score", $"{bound}{seen} on {Counted.Of(seen.Count, "training example")}");
            yield return ("overfitting", "nothing was held out to compare with (train --hold-out 0.1 keeps some aside)");
            yield break;
        }

        yield return ("score", $"{bound}{held}{(_run.Data.Spec.IsImage ? string.Create(CultureInfo.InvariantCulture, $" ({held.Mean / (_run.Data.Spec.Dimensions * Math.Log(2)):0.###} bits/dim)") : "")} on {held.Count} {split.Word()} examples");
        var (gap, error) = (held.Mean - seen.Mean, Math.Sqrt((held.Error * held.Error) + (seen.Error * seen.Error)));
        yield return ("overfitting", gap > Sure * error
            ? $"yes: {seen} on training examples; more data, a smaller model, or --validate-every help"
            : $"no sign: {seen} on training examples");
    }

    // By what the model can be asked; each works as it stands.
    private IEnumerable<string> Next()
    {
        var (path, model, spec) = (Word(_run.Folder.Path), _run.Model, _run.Data.Spec);
        if (model is IForecaster)
        {
            yield return $"likeness {(spec.Actions > spec.Statics ? "simulate" : "forecast")} {path}";
        }

        if (model is IGenerative && !(model is IForecaster && spec.Statics > 0))
        {
            // Whoever brings a table wants one back, even where its two columns could be drawn.
            var isTable = !spec.IsImage && Path.Exists(_run.Data.Origin.Source);
            yield return $"likeness sample {path} -n 64 -o new{(isTable ? ".csv" : Sampling.DefaultExtension(spec))}";
        }

        if (model is IRestorer)
        {
            yield return $"likeness restore {path}";
        }

        if (model is IReconstructor { Measurement: { } learned })
        {
            yield return PutBack(learned);
        }
        else if (model is ITranslator { Domains: [{ Values: [_, var domain, ..] } group, ..] domains })
        {
            yield return $"likeness translate {Inputs("translated")} --to {Word(domains.Count == 1 ? domain : $"{group.Name}={domain}")}";
        }

        if (model is IEncoder && model is not IGenerative)
        {
            yield return $"likeness latent map {path}";
        }

        yield return $"likeness evaluate {path}";
        yield return $"likeness resume {path} --steps {_run.Steps * 2}";
    }

    // What it has learned to put back, of whole pictures of the data that it has learned from.
    private string PutBack(LinearMeasurement learned)
    {
        var (path, source) = (_run.Folder.Path, _run.Data.Origin.Source);
        var whole = Path.Exists(source) ? " --whole" : "";
        return learned switch
        {
            Downsample => $"likeness upscale {Inputs("restored")}{whole}",
            Grey => $"likeness colorize {Inputs("restored")}{whole}",
            Mask => $"likeness complete {Word(path)} --data {Word(source)} -o {Word(Path.Combine(path, "completed.png"))}",
            _ => $"likeness restoration {Word(path)} --degrade {Word($"{learned}")} --limit 8 --grid {Word(Path.Combine(path, "restored.png"))}",
        };
    }

    // The run, some pictures of what it has learned from, and where others go. Of several sets the first: a translation is then to the second.
    private string Inputs(string made)
    {
        var (path, source) = (_run.Folder.Path, _run.Data.Origin.Source);
        var first = Path.Exists(source) ? source : source.Split(["::", "++"], StringSplitOptions.None)[0];
        return $"{Word(path)} {Word(first)} --limit 8 -o {Word(Path.Combine(path, made))} --grid {Word(Path.Combine(path, $"{made}.png"))}";
    }

    // As a shell reads it: in quotes where a character has a meaning there.
    private static string Word(string text) => text.All(c => char.IsLetterOrDigit(c) || "-_./:=+,@%".Contains(c, StringComparison.Ordinal)) ? text
        : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // In nats per example.
    private sealed record Likelihood(double Mean, double Error, int Count)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mean:0.###} ± {Error:0.###} nats");
    }
}
