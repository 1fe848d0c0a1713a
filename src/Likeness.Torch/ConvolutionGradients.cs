using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// The gradients of a convolution of two dimensions, without history. oneDNN's vectors hold neighbouring channels: where an image has fewer
/// channels than a vector, most lanes are idle, and the gradient of the image takes several times as long as its operations need. There it
/// is a product of matrices, whose vectors run over whole patches, and a sum of the patches; the wider the processor's vectors are, the
/// more this saves. Elsewhere, and in other types, the gradients are libtorch's.
/// </summary>
internal static unsafe class ConvolutionGradients
{
    // Channels that oneDNN takes together.
    private const int Block = 16;

    // Half of AVX2's vector. Patches of fewer values than two such vectors would leave lanes idle in the product, too.
    private const int FewChannels = 4, ManyValues = 16;

    /// <summary>Whether the gradient of the image is computed by patches, in fp32 and main memory.</summary>
    /// <param name="weight">[outputs, inputs/groups, k, k].</param>
    /// <param name="groups">Independent groups of channels.</param>
    public static bool ByPatches(Tensor weight, long groups)
    {
        var channels = weight.size(1);
        return groups == 1 && channels <= FewChannels && channels * weight.size(2) * weight.size(3) >= ManyValues && weight.IsHostFloat();
    }

    /// <summary>
    /// Whether libtorch's gradient of the image cannot be trusted: with fewer channels than a block it was wrong on an AMD EPYC with AVX-512 and bf16, whatever instructions oneDNN was
    /// held to, where older processors are right. It is computed by patches.
    /// </summary>
    /// <param name="weight">[outputs, inputs/groups, k, k].</param>
    /// <param name="groups">Independent groups of channels.</param>
    public static bool IsWrong(Tensor weight, long groups) =>
        groups == 1 && weight.size(1) < Block && weight.device_type == DeviceType.CPU && weight.dtype is (ScalarType.Float32 or ScalarType.BFloat16);

    /// <summary>
    /// Whether oneDNN's gradient of the image may be spoiled by what memory held before: in bf16 it reads the output's channels in blocks, does not clear what the last one has too
    /// many, and NaN found there, times weights of 0, is NaN. Such gradients are given channels of zeros.
    /// </summary>
    /// <param name="type">Of the gradient.</param>
    /// <param name="outputs">Channels of the output.</param>
    public static bool IsUnsafe(ScalarType type, long outputs) => type == ScalarType.BFloat16 && outputs % Block != 0;

    /// <summary>The gradients of the input, of which only the shape counts then, of the weight and of the bias, where wanted.</summary>
    internal static (Tensor? Input, Tensor? Weight, Tensor? Bias) Call(Tensor grad, Tensor input, Tensor weight, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, long groups, ReadOnlySpan<bool> wanted)
    {
        if (WinogradConvolution.Fits(input, weight, stride, padding, groups))
        {
            grad = grad.ChannelsLast();
            return (wanted[0] ? WinogradConvolution.ToInput(grad, weight, padding[0]) : null, wanted[1] ? WinogradConvolution.ToWeight(grad, input, padding[0]) : null, wanted[2] ? grad.sum([0, 2, 3]) : null);
        }

        if (wanted[0] && grad.numel() > 0 && IsWrong(weight, groups))
        {
            var (_, rightWeight, rightBias) = wanted[1] || wanted[2] ? StableAbi.ConvolutionBackward(grad, input, weight, stride, padding, groups, [false, wanted[1], wanted[2]]) : default;
            var exact = ToInput(grad.to(ScalarType.Float32).ChannelsLast(), input, weight.to(ScalarType.Float32), stride, padding);
            return (exact.to(grad.dtype), rightWeight, rightBias);
        }

        if (wanted[0] && IsUnsafe(grad.dtype, grad.size(1)) && groups == 1 && grad.device_type == DeviceType.CPU && grad.numel() > 0)
        {
            var (_, safeWeight, safeBias) = wanted[1] || wanted[2] ? StableAbi.ConvolutionBackward(grad, input, weight, stride, padding, groups, [false, wanted[1], wanted[2]]) : default;
            var more = Block - (grad.size(1) % Block);
            var (padded, wider) = (torch.nn.functional.pad(grad, [0, 0, 0, 0, 0, more]).ChannelsLast(), torch.nn.functional.pad(weight, [0, 0, 0, 0, 0, 0, 0, more]));
            return (StableAbi.ConvolutionBackward(padded, input, wider, stride, padding, groups, [true, false, false]).Input, safeWeight, safeBias);
        }

        // In the other order of memory the gradient would have to be turned first, which costs what this saves.
        if (!wanted[0] || !grad.IsHostFloat() || grad.numel() == 0 || !grad.IsChannelsLast() || !ByPatches(weight, groups))
        {
            return StableAbi.ConvolutionBackward(grad, input, weight, stride, padding, groups, wanted);
        }

        var (_, toWeight, toBias) = wanted[1] || wanted[2]
            ? StableAbi.ConvolutionBackward(grad, input, weight, stride, padding, groups, [false, wanted[1], wanted[2]])
            : default;
        return (ToInput(grad, input, weight, stride, padding), toWeight, toBias);
    }

    private static Tensor ToInput(Tensor grad, Tensor input, Tensor weight, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding)
    {
        var s = new PatchShape((int)input.size(0), (int)input.size(2), (int)input.size(3), (int)input.size(1), (int)grad.size(2), (int)grad.size(3),
            (int)weight.size(2), (int)weight.size(3), (int)stride[0], (int)stride[1], (int)padding[0], (int)padding[1]);
        var pixels = grad.permute(0, 2, 3, 1).reshape(-1, grad.size(1)); // [n·rows·columns, outputs]
        var patches = pixels.mm(weight.permute(0, 2, 3, 1).reshape(-1, s.Patch)).to(ScalarType.Float32); // [n·rows·columns, k·k·inputs]; autocast makes them bf16
        var images = torch.empty([s.Count, s.Height, s.Width, s.Channels]);
        PatchKernel.Fold(s, (float*)patches.Address(), (float*)images.Address(), TorchRuntime.Threads);
        GC.KeepAlive((patches, images));
        return images.permute(0, 3, 1, 2);
    }
}
