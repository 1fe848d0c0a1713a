"""MADE (Germain et al. 2015): binary, 784-500-784 with direct connections, one mask, mean negative log-likelihood, Adam."""
import torch
import torch.nn.functional as F
from torch import nn

import protocol

PIXELS, HIDDEN = 784, 500


class MaskedLinear(nn.Linear):
    def __init__(self, inputs, outputs, mask, bias=True):
        super().__init__(inputs, outputs, bias)
        self.register_buffer("mask", mask)

    def forward(self, x):
        return F.linear(x, self.weight * self.mask, self.bias)


class Made(nn.Module):
    def __init__(self):
        super().__init__()
        places = torch.arange(1, PIXELS + 1)
        degrees = torch.randint(1, PIXELS, (HIDDEN,))
        self.hidden = MaskedLinear(PIXELS, HIDDEN, (degrees[:, None] >= places).float())
        self.output = MaskedLinear(HIDDEN, PIXELS, (places[:, None] > degrees).float())
        self.direct = MaskedLinear(PIXELS, PIXELS, (places[:, None] > places).float(), bias=False)

    def forward(self, x):
        return self.output(F.relu(self.hidden(x))) + self.direct(x)

    def sample(self, n):
        x = torch.zeros(n, PIXELS)
        for i in range(PIXELS):
            x[:, i] = torch.bernoulli(torch.sigmoid(self(x)[:, i]))
        return x


def main():
    args = protocol.arguments(__doc__, batch=100)
    batches = (torch.rand(8, args.batch, PIXELS) < 0.13).float()
    model = Made()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    steps = 0

    def step():
        nonlocal steps
        x = batches[steps % len(batches)]
        steps += 1
        optimizer.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            logits = model(x)
        loss = F.binary_cross_entropy_with_logits(logits.float(), x, reduction="sum") / len(x)
        loss.backward()
        optimizer.step()
        return loss.detach()

    protocol.serve("made", args, [model], step, model.sample)


if __name__ == "__main__":
    main()
