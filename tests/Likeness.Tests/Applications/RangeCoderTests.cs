namespace Likeness.Tests;

public sealed class RangeCoderTests
{
    [Theory]
    [InlineData(2, 1, 4000)]
    [InlineData(2, 30, 40_000)]
    [InlineData(5, 3, 4000)]
    [InlineData(256, 8, 4000)]
    public void Symbols_come_back_and_cost_what_their_probabilities_say(int levels, double sharpness, int count)
    {
        var random = new Random(levels + (int)sharpness);
        var logProbs = Enumerable.Range(0, count).Select(_ => LogProbs(random, levels, sharpness)).ToArray();
        var symbols = Array.ConvertAll(logProbs, p => Draw(random, p));
        var bits = symbols.Zip(logProbs).Sum(s => -s.Second[s.First] / Math.Log(2));

        var frequencies = new SymbolFrequencies(levels);
        var encoder = new RangeEncoder();
        for (var i = 0; i < count; i++)
        {
            frequencies.Set(logProbs[i]);
            frequencies.Encode(encoder, symbols[i]);
        }

        var bytes = encoder.Finish().ToArray();
        // Rounding of the interval costs 2^-23 bits a symbol, of frequencies about levels / 2^32 of the mass; the end up to a byte and a half.
        Assert.InRange(bytes.Length * 8, bits - 1e-3, bits + 12 + (count * 1e-6));

        var decoder = new RangeDecoder(bytes);
        for (var i = 0; i < count; i++)
        {
            frequencies.Set(logProbs[i]);
            Assert.Equal(symbols[i], frequencies.Decode(decoder));
        }
    }

    [Fact]
    public void A_carry_runs_through_settled_bytes()
    {
        // Always the last of 2^32 − 1 + 1: the low end creeps up to all ones, until a symbol carries over.
        var encoder = new RangeEncoder();
        for (var i = 0; i < 64; i++)
        {
            encoder.Encode(RangeCoder.Total - 1, 1);
        }

        encoder.Encode(0, RangeCoder.Total / 2);
        encoder.Encode(RangeCoder.Total / 2, RangeCoder.Total / 2);
        var decoder = new RangeDecoder(encoder.Finish().ToArray());
        for (var i = 0; i < 64; i++)
        {
            Assert.Equal(RangeCoder.Total - 1, decoder.Peek());
            decoder.Skip(RangeCoder.Total - 1, 1);
        }

        Assert.True(decoder.Peek() < RangeCoder.Total / 2);
        decoder.Skip(0, RangeCoder.Total / 2);
        Assert.True(decoder.Peek() >= RangeCoder.Total / 2);
    }

    [Fact]
    public void The_impossible_can_be_coded_too()
    {
        var frequencies = new SymbolFrequencies(3);
        var encoder = new RangeEncoder();
        double[][] rows = [[double.NegativeInfinity, 0, double.NegativeInfinity], [0, double.NegativeInfinity, -80], [-200, -200, -200]];
        foreach (var row in rows)
        {
            frequencies.Set(row);
            frequencies.Encode(encoder, 2);
        }

        var bytes = encoder.Finish().ToArray();
        var decoder = new RangeDecoder(bytes);
        foreach (var row in rows)
        {
            frequencies.Set(row);
            Assert.Equal(2, frequencies.Decode(decoder));
        }

        // Two at 32 bits each and one at log2(3).
        Assert.InRange(bytes.Length, 8, 10);
        Assert.Throws<DataException>(() => frequencies.Set([double.NaN, 0, 0]));
        Assert.Throws<DataException>(() => frequencies.Set([double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity]));
    }

    [Fact]
    public void Any_bytes_are_some_symbols()
    {
        var random = new Random(4);
        var frequencies = new SymbolFrequencies(7);
        for (var trial = 0; trial < 200; trial++)
        {
            var bytes = new byte[random.Next(12)];
            random.NextBytes(bytes);
            var decoder = new RangeDecoder(trial % 3 == 0 ? bytes.Select(_ => (byte)255).ToArray() : bytes);
            for (var i = 0; i < 50; i++)
            {
                frequencies.Set(LogProbs(random, 7, 5));
                Assert.InRange(frequencies.Decode(decoder), 0, 6);
            }
        }
    }

    private static double[] LogProbs(Random random, int levels, double sharpness)
    {
        var logits = Enumerable.Range(0, levels).Select(_ => sharpness * random.NextDouble()).ToArray();
        var total = Math.Log(logits.Sum(Math.Exp));
        return Array.ConvertAll(logits, l => l - total);
    }

    private static int Draw(Random random, double[] logProbs)
    {
        var left = random.NextDouble();
        for (var v = 0; v < logProbs.Length - 1; v++)
        {
            left -= Math.Exp(logProbs[v]);
            if (left < 0)
            {
                return v;
            }
        }

        return logProbs.Length - 1;
    }
}
