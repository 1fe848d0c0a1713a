namespace Likeness;

/// <summary>
/// The generator behind shuffling, resampling and rendering: SplitMix64 (Steele, Lea and Flood, 2014). Draw i is a mix of
/// key + i·γ, so a key made of (seed, epoch, example) gives every example its own stream whatever was drawn before,
/// which is what makes feeds resumable and independent of how many processes share them. The numbers are part of the
/// data sets' identity and must never change.
/// </summary>
internal struct SplitMix64(ulong key)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    private ulong state = key;

    /// <summary>One key out of several numbers, in which order matters.</summary>
    public static ulong Key(ulong seed, ulong a, ulong b = 0) => Mix(Mix(Mix(seed + Gamma) + a + Gamma) + b + Gamma);

    /// <summary>64 uniform bits.</summary>
    public ulong Next() => Mix(state += Gamma);

    /// <summary>A uniform integer 0 … n − 1, without bias (Lemire 2019).</summary>
    public int Below(int n)
    {
        var bound = (uint)n;
        while (true)
        {
            var product = (Next() >> 32) * bound;
            if ((uint)product >= bound || (uint)product >= unchecked(0u - bound) % bound)
            {
                return (int)(product >> 32);
            }
        }
    }

    /// <summary>A uniform number in [0, 1) with 53 random bits.</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform number in [low, high).</summary>
    public double Uniform(double low, double high) => low + ((high - low) * Uniform());

    /// <summary>A standard normal number (Box and Muller; the second of the pair is dropped so that draws keep no state).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>Puts 0 … n − 1 in a uniformly random order (Fisher and Yates).</summary>
    public void Permute(Span<int> order)
    {
        for (var i = 0; i < order.Length; i++)
        {
            var j = Below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
