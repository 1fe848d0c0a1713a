using System.Text.Json;

namespace Likeness.Tests.Nn;

public sealed class ScheduleTests
{
    [Fact]
    public void Factors_are_those_that_the_names_say()
    {
        Assert.Equal(1, new Schedule.Constant().Factor(70, 100));
        Assert.Equal([1, 1, 0.5, 0, 0], new long[] { 0, 50, 75, 100, 120 }.Select(s => new Schedule.Linear(From: 0.5).Factor(s, 100)));
        Near.Equal([1, 0.55, 0.1, 0.1], [.. new long[] { 0, 50, 100, 150 }.Select(s => new Schedule.Cosine(0.1).Factor(s, 100))], 1e-12);
        Assert.Equal([0.25, 0.5, 1, 1], new long[] { 0, 1, 3, 50 }.Select(s => new Schedule.Warmup(4).Factor(s, 100)));
        Assert.Equal([1, 0.5], new long[] { 4, 54 }.Select(s => new Schedule.Warmup(4, new Schedule.Linear()).Factor(s, 104)));
        Assert.Equal([1, 1, 0.5, 0.25], new long[] { 0, 9, 10, 29 }.Select(s => new Schedule.Stairs(10, 0.5).Factor(s, 100)));
    }

    [Fact]
    public void The_stages_of_IWAE_last_three_to_the_i_epochs()
    {
        var schedule = new Schedule.IwaeStages();
        var first = 0L;
        for (var stage = 0; stage < 8; stage++)
        {
            var length = (long)Math.Pow(3, stage);
            Assert.Equal(Math.Pow(10, -stage / 7.0), schedule.Factor(first, 3280), 12);
            Assert.Equal(Math.Pow(10, -stage / 7.0), schedule.Factor(first + length - 1, 3280), 12);
            Assert.Equal(Math.Pow(10, -stage / 7.0), schedule.Factor(100 * first, 328_000), 12);
            first += length;
        }

        Assert.Equal(3280, first);
        Assert.Equal(0.1, schedule.Factor(4000, 3280), 12);
    }

    [Fact]
    public void Options_survive_JSON_with_their_kind_and_unknown_keys_fail()
    {
        OptimizerOptions[] all = [new Sgd(0.1, 0.9, true), new Adam(Beta1: 0.5) { ClipNorm = 1 }, new AdamW { Schedule = new Schedule.Warmup(10, new Schedule.Cosine()) }, new RmsProp(1e-4)];
        foreach (var options in all)
        {
            var json = JsonSerializer.Serialize(options, OptionRules.Of<OptimizerOptions>());
            Assert.Equal(options, JsonSerializer.Deserialize(json, OptionRules.Of<OptimizerOptions>()));
        }

        Assert.Equal(new Adam(0.5), JsonSerializer.Deserialize("""{"kind":"adam","learningRate":0.5}""", OptionRules.Of<OptimizerOptions>()));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"kind":"adam","beta3":0.5}""", OptionRules.Of<OptimizerOptions>()));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"kind":"adamax"}""", OptionRules.Of<OptimizerOptions>()));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void The_average_follows_its_recurrence_and_buffers_are_copied(ScalarType type)
    {
        using var scope = torch.NewDisposeScope();
        var (live, shadow) = (new BatchNorm(3, new Rng(1)), new BatchNorm(3, new Rng(1), weight: new Init.Constant(9)));
        live.to(type);
        shadow.to(type);
        var ema = new Ema(live, shadow, 0.9);
        Tensor Weight(torch.nn.Module m) => m.Parameters().First().Value;
        var expected = 1.0;
        for (var i = 0; i < 5; i++)
        {
            using (torch.no_grad())
            {
                Weight(live).add_(1);
                live.Buffers().First().Value.add_(2);
            }

            ema.Update();
            expected = 0.9 * expected + 0.1 * (2 + i);
        }

        Near.Equal([expected, expected, expected], Weight(shadow).ToArray<double>(), 1e-6);
        Assert.Equal(10, shadow.Buffers().First().Value.ToArray<double>()[0]);
        Assert.True(Weight(shadow).requires_grad);
    }

    [Fact]
    public void A_warm_average_forgets_its_start_and_modules_must_match()
    {
        using var scope = torch.NewDisposeScope();
        var (live, shadow) = (new Linear(2, 2, new Rng(1)), new Linear(2, 2, new Rng(2)));
        var ema = new Ema(live, shadow, 0.999, warmUp: true);
        var start = live.Parameters().First().Value.ToArray<double>();
        using (torch.no_grad())
        {
            live.Parameters().First().Value.add_(1);
        }

        ema.Update();

        // min(0.999, 1/10) of the old value is kept at the first update.
        Near.Equal([.. start.Select(s => s + 0.9)], shadow.Parameters().First().Value.ToArray<double>(), 1e-6);
        Assert.Throws<ArgumentException>(() => new Ema(live, new Linear(2, 3, new Rng(1))));
        Assert.Throws<ArgumentException>(() => new Ema(live, new Sequential(live)));
        Assert.Throws<UsageException>(() => new Ema(live, live, 1));
    }
}
