using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// Group normalisation and SiLU behind it, silu(γ·(x − μ)/σ + β). For channels-last images in main memory and fp32 it is one pass over memory forwards and one
/// backwards in place of five, and unlike libtorch's normalisation no slower there than in the other order; elsewhere, and when the gradient itself is
/// differentiated, it is the libtorch twin.
/// </summary>
internal static unsafe class GroupNormSiluFunction
{
    /// <param name="x">[n, channels, h, w].</param>
    /// <param name="groups">Of neighbouring channels.</param>
    /// <param name="weight">γ [channels].</param>
    /// <param name="bias">β [channels].</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static Tensor Call(Tensor x, int groups, Tensor weight, Tensor bias, double epsilon)
    {
        if (!x.IsHostFloat() || !weight.IsHostFloat() || x.ndim != 4 || x.numel() == 0 || !GroupNormKernel.Fits((int)x.size(1)) || !x.IsChannelsLast())
        {
            return Twin(x, groups, weight, bias, epsilon);
        }

        var s = new GroupNormShape((int)x.size(0), (int)(x.size(2) * x.size(3)), (int)x.size(1), groups, (float)epsilon);
        var stats = torch.empty([s.Count, groups, 2]);
        return Autograd.Custom([x, weight, bias], [x, weight, bias, stats], () =>
        {
            var y = torch.empty_like(x);
            GroupNormKernel.Forward(s, Floats(x), Floats(weight), Floats(bias), Floats(y), Floats(stats), TorchRuntime.Threads);
            GC.KeepAlive((x, weight, bias, stats));
            return y;
        }, (grad, saved) =>
        {
            if (Autograd.IsRecording)
            {
                return Autograd.Through([Twin(saved[0], groups, saved[1], saved[2], epsilon)], [grad], saved[..3]);
            }

            grad = grad.ChannelsLast();
            var slope = torch.empty_like(saved[0]);
            var ofWeights = torch.empty([s.Count, 2, s.Channels]);
            GroupNormKernel.Backward(s, Floats(grad), Floats(saved[0]), Floats(saved[1]), Floats(saved[2]), Floats(saved[3]), Floats(slope), Floats(ofWeights), TorchRuntime.Threads);
            GC.KeepAlive((grad, saved));
            var sums = ofWeights.sum([0]);
            return [slope, sums.select(0, 0), sums.select(0, 1)];
        });
    }

    /// <summary>The same function in libtorch's operators.</summary>
    public static Tensor Twin(Tensor x, int groups, Tensor weight, Tensor bias, double epsilon) => torch.nn.functional.group_norm(x, groups, weight, bias, epsilon).silu();

    private static float* Floats(Tensor t) => (float*)t.Address();
}
