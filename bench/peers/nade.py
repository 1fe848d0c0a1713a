"""NADE (Larochelle & Murray 2011): binary, d = 784, 500 sigmoid hidden units, mean negative log-likelihood, Adam.

--variant loop     the recurrence a_{i+1} = a_i + W_i x_i as everybody writes it, one pixel after the other
--variant vector   the fastest that we found in PyTorch alone: see FusedNegativeLogLikelihood
                   (always in single precision: its products write into given arrays, which autocast does not touch)
"""
import torch
import torch.nn.functional as F
from torch import nn

import protocol

PIXELS, HIDDEN = 784, 500
CHUNK = 16  # pixels handled at once by the vectorised version, so its arrays stay in the processor's cache; divides PIXELS


class FusedNegativeLogLikelihood(torch.autograd.Function):
    """Mean over the batch of -log p(x), in nats, computed together with its gradients in one pass from the last pixel to the first.

    Within a chunk of k pixels all activations are one product of the strictly-earlier inputs [k, n, k] with k rows of W;
    the activations at the start of the chunk come from those of the next one by taking its inputs away. Since the loss
    is a sum over pixels, the gradient of each chunk is known as soon as its logits are, so nothing is kept or computed
    twice. Measured beside it on two threads: autograd on the same chunks takes twice as long, with a checkpoint per chunk
    2.4 times, autograd on one cumulative sum over all pixels 13 times.
    """

    @staticmethod
    def forward(ctx, x, W, c, V, b):
        n, d = x.shape
        x_by_pixel = x.t().contiguous()                                       # [d, n]
        strictly_earlier = torch.ones(CHUNK, CHUNK).tril(-1)[:, None]         # [k, 1, k]
        activation = torch.addmm(c, x, W)                                     # [n, h], after the last pixel
        later = torch.zeros_like(activation)                                  # sum of dL/da over the later pixels
        grad_W, grad_V, grad_b = torch.empty_like(W), torch.empty_like(V), torch.empty_like(b)
        # Reused by every chunk: fresh arrays of this size come as unmapped pages, which costs 50,000 page faults a step.
        hidden = W.new_empty(CHUNK, n, W.shape[1])
        grad_a = torch.empty_like(hidden)
        loss = x.new_zeros(())
        for rows in reversed([slice(i, i + CHUNK) for i in range(0, d, CHUNK)]):
            now, W_now, V_now = x_by_pixel[rows], W[rows], V[rows]            # [k, n], [k, h], [k, h]
            activation.addmm_(now.t(), W_now, alpha=-1)                       # at the start of this chunk
            earlier = (now.t() * strictly_earlier).reshape(CHUNK * n, CHUNK)  # the inputs that each pixel sees
            torch.mm(earlier, W_now, out=hidden.view(CHUNK * n, -1))
            hidden.add_(activation).sigmoid_()
            logits = torch.bmm(hidden, V_now[:, :, None])[:, :, 0] + b[rows, None]
            loss += F.binary_cross_entropy_with_logits(logits, now, reduction="sum")
            delta = (torch.sigmoid(logits) - now) / n                         # [k, n] dL/dlogit
            grad_b[rows] = delta.sum(1)
            grad_V[rows] = torch.bmm(delta[:, None], hidden)[:, 0]
            torch.mul(delta[:, :, None], V_now[:, None], out=grad_a)          # [k, n, h]
            torch.ops.aten.sigmoid_backward.grad_input(grad_a, hidden, grad_input=grad_a)
            grad_W[rows] = torch.addmm(now @ later, earlier.t(), grad_a.view(CHUNK * n, -1))
            later += grad_a.sum(0)
        ctx.save_for_backward(grad_W, later.sum(0), grad_V, grad_b)
        return loss / n

    @staticmethod
    def backward(ctx, grad):
        return (None, *(grad * g for g in ctx.saved_tensors))


class Nade(nn.Module):
    def __init__(self):
        super().__init__()
        self.W = nn.Parameter(0.01 * torch.randn(PIXELS, HIDDEN))
        self.V = nn.Parameter(0.01 * torch.randn(PIXELS, HIDDEN))
        self.c = nn.Parameter(torch.zeros(HIDDEN))
        self.b = nn.Parameter(torch.zeros(PIXELS))

    def logits(self, x):
        a = self.c.expand(x.shape[0], HIDDEN)
        logits = []
        for i in range(PIXELS):
            h = torch.sigmoid(a)
            logits.append(h @ self.V[i] + self.b[i])
            a = a + x[:, i:i + 1] * self.W[i]
        return torch.stack(logits, 1)

    def sample(self, n):
        a = self.c.expand(n, HIDDEN)
        pixels = []
        for i in range(PIXELS):
            p = torch.sigmoid(torch.sigmoid(a) @ self.V[i] + self.b[i])
            x = torch.bernoulli(p)
            pixels.append(x)
            a = a + x[:, None] * self.W[i]
        return torch.stack(pixels, 1)


def main():
    args = protocol.arguments(__doc__, batch=100, variants=("vector", "loop"))
    if args.variant == "vector":
        args.precision = "fp32"
    batches = (torch.rand(8, args.batch, PIXELS) < 0.13).float()
    model = Nade()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    steps = 0

    def loss_of(x):
        if args.variant == "vector":
            return FusedNegativeLogLikelihood.apply(x, model.W, model.c, model.V, model.b)
        return F.binary_cross_entropy_with_logits(model.logits(x), x, reduction="sum") / len(x)

    def step():
        nonlocal steps
        x = batches[steps % len(batches)]
        steps += 1
        optimizer.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            loss = loss_of(x)
        loss.backward()
        optimizer.step()
        return loss.detach()

    protocol.serve("nade", args, [model], step, model.sample)


if __name__ == "__main__":
    main()
