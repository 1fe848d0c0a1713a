using System.Collections.Concurrent;

namespace Likeness;

/// <summary>Derivatives with errors that can be caught, and functions with a derivative of their own at little cost.</summary>
public static class Autograd
{
    // Kinds of graphs, by what is differentiated by what, that were walked without an error.
    private static readonly ConcurrentDictionary<string, byte> s_sound = new();

    /// <summary>Whether operators on this thread are being recorded.</summary>
    public static bool IsRecording => torch.is_grad_enabled();

    /// <summary>
    /// The gradients of a sum of scalars with respect to each input, and to nothing else. An input that the outputs do not
    /// depend on gives null if <paramref name="allowUnused"/>, else an error. TorchSharp's <c>torch.autograd.grad</c> ends the process
    /// where this throws.
    /// </summary>
    /// <param name="outputs">What is differentiated; with <paramref name="outputGrads"/>, the vector-Jacobian product.</param>
    /// <param name="inputs">With respect to what.</param>
    /// <param name="outputGrads">The vector of the product, one entry per output; ones where there is none.</param>
    /// <param name="createGraph">Record the gradient's computation, so that it can be differentiated again.</param>
    /// <param name="retainGraph">Keep the recording, so that it can be used again.</param>
    /// <param name="allowUnused">Whether an input that the outputs do not depend on is no error.</param>
    /// <exception cref="TorchException">An output or an input is not recorded, an input is not used, or a function's derivative failed.</exception>
    public static Tensor?[] Grad(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputGrads = default,
        bool createGraph = false, bool retainGraph = false, bool allowUnused = false) =>
        Grad(outputs, inputs, outputGrads, createGraph, retainGraph, allowUnused, checkedGraph: false);

    private static string Shapes(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs)
    {
        var text = new System.Text.StringBuilder();
        foreach (var tensor in outputs)
        {
            text.Append(tensor.dtype).Append(tensor.ShapeText());
        }

        text.Append(" by ");
        foreach (var tensor in inputs)
        {
            text.Append(tensor.dtype).Append(tensor.ShapeText());
        }

        return text.ToString();
    }

    /// <summary>The gradient of one scalar with respect to one input.</summary>
    public static Tensor Grad(Tensor output, Tensor input, bool createGraph = false) => Grad([output], [input], createGraph: createGraph)[0]!;

    /// <summary>
    /// The same; <paramref name="checkedGraph"/> says that this graph has been walked before without an error, so a walk that cannot
    /// report one will do. That one saves a copy of each gradient.
    /// </summary>
    internal static Tensor?[] Grad(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputGrads,
        bool createGraph, bool retainGraph, bool allowUnused, bool checkedGraph)
    {
        var recorded = false;
        foreach (var output in outputs)
        {
            recorded |= output.requires_grad;
        }

        if (!recorded || inputs.Length == 0)
        {
            return allowUnused || inputs.Length == 0
                ? new Tensor?[inputs.Length]
                : throw new TorchException("What is differentiated does not depend on anything that requires gradients: was it computed while nothing was recorded?");
        }

        foreach (var input in inputs)
        {
            if (!input.requires_grad)
            {
                throw new TorchException($"A tensor of shape {input.ShapeText()} does not require gradients: call requires_grad_() before it is used.");
            }
        }

        var gradients = new Tensor?[inputs.Length];
        using (var walk = CustomNode.Walk(inputs))
        {
            if (createGraph && !checkedGraph && s_sound.TryAdd(Shapes(outputs, inputs), 0))
            {
                // A recording walk that can report a failure warns of a leak, which there is none of as gradients are taken out. So the first of its kind is tried without recording.
                GradientWalk.Reported(outputs, inputs, outputGrads, retain: true, gradients);
                walk.ThrowIfFailed();
            }

            if (checkedGraph || createGraph)
            {
                GradientWalk.Unreported(outputs, inputs, outputGrads, retainGraph || createGraph, createGraph, gradients);
            }
            else
            {
                GradientWalk.Reported(outputs, inputs, outputGrads, retainGraph, gradients);
            }

            walk.ThrowIfFailed();
        }

        if (!allowUnused && Array.IndexOf(gradients, null) is >= 0 and var unused)
        {
            throw new TorchException($"What is differentiated does not depend on input {unused}, of shape {inputs[unused].ShapeText()}.");
        }

        return gradients;
    }

    /// <summary>
    /// A function with a derivative of its own. <paramref name="forward"/> runs without recording; <paramref name="backward"/>
    /// gets the gradient of the output and the saved tensors, and returns one gradient (or null) per input. When the
    /// gradient itself is being recorded, <see cref="IsRecording"/> is true inside it, and it must use recorded operators.
    /// </summary>
    public static Tensor Custom(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> saved, Func<Tensor> forward, Func<Tensor, Tensor[], Tensor?[]> backward) =>
        Custom(inputs, saved, forward, (grad, kept, _) => backward(grad, kept));

    /// <summary>The same for a <paramref name="backward"/> that is told, for each input, whether its gradient is asked for; what it returns for the others is dropped.</summary>
    public static Tensor Custom(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> saved, Func<Tensor> forward, Func<Tensor, Tensor[], bool[], Tensor?[]> backward)
    {
        if (!IsRecording)
        {
            return forward();
        }

        Tensor output;
        using (torch.no_grad())
        {
            output = forward();
        }

        Record(inputs, saved, [output], (grads, kept, wanted) => backward(grads[0]!, kept.ToArray(), wanted));
        return output;
    }

    /// <summary>
    /// The gradients of a function through its twin, recorded, so that they can be differentiated again: one per input, null where an input is not learned.
    /// </summary>
    /// <param name="results">What the twin makes of the inputs.</param>
    /// <param name="grads">Of the results; null where one is not used.</param>
    /// <param name="inputs">The function's.</param>
    internal static Tensor?[] Through(Tensor[] results, Tensor?[] grads, Tensor[] inputs)
    {
        var used = Enumerable.Range(0, results.Length).Where(i => grads[i] is not null && results[i].requires_grad).ToArray();
        var learned = Array.FindAll(inputs, t => t.requires_grad);
        var slopes = Grad([.. used.Select(i => results[i])], learned, [.. used.Select(i => grads[i]!)], createGraph: true, allowUnused: true);
        var next = 0;
        return Array.ConvertAll(inputs, t => t.requires_grad ? slopes[next++] : null);
    }

    /// <summary>Makes what was computed without recording the results of a function of the inputs, where one of them is learned and anything is recorded.</summary>
    internal static void Record(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> saved, ReadOnlySpan<Tensor> outputs, CustomNode.Derivative backward)
    {
        if (!IsRecording)
        {
            return;
        }

        foreach (var input in inputs)
        {
            if (input.requires_grad)
            {
                CustomNode.Record(inputs, saved, outputs, backward);
                break;
            }
        }
    }
}
