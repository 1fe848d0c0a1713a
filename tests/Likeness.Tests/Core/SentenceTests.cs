namespace Likeness.Tests;

/// <summary>A message keeps its remedies, so a program can say them in its own words.</summary>
public sealed class SentenceTests
{
    [Fact]
    public void An_errors_remedies_are_phrased_by_whoever_shows_it()
    {
        var part = Sentence.Of($", or write {new Remedy.Setting("hidden", 300)}");
        Sentence? nothing = null;
        var e = new UsageException($"{2.5:0.00} of '{"x"}' is too much: give {new Remedy.Option("Size", 32)}{part}{nothing} (see {new Remedy.Deed(Work.ListModels)}).");
        Assert.Equal("2.50 of 'x' is too much: give Size = 32, or write hidden=300 (see Zoo.BuiltIn).", e.Message);
        Assert.Equal("2.50 of 'x' is too much: give Option, or write Setting (see Deed).", e.Sentence.Phrase(r => r.GetType().Name));
    }

    [Fact]
    public void A_plain_message_is_a_sentence_too()
    {
        Assert.Equal("All is lost.", new DataException("All is lost.").Sentence.Phrase(_ => "never"));
        Assert.Equal("1 of 2", new DataException($"{1} of {2}").Message);
    }

    [Fact]
    public void A_model_that_lacks_a_capability_is_named_with_what_it_cannot_do()
    {
        var e = Assert.Throws<UsageException>(() => Capabilities.Require<IGenerative>("", "judge", "read"));
        Assert.Equal("A judge cannot sample: read, or choose a model that can (see Zoo.BuiltIn).", e.Message);
        Assert.Equal("a model", Capabilities.Require<string>("a model"));
    }
}
