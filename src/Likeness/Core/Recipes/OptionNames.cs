using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>How people call the options of models, in other programs and papers.</summary>
public static class OptionNames
{
    // Other names, without case, hyphens and underscores, and those that models may have for the same.
    private static readonly Dictionary<string, string[]> s_others = new()
    {
        ["lr"] = ["learningrate"], ["stepsize"] = ["learningrate"], ["rate"] = ["learningrate"],
        ["latentdim"] = ["latent"], ["latents"] = ["latent"], ["latentsize"] = ["latent"], ["zdim"] = ["latent"], ["nz"] = ["latent"], ["codesize"] = ["latent"], ["noisedim"] = ["latent"], ["bottleneck"] = ["latent"],
        ["hiddensize"] = ["hidden"], ["hiddenunits"] = ["hidden"], ["hiddendim"] = ["hidden"], ["nhidden"] = ["hidden"], ["units"] = ["hidden"], ["hiddenlayers"] = ["hidden"],
        ["wd"] = ["weightdecay"], ["l2"] = ["weightdecay"], ["momentum"] = ["momentum", "beta1"], ["gradclip"] = ["clipnorm"], ["clip"] = ["clipnorm"], ["maxgradnorm"] = ["clipnorm"],
        ["channels"] = ["width", "basewidth"], ["filters"] = ["width", "basewidth"], ["dim"] = ["width", "basewidth"], ["basechannels"] = ["basewidth", "width"],
        ["ncomponents"] = ["components"], ["k"] = ["components", "clusters"], ["nclusters"] = ["clusters", "components"],
        ["guidancescale"] = ["guidance"], ["cfg"] = ["guidance"], ["ema"] = ["emadecay"], ["timesteps"] = ["steps"], ["samplingsteps"] = ["steps"],
        ["nlayers"] = ["layers", "blocks"], ["depth"] = ["layers", "blocks"], ["transforms"] = ["layers", "blocks"],
    };

    /// <summary>The options that someone may have meant, by the way to each.</summary>
    /// <param name="asked">For example "lr", "optimizer.lr", "latent_dim".</param>
    /// <param name="known">The ways to all options.</param>
    public static IReadOnlyList<string> Near(string asked, IReadOnlyList<string> known)
    {
        var cut = asked.LastIndexOf('.') + 1;
        var (group, word) = (asked[..cut], NearNames.Plain(asked[cut..]));
        foreach (var name in s_others.GetValueOrDefault(word, []).Prepend(word))
        {
            var same = known.Where(k => NearNames.Plain(Last(k)) == name).ToList();
            // In the same group, where it is there, and the uppermost elsewhere.
            var inside = same.Where(k => group.Length > 0 && k.StartsWith(group, StringComparison.OrdinalIgnoreCase)).ToList();
            if (same.Count > 0)
            {
                return [.. (inside.Count > 0 ? inside : same).OrderBy(k => k.Count(c => c == '.')).Take(3)];
            }
        }

        // Beside it; else, where there is no such group, whole ways; else last words anywhere.
        var beside = known.Where(k => k.LastIndexOf('.') + 1 == cut && k.StartsWith(group, StringComparison.Ordinal)).ToList();
        var near = NearNames.Of(word, beside.Select(Last)).Select(l => group + l).ToList();
        if (near.Count > 0)
        {
            return near;
        }

        var whole = beside.Count == 0 ? NearNames.Of(asked, known) : [];
        return whole.Count > 0 ? whole : [.. NearNames.Of(word, known.Select(Last)).SelectMany(l => known.Where(k => Last(k) == l)).Take(3)];
    }

    /// <summary>The ways to all options, and to the groups that they are in.</summary>
    public static IEnumerable<string> Paths(JsonObject options)
    {
        foreach (var (key, value) in options)
        {
            yield return key;
            if (value is JsonObject inner)
            {
                foreach (var path in Paths(inner))
                {
                    yield return $"{key}.{path}";
                }
            }
        }
    }

    private static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];
}
