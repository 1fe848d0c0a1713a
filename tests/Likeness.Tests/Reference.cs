using System.Globalization;

namespace Likeness.Tests;

/// <summary>What PyTorch computes for a case; see tests/reference/README.md for the names.</summary>
internal sealed class Reference(string file) : IDisposable
{
    private readonly SafetensorsFile _file = SafetensorsFile.Open(Path.Combine(Folder, file));

    public static Reference Layers() => new("layers.safetensors");

    public Tensor this[string name] => _file.Read(name);

    public IEnumerable<string> Under(string prefix) => _file.Names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Select(n => n[prefix.Length..]);

    /// <summary>The inputs of a case by name, recorded where they are real numbers.</summary>
    public Tensor Input(string @case, string name = "x")
    {
        var x = this[$"{@case}/input/{name}"];
        return x.dtype.IsFloatingPoint() ? x.requires_grad_() : x;
    }

    /// <summary>Gives a module the case's parameters and buffers; every one must be there.</summary>
    public void Load(string @case, torch.nn.Module module)
    {
        using var noGrad = torch.no_grad();
        foreach (var (name, value) in module.Parameters())
        {
            value.copy_(this[$"{@case}/param/{name}"]);
        }

        foreach (var (name, value) in module.Buffers())
        {
            value.copy_(this[$"{@case}/buffer/{name}"]);
        }

        Assert.Equal(Under($"{@case}/param/").Order(), module.Parameters().Select(p => p.Name).Order());
    }

    /// <summary>Compares an output with the case's, and gradients of Σ output·w with respect to a module's parameters and to inputs.</summary>
    public void Check(string @case, IReadOnlyList<(string Suffix, Tensor Value)> outputs, torch.nn.Module? module, params (string Name, Tensor Value)[] inputs)
    {
        var total = torch.zeros([], outputs[0].Value.dtype);
        foreach (var (suffix, value) in outputs)
        {
            // 1e-5: a few roundings of fp32 over sums of some tens of terms.
            Near.Equal(this[$"{@case}/output{suffix}"], value, 1e-5, $"{@case}/output{suffix}");
            total += (value * this[$"{@case}/w{suffix}"]).sum();
        }

        var wanted = inputs.Where(i => i.Value.requires_grad).Select(i => (Name: "input/" + i.Name, i.Value))
            .Concat(module?.Parameters().Select(p => (Name: "param/" + p.Name, p.Value)) ?? [])
            .Where(w => _file.Names.Contains($"{@case}/grad/{w.Name}")).ToArray();
        Assert.Equal(Under($"{@case}/grad/").Count(), wanted.Length);
        if (wanted.Length == 0)
        {
            return;
        }

        var gradients = Autograd.Grad([total], wanted.Select(w => w.Value).ToArray());
        for (var i = 0; i < wanted.Length; i++)
        {
            // 1e-4: gradients go through the rounding of the forward values once more.
            Near.Equal(this[$"{@case}/grad/{wanted[i].Name}"], gradients[i]!, 1e-4, $"{@case}/grad/{wanted[i].Name}");
        }
    }

    public void Dispose() => _file.Dispose();

    private static string Folder
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Likeness.slnx")))
            {
                folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside of the repository: Likeness.slnx is not above them.");
            }

            return Path.Combine(folder.FullName, "tests", "reference");
        }
    }
}

/// <summary>Comparison of numbers.</summary>
internal static class Near
{
    /// <summary>Every element agrees to <paramref name="tolerance"/>, relative where the expected value is above 1 and absolute below.</summary>
    public static void Equal(Tensor expected, Tensor actual, double tolerance, string what = "tensor")
    {
        Assert.Equal(expected.shape, actual.shape);
        Equal(expected.ToArray<double>(), actual.ToArray<double>(), tolerance, what);
    }

    public static void Equal(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance, string what = "values")
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var allowed = tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(Math.Abs(expected[i] - actual[i]) <= allowed || expected[i].Equals(actual[i]),
                string.Create(CultureInfo.InvariantCulture, $"{what}[{i}] is {actual[i]:R} where {expected[i]:R} ± {allowed:G2} was expected."));
        }
    }
}
