namespace Likeness.Cli.Demo;

/// <summary>
/// The tour: one model for each kind of question, on the same real images, each trained for a share of the time. Models are found
/// by what they can be asked.
/// </summary>
internal sealed class Tour(Terminal terminal, Zoo zoo, string folder, TimeSpan time, CancellationToken stop)
{
    private const int TestImages = 500;
    private const int Across = 10;

    // What makes usual networks small and fast enough for minutes on two cores; a model takes what it knows.
    private static readonly string[] s_small =
    [
        "latent=32", "width=32", "generator.learningRate=1e-3", "critic.learningRate=4e-4",
        "emaDecay=0.99", "optimizer.learningRate=1e-3", "optimizer.schedule={\"kind\":\"linear\"}",
    ];

    private string _data = "fashion-mnist";

    public void Run()
    {
        var (bits, greys) = (Open(Protocols.Dynamic), Open(Protocols.Bytes));
        terminal.Print($"Data: {_data}, {Counted.Of(greys.Count(Split.Train), "training image")} of {greys.Spec.Height}×{greys.Spec.Width} in grey. Everything goes to {folder}.");
        Density(bits, greys);
        var coder = Latents(greys);
        Samples("3. New images from adversarial training: a generator against a critic", greys, r => IsGame(r) && !r.Need.Accepts(new([2], new Domain.Real())), 0.35, 64, s_small);
        if (coder is not null)
        {
            // Codes are few numbers, so taking noise away from them is learned in seconds.
            var source = new JsonObject { ["kind"] = "run", ["path"] = coder };
            Samples("4. New images by diffusion: noise removed step by step, in the code space of the second model", greys, r => r.DefaultOptions.ContainsKey("coder"), 0.2, 128, $"coder={source.ToJsonString()}");
        }

        terminal.Print("What to type next:");
        foreach (var (what, line) in Next(coder))
        {
            terminal.Print($"  {line,-64} {what}");
        }
    }

    // Commands that work for the runs that are there.
    private static IEnumerable<(string What, string Line)> Next(string? coder)
    {
        if (coder is not null)
        {
            yield return ("more new images", $"likeness sample {coder} -n 100 -o new.png");
            yield return ("how good it is, by every quick score", $"likeness evaluate {coder} --limit 500");
            yield return ("train it for longer", $"likeness resume {coder} --steps {RunFolder.Open(coder).Record.Training.Steps * 3}");
        }

        yield return ("every model, by what it can be asked", "likeness models");
        yield return ("your own pictures, or a table", "likeness train vae --data FOLDER-OR-FILE");
    }

    private void Density(IDataset data, IDataset greys)
    {
        if (Find(r => Can<IAutoregressive>(r) && Can<IGenerative>(r), data) is not { } recipe)
        {
            return;
        }

        terminal.Print("1. An exact density: how likely is every single image (this model sees black and white)");
        using var run = Act.Of(recipe, data, null).Train(terminal, folder, time * 0.2, stop);
        Measure(run.Model, data, recipe.Name);
        Anomalous(run.Model, data, greys);
    }

    // The folder of the run; null where no model will do.
    private string? Latents(IDataset data)
    {
        if (Find(r => Can<IBound>(r) && Can<IAutoencoder>(r), data) is not { } recipe)
        {
            return null;
        }

        terminal.Print("2. Latent codes: what twenty numbers keep of an image");
        using var run = Act.Of(recipe, data, null, "latent=20").Train(terminal, folder, time * 0.25, stop);
        Measure(run.Model, data, recipe.Name);

        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var model = (IAutoencoder)run.Model;
        var x = Head(data, Split.Test, Across);
        var path = Path.Combine(run.Folder.Path, "reconstructions.png");
        Sampling.WritePicture(path, Panels.Draw(
            ("test images", ImageGrid.Draw(x, data.Spec, Across)),
            ("decoded from twenty numbers each", ImageGrid.Draw(model.Decode(model.Encode(x)).reshape(x.shape), data.Spec, Across)),
            ("new images: decoded from numbers drawn at random", ImageGrid.Draw(Sampling.Draw(run.Model, Across, new Rng(1), means: true), data.Spec, Across))));
        terminal.Print($"  reconstructions        {path}");
        return run.Folder.Path;
    }

    private void Samples(string title, IDataset data, Func<IRecipe, bool> kind, double share, int batch, params ReadOnlySpan<string> settings)
    {
        if (Find(r => kind(r) && Can<IGenerative>(r), data) is { } recipe)
        {
            terminal.Print(title);
            Act.Of(recipe, data, batch, settings).Train(terminal, folder, time * share, stop).Dispose();
        }
    }

    private void Measure(Module model, IDataset data, string name)
    {
        var options = new MeasureOptions(Limit: TestImages, Samples: 50);
        foreach (var metric in MetricCatalog.BuiltIn.Where(m => m is (NegativeLogLikelihood or NegativeBound or ImportanceWeightedBound) && m.Applies(model, data)))
        {
            stop.ThrowIfCancellationRequested();
            foreach (var score in metric.Measure(model, data, options, new Rng(0).Fork(metric.Name)))
            {
                terminal.Print($"  {$"test {score.Name}",-22} {score.Score}");
            }
        }
    }

