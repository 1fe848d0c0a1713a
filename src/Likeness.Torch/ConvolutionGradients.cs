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
    /// Whether oneDNN's gradient of the image is spoiled by what memory held before: where the output's channels do not fill its blocks, in bf16 or where the image has one channel, which
    /// is in no order but the usual one (see <see cref="TensorMemory.ForConvolution"/>); and in bf16 where it has one channel. Channels of zeros fill the blocks then.
    /// </summary>
    /// <param name="type">Of the gradient.</param>
    /// <param name="weight">[outputs, inputs/groups, k, k].</param>
    /// <param name="groups">Independent groups of channels.</param>
    public static bool IsSpoiled(ScalarType type, Tensor weight, long groups)
    {
        var (filled, single) = (weight.size(0) % Block == 0, weight.size(1) == 1);
        return groups == 1 && weight.device_type == DeviceType.CPU && (type == ScalarType.BFloat16 ? !filled || single : type == ScalarType.Float32 && !filled && single);
    }

    /// <summary>The gradients of the input, of which only the shape counts then, of the weight and of the bias, where wanted.</summary>
    internal static (Tensor? Input, Tensor? Weight, Tensor? Bias) Call(Tensor grad, Tensor input, Tensor weight, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, long groups, ReadOnlySpan<bool> wanted)
    {
        if (WinogradConvolution.Fits(input, weight, stride, padding, groups))
        {
            grad = grad.ChannelsLast();
            return (wanted[0] ? WinogradConvolution.ToInput(grad, weight, padding[0]) : null, wanted[1] ? WinogradConvolution.ToWeight(grad, input, padding[0]) : null, wanted[2] ? grad.sum([0, 2, 3]) : null);
        }

        // In the other order of memory the gradient would have to be turned first, which costs what this saves.
        var byPatches = grad.IsHostFloat() && grad.IsChannelsLast() && ByPatches(weight, groups);
        if (!wanted[0] || grad.numel() == 0 || !(byPatches || IsSpoiled(grad.dtype, weight, groups)))
        {
            return StableAbi.ConvolutionBackward(grad, input, weight, stride, padding, groups, wanted);
        }

        var (_, toWeight, toBias) = wanted[1] || wanted[2]
            ? StableAbi.ConvolutionBackward(grad, input, weight, stride, padding, groups, [false, wanted[1], wanted[2]])
            : default;
        return (byPatches ? ToInput(grad, input, weight, stride, padding) : OfWholeBlocks(grad, input, weight, stride, padding), toWeight, toBias);
    }

    private static Tensor OfWholeBlocks(Tensor grad, Tensor input, Tensor weight, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding)
    {
        var channels = weight.size(1);
        var (outputs, inputs) = ((Block - (weight.size(0) % Block)) % Block, channels == 1 ? Block - 1 : 0);
        var (g, w) = (torch.nn.functional.pad(grad, [0, 0, 0, 0, 0, outputs]).ChannelsLast(), torch.nn.functional.pad(weight, [0, 0, 0, 0, 0, inputs, 0, outputs]));
        var shape = torch.empty([input.size(0), input.size(2), input.size(3), channels + inputs], grad.dtype).permute(0, 3, 1, 2);
        var images = StableAbi.ConvolutionBackward(g, shape, w, stride, padding, 1, [true, false, false]).Input!;
        return channels == 1 ? images.narrow(1, 0, 1).contiguous() : images;
    }

    private static Tensor ToInput(Tensor grad, Tensor input, Tensor weight, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding)
    {
        var s = new PatchShape((int)input.size(0), (int)input.size(2), (int)input.size(3), (int)input.size(1), (int)grad.size(2), (int)grad.size(3),
            (int)weight.size(2), (int)weight.size(3), (int)stride[0], (int)stride[1], (int)padding[0], (int)padding[1]);
        var pixels = grad.permute(0, 2, 3, 1).reshape(-1, grad.size(1)); // [n·rows·columns, outputs]
        var patches = pixels.mm(weight.permute(0, 2, 3, 1).reshape(-1, s.Patch)); // [n·rows·columns, k·k·inputs]
        var images = torch.empty([s.Count, s.Height, s.Width, s.Channels]);
        PatchKernel.Fold(s, (float*)patches.Address(), (float*)images.Address(), TorchRuntime.Threads);
        GC.KeepAlive((patches, images));
        return images.permute(0, 3, 1, 2);
    }
}
