namespace Likeness.Torch.Kernels;

/// <summary>Working memory of some examples that pass the rows of V and W block by block: the weights of a block, and the examples' hidden states.</summary>
internal unsafe ref struct NadeRows<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    // Rows of V that stay in the first-level cache (16 kB at 500 hidden units) while the examples pass.
    public const int Block = 8;

    private readonly NadeParameters _p;
    private Scratch _scratch;

    /// <summary>Every example's hidden state is that before the first variable.</summary>
    public NadeRows(NadeParameters p, int count)
    {
        _p = p;
        Width = NadeHidden<TLanes, TVector>.Padded(p.Hidden);
        _scratch = new Scratch(checked((2 * Width * count) + (2 * Width * Block)));
        V = _scratch.Take(Width * Block);
        W = _scratch.Take(Width * Block);
        A = _scratch.Take(Width * count);
        H = _scratch.Take(Width * count);
        NadeHidden<TLanes, TVector>.Start(p, A, H, count, Width);
    }

    /// <summary>Hidden units with padding.</summary>
    public int Width { get; }

    /// <summary>The block's rows of V.</summary>
    public float* V { get; }

    /// <summary>The block's rows of W.</summary>
    public float* W { get; }

    /// <summary>Activations [count, width].</summary>
    public float* A { get; }

    /// <summary>h = σ(a) [count, width].</summary>
    public float* H { get; }

    /// <summary>Takes up the weights from row <paramref name="first"/> on, and says of how many.</summary>
    public readonly int Enter(int first)
    {
        var rows = Math.Min(Block, _p.Inputs - first);
        Panel.Pack(_p.V + ((long)first * _p.Hidden), _p.Hidden, rows, _p.Hidden, V, Width);
        Panel.Pack(_p.W + ((long)first * _p.Hidden), _p.Hidden, rows, _p.Hidden, W, Width);
        return rows;
    }

    public void Dispose() => _scratch.Dispose();
}
