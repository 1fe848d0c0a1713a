"""RNADE (Uria, Murray and Larochelle 2013): real values, rectified hidden units, a mixture of Gaussians per dimension, Adam.

--variant loop      d = 63, 200 hidden units, 20 components: the recurrence as everybody writes it, one dimension after the other
--variant vector    the same at once: running sums of x_i W_i [n, d, h], then one batched product over all dimensions
--variant small     the loop at d = 15, 50 hidden units, 10 components
--variant small-vector
"""
import math

import torch
from torch import nn

import protocol


class Rnade(nn.Module):
    def __init__(self, dimensions, hidden, components):
        super().__init__()
        self.W = nn.Parameter(torch.randn(dimensions, hidden))
        self.c = nn.Parameter(torch.randn(hidden))
        self.rho = nn.Parameter(torch.arange(1, dimensions + 1).float().rsqrt())
        self.V = nn.Parameter(torch.randn(dimensions, 3 * components, hidden) * 0.1 / math.sqrt(hidden))
        places = (torch.arange(components) + 0.5) / components
        start = torch.cat([torch.zeros(components), places, torch.full((components,), -math.log(components))])
        self.b = nn.Parameter(start.repeat(dimensions, 1))

    @staticmethod
    def mixture(x, z):
        """log of the mixture at x [...], for z [..., 3K]."""
        alpha, mean, log_scale = z.chunk(3, -1)
        t = (x[..., None] - mean) * torch.exp(-log_scale)
        return torch.logsumexp(alpha.log_softmax(-1) - log_scale - 0.5 * t * t, -1) - 0.5 * math.log(2 * math.pi)

    def log_prob_loop(self, x):
        a = self.c.expand(x.shape[0], -1)
        total = 0
        for i in range(x.shape[1]):
            h = torch.relu(self.rho[i] * a)
            total = total + self.mixture(x[:, i], torch.addmm(self.b[i], h, self.V[i].t()))
            a = a + x[:, i:i + 1] * self.W[i]
        return total

    def log_prob_vector(self, x):
        # Dimensions first, so the products need no copies: [d, n, h].
        steps = torch.cat([self.c.expand(1, x.shape[0], -1), x.t()[:-1, :, None] * self.W[:-1, None]])
        h = torch.relu(torch.cumsum(steps, 0) * self.rho[:, None, None])
        z = torch.baddbmm(self.b[:, None], h, self.V.transpose(1, 2))
        return self.mixture(x.t(), z).sum(0)

    def sample(self, n):
        a = self.c.expand(n, -1)
        columns = []
        for i in range(self.W.shape[0]):
            alpha, mean, log_scale = torch.addmm(self.b[i], torch.relu(self.rho[i] * a), self.V[i].t()).chunk(3, -1)
            k = torch.multinomial(alpha.softmax(-1), 1)
            x = mean.gather(1, k) + log_scale.gather(1, k).exp() * torch.randn(n, 1)
            columns.append(x)
            a = a + x * self.W[i]
        return torch.cat(columns, 1)


def main():
    args = protocol.arguments(__doc__, batch=100, variants=("vector", "loop", "small", "small-vector"))
    dimensions, hidden, components = (15, 50, 10) if args.variant.startswith("small") else (63, 200, 20)
    batches = torch.rand(8, args.batch, dimensions)
    model = Rnade(dimensions, hidden, components)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    log_prob = model.log_prob_vector if args.variant.endswith("vector") else model.log_prob_loop
    steps = 0

    def step():
        nonlocal steps
        x = batches[steps % len(batches)]
        steps += 1
        optimizer.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            loss = -log_prob(x).mean()
        loss.backward()
        optimizer.step()
        return loss.detach()

    protocol.serve("rnade", args, [model], step, model.sample)


if __name__ == "__main__":
    main()
