namespace Likeness;

/// <summary>The share of examples whose most probable class is not theirs.</summary>
public sealed class ClassificationError() : Metric("classification-error",
    "share of labelled examples that are misclassified")
{
    public override bool Applies(Module model, IDataset data) => model is IClassifier && data.Has<LabelledBatch>() && data.Spec.Classes > 1;

    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        var wrong = new List<double>();
        foreach (var (outputs, label) in LabelledOutputs.Of(data.As<LabelledBatch>(), options, model.Device, ((IClassifier)model).ClassLogProbs))
        {
            wrong.Add(Array.IndexOf(outputs, outputs.Max()) == label ? 0 : 1);
        }

        return [new(Name, Score.Mean([.. wrong], "share", Evidence.Exact))];
    }
}

/// <summary>
/// The share of examples in a cluster whose label is not theirs (Makhzani et al. 2016, section 5). A cluster's label is that of the validation example
/// most surely in it; as a second score, the label of most validation examples in it. Both use labels of the validation split (of the
/// training split where there is none; of the data that the model learned from where a file has neither), and clusters may outnumber classes: it is not an accuracy of one-to-one assignments.
/// </summary>
public sealed class ClusterError() : Metric("cluster-error",
    "share of labelled examples whose cluster has another label, where each cluster takes the label of its most confident validation example (or of the majority)")
{
    public override bool Applies(Module model, IDataset data) => model is IClustering && data.Has<LabelledBatch>() && data.Spec.Classes > 1;

    public override string? Missing(Module model, IDataset data, MeasureOptions options) => data.Count(Split.Validation) > 0 ? null : options.MissingTeaching(data);

    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        var (labelled, clusters) = (data.As<LabelledBatch>(), (IClustering)model);
        var named = data.Count(Split.Validation) > 0 ? data : options.Teaching(data);
        var naming = named.Count(Split.Validation) > 0 ? Split.Validation : Split.Train;
        Dictionary<int, (double Probability, long Label)> surest = [];
        Dictionary<int, Dictionary<long, int>> counts = [];
        foreach (var (responsibilities, label) in LabelledOutputs.Of(named.As<LabelledBatch>(), options with { Split = naming, Limit = int.MaxValue, Progress = null }, model.Device, clusters.Responsibilities))
        {
            for (var k = 0; k < responsibilities.Length; k++)
            {
                if (!surest.TryGetValue(k, out var best) || responsibilities[k] > best.Probability)
                {
                    surest[k] = (responsibilities[k], label);
                }
            }

            var cluster = Array.IndexOf(responsibilities, responsibilities.Max());
            var members = counts.TryGetValue(cluster, out var known) ? known : counts[cluster] = [];
            members[label] = members.GetValueOrDefault(label) + 1;
        }

        List<double> bySurest = [], byMost = [];
        foreach (var (responsibilities, label) in LabelledOutputs.Of(labelled, options, model.Device, clusters.Responsibilities))
        {
            var cluster = Array.IndexOf(responsibilities, responsibilities.Max());
            bySurest.Add(surest[cluster].Label == label ? 0 : 1);

            // A cluster that no validation example is in names nothing, and every example in it counts as wrong.
            byMost.Add(counts.TryGetValue(cluster, out var members) && members.MaxBy(m => m.Value).Key == label ? 0 : 1);
        }

        var source = ReferenceEquals(named, data) ? null : $"the {naming.Word()} examples of {named.Name} ({named.Protocol})";
        return
        [
            new(Name, Score.Mean([.. bySurest], "share", Evidence.Exact)) { JudgedBy = source },
            new($"{Name}-majority", Score.Mean([.. byMost], "share", Evidence.Exact)) { JudgedBy = source },
        ];
    }
}

/// <summary>A few numbers for each labelled example of a split, with its label.</summary>
internal static class LabelledOutputs
{
    /// <param name="data">Whose examples.</param>
    /// <param name="options">Which of them.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="ask">From examples [n, …] to numbers [n, k].</param>
    public static List<(double[] Outputs, long Label)> Of(IDataset<LabelledBatch> data, MeasureOptions options, Device device, Func<Tensor, Tensor> ask)
    {
        var (all, total) = (new List<(double[], long)>(), Math.Min(options.Limit, data.Count(options.Split)));
        Chain.Each(data.Read(options.Split, options.BatchSize, options.Limit), batch =>
        {
            var outputs = ask(batch.X.to(device)).ToArray<double>();
            all.AddRange(outputs.Chunk(outputs.Length / batch.Count).Zip(batch.Labels.ToArray<long>()));
            options.Progress?.Invoke((double)all.Count / total);
        });
        return all;
    }
}
