"""VQ-VAE (van den Oord, Vinyals & Kavukcuoglu 2017) on grey 28x28 images: 7x7 codes out of 512 vectors of 64 values, codebook by moving
averages, straight-through gradients, discretized logistic decoder, and a small PixelCNN over the codes that learns beside it.
"""
import torch
import torch.nn.functional as F
from torch import nn

import protocol

CODES, DIMENSION, WIDTH, INNER, MAPS = 512, 64, 128, 32, 64


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = nn.Sequential(nn.ReLU(), nn.Conv2d(WIDTH, INNER, 3, padding=1), nn.ReLU(), nn.Conv2d(INNER, WIDTH, 1))

    def forward(self, x):
        return x + self.block(x)


class MaskedConv(nn.Conv2d):
    def __init__(self, kind, inputs, outputs, kernel):
        super().__init__(inputs, outputs, kernel, padding=kernel // 2)
        mask = torch.ones(1, 1, kernel, kernel)
        mask[..., kernel // 2, kernel // 2 + (kind == "B"):] = 0
        mask[..., kernel // 2 + 1:, :] = 0
        self.register_buffer("mask", mask)

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


class CodePrior(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(CODES, MAPS)
        self.first = MaskedConv("A", MAPS, MAPS, 5)
        self.blocks = nn.ModuleList(MaskedConv("B", MAPS, MAPS, 3) for _ in range(4))
        self.head = nn.Sequential(nn.ReLU(), nn.Conv2d(MAPS, MAPS, 1), nn.ReLU(), nn.Conv2d(MAPS, CODES, 1))

    def forward(self, codes):
        h = self.first(self.embedding(codes).permute(0, 3, 1, 2))
        for block in self.blocks:
            h = h + block(h.relu())
        return self.head(h)

    def sample(self, n):
        codes = torch.zeros(n, 7, 7, dtype=torch.long)
        for i in range(49):
            logits = self(codes)[:, :, i // 7, i % 7]
            codes[:, i // 7, i % 7] = torch.multinomial(logits.softmax(1), 1).squeeze(1)
        return codes


class VqVae(nn.Module):
    def __init__(self, decay=0.99):
        super().__init__()
        self.decay = decay
        self.encoder = nn.Sequential(
            nn.Conv2d(1, WIDTH // 2, 4, 2, 1), nn.ReLU(), nn.Conv2d(WIDTH // 2, WIDTH, 4, 2, 1), nn.ReLU(),
            nn.Conv2d(WIDTH, WIDTH, 3, padding=1), Residual(), Residual(), nn.ReLU(), nn.Conv2d(WIDTH, DIMENSION, 1))
        self.decoder = nn.Sequential(
            nn.Conv2d(DIMENSION, WIDTH, 3, padding=1), Residual(), Residual(), nn.ReLU(),
            nn.ConvTranspose2d(WIDTH, WIDTH // 2, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(WIDTH // 2, 2, 4, 2, 1))
        self.register_buffer("codebook", torch.randn(CODES, DIMENSION))
        self.register_buffer("counts", torch.ones(CODES))
        self.register_buffer("sums", self.codebook.clone())

    def nearest(self, z):
        return (z @ self.codebook.t() - 0.5 * self.codebook.square().sum(1)).argmax(1)

    @torch.no_grad()
    def follow(self, z, codes):
        one_hot = F.one_hot(codes, CODES).float()
        self.counts.mul_(self.decay).add_(one_hot.sum(0), alpha=1 - self.decay)
        self.sums.mul_(self.decay).add_(one_hot.t() @ z, alpha=1 - self.decay)
        dead = self.counts < 0.03 * self.counts.mean()
        fresh = z[torch.randint(len(z), (CODES,))]
        self.counts.copy_(torch.where(dead, self.counts.mean(), self.counts))
        self.sums.copy_(torch.where(dead.unsqueeze(1), fresh * self.counts.mean(), self.sums))
        self.codebook.copy_(self.sums / self.counts.unsqueeze(1))


def log_probability(outputs, x):
    """Of bytes x under logistics integrated over each level's bin."""
    mean, log_scale = outputs.chunk(2, 1)
    inverse = torch.exp(-(log_scale.clamp_min(-5) - 2)) * 2 / 255
    distance = x - (mean + 1) * 127.5
    upper, lower = (distance + 0.5) * inverse, (distance - 0.5) * inverse
    inside = (torch.sigmoid(upper) - torch.sigmoid(lower)).clamp_min(1e-12).log()
    return torch.where(x == 0, F.logsigmoid(upper), torch.where(x == 255, F.logsigmoid(-lower), inside)).sum((1, 2, 3))


def main():
    args = protocol.arguments(__doc__, batch=100, layouts=True)
    layout = args.layout
    batches = [(torch.rand(args.batch, 1, 28, 28) * 255).round() for _ in range(8)]
    model, prior = VqVae().to(memory_format=layout), CodePrior().to(memory_format=layout)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-4)
    prior_optimizer = torch.optim.Adam(prior.parameters(), lr=1e-3)
    steps = 0

    def step():
        nonlocal steps
        x = batches[steps % len(batches)]
        steps += 1
        optimizer.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            maps = model.encoder((x / 127.5 - 1).contiguous(memory_format=layout))
            z = maps.permute(0, 2, 3, 1).reshape(-1, DIMENSION)
            codes = model.nearest(z.detach())
            embedded = model.codebook[codes]
            passed = (z + (embedded - z).detach()).reshape(len(x), 7, 7, DIMENSION).permute(0, 3, 1, 2)
            outputs = model.decoder(passed)
        loss = -log_probability(outputs.float(), x).mean() + 0.25 * (z.float() - embedded).square().sum() / len(x)
        loss.backward()
        optimizer.step()
        model.follow(z.detach().float(), codes)
        prior_optimizer.zero_grad(set_to_none=True)
        grid = codes.reshape(len(x), 7, 7)
        with protocol.autocast(args):
            logits = prior(grid)
        F.cross_entropy(logits.float(), grid, reduction="sum").div(len(x)).backward()
        prior_optimizer.step()
        return loss.detach()

    def sample(n):
        mean, log_scale = model.decoder(model.codebook[prior.sample(n)].permute(0, 3, 1, 2)).float().chunk(2, 1)
        u = torch.rand_like(mean).clamp(1e-6, 1 - 1e-6)
        drawn = mean + torch.exp(log_scale.clamp_min(-5) - 2) * (u.log() - (1 - u).log())
        return ((drawn + 1) * 127.5).round().clamp(0, 255)

    protocol.serve("vqvae", args, [model, prior], step, sample)


if __name__ == "__main__":
    main()
