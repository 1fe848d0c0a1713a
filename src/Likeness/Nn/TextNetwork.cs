namespace Likeness;

/// <summary>How large a network for texts is. Reed et al. 2016 have 384, 512 and 512 channels and codes of 1024 values.</summary>
/// <param name="Length">Characters that are read; longer texts are cut.</param>
/// <param name="Code">Dimension of the code of a text.</param>
public sealed record TextNetworkOptions([property: AtLeast(1)] int Length = 201, [property: AtLeast(1)] int Code = 128)
{
    private static readonly int[] s_channels = [64, 96, 128];

    /// <summary>Channels of the convolutions, one after the other; the last is the size of the recurrent unit, too.</summary>
    [NotEmpty, AtLeast(1)]
    public IReadOnlyList<int> Channels { get; init; } = s_channels;

    /// <summary>Reed et al. 2016: 70 characters, 201 of them, 1024 values.</summary>
    public static TextNetworkOptions Paper { get; } = new(Code: 1024) { Channels = [384, 512, 512] };
}

/// <summary>
/// The character CNN-RNN (Reed, Akata, Lee and Schiele 2016, section 4.2): indicators of 70 characters; convolutions of width 4, each with a
/// ReLU and a maximum over 3 places; a gated recurrent unit over what is left; the mean of its outputs, and a linear layer. From the numbers
/// of characters, int64 [n, length], to codes [n, code].
/// </summary>
internal sealed class TextNetwork : Layer
{
    // Zhang, Zhao and LeCun 2015: letters, digits, signs and two kinds of white.
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789-,;.!?:'\"/\\|_@#$%^&*~`+=<>()[]{}\n ";
    private const int Width = 4;
    private const int Window = 3;

    private readonly TextNetworkOptions _options;
    private readonly Tensor _alphabet;
    private readonly Sequential _convolutions;
    private readonly GruCell _recurrent;
    private readonly Linear _projection;

    /// <param name="options">Its sizes.</param>
    /// <param name="rng">Where initial weights are drawn.</param>
    /// <param name="spread">Whether it starts with codes that differ from text to text (He et al. 2015), for those that have nothing else to learn reading from; else as in PyTorch.</param>
    /// <exception cref="UsageException">The sizes leave nothing over.</exception>
    public TextNetwork(TextNetworkOptions options, Rng rng, bool spread = false)
    {
        _options = options;
        if (Steps(options) < 1)
        {
            throw new UsageException(
                $"A text network cannot read {options.Length} characters by {options.Channels.Count} convolutions: each divides what it reads by three and needs something left; give more characters, or fewer channels (the paper: 201 characters, three convolutions).");
        }

        // A character's number is its place in the alphabet, counted from 1; 0 is none.
        _alphabet = Buffer("alphabet", torch.arange(1, Alphabet.Length + 1, ScalarType.Int64, rng.Device).reshape(1, Alphabet.Length, 1));
        var layers = new List<torch.nn.Module<Tensor, Tensor>>();
        var inputs = Alphabet.Length;
        for (var i = 0; i < options.Channels.Count; inputs = options.Channels[i++])
        {
            // Kaiming's variance counts inputs that are not zero: one of 70 indicators. PyTorch's default makes every text's code nearly the same.
            Init? weight = !spread ? null : i == 0 ? new Init.Normal(Math.Sqrt(2.0 / Width)) : new Init.Kaiming();
            layers.AddRange(
                [new Conv2d(inputs, options.Channels[i], (1, Width), rng, weight: weight, bias: spread ? Init.Zeros : null), Activation.Relu(), torch.nn.MaxPool2d((1, Window), (1, Stride(options, i)))]);
        }

        _convolutions = Add("convolutions", new Sequential([.. layers]));
        _recurrent = Add("recurrent", new GruCell(inputs, inputs, rng));
        _projection = Add("projection", new Linear(inputs, options.Code, rng));
    }

    /// <summary>Characters that are read.</summary>
    public int Length => _options.Length;

    /// <summary>The numbers of the texts' characters, int64 [n, length]: capitals as small letters, what is not in the alphabet as white, nothing after the end.</summary>
    public Tensor Read(IReadOnlyList<string> texts)
    {
        var numbers = new long[texts.Count * _options.Length];
        for (var i = 0; i < texts.Count; i++)
        {
            for (var k = 0; k < Math.Min(texts[i].Length, _options.Length); k++)
            {
                var place = Alphabet.IndexOf(char.ToLowerInvariant(texts[i][k]), StringComparison.Ordinal);
                numbers[(i * _options.Length) + k] = place >= 0 ? place + 1 : Alphabet.Length;
            }
        }

        return Tensor.From(numbers, texts.Count, _options.Length).to(_alphabet.device);
    }

    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        var indicators = x.unsqueeze(1).eq(_alphabet).to(ScalarType).unsqueeze(2); // [n, 70, 1, length]
        var features = _convolutions.Call(indicators).squeeze(2); // [n, channels, steps]
        var hidden = _recurrent.Start(x.size(0));
        var outputs = new Tensor[features.size(2)];
        for (var t = 0; t < outputs.Length; t++)
        {
            outputs[t] = hidden = _recurrent.Call(features.select(2, t), hidden);
        }

        return _projection.Call(torch.stack(outputs, 2).mean([2]));
    }

    // 201 → 66 → 21 → 8: the last maximum overlaps.
    private static int Stride(TextNetworkOptions options, int layer) => layer == options.Channels.Count - 1 ? 2 : Window;

    private static int Steps(TextNetworkOptions options)
    {
        var length = options.Length;
        for (var i = 0; i < options.Channels.Count; i++)
        {
            length = length - Width + 1 < Window ? 0 : ((length - Width + 1 - Window) / Stride(options, i)) + 1;
        }

        return length;
    }
}
