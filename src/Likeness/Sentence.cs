using System.Runtime.CompilerServices;
using System.Text;

namespace Likeness;

/// <summary>A message in which each <see cref="Remedy"/> stays what it is, so a program can put its own words in its place. Written as an interpolated string.</summary>
[InterpolatedStringHandler]
public sealed class Sentence
{
    private readonly StringBuilder _text;

    // Where in the text remedies stand.
    private readonly List<(int Place, Remedy Remedy)> _remedies = [];

    /// <summary>For the compiler.</summary>
    public Sentence(int literalLength, int formattedCount) => _text = new(literalLength + (16 * formattedCount));

    private Sentence(string text) => _text = new(text);

    /// <summary>A sentence without remedies.</summary>
    public static implicit operator Sentence(string text) => new(text);

    /// <summary>Keeps the remedies of an interpolated string where a conditional would make it a plain one.</summary>
    public static Sentence Of(Sentence sentence) => sentence;

    public void AppendLiteral(string text) => _text.Append(text);

    public void AppendFormatted(Sentence? sentence)
    {
        if (sentence is not null)
        {
            var start = _text.Length;
            _remedies.AddRange(sentence._remedies.Select(r => (start + r.Place, r.Remedy)));
            _text.Append(sentence._text);
        }
    }

    public void AppendFormatted<T>(T value)
    {
        if (value is Remedy remedy)
        {
            _remedies.Add((_text.Length, remedy));
        }
        else
        {
            _text.Append($"{value}");
        }
    }

    public void AppendFormatted<T>(T value, string? format) => _text.Append(value is IFormattable formattable ? formattable.ToString(format, null) : value?.ToString());

    /// <summary>The sentence with words for each remedy.</summary>
    public string Phrase(Func<Remedy, string> words)
    {
        var result = new StringBuilder();
        var at = 0;
        foreach (var (place, remedy) in _remedies)
        {
            result.Append(_text, at, place - at).Append(words(remedy));
            at = place;
        }

        return result.Append(_text, at, _text.Length - at).ToString();
    }

    /// <summary>The sentence in the library's terms.</summary>
    public override string ToString() => Phrase(remedy => remedy.ToString());
}
