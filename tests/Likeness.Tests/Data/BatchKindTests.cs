namespace Likeness.Tests.Data;

public sealed class BatchKindTests
{
    private static readonly DataSpec s_spec = new([1], new Domain.Real(), 2);

    [Fact]
    public void Data_comes_in_the_kinds_of_batches_that_enough_is_known_for()
    {
        var bare = new MemoryDataset(Set(new(Numbers())) with { Spec = s_spec with { Classes = 0 } });
        Assert.Equal((true, false, false, false, false), Kinds(bare));
        var labelled = new MemoryDataset(Set(new(Numbers()) { Label = i => i % 2 }), ["even", "odd"]);
        Assert.Equal((true, true, false, true, true), Kinds(labelled));
        Assert.Equal("class", Assert.Single(labelled.Spec.Attributes).Name);
        Assert.Equal((true, false, true, false, false), Kinds(new MemoryDataset(Set(new(Numbers()) { Caption = i => $"{i}" }))));

        static (bool, bool, bool, bool, bool) Kinds(IDataset data) =>
            (data.Has<Batch>(), data.Has<LabelledBatch>(), data.Has<CaptionedBatch>(), data.Has<AttributedBatch>(), data.Has<UnpairedBatch>());
    }

    [Fact]
    public void A_kind_that_is_not_there_is_refused_by_name()
    {
        var bare = new MemoryDataset(Set(new(Numbers())));
        Assert.Contains("'numbers' has no LabelledBatch examples", Assert.Throws<UsageException>(() => bare.As<LabelledBatch>()).Message, StringComparison.Ordinal);
        Assert.Null(bare.TryAs<string>());
    }

    [Fact]
    public void A_view_of_one_kind_is_a_way_to_the_others()
    {
        using var scope = torch.NewDisposeScope();
        IDataset data = new MemoryDataset(Set(new(Numbers()) { Label = i => i % 2, Caption = i => $"{i}" }), ["even", "odd"]);
        Assert.Equal("7", data.As<LabelledBatch>().As<CaptionedBatch>().Read(Split.Test, 20).Single().Captions[7]);
        Assert.Equal(["even", "odd"], data.As<CaptionedBatch>().ClassNames);
    }

    [Fact]
    public void Pairs_stay_pairs_when_they_are_shuffled()
    {
        using var scope = torch.NewDisposeScope();
        // 0 … 9 and 10 … 19 are the same ten things in two domains.
        var data = new MemoryDataset(Set(new(Numbers()) { Label = i => i / 10, Name = i => $"{i % 10}" }), ["low", "high"]).As<PairedBatch>();
        using var feed = data.Open(Split.Train, 4, seed: 3);
        Assert.Equal(10, data.Count(Split.Train));
        var seen = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            var batch = feed.Next();
            seen.UnionWith(batch.Names);
            Assert.Equal(batch.Names, batch.A.ToArray<float>().Select(x => $"{x}"));
            Assert.Equal(batch.A.ToArray<float>().Select(x => x + 10), batch.B.ToArray<float>());
        }

        Assert.Equal(10, seen.Count);
    }

    private static SingleExamples Numbers() => new(Enumerable.Range(0, 20).Select(i => (float)i).ToArray(), 1);

    private static Splits Set(Part part) => new("numbers", "reals", s_spec, part, part, part);
}
