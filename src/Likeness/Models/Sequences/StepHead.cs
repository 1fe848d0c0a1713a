namespace Likeness;

/// <summary>How a network's outputs describe the values of one step, and how values enter the network.</summary>
internal interface IStepHead
{
    /// <summary>Numbers that the values of a step become as an input.</summary>
    int Inputs { get; }

    /// <summary>Numbers that describe the distribution of a step.</summary>
    int Outputs { get; }

    /// <summary>Components whose weights change while the values of a step become known.</summary>
    int Weights { get; }

    /// <summary>Values [n, steps, d] as inputs [n, steps, inputs].</summary>
    Tensor Shown(Tensor values);

    /// <summary>log p of the values of each step, [n, steps], from outputs [n, steps, outputs].</summary>
    Tensor LogProb(Tensor outputs, Tensor values);

    /// <summary>The distribution of value j [n] given those before it in the step, which have added log-weights [n, components].</summary>
    Density Value(Tensor output, int j, Tensor weights);

    /// <summary>Adds what value j [n] says of the components to their log-weights.</summary>
    void Weigh(Tensor output, int j, Tensor value, Tensor weights);
}

/// <summary>A mixture of Normal distributions with diagonal covariances, over vectors of d values.</summary>
internal sealed class NormalsHead(int values, int components) : IStepHead
{
    // A standard deviation below a thousandth of a standardised value's is taken for a fit to noise.
    private const double LeastLogStd = -7;

    public int Inputs => values;

    public int Outputs => components * (1 + (2 * values));

    public int Weights => components;

    public Tensor Shown(Tensor x) => x;

    public Tensor LogProb(Tensor outputs, Tensor x)
    {
        var (logits, means, logStds) = Parts(outputs);
        var each = new Normal(means, logStds).LogProb(x.unsqueeze(2)).sum([-1]); // [n, steps, components]
        return (logits.log_softmax(-1) + each).logsumexp(-1);
    }

    public Density Value(Tensor output, int j, Tensor weights)
    {
        var (logits, means, logStds) = Parts(output);
        return new MixtureOfNormals(logits + weights, means.select(-1, j), logStds.select(-1, j));
    }

    public void Weigh(Tensor output, int j, Tensor value, Tensor weights)
    {
        var (_, means, logStds) = Parts(output);
        weights.add_(new Normal(means.select(-1, j), logStds.select(-1, j)).LogProb(value.unsqueeze(1)));
    }

    /// <summary>Outputs whose means are at <paramref name="origin"/> [..., values] and not at 0.</summary>
    public Tensor Around(Tensor outputs, Tensor origin)
    {
        long[] each = [.. Enumerable.Repeat(1L, (int)origin.ndim - 1), components];
        var (zeros, after) = (torch.zeros_like(outputs.narrow(-1, 0, components)), torch.zeros_like(outputs.narrow(-1, components * (1 + values), components * values)));
        return outputs + torch.cat([zeros, origin.repeat(each), after], -1);
    }

    // [..., components], and twice [..., components, values].
    private (Tensor Logits, Tensor Means, Tensor LogStds) Parts(Tensor outputs)
    {
        long[] shape = [.. outputs.shape[..^1], components, values];
        return (outputs.narrow(-1, 0, components),
            outputs.narrow(-1, components, components * values).reshape(shape),
            outputs.narrow(-1, components * (1 + values), components * values).reshape(shape).clamp_min(LeastLogStd));
    }
}

/// <summary>A softmax over levels for each value; values of a step are independent given the past.</summary>
internal sealed class LevelsHead(int values, int levels) : IStepHead
{
    public int Inputs => values * levels;

    public int Outputs => values * levels;

    public int Weights => 1;

    // One of k: an input for each level.
    public Tensor Shown(Tensor x) => x.unsqueeze(-1).eq(torch.arange(0, levels, x.dtype, x.device)).to(x.dtype).flatten(2);

    public Tensor LogProb(Tensor outputs, Tensor x) => new Categorical(Logits(outputs)).LogProb(x).sum([-1]);

    public Density Value(Tensor output, int j, Tensor weights) => new Categorical(Logits(output).select(-2, j));

    public void Weigh(Tensor output, int j, Tensor value, Tensor weights)
    {
    }

    private Tensor Logits(Tensor outputs) => outputs.reshape([.. outputs.shape[..^1], values, levels]);
}
