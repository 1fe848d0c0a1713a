namespace Likeness;

/// <summary>
/// The PixelRNN with Diagonal BiLSTM layers (van den Oord, Kalchbrenner and Kavukcuoglu 2016, section 3.2): in each layer one LSTM passes over
/// the features from the left and one from the right, a cell reading the states beside and above it, so together they see all pixels before
/// one (but for the last pixel of the row above where that is further away than the first layer's square reaches).
/// <code>
/// [o, f, i, g] = σ/tanh(K_ss * h_{i−1} + K_is * x_i),  c_i = f ⊙ c_{i−1} + i ⊙ g,  h_i = o ⊙ tanh(c_i)      (equation 3)
/// </code>
/// K_is is 1×1 with mask B, K_ss a 2×1 column over skewed rows, where step i is a diagonal. What comes from the right is moved down by one row
/// before the two are added: a pixel must not see those to its right.
/// </summary>
public sealed class DiagonalBiLstm : PixelLstm
{
    public DiagonalBiLstm(DataSpec spec, PixelLstmOptions options, Rng rng)
        : base(spec, options, (features, hidden, r) => new DiagonalBiLstmLayer(features, hidden, r), rng)
    {
    }

    public static Recipe<PixelLstmOptions, DiagonalBiLstm, Batch> Recipe { get; } = RecipeOf<DiagonalBiLstm>(
        "diagonal-bilstm",
        "Exact density of images by LSTM layers that scan the diagonals from both sides: each pixel is predicted from all before it (PixelRNN).");
}

/// <summary>
/// One Diagonal BiLSTM layer with its residual connection. Parts leftInput, rightInput and up, and the parameters leftState and rightState
/// [2, hidden, 4·hidden].
/// </summary>
internal sealed class DiagonalBiLstmLayer : PixelLstmLayer
{
    private readonly MaskedConv2d _leftInput, _rightInput, _up;
    private readonly Tensor _leftState, _rightState;
    private readonly int[] _hidden;

    public DiagonalBiLstmLayer(int[] features, int[] hidden, Rng rng)
    {
        _hidden = hidden;
        var (gates, taps) = (StateToState.Gates(hidden), GridLstmFunction.Taps(GridScan.LeftToRight));
        _leftInput = Add("leftInput", new MaskedConv2d(features, gates, 1, PixelMask.B, rng));
        _leftState = Parameter("leftState", StateToState.Weights(taps, hidden.Length, rng));
        _rightInput = Add("rightInput", new MaskedConv2d(features, gates, 1, PixelMask.B, rng));
        _rightState = Parameter("rightState", StateToState.Weights(taps, hidden.Length, rng));
        _up = Add("up", new MaskedConv2d(hidden, features, 1, PixelMask.B, rng));
    }

    public override Func<Pixel, Tensor, Tensor> Follow(int count, int width) => new Steps(this, count, width).Next;

    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        var left = GridLstmFunction.Call(_leftInput.Call(x), _leftState, GridScan.LeftToRight);
        var right = GridLstmFunction.Call(_rightInput.Call(x), _rightState, GridScan.RightToLeft);
        var shifted = torch.nn.functional.pad(right, [0, 0, 0, 0, 1, 0]).narrow(1, 0, (int)x.shape[1]);
        return x + _up.Call(left + shifted);
    }

    private sealed class Steps
    {
        private readonly DiagonalBiLstmLayer _layer;
        private readonly PixelCell _cell;
        private readonly MaskedWindow _up;
        private readonly Tensor _features; // [n, 1, width, 2·hidden], the row that is being read
        private readonly Tensor _left, _above, _leftCell; // [1 + width, n, hidden] of the last row up to here after a column of zeros; [n, hidden]
        private readonly Tensor _right, _rightCell; // [width + 1, n, hidden] of the row above before a column of zeros; [n, hidden]
        private readonly (int First, int Count)[] _inputs;
        private readonly int _width;

        public Steps(DiagonalBiLstmLayer layer, int count, int width)
        {
            (_layer, _width) = (layer, width);
            (_cell, _up) = (new(layer._leftInput, layer._leftState, layer._hidden, count, width), layer._up.Follow(count, width));
            _features = torch.zeros([count, 1, width, layer._up.Outputs.Count], layer._leftState.dtype, layer._leftState.device);
            (_left, _right) = (_cell.Zeros(width + 1), _cell.Zeros(width + 1));
            (_above, _leftCell, _rightCell) = (_cell.Zeros(1).select(0, 0), _cell.Zeros(1).select(0, 0), _cell.Zeros(1).select(0, 0));
            _inputs = Colours.Ranges(layer._up.Outputs);
        }

        public Tensor Next(Pixel at, Tensor x)
        {
            if (at.Channel == 0)
            {
                Enter(at);
            }

            var two = torch.cat([_left.select(0, at.Column), _above], 1);
            var h = _cell.Next(at, x, two, _leftCell, _left.select(0, at.Column + 1));
            _features.select(1, 0).select(1, at.Column).narrow(1, _inputs[at.Channel].First, _inputs[at.Channel].Count).copy_(x);
            return x + _up.Pass(at, h + _cell.Own(at, _right.select(0, at.Column)));
        }

        // A new pixel: what stands in its place is the state above it, which is about to be overwritten colour by colour.
        private void Enter(Pixel at)
        {
            if (at.Column == 0)
            {
                _leftCell.fill_(0);
                if (at.Row > 0)
                {
                    ReadFromTheRight();
                }
            }

            _above.copy_(_left.select(0, at.Column + 1));
        }

        // The row above is complete: its states from the right take the place of those one row higher.
        private void ReadFromTheRight()
        {
            _rightCell.fill_(0);
            var sums = _layer._rightInput.Call(_features).select(1, 0);
            for (var column = _width - 1; column >= 0; column--)
            {
                var two = torch.cat([_right.select(0, column + 1), _right.select(0, column)], 1);
                var (h, c) = Recurrent.Lstm(sums.select(1, column) + two.matmul(_layer._rightState.detach().flatten(0, 1)), _rightCell);
                _rightCell.copy_(c);
                _right.select(0, column).copy_(h);
            }
        }
    }
}
