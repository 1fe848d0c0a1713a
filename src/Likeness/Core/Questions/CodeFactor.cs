namespace Likeness;

/// <summary>A part of a code that is meant to stand for one property.</summary>
/// <param name="Name">For people.</param>
/// <param name="From">Where it begins in the code.</param>
/// <param name="Width">How many values of the code it takes.</param>
public abstract record CodeFactor(string Name, int From, int Width)
{
    /// <summary>How many settings a picture of all of them shows, where so many are asked for.</summary>
    public abstract int Settings(int asked);

    /// <summary>Its values at one of so many settings, in order.</summary>
    public abstract float[] Values(int setting, int settings);

    /// <summary>Codes [n, …] in which this part has these values and all else stays.</summary>
    public Tensor Set(Tensor codes, ReadOnlySpan<float> values)
    {
        using var noGrad = torch.no_grad();
        var changed = codes.clone();
        changed.narrow(1, From, Width).copy_(Tensor.From(values, 1, Width));
        return changed;
    }

    /// <summary>One of a few, all equally likely, as a one-hot vector.</summary>
    public sealed record Choice(string Name, int From, int Width) : CodeFactor(Name, From, Width)
    {
        public override int Settings(int asked) => Width;

        public override float[] Values(int setting, int settings) => [.. Enumerable.Range(0, Width).Select(i => i == setting ? 1f : 0f)];
    }

    /// <summary>One value, U(low, high).</summary>
    public sealed record Range(string Name, int From, double Low, double High) : CodeFactor(Name, From, 1)
    {
        public override int Settings(int asked) => asked;

        public override float[] Values(int setting, int settings) => [(float)(settings == 1 ? (Low + High) / 2 : Low + ((High - Low) * setting / (settings - 1)))];
    }
}

/// <summary>Generates from codes some parts of which can be read back from what was generated, and so must show in it.</summary>
public interface IFactored : ILatentPrior
{
    /// <summary>The parts that can be read back; the rest of the code is noise.</summary>
    IReadOnlyList<CodeFactor> Factors { get; }

    /// <summary>
    /// Of codes drawn from the prior and what is generated from them, log Q(c|x) − log p(c) in nats for each part c, [count, factors]: the expectation is a
    /// lower bound on the mutual information of c and x, for any reader Q.
    /// </summary>
    Tensor CodeInformation(int count, Rng rng);
}
