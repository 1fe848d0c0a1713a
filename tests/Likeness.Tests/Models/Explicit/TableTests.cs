using System.Numerics;
using System.Text.Json.Nodes;

namespace Likeness.Tests.Models;

/// <summary>Tables of probabilities are what was counted, with as many free numbers as independence leaves.</summary>
public sealed class TableTests
{
    private const int Count = 60;

    private static readonly DataSpec s_trits = new([5], new Domain.Categorical(3));

    public static TheoryData<string, int, int> Sizes
    {
        get
        {
            var sizes = new TheoryData<string, int, int>();
            foreach (var recipe in Tables)
            {
                sizes.Add(recipe, 1, 5);
                sizes.Add(recipe, 6, 2);
                sizes.Add(recipe, 4, 3);
            }

            return sizes;
        }
    }

    private static string[] Tables => ["joint-table", "independent", "class-conditional", "markov-chain", "ar-table", "chow-liu"];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_model_stores_as_many_numbers_as_it_has_free_parameters(string name, int variables, int levels)
    {
        using var scope = torch.NewDisposeScope();
        var (recipe, spec) = (Zoo.BuiltIn.Find(name), ParameterCounts.Spec([variables], levels, classes: 3));
        var model = recipe.CreateModel(spec, [], new Rng(1));
        Assert.Equal(recipe.FreeParameters(spec, []), model.ParameterCount);
        Assert.Equal(((IFreeParameters)model).FreeParameters, model.ParameterCount);
    }

