namespace Likeness;

/// <summary>
/// Generated images of the past (Shrivastava et al. 2017; Zhu et al. 2017, section 4): half of the time a critic is shown one of them, which
/// the new image replaces, so it does not forget what the generator did before.
/// </summary>
internal sealed class ImagePool : Module
{
    private readonly int _capacity;
    private readonly Tensor? _images;
    private readonly Counter _kept;

    /// <param name="capacity">Images that are kept; 0 shows every image once and at once.</param>
    /// <param name="spec">What they are.</param>
    /// <param name="device">Where they are kept.</param>
    public ImagePool(int capacity, DataSpec spec, Device device)
    {
        _capacity = capacity;
        _images = capacity > 0 ? Buffer("images", torch.zeros(spec.BatchShape(capacity), ScalarType.Float32, device)) : null;
        _kept = Include("kept", new Counter());
    }

    /// <summary>What to show of fresh images [n, …], one after the other. The pool changes only when it is told to keep them.</summary>
    public (Tensor Shown, Action Keep) Draw(Tensor fresh, Rng rng)
    {
        if (_images is not { } images)
        {
            return (fresh, () => { });
        }

        var (n, count) = ((int)fresh.shape[0], (int)_kept.Value);
        var draws = rng.Uniform(2, n).to(torch.CPU).ToArray<float>();
        var kept = new Dictionary<int, int>(); // place in the pool → place in the batch
        var shown = new Tensor[n];
        for (var i = 0; i < n; i++)
        {
            shown[i] = fresh.narrow(0, i, 1);
            if (count < _capacity)
            {
                kept[count++] = i;
            }
            else if (draws[i] < 0.5)
            {
                var place = Math.Min((int)(draws[n + i] * _capacity), _capacity - 1);
                shown[i] = kept.TryGetValue(place, out var other) ? fresh.narrow(0, other, 1) : images.narrow(0, place, 1).to(fresh.dtype);
                kept[place] = i;
            }
        }

        return (torch.cat(shown), () =>
        {
            foreach (var (place, i) in kept)
            {
                images.narrow(0, place, 1).copy_(fresh.narrow(0, i, 1));
            }

            while (_kept.Value < count)
            {
                _kept.Next();
            }
        });
    }
}
