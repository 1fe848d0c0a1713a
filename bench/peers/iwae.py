"""Importance-weighted autoencoder (Burda, Grosse & Salakhutdinov 2016) on binary 28x28 images: 50 draws for each image, one stochastic
layer of 50, 784-200-200 tanh and its mirror image, Adam.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

import protocol

LATENT, DRAWS = 50, 50


class Iwae(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 200), nn.Tanh(), nn.Linear(200, 200), nn.Tanh())
        self.mean, self.log_std = nn.Linear(200, LATENT), nn.Linear(200, LATENT)
        self.decoder = nn.Sequential(nn.Linear(LATENT, 200), nn.Tanh(), nn.Linear(200, 200), nn.Tanh(), nn.Linear(200, 784))

    def forward(self, x):
        """Logits of every draw [n, k, 784], the draws, and the standard Normal noise that they were made of."""
        h = self.encoder(x)
        mean, log_std = self.mean(h).unsqueeze(1), self.log_std(h).unsqueeze(1)
        eps = torch.randn(len(x), DRAWS, LATENT)
        z = mean + log_std.exp() * eps
        return self.decoder(z), z, eps, log_std

    def sample(self, n):
        return torch.bernoulli(torch.sigmoid(self.decoder(torch.randn(n, LATENT))))


def negative_bound(logits, x, z, eps, log_std):
    """-log 1/k sum w, w = p(x, z) / q(z|x); the Normals' constants cancel."""
    log_likelihood = -F.binary_cross_entropy_with_logits(logits, x.flatten(1).unsqueeze(1).expand_as(logits), reduction="none").sum(2)
    log_prior_over_posterior = 0.5 * (eps.square() - z.square()).sum(2) + log_std.sum(2)
    return -(torch.logsumexp(log_likelihood + log_prior_over_posterior, 1) - math.log(DRAWS)).mean()


def main():
    args = protocol.arguments(__doc__, batch=100)
    batches = (torch.rand(8, args.batch, 1, 28, 28) < 0.13).float()
    model = Iwae()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-4)
    steps = 0

    def step():
        nonlocal steps
        x = batches[steps % len(batches)]
        steps += 1
        optimizer.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            logits, z, eps, log_std = model(x)
        loss = negative_bound(logits.float(), x, z.float(), eps, log_std.float())
        loss.backward()
        optimizer.step()
        return loss.detach()

    protocol.serve("iwae", args, [model], step, model.sample)


if __name__ == "__main__":
    main()
