using System.Text.Json;

namespace Likeness.Cli;

/// <summary>The library's remedies in the words of the command line.</summary>
internal static class Words
{
    // More names than these are a list.
    private const int Named = 3;

    public static string Of(Remedy remedy) => remedy switch
    {
        Remedy.Option(var name, var value) => value is null ? Flag(name) : $"{Flag(name)} {value}",
        Remedy.Setting(var path, var value) => $"--set {path}={value}",
        Remedy.Models(var spec) => $"such as {string.Join(", ", Such(spec))}; 'likeness models' shows all",
        Remedy.Model(var type) => Zoo.BuiltIn.Recipes.Where(r => r.ModelType == type).ToArray() is [var recipe] ? recipe.Name : type.Name,
        Remedy.Deed(Work.ListModels, _) => "'likeness models'",
        Remedy.Deed(Work.ListData, _) => "'likeness data list'",
        Remedy.Deed(Work.FetchData, var name) => $"'likeness data fetch {name}'",
        Remedy.Deed(Work.Encode, _) => "'likeness encode'",
        Remedy.Deed(Work.Compress, _) => "'likeness compress'",
        _ => remedy.ToString(),
    };

    // Some that make new examples of such data and ask for no classes.
    private static IEnumerable<string> Such(DataSpec spec) => Zoo.BuiltIn.Recipes
        .Where(r => r.Need.Accepts(spec with { Classes = 0 }) && typeof(IGenerative).IsAssignableFrom(r.ModelType)).Take(Named).Select(r => r.Name);

    /// <summary>The flag of an option of the library.</summary>
    public static string Flag(string option) => option == "Overwrite" ? "--force" : $"--{JsonNamingPolicy.KebabCaseLower.ConvertName(option)}";
}
