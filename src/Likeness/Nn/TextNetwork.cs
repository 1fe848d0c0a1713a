namespace Likeness;

/// <summary>The size of a text network. Reed et al. 2016 use 384, 512 and 512 channels and codes of 1024 values.</summary>
/// <param name="Length">Number of characters that are read; longer texts are cut off.</param>
/// <param name="Code">Dimension of the code of a text.</param>
public sealed record TextNetworkOptions([property: AtLeast(1)] int Length = 201, [property: AtLeast(1)] int Code = 128)
{
    private static readonly int[] s_channels = [64, 96, 128];

    /// <summary>Channels of the successive convolutions; the last is also the size of the recurrent unit.</summary>
    [NotEmpty, AtLeast(1)]
    public IReadOnlyList<int> Channels { get; init; } = s_channels;

    /// <summary>Whether each word is encoded separately and the encodings are summed, regardless of order, so that words generalise to new combinations. Otherwise the text is read as one sequence of characters.</summary>
    public bool ByWord { get; init; }

    /// <summary>Reed et al. 2016: 70 characters, 201 of them, 1024 values.</summary>
    public static TextNetworkOptions Paper { get; } = new(Code: 1024) { Channels = [384, 512, 512] };
}

/// <summary>
/// The character CNN-RNN (Reed, Akata, Lee and Schiele 2016, section 4.2): indicators of 70 characters; convolutions of width 4, each with a
/// ReLU and a maximum over 3 places; a gated recurrent unit over what is left; the mean of its outputs, and a linear layer. From the numbers
/// of characters, int64 [n, length], to codes [n, code]. By word, convolutions of width 3 with ReLUs read each word in a place of its own, the maximum over its letters
/// goes through a linear layer and a ReLU, and the sum over words through another linear layer (a deep set, Zaheer et al. 2017).
/// </summary>
internal sealed class TextNetwork : Layer
{
    // Zhang, Zhao and LeCun 2015: letters, digits, signs and two kinds of white.
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789-,;.!?:'\"/\\|_@#$%^&*~`+=<>()[]{}\n ";
    private const int Width = 4;
    private const int Window = 3;

    // By word: letters of a word that are read, the width of convolutions, and the characters of a text for each place of a word.
    private const int Letters = 16;
    private const int LetterWidth = 3;
    private const int CharactersPerWord = 8;

    private readonly TextNetworkOptions _options;
    private readonly Tensor _alphabet;
    private readonly Sequential _convolutions;
    private readonly GruCell? _recurrent;
    private readonly Linear? _word;
    private readonly Linear _projection;

    /// <param name="options">Its sizes.</param>
    /// <param name="rng">Where initial weights are drawn.</param>
    /// <param name="spread">Whether it starts with codes that differ from text to text (He et al. 2015), for those that have nothing else to learn reading from; else as in PyTorch.</param>
    /// <exception cref="UsageException">The sizes leave nothing over.</exception>
    public TextNetwork(TextNetworkOptions options, Rng rng, bool spread = false)
    {
        _options = options;
        if (!options.ByWord && Steps(options) < 1)
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
            var width = options.ByWord ? LetterWidth : Width;
            Init? weight = !spread ? null : i == 0 ? new Init.Normal(Math.Sqrt(2.0 / width)) : new Init.Kaiming();
            layers.AddRange([new Conv2d(inputs, options.Channels[i], (1, width), rng, padding: (0, options.ByWord ? LetterWidth / 2 : 0), weight: weight, bias: spread ? Init.Zeros : null), Activation.Relu()]);
            if (!options.ByWord)
            {
                layers.Add(torch.nn.MaxPool2d((1, Window), (1, Stride(options, i))));
            }
        }

        _convolutions = Add(options.ByWord ? "letters" : "convolutions", new Sequential([.. layers]));
        if (options.ByWord)
        {
            _word = Add("word", new Linear(inputs, inputs, rng));
        }
        else
        {
            _recurrent = Add("recurrent", new GruCell(inputs, inputs, rng));
        }

        _projection = Add("projection", new Linear(inputs, options.Code, rng));
    }

    /// <summary>Characters that are read.</summary>
    public int Length => _options.Length;

    /// <summary>Whether words are read by themselves.</summary>
    public bool ByWord => _options.ByWord;

    /// <summary>Numbers that stand for a text.</summary>
    public int Places => _options.ByWord ? Words * Letters : _options.Length;

    private int Words => Math.Max(1, _options.Length / CharactersPerWord);

    /// <summary>The numbers of the texts' characters, int64 [n, <see cref="Places"/>]: capitals as small letters, what is not in the alphabet as white, nothing after the end.</summary>
    public Tensor Read(IReadOnlyList<string> texts)
    {
        var numbers = new long[texts.Count * Places];
        for (var i = 0; i < texts.Count; i++)
        {
            var all = numbers.AsSpan(i * Places, Places);
            if (!_options.ByWord)
            {
                Write(texts[i], all);
                continue;
            }

            var words = texts[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            for (var k = 0; k < Math.Min(words.Length, Words); k++)
            {
                Write(words[k], all.Slice(k * Letters, Letters));
            }
        }

        return Tensor.From(numbers, texts.Count, Places).to(_alphabet.device);
    }

    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        if (_word is not null)
        {
            var letters = x.reshape(-1, Letters);
            var words = _word.Call(_convolutions.Call(Indicators(letters)).amax([2, 3])).relu();
            // A place without a word says nothing.
            words *= letters.select(1, 0).ne(0).to(ScalarType).unsqueeze(1);
            return _projection.Call(words.reshape(x.size(0), -1, words.size(1)).sum([1]));
        }

        var features = _convolutions.Call(Indicators(x)).squeeze(2); // [n, channels, steps]
        var hidden = _recurrent!.Start(x.size(0));
        var outputs = new Tensor[features.size(2)];
        for (var t = 0; t < outputs.Length; t++)
        {
            outputs[t] = hidden = _recurrent.Call(features.select(2, t), hidden);
        }

        return _projection.Call(torch.stack(outputs, 2).mean([2]));
    }

    // [n, 70, 1, length] of [n, length].
    private Tensor Indicators(Tensor numbers) => numbers.unsqueeze(1).eq(_alphabet).to(ScalarType).unsqueeze(2);

    private static void Write(string text, Span<long> places)
    {
        for (var k = 0; k < Math.Min(text.Length, places.Length); k++)
        {
            var place = Alphabet.IndexOf(char.ToLowerInvariant(text[k]), StringComparison.Ordinal);
            places[k] = place >= 0 ? place + 1 : Alphabet.Length;
        }
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
