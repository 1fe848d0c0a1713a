namespace Likeness.Applications;

/// <summary>Capitals, digits and a few signs of 5×7 points, to say in a picture what is in it.</summary>
internal static class Lettering
{
    private const int Wide = 5;
    private const int Step = Wide + 1;

    // One strip of sixteen letters: first which, then how they look.
    private static readonly string[][] s_strips =
    [
        [
            "ABCDEFGHIJKLMNOP",
            ".###. ####. .###. ####. ##### ##### .###. #...# .###. ..### #...# #.... #...# #...# .###. ####.",
            "#...# #...# #...# #...# #.... #.... #...# #...# ..#.. ...#. #..#. #.... ##.## ##..# #...# #...#",
            "#...# #...# #.... #...# #.... #.... #.... #...# ..#.. ...#. #.#.. #.... #.#.# #.#.# #...# #...#",
            "##### ####. #.... #...# ####. ####. #.### ##### ..#.. ...#. ##... #.... #.#.# #.#.# #...# ####.",
            "#...# #...# #.... #...# #.... #.... #...# #...# ..#.. ...#. #.#.. #.... #...# #..## #...# #....",
            "#...# #...# #...# #...# #.... #.... #...# #...# ..#.. #..#. #..#. #.... #...# #...# #...# #....",
            "#...# ####. .###. ####. ##### #.... .###. #...# .###. .##.. #...# ##### #...# #...# .###. #....",
        ],
        [
            "QRSTUVWXYZ012345",
            ".###. ####. .#### ##### #...# #...# #...# #...# #...# ##### .###. ..#.. .###. ####. ...#. #####",
            "#...# #...# #.... ..#.. #...# #...# #...# #...# #...# ....# #...# .##.. #...# ....# ..##. #....",
            "#...# #...# #.... ..#.. #...# #...# #...# .#.#. .#.#. ...#. #..## ..#.. ....# ....# .#.#. ####.",
            "#...# ####. .###. ..#.. #...# #...# #.#.# ..#.. ..#.. ..#.. #.#.# ..#.. ..##. .###. #..#. ....#",
            "#.#.# #.#.. ....# ..#.. #...# #...# #.#.# .#.#. ..#.. .#... ##..# ..#.. .#... ....# ##### ....#",
            "#..#. #..#. ....# ..#.. #...# .#.#. ##.## #...# ..#.. #.... #...# ..#.. #.... ....# ...#. #...#",
            ".##.# #...# ####. ..#.. .###. ..#.. #...# #...# ..#.. ##### .###. .###. ##### ####. ...#. .###.",
        ],
        [
            "6789-.,_()+=:/? ",
            ".###. ##### .###. .###. ..... ..... ..... ..... ...#. .#... ..... ..... ..... ....# .###. .....",
            "#.... ....# #...# #...# ..... ..... ..... ..... ..#.. ..#.. ..#.. ..... .##.. ...#. #...# .....",
            "#.... ...#. #...# #...# ..... ..... ..... ..... .#... ...#. ..#.. ##### .##.. ...#. ....# .....",
            "####. ..#.. .###. .#### ##### ..... ..... ..... .#... ...#. ##### ..... ..... ..#.. ..##. .....",
            "#...# .#... #...# ....# ..... ..... .##.. ..... .#... ...#. ..#.. ##### .##.. .#... ..#.. .....",
            "#...# .#... #...# ....# ..... .##.. ..#.. ..... ..#.. ..#.. ..#.. ..... .##.. .#... ..... .....",
            ".###. .#... .###. .###. ..... .##.. .#... ##### ...#. .#... ..... ..... ..... #.... ..#.. .....",
        ],
    ];

    public const int Height = 7;

    /// <summary>How wide a text is, in points.</summary>
    public static int Width(string text) => Math.Max((text.Length * Step) - 1, 0);

    /// <summary>The points of a text, from its upper left corner; letters that there are none of become question marks.</summary>
    public static IEnumerable<(int X, int Y)> Points(string text) => text.ToUpperInvariant().SelectMany((letter, at) =>
        Letter(letter).Select(p => ((at * Step) + p.X, p.Y)));

    private static IEnumerable<(int X, int Y)> Letter(char letter)
    {
        var strip = Array.Find(s_strips, s => s[0].Contains(letter, StringComparison.Ordinal));
        if (strip is null)
        {
            return Letter('?');
        }

        var left = strip[0].IndexOf(letter, StringComparison.Ordinal) * Step;
        return from y in Enumerable.Range(0, Height)
               from x in Enumerable.Range(0, Wide)
               where strip[y + 1][left + x] == '#'
               select (x, y);
    }
}
