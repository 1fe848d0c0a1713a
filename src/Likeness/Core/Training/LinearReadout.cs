namespace Likeness;

/// <summary>A linear layer that reads classes off codes, which are standardised as they were when it was fitted.</summary>
internal sealed class LinearReadout : Module
{
    private readonly Tensor _bias, _mean, _deviation;

    /// <param name="codes">Values of a code.</param>
    /// <param name="classes">How many there are.</param>
    /// <param name="rng">Where it is; nothing is drawn, as the loss has one minimum.</param>
    public LinearReadout(int codes, int classes, Rng rng)
    {
        Weight = Parameter("weight", Init.Zeros.Make(rng, codes, classes));
        _bias = Parameter("bias", Init.Zeros.Make(rng, classes));
        _mean = Buffer("mean", Init.Zeros.Make(rng, codes));
        _deviation = Buffer("deviation", Init.Ones.Make(rng, codes));
    }

    /// <summary>W of the standardised codes, [codes, classes].</summary>
    public Tensor Weight { get; }

    /// <summary>Unnormalised log-probabilities of the classes, [n, classes], of codes [n, codes].</summary>
    public Tensor Call(Tensor codes) => ((codes - _mean) / _deviation).matmul(Weight) + _bias;

    /// <summary>Is what was fitted.</summary>
    public void Take(LogisticRegression fitted)
    {
        using var noGrad = torch.no_grad();
        Weight.copy_(fitted.Weights);
        _bias.copy_(fitted.Bias);
        _mean.copy_(fitted.Mean);
        _deviation.copy_(fitted.Deviation);
    }

    /// <summary>Takes the mean and the deviation of codes [n, codes].</summary>
    public void Standardise(Tensor codes)
    {
        using var noGrad = torch.no_grad();
        var (mean, deviation) = Moments.Of(codes.to(ScalarType.Float64));
        _mean.copy_(mean);
        _deviation.copy_(deviation);
    }
}

/// <summary>Tells classes by a linear layer on the codes of an encoder, which can be fitted apart.</summary>
internal interface IReadout : IClassifier
{
    /// <summary>The encoder, with the weights of the run that it comes from.</summary>
    Module Coder { get; }

    /// <summary>Has the encoder as its run has it, and the layer that was fitted to its codes.</summary>
    void Take(LogisticRegression fitted);
}
