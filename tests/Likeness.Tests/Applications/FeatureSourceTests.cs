using Likeness.Tests.Data;

namespace Likeness.Tests.Applications;

/// <summary>Networks that the user brings.</summary>
public sealed class FeatureSourceTests : IDisposable
{
    // torch.jit.script of forward(x) = avg_pool2d(x, 2).flatten(1), saved by PyTorch 1.13 and packed again without its debugging records.
    private const string Pool =
        "UEsDBBQAAAAAAAAAIQCxgFwfSwAAAEsAAAANAAAAcG9vbC9kYXRhLnBrbIACY19fdG9yY2hfXwpQb29sCnEAKYF9KFgIAAAAdHJhaW5pbmdxAYhYFgAAAF9pc19mdWxsX2Jh" +
        "Y2t3YXJkX2hvb2txAk51YnEDLlBLAwQUAAAAAAAAACEAiMfjOvwAAAD8AAAAFgAAAHBvb2wvY29kZS9fX3RvcmNoX18ucHljbGFzcyBQb29sKE1vZHVsZSk6CiAgX19wYXJh" +
        "bWV0ZXJzX18gPSBbXQogIF9fYnVmZmVyc19fID0gW10KICB0cmFpbmluZyA6IGJvb2wKICBfaXNfZnVsbF9iYWNrd2FyZF9ob29rIDogT3B0aW9uYWxbYm9vbF0KICBkZWYg" +
        "Zm9yd2FyZChzZWxmOiBfX3RvcmNoX18uUG9vbCwKICAgIHg6IFRlbnNvcikgLT4gVGVuc29yOgogICAgXzAgPSB0b3JjaC5mbGF0dGVuKHRvcmNoLmF2Z19wb29sMmQoeCwg" +
        "WzIsIDJdKSwgMSkKICAgIHJldHVybiBfMApQSwMEFAAAAAAAAAAhAG0vCVcEAAAABAAAABIAAABwb29sL2NvbnN0YW50cy5wa2yAAikuUEsDBBQAAAAAAAAAIQDRnmdVAgAA" +
        "AAIAAAAMAAAAcG9vbC92ZXJzaW9uMwpQSwECFAMUAAAAAAAAACEAsYBcH0sAAABLAAAADQAAAAAAAAAAAAAAgAEAAAAAcG9vbC9kYXRhLnBrbFBLAQIUAxQAAAAAAAAAIQCI" +
        "x+M6/AAAAPwAAAAWAAAAAAAAAAAAAACAAXYAAABwb29sL2NvZGUvX190b3JjaF9fLnB5UEsBAhQDFAAAAAAAAAAhAG0vCVcEAAAABAAAABIAAAAAAAAAAAAAAIABpgEAAHBv" +
        "b2wvY29uc3RhbnRzLnBrbFBLAQIUAxQAAAAAAAAAIQDRnmdVAgAAAAIAAAAMAAAAAAAAAAAAAACAAdoBAABwb29sL3ZlcnNpb25QSwUGAAAAAAQABAD5AAAABgIAAAAA";

    private static readonly DataSpec s_grey = new([1, 2, 2], new Domain.Byte());

    private readonly TemporaryFolder _folder = new();

    private string Script
    {
        get
        {
            var path = Path.Combine(_folder.Path, "pool.pt");
            File.WriteAllBytes(path, Convert.FromBase64String(Pool));
            return path;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_TorchScript_network_gets_the_shape_and_the_range_that_it_asks_for()
    {
        using var scope = torch.NewDisposeScope();
        var x = Tensor.From([0f, 255, 255, 255, 0, 0, 0, 255], 2, 1, 2, 2);

        // The mean of four pixels: ¾ and ¼ of the range.
        Assert.Equal([0.75f, 0.25f], Features(new(), x));
        Assert.Equal([0.5f, -0.5f], Features(ScriptInput.Parse(null, "signed"), x));
        Assert.Equal([191.25f, 63.75f], Features(ScriptInput.Parse(null, "byte"), x));

        // Grey as three colours, twice as large: four means of each.
        var wide = Features(ScriptInput.Parse("3x4x4", null), x);
        Assert.Equal(2 * 3 * 4, wide.Length);
        Assert.Equal(0.75, wide.Take(12).Average(), 1e-6);
    }

    [Fact]
    public void Its_hash_and_its_input_are_part_of_what_a_score_says()
    {
        var network = FeatureSource.Open(Script, s_grey, Zoo.BuiltIn, trusted: true, ScriptInput.Parse("3x8x8", "signed")).Network;
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Convert.FromBase64String(Pool)));
        Assert.Contains($"sha256 {hash}", network.Description, StringComparison.Ordinal);
        Assert.Contains("-1 … 1, bilinearly brought to 3x8x8", network.Description, StringComparison.Ordinal);
        Assert.Null(network.ClassLogProbs);
        Assert.Contains("Trust", Assert.Throws<UsageException>(() => FeatureSource.Open(Script, s_grey, Zoo.BuiltIn, trusted: false, new())).Message, StringComparison.Ordinal);
        Assert.Contains("3x299", Assert.Throws<UsageException>(() => ScriptInput.Parse("3x299", null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_that_it_does_not_take_are_named()
    {
        using var scope = torch.NewDisposeScope();
        // One pixel has no square of two.
        var network = FeatureSource.Open(Script, new([1, 1, 1], new Domain.Byte()), Zoo.BuiltIn, trusted: true, new()).Network;
        Assert.Contains("1x1x1", Assert.Throws<DataException>(() => network.Features(torch.zeros([1, 1, 1, 1], ScalarType.Float32))).Message, StringComparison.Ordinal);
    }

    private float[] Features(ScriptInput input, Tensor x) =>
        FeatureSource.Open(Script, s_grey, Zoo.BuiltIn, trusted: true, input).Network.Features(x).ToArray<float>();

    /// <summary>A map of samples is of what judges them.</summary>
    [Fact]
    public void A_map_is_of_the_features_where_a_network_is_named()
    {
        var data = DatasetCatalog.Open("8gaussians", new(Whole: true));
        var real = ExampleSet.Of(data, Split.Test, 40, 40);
        var made = new ExampleSet([.. real.Values.Select(v => v * 1.5f)], real.Count);
        var network = new FeatureNetwork("squares", x => torch.cat([x, x.square()], 1));

        var values = new SampleJudge(new(made, "made"), data, Split.Test, real, FeatureSource.Open(null, data.Spec, Zoo.BuiltIn, false, new()), data).Map(new Rng(1));
        var features = new SampleJudge(new(made, "made"), data, Split.Test, real, new(network, null), data).Map(new Rng(1));
        Assert.Equal(SampleMap.Draw(made, real, new Rng(1)).Pixels, values.Pixels);
        Assert.Equal(SampleMap.Draw(Squares(made), Squares(real), new Rng(1)).Pixels, features.Pixels);
        Assert.NotEqual(values.Pixels, features.Pixels);

        static ExampleSet Squares(ExampleSet set) => new([.. set.Values.Chunk(2).SelectMany(p => new[] { p[0], p[1], p[0] * p[0], p[1] * p[1] })], set.Count);
    }
}
