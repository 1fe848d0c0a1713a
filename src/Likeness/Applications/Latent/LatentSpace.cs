namespace Likeness;

/// <summary>The codes of a trained model: how wide they are, where new ones come from, and the ways there and back.</summary>
/// <param name="Trained">A model that encodes, decodes, or both.</param>
public sealed record LatentSpace(TrainedModel Trained)
{
    // Enough for a covariance.
    private const int MostCodes = 5000;

    // Codes decoded at once: bounds the memory.
    private const int AtOnce = 100;

    /// <exception cref="UsageException">The model cannot encode.</exception>
    public IEncoder Encoder => Trained.Require<IEncoder>();

    /// <exception cref="UsageException">The model cannot decode.</exception>
    public IDecoder Decoder => Trained.Require<IDecoder>();

    /// <exception cref="UsageException">No part of the model's codes is meant to stand for a property.</exception>
    public IReadOnlyList<CodeFactor> Factors => Trained.Require<IFactored>().Factors;

    /// <summary>Whether codes have a distribution of their own, so new ones can be drawn.</summary>
    public bool HasPrior => Trained.Model is ILatentPrior;

    /// <summary>Values per code.</summary>
    public int Width => field > 0 ? field : field = Measured();

    /// <summary>The codes of a split.</summary>
    public Codes Encode(IDataset data, MeasureOptions options) => Codes.Of(data, options, Trained.Model.Device, Encoder.Encode);

    /// <summary>The codes [n, width] of examples [n, …], in main memory.</summary>
    public Tensor Encode(Tensor x) => InParts(x, part => Encoder.Encode(part), null);

    /// <summary>What codes [n, width] stand for, in the data's units, in main memory.</summary>
    /// <param name="z">The codes.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    public Tensor Decode(Tensor z, Action<double>? progress = null) => InParts(z, part => Decoder.Decode(part.to(Trained.Model.ScalarType)), progress);

    /// <summary>New codes [count, width]: from the model's own prior where it has one, else from N(0, I).</summary>
    public Tensor Draw(int count, Rng rng)
    {
        using var noGrad = torch.no_grad();
        return Trained.Model is ILatentPrior prior ? prior.SampleLatent(count, rng) : rng.Normal(count, Width);
    }

    /// <summary>
    /// New codes [count, width] from a Normal with the mean and the covariance of the codes of training examples: where a model has no prior, N(0, I) is
    /// nowhere near what its decoder knows, and to decode that alone would show it worse than it is.
    /// </summary>
    public Tensor DrawLikeOwn(IDataset data, int count, Rng rng)
    {
        using var noGrad = torch.no_grad();
        var codes = Encode(data, new(Split.Train, AtOnce, MostCodes));
        var z = Tensor.From(codes.Values, codes.Count, codes.Values.Length / codes.Count).to(ScalarType.Float64);
        var mean = z.mean([0]);
        var centred = z - mean;
        var covariance = centred.t().matmul(centred) / codes.Count + torch.eye(z.size(1), dtype: ScalarType.Float64) * 1e-8;
        return (mean + rng.Normal(count, z.size(1)).to(torch.CPU).to(ScalarType.Float64).matmul(torch.linalg.cholesky(covariance).t())).to(ScalarType.Float32).to(rng.Device);
    }

    /// <summary>Some examples of a split, by their places, [places, …].</summary>
    /// <exception cref="UsageException">There is no such place.</exception>
    public static Tensor Examples(IDataset data, Split split, IReadOnlyList<int> places)
    {
        var (count, spec) = (data.Count(split), data.Spec);
        foreach (var place in places)
        {
            if (place < 0 || place >= count)
            {
                throw new UsageException($"There is no example {place} in the {split.Word()} split of '{data.Name}': it has the examples 0 … {count - 1}.");
            }
        }

        var plain = data.TryAs<Batch>() ?? throw new UsageException($"The data set '{data.Name}' has no plain examples to encode: choose another data set.");
        var all = Draws.Read(plain, split, places.Max() + 1, AtOnce);
        return Tensor.From(places.SelectMany(p => all.Skip(p * spec.Dimensions).Take(spec.Dimensions)).ToArray(), spec.BatchShape(places.Count));
    }

    private Tensor InParts(Tensor all, Func<Tensor, Tensor> part, Action<double>? progress)
    {
        var count = (int)all.shape[0];
        return Chain.Concat(Enumerable.Range(0, (count + AtOnce - 1) / AtOnce), i =>
        {
            progress?.Invoke((double)i * AtOnce / count);
            var some = all.narrow(0, i * AtOnce, Math.Min(AtOnce, count - (i * AtOnce)));
            return part(some.to(Trained.Model.Device)).to(torch.CPU).to(ScalarType.Float32);
        });
    }

    private int Measured()
    {
        return Chain.Value(() =>
        {
            using var noGrad = torch.no_grad();
            var code = Trained.Model switch
            {
                ILatentPrior prior => prior.SampleLatent(1, new Rng(0, Trained.Model.Device)),
                IEncoder encoder => encoder.Encode(torch.zeros(Trained.Spec.BatchShape(1), ScalarType.Float32, Trained.Model.Device)),
                _ => throw Capabilities.Unable(Trained.Model, Trained.Recipe.Name, "encode or decode"),
            };
            return (int)code.numel();
        });
    }
}
