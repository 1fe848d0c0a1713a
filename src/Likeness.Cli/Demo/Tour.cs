namespace Likeness.Cli.Demo;

/// <summary>
/// The tour: one model for each kind of question, on the same real images, each trained for a share of the time. Models are found
/// by what they can be asked.
/// </summary>
internal sealed class Tour(Terminal terminal, Zoo zoo, string folder, TimeSpan time, CancellationToken stop)
{
    private const int TestImages = 500;
    private const int Unlikely = 5;

    // What makes usual networks small and fast enough for minutes on two cores; a model takes what it knows.
    private static readonly string[] s_small =
    [
        "latent=32", "width=32", "generator.learningRate=1e-3", "critic.learningRate=4e-4",
        "network.baseWidth=16", "network.residualBlocks=1", "network.dropout=0", "prediction=x0", "sampler={\"kind\":\"dpm-solver\",\"steps\":20}",
        "emaDecay=0.99", "optimizer.learningRate=1e-3", "optimizer.schedule={\"kind\":\"linear\"}",
    ];

    // Networks of convolutions see the images at this side.
    private const int SmallSide = 16;

    private string _data = "fashion-mnist";

    public void Run()
    {
        var bits = Open(Protocols.Dynamic);
        terminal.Print($"Data: {_data}, {bits.Count(Split.Train)} training images of {bits.Spec.Height}×{bits.Spec.Width}; binarized at random for the first two models.");
        Density(bits);
        Latents(bits);
        var bytes = Open(Protocols.Bytes, SmallSide);
        terminal.Print($"The next two see grey images, brought to {SmallSide}×{SmallSide} so that there is time to learn them.");
        Samples("3. Samples from a game of two networks: a generator against a critic", bytes, r => !Can<IDensity>(r) && !Can<IBound>(r) && !Can<IEncoder>(r), 0.35, 64);
        Samples("4. Samples by taking noise away step by step", bytes, Can<IDenoiser>, 0.3, 32);
        terminal.Print($"Everything is in {folder}: 'likeness evaluate {Path.Combine(folder, "NAME")}' measures more, 'likeness resume' trains on.");
    }

    private void Density(IDataset data)
    {
        if (Find(r => Can<IAutoregressive>(r) && Can<IGenerative>(r), data) is not { } recipe)
        {
            return;
        }

        terminal.Print("1. An exact density: how likely is every single image");
        using var run = Act.Of(recipe, data, null).Train(terminal, folder, time * 0.2, stop);
        Measure(run.Model, data, recipe.Name);
        Anomalous(run.Model, data);
    }

    private void Latents(IDataset data)
    {
        if (Find(r => Can<IBound>(r) && Can<IAutoencoder>(r), data) is not { } recipe)
        {
            return;
        }

        terminal.Print("2. Latent codes: bound the likelihood, encode and decode");
        using var run = Act.Of(recipe, data, null, "latent=20").Train(terminal, folder, time * 0.15, stop);
        Measure(run.Model, data, recipe.Name);

        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var model = (IAutoencoder)run.Model;
        var x = Head(data, Split.Test, 16);
        // Rows in turn: originals, and what is left of them after the code.
        var rows = new List<Tensor>();
        var decoded = model.Decode(model.Encode(x)).reshape(x.shape);
        for (var i = 0; i < 16; i += 8)
        {
            rows.Add(x.narrow(0, i, 8));
            rows.Add(decoded.narrow(0, i, 8));
        }

        var path = Path.Combine(run.Folder.Path, "reconstructions.png");
        Sampling.WritePicture(path, ImageGrid.Draw(torch.cat([.. rows], 0), data.Spec, 8));
        terminal.Print($"  reconstructions        {path} (rows in turn: test images, and what their codes decode to)");
    }

    private void Samples(string title, IDataset data, Func<IRecipe, bool> kind, double share, int batch)
    {
        if (Find(r => kind(r) && Can<IGenerative>(r), data) is { } recipe)
        {
            terminal.Print(title);
            Act.Of(recipe, data, batch, s_small).Train(terminal, folder, time * share, stop).Dispose();
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

    // Test images and strangers among them, judged by how likely the model holds them, and by that with their simplicity discounted.
    private void Anomalous(Module model, IDataset data)
    {
        var strangers = Strangers(data);
        var rng = new Rng(0).Fork("anomalies");
        var heldOut = Judge(data, Split.Validation, 2000);
        var ordinary = Judge(data, Split.Test, TestImages);
        var strange = Judge(strangers, Split.Test, TestImages);
        terminal.Print($"  anomalies              {strange.Plain.Length} images of {strangers.Name} among {ordinary.Plain.Length} test images:"
            + $" AUROC {Anomalies.Auroc(ordinary.Plain, strange.Plain):0.000} by log p(x) alone, which simple images fool,");
        var alarms = Anomalies.PValues(strange.Discounted, heldOut.Discounted).Count(p => p <= 0.01);
        var falseAlarms = Anomalies.PValues(ordinary.Discounted, heldOut.Discounted).Count(p => p <= 0.01);
        terminal.Print($"                         AUROC {Anomalies.Auroc(ordinary.Discounted, strange.Discounted):0.000} with simplicity discounted (Serrà et al. 2020);"
            + $" p ≤ 0.01 alarms for {100.0 * alarms / strange.Plain.Length:0} % of the strangers and {100.0 * falseAlarms / ordinary.Plain.Length:0.0} % of the ordinary");

        using var scope = torch.NewDisposeScope();
        var images = torch.cat([Head(data, Split.Test, TestImages), Head(strangers, Split.Test, TestImages)], 0);
        var worst = Lowest([.. ordinary.Discounted, .. strange.Discounted], 2 * Unlikely);
        var both = (long[])[.. Lowest(ordinary.Discounted, 2 * Unlikely), .. worst];
        var path = Path.Combine(folder, "anomalies.png");
        Sampling.WritePicture(path, ImageGrid.Draw(images.index_select(0, Tensor.From(both, both.Length)), data.Spec, Unlikely));
        terminal.Print($"  least likely           {path} (two rows of the test images; two rows with strangers among them: {worst.Count(i => i >= ordinary.Plain.Length)} of {worst.Length} are)");

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

    private static bool Can<T>(IRecipe recipe) => recipe.ModelType.IsAssignableTo(typeof(T));

    private static Tensor Head(IDataset data, Split split, int count) =>
        Chain.Concat(data.As<Batch>().Read(split, 100, count), b => b.X.clone());
}
