namespace Likeness;

/// <summary>
/// The PixelRNN with Row LSTM layers (van den Oord, Kalchbrenner and Kavukcuoglu 2016, section 3.1): the rows of features are read from the
/// top, and a cell reads the states of the three cells above it, so it sees a triangle that widens by one column to both sides with each row.
/// <code>
/// [o, f, i, g] = σ/tanh(K_ss * h_{i−1} + K_is * x_i),  c_i = f ⊙ c_{i−1} + i ⊙ g,  h_i = o ⊙ tanh(c_i)      (equation 3)
/// </code>
/// K_is is 3×1 along the row with mask B, K_ss is 3×1 along the row above without a mask.
/// </summary>
public sealed class RowLstm : PixelLstm
{
    public RowLstm(DataSpec spec, PixelLstmOptions options, Rng rng)
        : base(spec, options, (features, hidden, r) => new RowLstmLayer(features, hidden, r), rng)
    {
    }

    public static Recipe<PixelLstmOptions, RowLstm, Batch> Recipe { get; } = RecipeOf<RowLstm>(
        "row-lstm",
        "Exact density of images by LSTM layers that process rows of features from top to bottom (PixelRNN).");
}

/// <summary>One Row LSTM layer with its residual connection. Parts input and up, and the parameter state [3, hidden, 4·hidden].</summary>
internal sealed class RowLstmLayer : PixelLstmLayer
{
    private readonly MaskedConv2d _input, _up;
    private readonly Tensor _state;
    private readonly int[] _hidden;

    public RowLstmLayer(int[] features, int[] hidden, Rng rng)
    {
        _hidden = hidden;
        _input = Add("input", new MaskedConv2d(features, StateToState.Gates(hidden), (1, 3), PixelMask.B, rng));
        _state = Parameter("state", StateToState.Weights(GridLstmFunction.Taps(GridScan.Down), hidden.Length, rng));
        _up = Add("up", new MaskedConv2d(hidden, features, 1, PixelMask.B, rng));
    }

    public override Func<Pixel, Tensor, Tensor> Follow(int count, int width) => new Steps(this, count, width).Next;

    protected override Tensor Forward(Tensor x, Rng? rng) => x + _up.Call(GridLstmFunction.Call(_input.Call(x), _state, GridScan.Down));

    private sealed class Steps
    {
        private readonly PixelCell _cell;
        private readonly MaskedWindow _up;
        private readonly Tensor _above, _here, _cells; // [width + 2, n, hidden] with a column of zeros at both sides; [width, n, hidden]
        private int _row;

        public Steps(RowLstmLayer layer, int count, int width)
        {
            (_cell, _up) = (new(layer._input, layer._state, layer._hidden, count, width), layer._up.Follow(count, width));
            (_above, _here, _cells) = (_cell.Zeros(width + 2), _cell.Zeros(width + 2), _cell.Zeros(width));
        }

        public Tensor Next(Pixel at, Tensor x)
        {
            if (at.Row != _row)
            {
                _row = at.Row;
                _above.copy_(_here);
            }

            var three = _above.narrow(0, at.Column, 3).permute(1, 0, 2).flatten(1);
            return x + _up.Pass(at, _cell.Next(at, x, three, _cells.select(0, at.Column), _here.select(0, at.Column + 1)));
        }
    }
}