    // Test images and strangers among them, judged by how likely the model holds them with their simplicity discounted, and by that alone.
    private void Anomalous(Module model, IDataset data, IDataset greys)
    {
        var strangers = Strangers(data);
        var rng = new Rng(0).Fork("anomalies");
        var heldOut = Judge(data, Split.Validation, 2000);
        var ordinary = Judge(data, Split.Test, TestImages);
        var strange = Judge(strangers, Split.Test, TestImages);
        var alarms = Anomalies.PValues(strange.Discounted, heldOut.Discounted).Count(p => p <= 0.01);
        var falseAlarms = Anomalies.PValues(ordinary.Discounted, heldOut.Discounted).Count(p => p <= 0.01);
        terminal.Print($"  anomalies              {Counted.Of(strange.Plain.Length, "image")} of {strangers.Name} among {Counted.Of(ordinary.Plain.Length, "test image")}: AUROC {Anomalies.Auroc(ordinary.Discounted, strange.Discounted):0.000}"
            + $" (likelihood with simplicity discounted: Serrà et al. 2020)");
        terminal.Print($"                         at p ≤ 0.01 it flags {100.0 * alarms / strange.Plain.Length:0} % of the {strangers.Name} images and {100.0 * falseAlarms / ordinary.Plain.Length:0.0} % of the test images");
        terminal.Print($"                         the lesson: by the likelihood alone the AUROC is {Anomalies.Auroc(ordinary.Plain, strange.Plain):0.000}, because simple images are likely whatever they show");

        using var scope = torch.NewDisposeScope();
        var (images, others) = (Head(greys, Split.Test, TestImages), Head(Strangers(greys), Split.Test, TestImages));
        var worst = Lowest([.. ordinary.Discounted, .. strange.Discounted], Across);
        var path = Path.Combine(folder, "anomalies.png");
        Sampling.WritePicture(path, Panels.Draw(
            ("the most ordinary test images", Rows(images, Lowest([.. ordinary.Discounted.Select(v => -v)], Across))),
            ("the least ordinary test images", Rows(images, Lowest(ordinary.Discounted, Across))),
            ($"the least ordinary with {strangers.Name} mixed in: {worst.Count(i => i >= ordinary.Plain.Length)} of {worst.Length} are {strangers.Name}", Rows(torch.cat([images, others], 0), worst))));
        terminal.Print($"  least ordinary         {path}");

        Image Rows(Tensor all, long[] which) => ImageGrid.Draw(all.index_select(0, Tensor.From(which, which.Length)), greys.Spec, Across);

        (double[] Plain, double[] Discounted) Judge(IDataset set, Split split, int limit)
        {
            var plain = ExampleScores.Measure(model, set, new MeasureOptions(split, Limit: limit), rng).Values;
            using var inner = torch.NewDisposeScope();
            var complexity = Complexity.Nats(Head(set, split, limit), set.Spec);
            return (plain, [.. plain.Zip(complexity, (p, c) => p + c)]);
        }

        static long[] Lowest(double[] scores, int count) => [.. scores.Index().OrderBy(s => s.Item).Take(count).Select(s => (long)s.Index)];
    }

    // Digits where they are at hand, else outlines of drawn shapes, of the same size.
    private static IDataset Strangers(IDataset data)
    {
        var options = new DataOptions(Protocol: data.Protocol, Size: data.Spec.Height);
        try
        {
            return DatasetCatalog.Open("mnist", options);
        }
        catch (DataException)
        {
            return DatasetCatalog.Open("shapes-grey-outline", options);
        }
    }

    private IDataset Open(string protocol, int? size = null)
    {
        try
        {
            return DatasetCatalog.Open(_data, new(Protocol: protocol, Size: size));
        }
        catch (DataException e) when (_data == "fashion-mnist")
        {
            terminal.Note($"{e.Sentence.Phrase(Words.Of)} The tour goes on with drawn shapes instead.");
            _data = "shapes-grey";
            return DatasetCatalog.Open(_data, new(Protocol: protocol, Size: size));
        }
    }

    private IRecipe? Find(Func<IRecipe, bool> kind, IDataset data) => zoo.Recipes.FirstOrDefault(r => kind(r) && r.Need.Accepts(data.Spec));

    // What samples and knows neither likelihoods nor codes.
    private static bool IsGame(IRecipe recipe) => Can<ILatentPrior>(recipe) && !Can<IDensity>(recipe) && !Can<IBound>(recipe) && !Can<IEncoder>(recipe);

    private static bool Can<T>(IRecipe recipe) => recipe.ModelType.IsAssignableTo(typeof(T));

    private static Tensor Head(IDataset data, Split split, int count) =>
        Chain.Concat(data.As<Batch>().Read(split, 100, count), b => b.X.clone());
}
