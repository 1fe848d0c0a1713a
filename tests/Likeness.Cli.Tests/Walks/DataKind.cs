namespace Likeness.Cli.Tests;

/// <summary>A kind of data as users have it: what models learn from, files like it, and files that are not.</summary>
/// <param name="Name">What tests call it.</param>
/// <param name="Own">What runs learn from.</param>
/// <param name="Matching">Other data of the kind.</param>
/// <param name="Wrong">Data that models of the kind cannot take.</param>
/// <param name="Reading">How it is to be read.</param>
/// <param name="Models">Models of each family that takes it.</param>
internal sealed record DataKind(string Name, string Own, string Matching, string[] Wrong, string[] Reading, string[] Models)
{
    private const int Side = 8;

    public static IReadOnlyList<string> Names { get; } =
        ["reals", "bits", "categories", "series", "labelled rows", "bit images", "images", "classes", "captions", "domains"];

    /// <summary>Writes the files of a kind into a folder.</summary>
    public static DataKind Write(string name, string folder)
    {
        string At(string file) => Path.Combine(folder, file);
        Directory.CreateDirectory(At("empty-folder"));
        File.WriteAllText(At("empty.csv"), "");
        File.WriteAllText(At("heading.csv"), "a,b,c\n");
        File.WriteAllText(At("narrow.csv"), "a\n1.5\n-2.5\n0.5\n");
        string[] wrong = [At("missing.csv"), At("empty.csv"), At("heading.csv"), At("narrow.csv")];
        return name switch
        {
            "reals" => Table("a,b,c", i => $"{Wave(i)},{Wave(i + 7) * 2},{Wave(3 * i) + 1}", "gaussian-mixture", "maf", "vae", "autoencoder"),
            "bits" => Table("a,b,c,d", i => $"{i % 2},{i / 2 % 2},{i / 3 % 2},{i * i % 3 % 2}", "chow-liu", "nade", "aae-clustering"),
            "categories" => Table("a,b", i => $"{i % 3},{i * i % 5 % 3}", "markov-chain", "categorical-nade") with { Reading = ["--protocol", "categorical"] },
            "series" => Table("a,b", i => $"{Wave(i)},{Wave(i + 5) + (0.01 * i)}", "linear-ar", "recurrent") with { Reading = ["--protocol", "windows", "--size", "4"] },
            "labelled rows" => Table("a,b,label", i => $"{Wave(i) + (i % 2)},{Wave(2 * i)},{(i % 2 == 0 ? "even" : "odd")}", "conditional-vae", "aae-classifier"),
            "bit images" => Images(plain: true, "pixel-cnn") with { Reading = ["--protocol", "threshold"] },
            "images" => Images(plain: true, "vq-vae", "dcgan", "infogan", "puzzle-gan", "ddpm"),
            "classes" => Images(plain: false, "class-pixel-cnn", "class-dcgan", "star-gan", "classifier"),
            "captions" => Captions("text-encoder", "text-to-image"),
            _ => Domains("cycle-gan"),
        };

        DataKind Table(string heading, Func<int, string> row, params string[] models)
        {
            foreach (var (file, from, count) in new[] { ("own.csv", 0, 40), ("matching.csv", 50, 20) })
            {
                File.WriteAllLines(At(file), [heading, .. Enumerable.Range(from, count).Select(row)]);
            }

            return new(name, At("own.csv"), At("matching.csv"), wrong, [], models);
        }

        DataKind Images(bool plain, params string[] models)
        {
            for (var i = 0; i < 60; i++)
            {
                Draw(At(Path.Combine(i < 40 ? "own" : "matching", plain ? "" : i % 2 == 0 ? "first" : "second", $"{i}.png")), i);
            }

            return new(name, At("own"), At("matching"), [.. wrong, At("empty-folder")], [], models);
        }

        DataKind Captions(params string[] models)
        {
            var kind = Images(plain: true, models);
            foreach (var (part, from, count) in new[] { ("own", 0, 40), ("matching", 40, 20) })
            {
                File.WriteAllLines(At(Path.Combine(part, "metadata.csv")), Enumerable.Range(from, count)
                    .Select(i => $"{i}.png,a {(i % 2 == 0 ? "dark" : "light")} picture,{(i % 2 == 0 ? "dark" : "light")},{(i % 3 == 0 ? "round" : "square")}").Prepend("file_name,text,tone,form"));
            }

            return kind;
        }

        DataKind Domains(params string[] models)
        {
            for (var i = 0; i < 60; i++)
            {
                var part = i < 40 ? "own" : "matching";
                Draw(At(Path.Combine(part + "-a", $"{i}.png")), i);
                Draw(At(Path.Combine(part + "-b", $"{i}.png")), i + 100);
            }

            return new(name, $"{At("own-a")}::{At("own-b")}", $"{At("matching-a")}::{At("matching-b")}", [.. wrong, At("own-a")], [], models);
        }
    }

    private static double Wave(int i) => Math.Round(Math.Sin(1.7 * i) + (0.3 * Math.Cos(5.1 * i * i)), 4);

    private static void Draw(string path, int which)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, ImageCodec.EncodePng(new Image(Side, Side, 1, [.. Enumerable.Range(0, Side * Side).Select(i => (byte)(((which * 37) + (i * (which % 5 + 1) * 11)) % 256))])));
    }
}
