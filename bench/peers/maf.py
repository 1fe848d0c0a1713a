"""MAF (Papamakarios et al. 2017): 5 layers in alternating order with an ActNorm before each, mean negative log-density, Adam.

--variant small   15 variables, one hidden layer of 100 units
--variant large   63 variables, two hidden layers of 512 units
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

import protocol

LAYERS = 5


class MaskedLinear(nn.Linear):
    def __init__(self, inputs, outputs, mask):
        super().__init__(inputs, outputs)
        self.register_buffer("mask", mask)

    def forward(self, x):
        return F.linear(x, self.weight * self.mask, self.bias)


class Autoregressive(nn.Module):
    """z = (x - mu) exp(-alpha) with mu and alpha from a masked network."""

    def __init__(self, places, hidden):
        super().__init__()
        self.order = torch.argsort(places)
        layers, before = [], places
        for units in hidden:
            degrees = torch.randint(int(before.min()), len(places), (units,))
            layers += [MaskedLinear(len(before), units, (degrees[:, None] >= before).float()), nn.ReLU()]
            before = degrees
        layers.append(MaskedLinear(len(before), 2 * len(places), (places.repeat(2)[:, None] > before).float()))
        nn.init.zeros_(layers[-1].weight)
        nn.init.zeros_(layers[-1].bias)
        self.network = nn.Sequential(*layers)

    def forward(self, x):
        mu, alpha = self.network(x).chunk(2, 1)
        return (x - mu) * torch.exp(-alpha), -alpha.sum(1)

    def inverse(self, z):
        x = torch.zeros_like(z)
        for i in self.order:
            mu, alpha = self.network(x).chunk(2, 1)
            x[:, i] = z[:, i] * torch.exp(alpha[:, i]) + mu[:, i]
        return x


class ActNorm(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.shift, self.log_scale = nn.Parameter(torch.zeros(d)), nn.Parameter(torch.zeros(d))

    def forward(self, x):
        return (x - self.shift) * torch.exp(-self.log_scale), -self.log_scale.sum()

    def inverse(self, z):
        return z * torch.exp(self.log_scale) + self.shift


class Maf(nn.Module):
    def __init__(self, d, hidden):
        super().__init__()
        places = torch.arange(1, d + 1)
        self.d = d
        self.layers = nn.ModuleList()
        for i in range(LAYERS):
            self.layers += [ActNorm(d), Autoregressive(places if i % 2 == 0 else places.flip(0), hidden)]

    def forward(self, x):
        total = 0
        for layer in self.layers:
            x, log_determinant = layer(x)
            total = total + log_determinant
        return total - 0.5 * x.pow(2).sum(1) - 0.5 * self.d * math.log(2 * math.pi)

    def sample(self, n):
        x = torch.randn(n, self.d)
        for layer in reversed(self.layers):
            x = layer.inverse(x)
        return x


def main():
    args = protocol.arguments(__doc__, batch=100, variants=("small", "large"))
    d, hidden = (15, [100]) if args.variant == "small" else (63, [512, 512])
    batches = torch.randn(8, args.batch, d)
    model = Maf(d, hidden)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    steps = 0

    def step():
        nonlocal steps
        x = batches[steps % len(batches)]
        steps += 1
        optimizer.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            loss = -model(x).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 10)
        optimizer.step()
        return loss.detach()

    protocol.serve("maf", args, [model], step, model.sample)


if __name__ == "__main__":
    main()