    [Fact]
    public void The_counts_are_those_of_the_theory()
    {
        static BigInteger Of(string model, int levels, JsonObject? options, params int[] shape) =>
            Zoo.BuiltIn.Find(model).FreeParameters(ParameterCounts.Spec(shape, levels, classes: 10), options ?? [])!.Value;

        Assert.Equal(BigInteger.Pow(2, 784) - 1, Of("joint-table", 2, null, 28, 28));
        Assert.Equal(BigInteger.Pow(256, 3) - 1, Of("joint-table", 256, null, 3));
        Assert.Equal(784, Of("independent", 2, null, 28, 28));
        Assert.Equal((2 * 784) - 1, Of("markov-chain", 2, null, 28, 28));
        Assert.Equal((2 * 784) - 1, Of("chow-liu", 2, null, 28, 28));
        // 1 + 2 + 4 for the first three variables, then 8 each.
        Assert.Equal(7 + (781 * 8), Of("ar-table", 2, new JsonObject { ["order"] = 3 }, 28, 28));
        Assert.Equal(255 + (783 * (BigInteger)256 * 255), Of("markov-chain", 256, null, 1, 28, 28));
        Assert.Equal(9 + (10 * 784), Of("class-conditional", 2, null, 28, 28));
        Assert.Equal(BigInteger.Pow(2, 784) - 1, Of("ar-table", 2, new JsonObject { ["order"] = 783 }, 28, 28));

        // Logistic regressions: d biases and a weight for every pair.
        Assert.Equal(784 + (784 * 783 / 2), Of("fvbn", 2, null, 28, 28));

        // A network's weights count too: it stores them all.
        using var scope = torch.NewDisposeScope();
        var nade = Zoo.BuiltIn.Find("nade");
        var spec = ParameterCounts.Spec([7], 2);
        Assert.Equal(nade.FreeParameters(spec, nade.SmallestOptions), nade.CreateModel(spec, nade.SmallestOptions, new Rng(1)).ParameterCount);
        Assert.Null(Zoo.BuiltIn.Find("nade").FreeParameters(ParameterCounts.Spec([7], 3), []));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Conditionals_are_smoothed_frequencies(int order)
    {
        using var scope = torch.NewDisposeScope();
        const double prior = 0.7;
        var (model, x) = (new AutoregressiveTable(s_trits, order, prior, new Rng(1)), Trits(2));
        Train(new Counting<AutoregressiveTable, Batch>(model), x, Count);
        var expected = Enumerable.Range(0, Count).Select(n => Enumerable.Range(0, 5).Sum(i =>
        {
            var from = Math.Max(0, i - order);
            bool Same(int m, int to) => x.AsSpan((m * 5) + from, to - from).SequenceEqual(x.AsSpan((n * 5) + from, to - from));
            var context = Enumerable.Range(0, Count).Count(m => Same(m, i));
            var both = Enumerable.Range(0, Count).Count(m => Same(m, i + 1));
            return Math.Log((both + (prior / 3)) / (context + prior));
        })).ToArray();

        // fp32: five log-probabilities of a few nats each.
        Near.Equal(expected, model.LogProb(Batch(x)).ToArray<double>(), 1e-5);
    }

    [Fact]
    public void A_pass_in_mini_batches_ends_at_the_estimate_of_one_batch()
    {
        using var scope = torch.NewDisposeScope();
        foreach (var batch in new[] { 10, 20 })
        {
            var (whole, parts) = (new ChowLiu(s_trits, new(), new Rng(1)), new ChowLiu(s_trits, new(), new Rng(1)));
            Train(new Counting<ChowLiu, Batch>(whole), Trits(3), Count);
            Train(new Counting<ChowLiu, Batch>(parts), Trits(3), batch, Count / batch);
            Assert.Equal(whole.Get("theta"), parts.Get("theta"));
            Assert.Equal(whole.Parents, parts.Parents);
        }
    }

    [Fact]
    public void A_joint_table_is_its_frequencies_and_agrees_with_the_rules_of_probability()
    {
        using var scope = torch.NewDisposeScope();
        var (spec, prior) = (new DataSpec([5], new Domain.Categorical(3)), 2.0);
        var (model, x) = (new JointTable(spec, new() { Prior = prior }, new Rng(1)), Trits(4));
        Train(new Counting<JointTable, Batch>(model), x, Count);
        var cells = (int)Math.Pow(3, 5);
        var counts = Enumerable.Repeat(prior / cells, cells).ToArray();
        foreach (var example in x.Chunk(5))
        {
            counts[(int)example.Aggregate((a, b) => (3 * a) + b)]++;
        }

        var table = model.Table();
        Near.Equal(ProbabilityTable.Normalised([3, 3, 3, 3, 3], counts).Cells.ToArray(), table.Cells.ToArray(), 1e-6);

        // Conditionals of any part: log p(x_1, x_3 | x_0, x_4) by marginals of the model and by the product rule.
        bool[] given = [true, false, false, false, true], more = [true, true, false, true, true];
        var conditional = (model.LogMarginal(Batch(x), more) - model.LogMarginal(Batch(x), given)).ToArray<double>();
        var rule = table.Conditional(of: [1, 3], given: [0, 4]);
        Near.Equal(x.Chunk(5).Select(e => Math.Log(rule[(int)((3 * e[0]) + e[4]), (int)((3 * e[1]) + e[3])])).ToArray(), conditional, 1e-5);
    }

    [Fact]
    public void All_orders_of_dependence_meet_in_the_joint_table()
    {
        using var scope = torch.NewDisposeScope();
        const double faint = 1e-6;
        var x = Trits(5);
        var joint = new JointTable(s_trits, new() { Prior = faint }, new Rng(1));
        var longest = new AutoregressiveTable(s_trits, 4, faint, new Rng(1));
        Train(new Counting<JointTable, Batch>(joint), x, Count);
        Train(new Counting<AutoregressiveTable, Batch>(longest), x, Count);
        // Without a prior to speak of both are the frequencies of whole examples.
        Near.Equal(joint.LogProb(Batch(x)), longest.LogProb(Batch(x)), 1e-4);

        // The more may depend on each other, the likelier is what was seen.
        var likelihoods = Enumerable.Range(0, 5).Select(order =>
        {
            var model = new AutoregressiveTable(s_trits, order, faint, new Rng(1));
            Train(new Counting<AutoregressiveTable, Batch>(model), x, Count);
            return model.LogProb(Batch(x)).mean().ToDouble();
        }).ToArray();
        Assert.All(likelihoods.Zip(likelihoods.Skip(1)), p => Assert.True(p.Second > p.First));
    }

    [Fact]
    public void What_cannot_be_a_table_is_refused()
    {
        using var scope = torch.NewDisposeScope();
        static string Message<TException>(Func<object> action) where TException : LikenessException => Assert.Throws<TException>(action).Message;
        var large = new DataSpec([1, 28, 28], new Domain.Binary());
        Assert.Contains("≈ 1.02·10^236 free parameters, more than the 4,194,304", Message<UsageException>(() => new JointTable(large, new(), new Rng(1))), StringComparison.Ordinal);
        Assert.Contains("lower the order", Message<UsageException>(() => new AutoregressiveTable(large, 20, 1, new Rng(1))), StringComparison.Ordinal);
        Assert.Contains("at least 0", Message<UsageException>(() => new AutoregressiveTable(large, -1, 1, new Rng(1))), StringComparison.Ordinal);
        Assert.Contains("prior must be above 0", Message<UsageException>(() => new AutoregressiveTable(large, 1, 0, new Rng(1))), StringComparison.Ordinal);
        Assert.Contains("4096 at most", Message<UsageException>(() => new ChowLiu(new([1, 28, 28], new Domain.Byte()), new(), new Rng(1))), StringComparison.Ordinal);
        Assert.Contains("at least 2 classes", Message<UsageException>(() => new ClassConditional(large, new(), new Rng(1))), StringComparison.Ordinal);
        Assert.Contains("discrete values", Message<UsageException>(() => new AutoregressiveTable(new([3], new Domain.Real()), 1, 1, new Rng(1))), StringComparison.Ordinal);

        var model = new AutoregressiveTable(s_trits, 1, 1, new Rng(1));
        Assert.Contains("from 0 to 3", Message<DataException>(() => model.LogProb(Tensor.From<float>([0, 1, 2, 3, 0], 1, 5))), StringComparison.Ordinal);
        Assert.Contains("0 to 2", Message<DataException>(() => model.LogProb(Tensor.From<float>([0, 1, float.NaN, 1, 0], 1, 5))), StringComparison.Ordinal);
    }

    private static void Train<TModel>(Counting<TModel, Batch> objective, float[] x, int batchSize, int steps = 1) where TModel : Module, ICounted<Batch>
    {
        using var training = Weights.Training(objective, Weights.Data(s_trits, x), batchSize, steps);
        Assert.Equal(steps, training.Run().Count());
    }

    private static Tensor Batch(float[] x) => Tensor.From(x, x.Length / 5, 5);

    // Values that follow the one before, two times in three.
    private static float[] Trits(int seed)
    {
        var random = new Random(seed);
        var x = new float[Count * 5];
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = i % 5 > 0 && random.Next(3) > 0 ? x[i - 1] : random.Next(3);
        }

        return x;
    }
}
