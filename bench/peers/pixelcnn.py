"""PixelCNN (van den Oord et al. 2016): binary 28 x 28, 7x7 mask A, 15 residual blocks of h = 16 with 3x3 mask B, 32 maps in the head, Adam.

Masks as public implementations have them: the weight is multiplied by its mask before every convolution.
"""
import torch
import torch.nn.functional as F
from torch import nn

import protocol

HIDDEN, BLOCKS, HEAD = 16, 15, 32


class MaskedConv2d(nn.Conv2d):
    def __init__(self, kind, inputs, outputs, kernel):
        super().__init__(inputs, outputs, kernel, padding=kernel // 2)
        mask = torch.zeros(kernel, kernel)
        mask[:kernel // 2] = 1
        mask[kernel // 2, :kernel // 2 + (kind == "B")] = 1
        self.register_buffer("mask", mask)

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.ReLU(), nn.Conv2d(2 * HIDDEN, HIDDEN, 1),
            nn.ReLU(), MaskedConv2d("B", HIDDEN, HIDDEN, 3),
            nn.ReLU(), nn.Conv2d(HIDDEN, 2 * HIDDEN, 1))

    def forward(self, x):
        return x + self.net(x)


class PixelCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            MaskedConv2d("A", 1, 2 * HIDDEN, 7), *[Block() for _ in range(BLOCKS)],
            nn.ReLU(), nn.Conv2d(2 * HIDDEN, HEAD, 1), nn.ReLU(), nn.Conv2d(HEAD, 1, 1))

    def forward(self, x):
        return self.net(2 * x - 1)

    def sample(self, n):
        x = torch.zeros(n, 1, 28, 28)
        for i in range(28):
            for j in range(28):
                x[:, :, i, j] = torch.bernoulli(torch.sigmoid(self(x)[:, :, i, j].float()))
        return x


def main():
    args = protocol.arguments(__doc__, batch=16, layouts=True)
    layout = args.layout
    batches = (torch.rand(8, args.batch, 1, 28, 28) < 0.13).float()
    model = PixelCnn().to(memory_format=layout)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    steps = 0

    def step():
        nonlocal steps
        x = batches[steps % len(batches)].contiguous(memory_format=layout)
        steps += 1
        optimizer.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            logits = model(x)
        loss = F.binary_cross_entropy_with_logits(logits.float(), x, reduction="sum") / len(x)
        loss.backward()
        optimizer.step()
        return loss.detach()

    protocol.serve("pixelcnn", args, [model], step, model.sample)


if __name__ == "__main__":
    main()
