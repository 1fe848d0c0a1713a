using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// The recurrence of a binary NADE (Larochelle and Murray 2011) as a differentiable function of its parameters: W [d, h] (row i is
/// the paper's column W_{·,i}), c [h], V [d, h], b [d]. In main memory and fp32 it is one fused kernel forwards and one backwards;
/// elsewhere, and when the gradient itself is differentiated, it is the libtorch twin.
/// </summary>
internal static unsafe class NadeFunction
{
    /// <summary>The logit of every p(x_i = 1 | x_&lt;i), [n, d], for x [n, d].</summary>
    public static Tensor Logits(Tensor x, Tensor w, Tensor c, Tensor v, Tensor b)
    {
        // The kernel has no gradient for x, which training never needs.
        if (x.requires_grad || !Fused(x, w, c, v, b))
        {
            return Twin(x, w, c, v, b);
        }

        x = x.contiguous();
        return Autograd.Custom([w, c, v, b], [x, w, c, v, b], () => Forward(x, w, c, v, b), (grad, s) => Autograd.IsRecording
            ? Autograd.Grad([Twin(s[0], s[1], s[2], s[3], s[4])], s.AsSpan(1), [grad], createGraph: true)
            : Backward(grad, s[0], s[1], s[2], s[3], s[4]));
    }

    /// <summary>The same function as a loop of libtorch operators: any device and precision, and the oracle of the kernel's test.</summary>
    public static Tensor Twin(Tensor x, Tensor w, Tensor c, Tensor v, Tensor b)
    {
        var d = (int)w.shape[0];
        var a = c.unsqueeze(0).expand(x.shape[0], c.shape[0]);
        var logits = new Tensor[d];
        for (var i = 0; i < d; i++)
        {
            logits[i] = a.sigmoid().matmul(v.select(0, i)) + b.select(0, i);
            a += x.narrow(1, i, 1) * w.select(0, i);
        }

        return torch.stack(logits, 1);
    }

    /// <summary>
    /// Draws x_i = 1 where u_i &lt; p(x_i = 1 | x_&lt;i), for uniform numbers u [n, d]: O(d·h) per sample. Entries marked in
    /// <paramref name="known"/> (bool [n, d]) keep their value in <paramref name="x"/>.
    /// </summary>
    public static Tensor Sample(Tensor uniforms, Tensor w, Tensor c, Tensor v, Tensor b, Tensor? x = null, Tensor? known = null)
    {
        using var noGrad = torch.no_grad();
        if (!Fused(uniforms, w, c, v, b))
        {
            return SampleTwin(uniforms, w, c, v, b, x, known);
        }

        var u = uniforms.contiguous();
        var drawn = x?.clone().contiguous() ?? u.zeros_like();
        var mask = known?.contiguous();
        NadeKernel.Sample(Parameters(w, c, v, b), u.Floats(), mask is null ? null : (byte*)mask.DataPointer(), drawn.Floats(), (int)u.shape[0], null, TorchRuntime.Threads);
        GC.KeepAlive((u, mask, w, c, v, b));
        return drawn;
    }

    private static Tensor SampleTwin(Tensor u, Tensor w, Tensor c, Tensor v, Tensor b, Tensor? x, Tensor? known)
    {
        var d = (int)w.shape[0];
        var columns = new Tensor[d];
        var last = Chain.Run(c.unsqueeze(0).expand(u.shape[0], c.shape[0]), Enumerable.Range(0, d), (a, i) =>
        {
            var p = (a.sigmoid().matmul(v.select(0, i)) + b.select(0, i)).sigmoid();
            var xi = u.select(1, i).lt(p).to(u.dtype);
            if (known is not null && x is not null)
            {
                xi = torch.where(known.select(1, i), x.select(1, i), xi);
            }

            columns[i] = xi.Own();
            return a + xi.unsqueeze(1) * w.select(0, i);
        });
        GC.KeepAlive(last);
        return torch.stack(columns, 1);
    }

    private static Tensor Forward(Tensor x, Tensor w, Tensor c, Tensor v, Tensor b)
    {
        var logits = x.empty_like();
        NadeKernel.Forward(Parameters(w, c, v, b), x.Floats(), (int)x.shape[0], logits.Floats(), TorchRuntime.Threads);
        GC.KeepAlive((x, w, c, v, b));
        return logits;
    }

    private static Tensor[] Backward(Tensor grad, Tensor x, Tensor w, Tensor c, Tensor v, Tensor b)
    {
        grad = grad.contiguous();
        Tensor[] gradients = [w.empty_like(), c.empty_like(), v.empty_like(), b.empty_like()];
        NadeKernel.Backward(Parameters(w, c, v, b), x.Floats(), (int)x.shape[0], grad.Floats(),
            Parameters(gradients[0], gradients[1], gradients[2], gradients[3]), TorchRuntime.Threads);
        GC.KeepAlive((grad, x, w, c, v, b));
        return gradients;
    }

    private static bool Fused(params ReadOnlySpan<Tensor> tensors)
    {
        foreach (var t in tensors)
        {
            if (!t.IsHostFloat())
            {
                return false;
            }
        }

        // The parameters are a module's own and always contiguous; x is made so.
        return true;
    }

    private static NadeParameters Parameters(Tensor w, Tensor c, Tensor v, Tensor b) =>
        new((int)w.shape[0], (int)w.shape[1], w.Floats(), c.Floats(), v.Floats(), b.Floats());
}
