namespace Likeness;

/// <summary>What turns examples into features, and says so in every score that it has part in: scores by different networks are never comparable.</summary>
/// <param name="Description">For example "hidden layer of runs/judge (classifier, sha256 1f0c…)".</param>
/// <param name="Features">From examples [n, …] in the data's units to [n, width].</param>
public sealed record FeatureNetwork(string Description, Func<Tensor, Tensor> Features)
{
    /// <summary>From examples to log p(class | x), [n, classes]; null where the network has no classes.</summary>
    public Func<Tensor, Tensor>? ClassLogProbs { get; init; }

    /// <summary>Whether its classes are those of the data, number by number.</summary>
    public bool KnowsClasses { get; init; }

    public Device Device { get; init; } = torch.CPU;

    /// <summary>Whether it is no network, and examples are compared as they are.</summary>
    public bool IsValues { get; init; }

    /// <summary>No network: the values themselves, bytes as a share of their range, unordered values one-hot.</summary>
    public static FeatureNetwork Values(DataSpec spec) => new("the values themselves (no feature network)", x =>
    {
        var count = x.shape[0];
        var values = Draws.InUnits(x.ToArray<float>(), spec.Domain);
        return Tensor.From(values, count, values.Length / count);
    }) { IsValues = true };

    /// <summary>
    /// The network for one colour at a time: features side by side, and as classes all combinations, the first colour's changing slowest (Metz et al. 2017
    /// count the digits of three stacked images so).
    /// </summary>
    /// <param name="channels">Colours of the examples.</param>
    public FeatureNetwork PerChannel(int channels) => this with
    {
        Description = $"{Description}, of each of {channels} colours",
        Features = x => torch.cat([.. Enumerable.Range(0, channels).Select(c => Features(x.narrow(1, c, 1)))], 1),
        ClassLogProbs = ClassLogProbs is not { } ask ? null : x =>
        {
            var joint = ask(x.narrow(1, 0, 1));
            for (var c = 1; c < channels; c++)
            {
                // Colours are judged independently: log probabilities add.
                joint = (joint.unsqueeze(2) + ask(x.narrow(1, c, 1)).unsqueeze(1)).flatten(1);
            }

            return joint;
        },
    };
}
