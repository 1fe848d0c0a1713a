"""Diagonal BiLSTM (van den Oord et al. 2016): binary 28 x 28, 7 layers of h = 16, 7x7 mask A, 32 maps in the head, Adam.

Rows are skewed and the LSTM runs over columns, as in the paper's section 3.2 and in public implementations: a 1x1 convolution for the
whole image first, then a convolution of two rows over the column before at each step.
"""
import torch
import torch.nn.functional as F
from torch import nn

import protocol
from pixelcnn import MaskedConv2d

HIDDEN, LAYERS, HEAD = 16, 7, 32


def skew(x):
    """Shifts row i to the right by i: [n, c, h, w] to [n, c, h, w + h - 1]."""
    n, c, h, w = x.shape
    return F.pad(x, (0, h)).view(n, c, -1)[..., :-h].view(n, c, h, w + h - 1)


def unskew(x):
    """The way back from skew."""
    n, c, h, t = x.shape
    return F.pad(x.reshape(n, c, -1), (0, h)).view(n, c, h, t + 1)[..., :t - h + 1]


class DiagonalLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_to_state = nn.Conv2d(2 * HIDDEN, 4 * HIDDEN, 1)
        self.state_to_state = nn.Conv1d(HIDDEN, 4 * HIDDEN, 2, bias=False)

    def forward(self, x):
        z = skew(self.input_to_state(x))
        n, _, rows, columns = z.shape
        h = c = z.new_zeros(n, HIDDEN, rows)
        outputs = []
        for gates in z.unbind(3):
            i, f, o, g = (gates + self.state_to_state(F.pad(h, (1, 0)))).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            outputs.append(h)
        return unskew(torch.stack(outputs, 3))


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = DiagonalLstm(), DiagonalLstm()
        self.up = nn.Conv2d(HIDDEN, 2 * HIDDEN, 1)

    def forward(self, x):
        right = self.right(x.flip(3)).flip(3)
        shifted = F.pad(right, (0, 0, 1, 0))[:, :, :-1]
        return x + self.up(self.left(x) + shifted)


def main():
    args = protocol.arguments(__doc__, batch=16)
    batches = (torch.rand(8, args.batch, 1, 28, 28) < 0.13).float()
    model = nn.Sequential(
        MaskedConv2d("A", 1, 2 * HIDDEN, 7), *[Layer() for _ in range(LAYERS)],
        nn.ReLU(), nn.Conv2d(2 * HIDDEN, HEAD, 1), nn.ReLU(), nn.Conv2d(HEAD, 1, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    steps = 0

    def step():
        nonlocal steps
        x = batches[steps % len(batches)]
        steps += 1
        optimizer.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            logits = model(2 * x - 1)
        loss = F.binary_cross_entropy_with_logits(logits.float(), x, reduction="sum") / len(x)
        loss.backward()
        optimizer.step()
        return loss.detach()

    def sample(n):
        x = torch.zeros(n, 1, 28, 28)
        for i in range(28):
            for j in range(28):
                x[:, :, i, j] = torch.bernoulli(torch.sigmoid(model(2 * x - 1)[:, :, i, j].float()))
        return x

    protocol.serve("diagonal_bilstm", args, [model], step, sample)


if __name__ == "__main__":
    main()
