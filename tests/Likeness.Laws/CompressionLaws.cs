namespace Likeness.Laws;

/// <summary>Every density of discrete data that is walked is a lossless compressor, whose files are as long as it claims.</summary>
public sealed class CompressionLaws : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public static TheoryData<string, string> All => Cases.Of<IStepwise>(s => s.Domain.LevelCount is not null);

    public static TheoryData<string, string> Latent => Cases.Of<ILatentVariable>(s => s.Domain.LevelCount is not null);

    public void Dispose() => File.Delete(_file);

    [Theory]
    [MemberData(nameof(All))]
    public void Examples_come_back_from_as_many_bits_as_the_density_claims(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 20);
        var examples = SmallData.Of(subject.Spec);
        var report = Make().Compress(_file, examples, Split.Test, chunk: 20);

        // Another walk by another object: what the first one remembered must not matter.
        var back = Make().Decompress(_file);
        Assert.Equal(SmallData.Values(subject.Spec), back.Values);

        // A header, a length and an end for each of three chunks; conditionals that are off by 1e-6 of a nat each.
        var slack = 70 + (SmallData.Count * subject.Spec.Dimensions * 1e-6);
        if (double.IsFinite(report.ClaimedBits))
        {
            Assert.InRange(report.Bytes - (report.ClaimedBits / 8), -slack, slack);
        }

        Compression Make() => new(subject.Model, subject.Spec, recipe);
    }

    [Theory]
    [MemberData(nameof(Latent))]
    public void Latents_with_a_standard_normal_prior_bring_examples_back_and_others_are_refused(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 20);
        Compression Make() => new(subject.Model, subject.Spec, recipe);
        if (Record.Exception(() => { Make(); }) is { } refusal)
        {
            Assert.Contains("prior", Assert.IsType<UsageException>(refusal).Message, StringComparison.Ordinal);
            return;
        }

        var report = Make().Compress(_file, SmallData.Of(subject.Spec), Split.Test, chunk: 20);
        Assert.Equal(SmallData.Values(subject.Spec), Make().Decompress(_file).Values);
        Assert.InRange(report.InitialBits, 1, report.Bytes * 8);
    }
}
