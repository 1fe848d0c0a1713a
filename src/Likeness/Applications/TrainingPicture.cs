using Likeness.Core;
using Likeness.Nn;
using Likeness.Torch;

namespace Likeness.Applications;

/// <summary>What a model can show of itself while it learns: samples, translations there and back, or wholes made of patches.</summary>
public static class TrainingPicture
{
    // Drawing by denoising takes as long as hundreds of training steps.
    private const int Samples = 64;
    private const int SlowSamples = 16;
    private const int Points = 2000;
    private const int Rows = 12;

    // Of so many examples those are chosen that are not in the wanted domain yet.
    private const int Candidates = 64;

    /// <summary>The picture, or null of a model that has nothing to show and of data that cannot be drawn. Always shows the same examples.</summary>
    /// <param name="model">As trained so far.</param>
    /// <param name="data">What it learns from.</param>
    /// <param name="rng">Where that is drawn from which a model leaves open; pass one of the picture's own, so that looking does not change what is learned.</param>
    public static Image? Draw(Module model, IDataset data, Rng rng)
    {
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        return Sampling.DefaultExtension(data.Spec) != ".png" ? null : model switch
        {
            IGenerative => Sampling.Picture(Sampling.Draw(model, !data.Spec.IsImage ? Points : model is IDenoiser ? SlowSamples : Samples, rng), data.Spec),
            ITranslator translator when data is IDataset<AttributedBatch> attributed and IAttributes known => ThereAndBack(translator, attributed, known.Attributes, model.Device),
            IRestorer restorer when data is IDataset<Batch> plain => Puzzles(restorer, plain, model.Device, rng),
            _ => null,
        };
    }

    // In each row an example, what it would be in one of the domains that it is not in, and that as it was before; the domains take turns.
    private static Image? ThereAndBack(ITranslator translator, IDataset<AttributedBatch> data, IReadOnlyList<DataAttribute> known, Device device)
    {
        var examples = Some(data, Candidates);
        var (columns, own) = (known.Count, examples.Attributes.ToArray<long>());
        var targets = translator.Domains.SelectMany((group, g) => group.Values.Select((_, d) => (Group: g, Domain: (long)d))).ToArray();
        var places = translator.Domains.Select(g => known.Select(a => a.Name).ToList().IndexOf(g.Name)).ToArray();
        var (chosen, there, back) = (new List<long>(), new List<long>(), new List<long>());
        for (var row = 0; row < Rows; row++)
        {
            var (group, domain) = targets[row % targets.Length];
            var example = places[group] < 0 ? -1
                : Enumerable.Range(0, examples.Count).FirstOrDefault(i => !chosen.Contains(i) && Domain(i) is var now && now >= 0 && now != domain, -1);
            if (example >= 0)
            {
                chosen.Add(example);
                there.AddRange(Enumerable.Range(0, places.Length).Select(g => g == group ? domain : -1));
                back.AddRange(Enumerable.Range(0, places.Length).Select(g => g == group ? Domain(example) : -1));
            }

            long Domain(int i) => own[(i * columns) + places[group]];
        }

        if (chosen.Count == 0)
        {
            return null;
        }

        var x = examples.X.IndexSelect(0, Tensor.From([.. chosen], chosen.Count)).To(device);
        var y = translator.Translate(x, Targets(there));
        return InRows([x, y, translator.Translate(y, Targets(back))], data.Spec);

        Tensor Targets(List<long> domains) => Tensor.From([.. domains], chosen.Count, places.Length).To(device);
    }

    private static Image Puzzles(IRestorer restorer, IDataset<Batch> data, Device device, Rng rng)
    {
        var x = Some(data, Rows).X;
        var puzzle = restorer.Cut(x.To(device));
        var made = restorer.Restore(puzzle.Patches, rng);
        return PatchPuzzle.Picture(
            x, new(puzzle.Patches.To(Device.Cpu), puzzle.Mask.To(Device.Cpu)), new(made.Image.To(Device.Cpu), made.Mask.To(Device.Cpu)), data.Spec);
    }

    // Examples that training has not seen, where some are held out for it.
    private static T Some<T>(IDataset<T> data, int most)
        where T : IBatch
    {
        var part = data.Count(Split.Validation) > 0 ? Split.Validation : Split.Train;
        using var feed = data.Open(part, Math.Min(most, data.Count(part)), seed: 0);
        return feed.Next();
    }

    private static Image InRows(Tensor[] columns, DataSpec spec) =>
        ImageGrid.Draw(Ops.Cat([.. columns.Select(c => c.To(Device.Cpu).Unsqueeze(1))], 1).Reshape([-1, .. columns[0].Shape[1..]]), spec, columns.Length);
}
