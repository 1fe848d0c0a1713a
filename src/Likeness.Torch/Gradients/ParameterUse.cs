namespace Likeness;

/// <summary>One use of a parameter, and what it says of its gradient given that of what came out.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Watched">The number of what came out.</param>
internal abstract record ParameterUse(Tensor Parameter, int Watched)
{
    /// <summary>Each example's gradient, [n, …].</summary>
    public abstract Tensor Each(Tensor grad);

    /// <summary>What can be said of one use alone with less work; null for nothing.</summary>
    public virtual GradientPart? Alone(Tensor grad) => null;

    /// <summary>Frees what it has kept.</summary>
    public virtual void Free()
    {
    }
}

/// <summary>x·(W ⊙ M)ᵀ for rows of each example.</summary>
/// <param name="Parameter">W.</param>
/// <param name="Watched">The number of the product.</param>
/// <param name="X">x.</param>
/// <param name="Mask">M; null where there is none.</param>
/// <param name="Examples">n.</param>
/// <param name="Rows">Of each example.</param>
internal sealed record ProductUse(Tensor Parameter, int Watched, Tensor X, Tensor? Mask, long Examples, long Rows) : ParameterUse(Parameter, Watched)
{
    public override Tensor Each(Tensor grad) => new ProductPart(Inputs, Outputs(grad), Mask).Each();

    public override GradientPart Alone(Tensor grad) => new ProductPart(Inputs, Outputs(grad), Mask);

    public override void Free()
    {
        X.Dispose();
        Mask?.Dispose();
    }

    internal Tensor Inputs => X.to(ScalarType.Float32).reshape(Examples, Rows, X.shape[^1]);

    internal Tensor Outputs(Tensor grad) => grad.to(ScalarType.Float32).reshape(Examples, Rows, grad.shape[^1]);
}

/// <summary>A bias of the last dimension of rows, or of the second of images.</summary>
internal sealed record BiasUse(Tensor Parameter, int Watched, long Examples, bool OfImages) : ParameterUse(Parameter, Watched)
{
    public override Tensor Each(Tensor grad) => OfImages
        ? grad.to(ScalarType.Float32).sum([2, 3])
        : grad.to(ScalarType.Float32).reshape(Examples, -1, Parameter.shape[0]).sum([1]);
}

/// <summary>A parameter that was repeated for each example.</summary>
internal sealed record RepeatedUse(Tensor Parameter, int Watched) : ParameterUse(Parameter, Watched)
{
    public override Tensor Each(Tensor grad) => grad.to(ScalarType.Float32);
}

/// <summary>A convolution: a product of its weight and the patches of each image.</summary>
internal sealed record ConvolutionUse(Tensor Parameter, int Watched, Tensor X, (long Height, long Width) Padding, (long Height, long Width) Stride, bool Transposed) : ParameterUse(Parameter, Watched)
{
    public override Tensor Each(Tensor grad)
    {
        // A transposed convolution is the way back of one from its outputs to its inputs.
        var (image, other) = Transposed ? (grad, X) : (X, grad);
        var kernel = Parameter.shape[2..];
        var patches = torch.nn.functional.unfold(image.to(ScalarType.Float32), (kernel[0], kernel[1]), dilation: (1, 1), padding: Padding, stride: Stride); // [n, c·k·k, places]
        var each = other.to(ScalarType.Float32).flatten(2).bmm(patches.transpose(1, 2));
        return each.reshape([X.shape[0], .. Parameter.shape]);
    }

    public override void Free() => X.Dispose();
}

/// <summary>The examples' gradients with respect to one parameter.</summary>
internal abstract class GradientPart
{
    public static GradientPart Of(ParameterUse[] uses, Tensor?[] grads)
    {
        // The same weight at several places, as from step to step of a recurrent network, is one product over more rows.
        if (uses.All(u => u is ProductUse { Mask: null }) && uses.Length > 1)
        {
            var products = uses.Cast<ProductUse>().ToArray();
            return new ProductPart(torch.cat([.. products.Select(u => u.Inputs)], 1), torch.cat([.. products.Select(u => u.Outputs(grads[u.Watched]!))], 1), null);
        }

        return uses is [var only] && only.Alone(grads[only.Watched]!) is { } part
            ? part
            : new WholePart(uses.Select(u => u.Each(grads[u.Watched]!)).Aggregate((a, b) => a + b));
    }

    public abstract Tensor SquaredLengths();

    public abstract Tensor Sum(Tensor weights);
}

/// <summary>Gradients that are there, [n, …].</summary>
internal sealed class WholePart(Tensor each) : GradientPart
{
    public override Tensor SquaredLengths() => each.flatten(1).square().sum([1]);

    public override Tensor Sum(Tensor weights) => weights.unsqueeze(0).mm(each.flatten(1)).reshape(each.shape[1..]);
}

/// <summary>Σ_t δ_t a_tᵀ over rows a [n, t, inputs] and δ [n, t, outputs].</summary>
internal sealed class ProductPart(Tensor inputs, Tensor outputs, Tensor? mask) : GradientPart
{
    private long Rows => inputs.shape[1];

    public override Tensor SquaredLengths()
    {
        if (Rows == 1)
        {
            var (a, d) = (inputs.squeeze(1).square(), outputs.squeeze(1).square());
            return mask is null ? a.sum([1]) * d.sum([1]) : (d.mm(mask) * a).sum([1]);
        }

        // ‖Σ δ_t a_tᵀ‖² = Σ_{t,s} (a_t·a_s)(δ_t·δ_s): less work than the gradients where the rows are few.
        return mask is null && Rows * Rows < inputs.shape[2] * outputs.shape[2] / 2
            ? (inputs.bmm(inputs.transpose(1, 2)) * outputs.bmm(outputs.transpose(1, 2))).sum([1, 2])
            : Each().flatten(1).square().sum([1]);
    }

    public override Tensor Sum(Tensor weights)
    {
        var sum = (outputs * weights.reshape(-1, 1, 1)).reshape(-1, outputs.shape[2]).t().mm(inputs.reshape(-1, inputs.shape[2]));
        return mask is null ? sum : sum.mul_(mask);
    }

    public Tensor Each()
    {
        var each = outputs.transpose(1, 2).bmm(inputs);
        return mask is null ? each : each.mul_(mask);
    }
}
