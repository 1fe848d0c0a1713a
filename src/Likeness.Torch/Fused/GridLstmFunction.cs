using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>In which order a long short-term memory passes over an image, and which states a cell reads.</summary>
public enum GridScan
{
    /// <summary>Row after row from the top; a cell reads the three above it and goes on with the memory of the middle one.</summary>
    Down,

    /// <summary>From the left; a cell reads the one to its left, whose memory it goes on with, and the one above it.</summary>
    LeftToRight,

    /// <summary>From the right; a cell reads the one to its right, whose memory it goes on with, and the one above it.</summary>
    RightToLeft,
}

/// <summary>
/// A long short-term memory over the cells of an image (van den Oord et al. 2016, equation 3), given what the inputs say of its gates:
/// <code>[i, f, g, o] = z + Σ_taps U_tap h_tap,  c = σ(f) ⊙ c_before + σ(i) ⊙ tanh(g),  h = σ(o) ⊙ tanh(c)</code>
/// In main memory and fp32 it is one fused kernel forwards and one backwards, cell by cell without skewing; elsewhere it is the libtorch twin.
/// </summary>
internal static unsafe class GridLstmFunction
{
    /// <summary>How many states a cell reads.</summary>
    public static int Taps(GridScan scan) => scan == GridScan.Down ? 3 : 2;

    /// <summary>The hidden states [n, height, width, hidden].</summary>
    /// <param name="z">The inputs' part of the gates i, f, g, o [n, height, width, 4·hidden].</param>
    /// <param name="u">The states' weights [taps, hidden, 4·hidden]: those above from left to right; or the one beside, then the one above.</param>
    /// <param name="scan">The order.</param>
    public static Tensor Call(Tensor z, Tensor u, GridScan scan)
    {
        z = z.to(u.dtype);
        if (!z.IsHostFloat() || !u.IsHostFloat())
        {
            return Twin(z, u, scan);
        }

        (z, u) = (z.contiguous(), u.contiguous());
        var shape = Shape(z, scan);
        var gates = torch.empty([shape.Count, shape.Height, shape.Width, 4 * shape.Padded], ScalarType.Float32);
        var cells = torch.empty([shape.Count, shape.Height, shape.Width, shape.Padded], ScalarType.Float32);
        return Autograd.Custom([z, u], [z, u, gates, cells], () =>
        {
            var h = torch.empty([shape.Count, shape.Height, shape.Width, shape.Hidden], ScalarType.Float32);
            GridLstmKernel.Forward(shape, z.Floats(), u.Floats(), h.Floats(), gates.Floats(), cells.Floats(), TorchRuntime.Threads);
            GC.KeepAlive((z, u, gates, cells));
            return h;
        }, (grad, s) => Autograd.IsRecording
            ? Autograd.Grad([Twin(s[0], s[1], scan)], s.AsSpan(0, 2), [grad], createGraph: true)
            : Backward(grad.contiguous(), s[1], s[2], s[3], shape));
    }

    /// <summary>The same function as a loop of libtorch operators over rows, or over the columns of skewed rows (section 3.2): any device and precision.</summary>
    public static Tensor Twin(Tensor z, Tensor u, GridScan scan)
    {
        var (n, height, width, hidden) = (z.shape[0], z.shape[1], z.shape[2], u.shape[1]);
        if (scan == GridScan.Down)
        {
            return Loop(z, u, 1, (h, tap) => torch.nn.functional.pad(h, [0, 0, 1, 1]).narrow(1, tap, (int)width));
        }

        var reversed = Tensor.From<long>([.. Enumerable.Range(0, (int)width).Select(i => width - 1 - i)], width).to(z.device);
        if (scan == GridScan.RightToLeft)
        {
            return Twin(z.index_select(2, reversed), u, GridScan.LeftToRight).index_select(2, reversed);
        }

        // Row i is moved to the right by i: each row is lengthened by height, and the flat result cut into rows of one less.
        var length = width + height - 1;
        var skewed = torch.nn.functional.pad(z, [0, 0, 0, height]).reshape(n, height * (length + 1), 4 * hidden).narrow(1, 0, (int)(height * length)).reshape(n, height, length, 4 * hidden);
        var h = Loop(skewed, u, 2, (h, tap) => tap == 0 ? h : torch.nn.functional.pad(h, [0, 0, 1, 0]).narrow(1, 0, (int)height));
        return torch.nn.functional.pad(h.reshape(n, height * length, hidden), [0, 0, 0, height]).reshape(n, height, length + 1, hidden).narrow(2, 0, (int)width);
    }

    private static Tensor Loop(Tensor z, Tensor u, int dim, Func<Tensor, int, Tensor> state)
    {
        var steps = new Tensor[z.shape[dim]];
        Tensor? h = null, c = null;
        for (var t = 0; t < steps.Length; t++)
        {
            var sums = z.select(dim, t);
            for (var tap = 0; h is not null && tap < u.shape[0]; tap++)
            {
                sums += state(h, tap).matmul(u.select(0, tap));
            }

            var gates = sums.chunk(4, -1);
            var written = gates[0].sigmoid() * gates[2].tanh();
            c = c is null ? written : gates[1].sigmoid() * c + written;
            steps[t] = h = gates[3].sigmoid() * c.tanh();
        }

        return torch.stack(steps, dim);
    }

    private static Tensor[] Backward(Tensor grad, Tensor u, Tensor gates, Tensor cells, GridLstmShape s)
    {
        var dz = torch.empty([s.Count, s.Height, s.Width, 4 * s.Hidden], ScalarType.Float32);
        var h = torch.empty([s.Count, s.Height, s.Width, s.Hidden], ScalarType.Float32);
        GridLstmKernel.Backward(s, grad.Floats(), u.Floats(), gates.Floats(), cells.Floats(), dz.Floats(), h.Floats(), TorchRuntime.Threads);
        GC.KeepAlive((grad, u, gates, cells));

        // dL/dU_tap = Σ over cells of h_tapᵀ dz: a product over those cells whose neighbour lies in the image.
        var du = Array.ConvertAll(s.Taps, tap => Inside(h, tap.Row, tap.Column).t().matmul(Inside(dz, -tap.Row, -tap.Column)));
        return [dz, torch.stack(du, 0)];

        Tensor Inside(Tensor x, int row, int column) => x
            .narrow(1, Math.Max(0, row), s.Height - Math.Abs(row)).narrow(2, Math.Max(0, column), s.Width - Math.Abs(column)).reshape(-1, x.shape[3]);
    }

    private static GridLstmShape Shape(Tensor z, GridScan scan)
    {
        var (taps, cell) = scan switch
        {
            GridScan.Down => (((int, int)[])[(-1, -1), (-1, 0), (-1, 1)], 1),
            GridScan.LeftToRight => ([(0, -1), (-1, 0)], 0),
            _ => ([(0, 1), (-1, 0)], 0),
        };
        return new((int)z.shape[0], (int)z.shape[1], (int)z.shape[2], (int)z.shape[3] / 4, taps, cell, scan == GridScan.RightToLeft);
    }
}
