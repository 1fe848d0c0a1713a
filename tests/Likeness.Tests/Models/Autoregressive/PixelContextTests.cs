namespace Likeness.Tests.Models;

/// <summary>Which pixels each of the models sees: where they differ from each other.</summary>
public sealed class PixelContextTests
{
    private const int Height = 7, Width = 13, Column = 4;

    private static readonly DataSpec s_spec = new([1, Height, Width], new Domain.Binary());

    [Fact]
    public void The_pixel_cnn_has_its_blind_spot_and_no_other()
    {
        using var scope = torch.NewDisposeScope();
        var seen = Seen(new PixelCnn(s_spec, new() { Hidden = 8, Blocks = 8, Head = 8 }, new Rng(1)));

        // One row up, the first layer reaches 3 columns to the right; each block goes one column further with one more row.
        Equal((up, right) => up == 0 ? right < 0 : right <= 3 + (up - 1), seen);
    }

    [Fact]
    public void The_gated_pixel_cnn_sees_everything_before_a_pixel()
    {
        using var scope = torch.NewDisposeScope();
        var seen = Seen(new GatedPixelCnn(s_spec, new() { Hidden = 8, Layers = 7, Head = 8 }, new Rng(1)));
        Equal((up, right) => up > 0 || right < 0, seen);
    }

    [Fact]
    public void The_row_lstm_sees_a_triangle()
    {
        using var scope = torch.NewDisposeScope();
        var seen = Seen(new RowLstm(s_spec, new() { Hidden = 6, Layers = 3, Head = 8 }, new Rng(1)));

        // To the first layer's three columns the states add one for each further row, whatever the number of layers; to the left,
        // each layer's own input adds one more.
        Equal((up, right) => up == 0 ? right < 0 : right <= 3 + (up - 1), seen);
    }

    [Fact]
    public void The_diagonal_bilstm_sees_everything_before_a_pixel_but_the_end_of_the_row_above()
    {
        using var scope = torch.NewDisposeScope();
        var seen = Seen(new DiagonalBiLstm(s_spec, new() { Hidden = 6, Layers = 1, Head = 8 }, new Rng(1)));

        // The features at the end of a row know what is before that last pixel, and not the pixel itself; only the first layer's square reaches it.
        Equal((up, right) => (up > 0 || right < 0) && (up, right) != (1, Width - 1 - Column), seen);
    }

    // Which pixels have a slope in the prediction of the one in the last row.
    private static bool[,] Seen(PixelModel model)
    {
        TorchRuntime.Threads = 1;
        model.Scatter(0.3, 7);
        model.to(ScalarType.Float64);
        var x = PixelModelTests.Data(s_spec, 8).to(ScalarType.Float64).requires_grad_();
        var slopes = Autograd.Grad(model.Conditionals(x).select(1, ((Height - 1) * Width) + Column).sum(), x).abs().amax([0]).ToArray<double>();
        var seen = new bool[Height, Width];
        for (var i = 0; i < slopes.Length; i++)
        {
            seen[i / Width, i % Width] = slopes[i] > 0;
        }

        return seen;
    }

    private static void Equal(Func<int, int, bool> expected, bool[,] seen)
    {
        for (var row = 0; row < Height; row++)
        {
            for (var column = 0; column < Width; column++)
            {
                var (up, right) = (Height - 1 - row, column - Column);
                Assert.True(expected(up, right) == seen[row, column],
                    $"The pixel {up} up and {right} to the right is {(seen[row, column] ? "seen" : "not seen")}.");
            }
        }
    }
}
