using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// The log-density of an RNADE (Uria, Murray and Larochelle 2013) as a differentiable function of its parameters: W [d, h] (row i
/// is the paper's column W_{·,i}), c [h], ρ [d], V [d, 3K, h] and b [d, 3K], whose rows are the logits, the means and the
/// log-scales of K components. In main memory and fp32 it is one fused kernel forwards and one backwards; elsewhere, and when
/// the gradient itself is differentiated, it is the libtorch twin.
/// </summary>
internal static unsafe class RnadeFunction
{
    /// <summary>log p(x), nats, [n], for x [n, d], with Laplacian components or Gaussian ones.</summary>
    /// <param name="x">Examples [n, d].</param>
    /// <param name="w">W [d, h].</param>
    /// <param name="c">c [h].</param>
    /// <param name="rho">ρ [d].</param>
    /// <param name="v">V [d, 3K, h].</param>
    /// <param name="b">b [d, 3K].</param>
    /// <param name="laplace">Whether components are Laplacians.</param>
    /// <param name="background">log q [n, d] where the density of a value is its mixture's plus q, without gradients; null for the mixture alone.</param>
    public static Tensor LogProb(Tensor x, Tensor w, Tensor c, Tensor rho, Tensor v, Tensor b, bool laplace, Tensor? background = null)
    {
        Tensor[] parameters = [w, c, rho, v, b];
        // The kernel has no gradient for x, which training never needs.
        if (x.requires_grad || !x.IsHostFloat() || !parameters.All(p => p.IsHostFloat()))
        {
            return Twin(x, w, c, rho, v, b, laplace, background);
        }

        x = x.contiguous();
        background = background?.contiguous();
        var count = (int)x.size(0);
        var learning = Autograd.IsRecording && parameters.Any(p => p.requires_grad);
        Tensor logProb, slopes;
        using (torch.no_grad())
        {
            slopes = torch.empty([w.size(0), v.size(1), learning ? RnadeKernel.Stride(count) : 0], ScalarType.Float32);
            logProb = torch.empty([count], ScalarType.Float32);
            RnadeKernel.Forward(Parameters(w, c, rho, v, b), laplace, x.Floats(), background is null ? null : background.Floats(), count, logProb.Floats(), learning ? slopes.Floats() : null, TorchRuntime.Threads);
            GC.KeepAlive((x, background, parameters, slopes));
        }

        Autograd.Record(parameters, background is null ? [x, .. parameters, slopes] : [x, .. parameters, slopes, background], [logProb], (grads, s, _) => Autograd.IsRecording
            ? Autograd.Grad([Twin(s[0], s[1], s[2], s[3], s[4], s[5], laplace, s.Count > 7 ? s[7] : null)], parameters, grads!, createGraph: true, allowUnused: true)
            : Backward(grads[0]!, s, parameters));
        return logProb;
    }

    /// <summary>The same function as a loop of libtorch operators: any device and precision, and the oracle of the kernel's test.</summary>
    public static Tensor Twin(Tensor x, Tensor w, Tensor c, Tensor rho, Tensor v, Tensor b, bool laplace, Tensor? background = null)
    {
        var parts = Conditionals(x, w, c, rho, v, b).chunk(3, -1);
        var (alpha, mean, logScale) = (parts[0], parts[1], parts[2]);
        var t = (x.unsqueeze(-1) - mean) * (-logScale).exp();
        var log = laplace ? -t.abs() - Math.Log(2) : t.square() * -0.5 - (0.5 * Math.Log(2 * Math.PI));
        var logProb = (alpha.log_softmax(-1) - logScale + log).logsumexp(-1);
        return (background is null ? logProb : torch.stack([logProb, background], -1).logsumexp(-1)).sum([1]);
    }

    /// <summary>The parameters z of every conditional [n, d, 3K], for x [n, d].</summary>
    public static Tensor Conditionals(Tensor x, Tensor w, Tensor c, Tensor rho, Tensor v, Tensor b)
    {
        var d = (int)w.shape[0];
        var a = c.unsqueeze(0).expand(x.shape[0], c.shape[0]);
        var z = new Tensor[d];
        for (var i = 0; i < d; i++)
        {
            z[i] = (a * rho.select(0, i)).relu().matmul(v.select(0, i).t()) + b.select(0, i);
            a += x.narrow(1, i, 1) * w.select(0, i);
        }

        return torch.stack(z, 1);
    }

    // Of the parameters only the shapes are asked: their numbers are those that were saved.
    private static Tensor[] Backward(Tensor grad, CustomNode.Saved s, Tensor[] parameters)
    {
        grad = grad.contiguous();
        var (d, h, outputs, count) = ((int)parameters[0].size(0), (int)parameters[0].size(1), (int)parameters[3].size(1), (int)grad.size(0));
        var gradZ = torch.empty([d, outputs, count], ScalarType.Float32);
        Tensor[] g = Array.ConvertAll(parameters, p => torch.empty(p.shape, ScalarType.Float32));
        RnadeKernel.Weigh(s.Floats(6), grad.Floats(), d * outputs, count, gradZ.Floats(), g[4].Floats());
        RnadeKernel.Backward(new(d, h, outputs / 3, s.Floats(1), s.Floats(2), s.Floats(3), s.Floats(4), s.Floats(5)), s.Floats(0), count, gradZ.Floats(),
            Parameters(g[0], g[1], g[2], g[3], g[4]), TorchRuntime.Threads);
        GC.KeepAlive((grad, gradZ));
        return g;
    }

    private static RnadeParameters Parameters(Tensor w, Tensor c, Tensor rho, Tensor v, Tensor b) =>
        new((int)w.shape[0], (int)w.shape[1], (int)v.shape[1] / 3, w.Floats(), c.Floats(), rho.Floats(), v.Floats(), b.Floats());
}
