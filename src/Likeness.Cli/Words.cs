using System.Text.Json;

namespace Likeness.Cli;

/// <summary>The library's remedies in the words of the command line.</summary>
internal static class Words
{
    public static string Of(Remedy remedy) => remedy switch
    {
        Remedy.Option(var name, var value) => value is null ? Flag(name) : $"{Flag(name)} {value}",
        Remedy.Setting(var path, var value) => $"--set {path}={value}",
        Remedy.Deed(Work.ListModels, _) => "'likeness models'",
        Remedy.Deed(Work.ListData, _) => "'likeness data list'",
        Remedy.Deed(Work.FetchData, var name) => $"'likeness data fetch {name}'",
        Remedy.Deed(Work.Encode, _) => "'likeness encode'",
        Remedy.Deed(Work.Compress, _) => "'likeness compress'",
        _ => remedy.ToString(),
    };

    /// <summary>The flag of an option of the library.</summary>
    public static string Flag(string option) => option == "Overwrite" ? "--force" : $"--{JsonNamingPolicy.KebabCaseLower.ConvertName(option)}";
}
