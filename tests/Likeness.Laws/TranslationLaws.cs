namespace Likeness.Laws;

/// <summary>What every model that translates keeps.</summary>
public sealed class TranslationLaws
{
    public static TheoryData<string, string> Translators => Cases.Of<ITranslator>();

    [Theory]
    [MemberData(nameof(Translators))]
    public void Translations_are_of_the_datas_kind_and_each_examples_own(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 5);
        using var noGrad = torch.no_grad();
        var (model, x) = ((ITranslator)subject.Model, new OneBatch(subject.Spec).First(4).X);
        Assert.NotEmpty(model.Domains);
        Assert.All(model.Domains, d => Assert.InRange(d.Values.Count, 2, int.MaxValue));
        for (var domain = 0; domain < model.Domains[0].Values.Count; domain++)
        {
            var y = model.Translate(x, Target(model, domain, 4));
            Assert.Equal(subject.Spec.BatchShape(4), y.shape);
            Assert.All(y.ToArray<float>(), v => Assert.True(v is >= 0 and <= 255 && v == MathF.Round(v), $"{v} is no byte."));
            Assert.Equal(y.ToArray<float>(), model.Translate(x, Target(model, domain, 4)).ToArray<float>());
            // Alone as in company, to the rounding of a byte: sums over channels are taken in other orders.
            var alone = model.Translate(x.narrow(0, 2, 1), Target(model, domain, 1));
            Assert.True((alone - y.narrow(0, 2, 1)).abs().max().ToDouble() <= 1, "An example is translated in another way when it is alone.");
        }

        Assert.Equal(x.ToArray<float>(), model.Translate(x, Target(model, -1, 4)).ToArray<float>());
    }

    private static Tensor Target(ITranslator model, long first, int count) =>
        Tensor.From(Enumerable.Range(0, count * model.Domains.Count).Select(i => i % model.Domains.Count == 0 ? first : -1).ToArray(), count, model.Domains.Count);
}
