namespace Likeness;

/// <summary>The hidden layers of a fully connected network.</summary>
internal static class HiddenLayers
{
    /// <summary>A linear layer and a rectifier for each entry of <paramref name="hidden"/>.</summary>
    /// <param name="inputs">Values that the first one reads.</param>
    /// <param name="hidden">Units of each layer.</param>
    /// <param name="rng">Where initial weights are drawn.</param>
    /// <param name="weight">How they start; PyTorch's way where null.</param>
    /// <param name="bias">How offsets start; PyTorch's way where null.</param>
    public static IReadOnlyList<torch.nn.Module<Tensor, Tensor>> Rectified(int inputs, IReadOnlyList<int> hidden, Rng rng, Init? weight = null, Init? bias = null)
    {
        // Made here and now: in a list that is built from them, the layers after them would draw their weights first.
        var layers = new List<torch.nn.Module<Tensor, Tensor>>();
        foreach (var units in hidden)
        {
            layers.AddRange([new Linear(inputs, units, rng, weight, bias), Activation.Relu()]);
            inputs = units;
        }

        return layers;
    }
}
