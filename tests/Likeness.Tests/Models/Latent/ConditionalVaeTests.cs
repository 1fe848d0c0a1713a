namespace Likeness.Tests.Models;

/// <summary>A VAE that is told the class says what the class says, and leaves the rest to the code.</summary>
public sealed class ConditionalVaeTests
{
    private static readonly DataSpec s_spec = new([6], new Domain.Binary(), Classes: 2);

    private static VaeOptions Options { get; } = new() { Latent = 2, Network = new AutoencoderNetwork.Mlp { Hidden = [12] }, Optimizer = new Adam(0.02) };

    [Fact]
    public void The_class_decides_what_it_decides_in_the_data_and_the_code_the_rest()
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        // The first three bits are the class, the last three are all 0 or all 1 whatever the class is.
        var (values, labels) = (new List<float>(), new List<long>());
        for (var i = 0; i < 64; i++)
        {
            values.AddRange(Enumerable.Range(0, 6).Select(j => (float)(j < 3 ? i % 2 : i / 2 % 2)));
            labels.Add(i % 2);
        }

        var part = new Part(new SingleExamples(values.ToArray(), 6)) { Label = i => (int)labels[i] };
        var data = new MemoryDataset(new Splits("by hand", "as it is", s_spec, part, part, part), ["zero", "one"]);
        var model = new ConditionalVae(s_spec, Options, new Rng(1));
        using var training = new Trainer<LabelledBatch>(
            ConditionalVae.Recipe.Objective(model, Options, new Rng(1)), data.As<LabelledBatch>().Open(Split.Train, 32, 1), new Rng(2), new(600, 32));
        var terms = training.Run().Last().Terms.ToDictionary(t => t.Term, t => t.Value);
        Assert.Equal(Math.Log(2), terms["class"], 0.02);

        const int many = 2000;
        for (var y = 0; y < 2; y++)
        {
            var x = model.Sample(new ClassCondition(Tensor.From<long>([y], 1)), many, new Rng(3)).ToArray<float>().Chunk(6).ToArray();
            Assert.Equal(y, x.Average(v => v[..3].Average()), 0.03);

            // Half of them have the last bits set, and those go together.
            Assert.Equal(0.5, x.Average(v => v[3..].Average()), 0.1);
            Assert.InRange(x.Average(v => v[3] == v[4] && v[4] == v[5] ? 1 : 0), 0.85, 1);
        }

        // log p(x|y) is about log ½, and next to nothing under the other class.
        var example = Tensor.From<float>([1, 1, 1, 0, 0, 0], 1, 6);
        double Bound(long y) => Enumerable.Range(0, 50).Average(i => model.LogProbBound(example, new ClassCondition(Tensor.From<long>([y], 1)), new Rng((ulong)i)).ToDouble());
        Assert.InRange(Bound(1), Math.Log(0.5) - 0.5, Math.Log(0.5) + 0.1);
        Assert.InRange(Bound(0), double.NegativeInfinity, -6);
    }

    [Fact]
    public void Data_without_classes_and_labels_of_another_number_are_refused()
    {
        using var scope = torch.NewDisposeScope();
        var e = Assert.Throws<UsageException>(() => new ConditionalVae(s_spec with { Classes = 0 }, Options, new Rng(1)));
        Assert.Contains("data of 0 classes", e.Message, StringComparison.Ordinal);
        var model = new ConditionalVae(s_spec, Options, new Rng(1));
        e = Assert.Throws<UsageException>(() => model.Sample(new ClassCondition(Tensor.From<long>([0, 1], 2)), 3, new Rng(1)));
        Assert.Contains("2 labels do not say the classes of 3 examples", e.Message, StringComparison.Ordinal);
    }
}
