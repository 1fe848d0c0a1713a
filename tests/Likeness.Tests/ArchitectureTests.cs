using System.Text.RegularExpressions;

namespace Likeness.Tests;

/// <summary>The rules of the house that no compiler checks.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>What each part of the library may refer to besides itself.</summary>
    private static readonly Dictionary<string, string[]> s_arrows = new()
    {
        ["Nn"] = [],
        ["Statistics"] = ["Nn"],
        ["Core"] = ["Nn", "Statistics"],
        ["Data"] = ["Nn", "Statistics", "Core"],
        ["Densities"] = ["Nn", "Statistics", "Core"],
        ["Metrics"] = ["Nn", "Statistics", "Core"],
        ["Models"] = ["Nn", "Statistics", "Core", "Densities"],
        ["Applications"] = ["Nn", "Statistics", "Core", "Data", "Densities", "Metrics", "Models"],
    };

    /// <summary>Files of more than 300 lines, each with its reason.</summary>
    private static readonly Dictionary<string, string> s_longFiles = [];

    private static readonly string[] s_rootFiles =
    [
        "README.md", "LICENSE", "CONTRIBUTING.md", "CHANGELOG.md", "THIRD-PARTY-NOTICES.md", "Makefile", "likeness", "Likeness.slnx", "global.json",
        "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "Dockerfile", ".dockerignore", ".editorconfig", ".globalconfig", ".gitignore", ".gitattributes", ".git",
    ];

    private static readonly string[] s_rootFolders = [".ci", ".github", "eng", "src", "tests", "bench", "samples", "docs", ".git"];

    private static readonly string[] s_codeFolders = ["src", "tests", "bench", "samples"];

    private static DirectoryInfo Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Likeness.slnx")))
            {
                folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside of the repository: Likeness.slnx is not above them.");
            }

            return folder;
        }
    }

    [Fact]
    public void Public_classes_are_abstract_or_sealed()
    {
        var open = new[] { typeof(Zoo), typeof(Rng) }.SelectMany(t => t.Assembly.GetExportedTypes())
            .Where(t => t is { IsClass: true, IsAbstract: false, IsSealed: false });
        Assert.Empty(open);
    }

    [Fact]
    public void Arrows_point_left()
    {
        var wrong = ReferencesByFolder().Where(r => Part(r.FromFolder) is { } from && Part(r.ToFolder) is { } to && from != to && !s_arrows[from].Contains(to));
        Assert.Empty(wrong.Select(r => $"{r.From} in {r.FromFolder} refers to {r.To} in {r.ToFolder}").Order());
        Assert.Equal(s_arrows.Keys.Order(), Directory.GetDirectories(Path.Combine(Root.FullName, "src", "Likeness")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Models_do_not_know_each_other_and_nobody_but_the_zoo_knows_them()
    {
        var models = Zoo.BuiltIn.Recipes.Select(r => r.ModelType).ToHashSet();
        var wrong = new List<string>();
        foreach (var r in ReferencesByFolder())
        {
            var (from, to) = (Family(r.FromFolder), Family(r.ToFolder));
            if (from is not null && ((to is not null && from != to) || r.To == typeof(Zoo)))
            {
                wrong.Add($"{r.From} of {from} refers to {r.To}");
            }

            if (from is null && r.From != typeof(Zoo) && models.Contains(r.To))
            {
                wrong.Add($"{r.From} refers to the model {r.To}");
            }
        }

        Assert.Empty(wrong.Order());
    }

    /// <summary>The references between types of the library, with the folders where they are declared.</summary>
    private static IEnumerable<(Type From, string FromFolder, Type To, string ToFolder)> ReferencesByFolder()
    {
        var folders = References.Folders(Sources("src/Likeness"));
        var declared = typeof(Zoo).Assembly.GetTypes().Where(t => t is { IsNested: false, Namespace: "Likeness" } && !t.Name.StartsWith('<')).ToArray();
        Assert.Empty(declared.Where(t => !folders.ContainsKey(References.Name(t))).Select(t => $"{t} was not found in the sources"));
        var references = References.Of(typeof(Zoo).Assembly).ToArray();
        Assert.Contains((typeof(Zoo), typeof(Nade)), references);
        return from r in references
               where folders.ContainsKey(References.Name(r.From)) && r.To.Assembly == typeof(Zoo).Assembly && folders.ContainsKey(References.Name(r.To))
               select (r.From, folders[References.Name(r.From)], r.To, folders[References.Name(r.To)]);
    }

    // src/Likeness/Part/…, src/Likeness/Models/Family/…
    private static string? Part(string folder) => folder.Split('/') is [_, _, var part, ..] ? part : null;

    private static string? Family(string folder) => folder.Split('/') is [_, _, "Models", var family, ..] ? family : null;

    [Fact]
    public void The_command_line_and_the_applications_hold_no_models_name()
    {
        var wrong = new List<string>();
        foreach (var (file, code) in Sources("src/Likeness.Cli").Concat(Sources("src/Likeness/Applications")).Concat(Sources("src/Likeness/Core")))
        {
            wrong.AddRange(Zoo.BuiltIn.Recipes.Where(r => Regex.IsMatch(code, $@"""{r.Name}""|\b{r.ModelType.Name}\b")).Select(r => $"{file} names {r.Name}"));
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void A_folder_has_twenty_files_at_most()
    {
        var crowded = s_codeFolders.SelectMany(Sources).CountBy(s => Path.GetDirectoryName(s.File)!).Where(f => f.Value > 20).Select(f => $"{f.Key}: {f.Value} files");
        Assert.Empty(crowded);
    }

    [Fact]
    public void What_a_user_types_is_in_the_root_namespace() =>
        Assert.Equal(["Likeness"], new[] { typeof(Zoo), typeof(Rng) }.SelectMany(t => t.Assembly.GetExportedTypes()).Select(t => t.Namespace!).Distinct());

    [Fact]
    public void A_namespace_is_the_path_of_the_folder_or_of_one_above_it()
    {
        var wrong = new List<string>();
        foreach (var (file, code) in Sources("src"))
        {
            var folder = Path.GetDirectoryName(file)!.Split('/', 2)[1].Replace('/', '.') + ".";
            var name = Namespace().Match(code).Groups[1].Value;
            if (!folder.StartsWith(name + ".", StringComparison.Ordinal))
            {
                wrong.Add($"{file} is in {name}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Files_have_three_hundred_lines_at_most()
    {
        string[] kinds = [".cs", ".py", ".sh"];
        var folders = s_codeFolders.Append("eng").Select(f => Path.Combine(Root.FullName, f)).Where(Directory.Exists);
        var measured = folders.SelectMany(f => Directory.EnumerateFiles(f, "*", SearchOption.AllDirectories))
            .Where(f => kinds.Contains(Path.GetExtension(f)) && !IsBuilt(f)).ToArray();
        Assert.True(measured.Length > 100, "The sources were not found.");
        var tooLong = measured.Select(f => (Name: Path.GetRelativePath(Root.FullName, f), Lines: File.ReadLines(f).Count())).Where(f => f.Lines > 300).ToArray();
        Assert.Equal(s_longFiles.Keys.Order(), tooLong.Select(f => f.Name).Order());
    }

    [Fact]
    public void The_root_holds_what_the_design_lists()
    {
        var ignored = File.ReadAllLines(Path.Combine(Root.FullName, ".gitignore")).Select(l => l.TrimEnd('/')).ToArray();
        var files = Root.EnumerateFiles().Select(f => f.Name).Except(s_rootFiles).Where(n => !ignored.Contains(n) && !ignored.Contains("*" + Path.GetExtension(n))).ToArray();
        var folders = Root.EnumerateDirectories().Select(f => f.Name).Except(s_rootFolders).Except(ignored).ToArray();
        Assert.Empty(files);
        Assert.Empty(folders);
    }

    [Fact]
    public void Names_say_what_things_are()
    {
        string[] empty = ["Base", "Helper", "Helpers", "Manager", "Utils", "Util", "Impl"];
        var vague = new[] { typeof(Zoo), typeof(Rng) }.SelectMany(t => t.Assembly.GetTypes())
            .Where(t => t.Namespace?.StartsWith("Likeness", StringComparison.Ordinal) == true && empty.Any(e => t.Name.EndsWith(e, StringComparison.Ordinal)));
        Assert.Empty(vague);
    }

    [Fact]
    public void Models_leave_lifetimes_and_gradients_to_the_framework()
    {
        string[] banned = ["DisposeScope", "zero_grad", ".Dispose(", ".Step(", "WithGrad(true"];
        var wrong = Sources("src/Likeness/Models").SelectMany(s => banned.Where(b => s.Code.Contains(b, StringComparison.Ordinal)).Select(b => $"{s.File} contains {b}"));
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_library_names_no_flag_and_no_verb_of_the_command_line()
    {
        var wrong = Sources("src/Likeness").Concat(Sources("src/Likeness.Torch"))
            .SelectMany(s => CommandLineWord().Matches(s.Code).Select(m => $"{s.File} says {m.Value}"));
        Assert.Empty(wrong);
        Assert.Matches(CommandLineWord(), "\"run 'likeness train' again\"");
        Assert.Matches(CommandLineWord(), "\"resize it, for example with --size 32\"");
    }

    [Theory]
    [InlineData("src/Likeness/Metrics")]
    [InlineData("src/Likeness/Applications")]
    public void Scopes_are_opened_by_chains_and_not_by_what_measures_or_applies(string folder) =>
        Assert.Empty(Sources(folder).Where(s => s.Code.Contains("DisposeScope", StringComparison.Ordinal)).Select(s => s.File));

    /// <summary>The C# files below a folder with their code, comments left out.</summary>
    private static IEnumerable<(string File, string Code)> Sources(string folder)
    {
        var files = Directory.EnumerateFiles(Path.Combine(Root.FullName, folder), "*.cs", SearchOption.AllDirectories).Where(f => !IsBuilt(f)).ToArray();
        Assert.NotEmpty(files);
        return files.Select(f => (Path.GetRelativePath(Root.FullName, f), Comment().Replace(File.ReadAllText(f), "")));
    }

    private static bool IsBuilt(string path) => path.Split('/').Any(p => p is "bin" or "obj" or "artifacts");

    [GeneratedRegex(@"""[^""\n]*((?<![-\w])--[a-z]|\blikeness [a-z])[^""\n]*""")]
    private static partial Regex CommandLineWord();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();
}
