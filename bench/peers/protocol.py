"""The line protocol that lets a benchmark harness alternate with a PyTorch peer.

The peer prints one JSON line that describes it, then answers each command on standard input with one JSON line:

    step K     run K training steps             {"seconds": total, "steps": K, "loss": loss of the last step}
    sample N   draw N samples                   {"seconds": total, "samples": N, "mean": mean value of the samples}
    quit       leave (so does the end of input)

A command that is not understood is answered with {"error": sentence} and the peer goes on. Times are wall-clock
seconds of the work alone: inputs are made before the clock starts, and the loss is read after it stops.
"""
import argparse
import contextlib
import ctypes
import json
import platform
import sys
import time

import torch


def arguments(description, batch, variants=(), layouts=False):
    """The options that peers share. The first variant is the default; layouts: whether that of images and weights can be chosen."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="intra-op threads")
    parser.add_argument("--batch", type=int, default=batch, help="examples in a training step (default %(default)s)")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="bf16 is torch.autocast")
    if variants:
        parser.add_argument("--variant", choices=variants, default=variants[0], help="default %(default)s")
    if layouts:
        parser.add_argument("--layout", choices=("contiguous", "channels_last"), default="contiguous", help="NCHW or NHWC order (default %(default)s)")
    parser.add_argument("--warmup", type=int, default=3, help="untimed steps before the first line (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if layouts:
        args.layout = torch.channels_last if args.layout == "channels_last" else torch.contiguous_format
    # Likeness does the same; without it gradients that vanish take a hundred cycles each.
    torch.set_flush_denormal(True)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    return args


def autocast(args):
    """A fresh context in which a forward pass runs at the asked precision."""
    if args.precision == "bf16":
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return contextlib.nullcontext()


def serve(name, args, modules, step, sample):
    """Warms up and answers commands until told to quit.

    step()     one training step; returns the loss as a tensor (its value is read outside the timing)
    sample(n)  n samples as a tensor
    """
    for _ in range(args.warmup):
        step()
    _answer({
        "peer": name, "torch": torch.__version__, "python": platform.python_version(),
        "threads": torch.get_num_threads(), "precision": args.precision, "batch": args.batch,
        "parameters": sum(p.numel() for m in modules for p in m.parameters()),
        "blas": _blas(), "onednn": torch.backends.mkldnn.is_available(),
    })
    for line in sys.stdin:
        words = line.split()
        if not words:
            continue
        if words == ["quit"]:
            break
        if len(words) != 2 or words[0] not in ("step", "sample") or not words[1].isdigit() or int(words[1]) < 1:
            _answer({"error": f"'{line.strip()}' is not a command: say 'step K', 'sample N' or 'quit', K and N from 1."})
            continue
        count = int(words[1])
        start = time.perf_counter()
        if words[0] == "step":
            for _ in range(count):
                loss = step()
            _answer({"seconds": time.perf_counter() - start, "steps": count, "loss": float(loss)})
        else:
            with torch.no_grad(), autocast(args):
                drawn = sample(count)
            _answer({"seconds": time.perf_counter() - start, "samples": count, "mean": float(drawn.mean())})


def _blas():
    """The matrix library in use and the kernels that it chose, for example "OpenBLAS 0.3.29 (Zen)"."""
    if torch.backends.mkl.is_available():
        return "MKL"
    torch.ones(2, 2) @ torch.ones(2, 2)                      # it may be loaded late
    with open("/proc/self/maps") as maps:
        path = next((line.split()[-1] for line in maps if "libopenblas" in line), None)
    if path is None:
        return "another BLAS"
    library = ctypes.CDLL(path)
    library.openblas_get_config.restype = library.openblas_get_corename.restype = ctypes.c_char_p
    return f"{' '.join(library.openblas_get_config().decode().split()[:2])} ({library.openblas_get_corename().decode()})"


def _answer(message):
    print(json.dumps(message), flush=True)
