"""FVBN (Frey, Hinton and Dayan 1996): binary, d = 784, one logistic regression per pixel on those before it, Adam."""
import torch
import torch.nn.functional as F
from torch import nn

import protocol

PIXELS = 784


class Fvbn(nn.Module):
    def __init__(self):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(PIXELS, PIXELS))
        self.b = nn.Parameter(torch.zeros(PIXELS))

    def logits(self, x):
        return F.linear(x, self.W.tril(-1), self.b)

    def sample(self, n):
        x = torch.zeros(n, PIXELS)
        for i in range(PIXELS):
            x[:, i] = torch.bernoulli(torch.sigmoid(x[:, :i] @ self.W[i, :i] + self.b[i]))
        return x


def main():
    args = protocol.arguments(__doc__, batch=100)
    batches = (torch.rand(8, args.batch, PIXELS) < 0.13).float()
    model = Fvbn()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    steps = 0

    def step():
        nonlocal steps
        x = batches[steps % len(batches)]
        steps += 1
        optimizer.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            loss = F.binary_cross_entropy_with_logits(model.logits(x), x, reduction="sum") / len(x)
        loss.backward()
        optimizer.step()
        return loss.detach()

    protocol.serve("fvbn", args, [model], step, model.sample)


if __name__ == "__main__":
    main()
