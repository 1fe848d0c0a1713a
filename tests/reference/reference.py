"""Collects reference values and writes them as one safetensors file.

Every value is computed in double precision from parameters and inputs that single precision holds exactly, and rounded
once at the end: a test of ours in single precision sees its own rounding errors and none of PyTorch's.
"""
import json
import math
import struct

import torch

DTYPES = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64"}


class Reference:
    def __init__(self):
        self.tensors, self.notes = {}, {}

    def add(self, name, tensor, dtype=torch.float32):
        if name in self.tensors:
            raise ValueError(f"'{name}' is already there: give the case another name.")
        tensor = tensor.detach()
        self.tensors[name] = (tensor if tensor.dtype == torch.int64 else tensor.to(dtype)).contiguous().clone()

    def module(self, case, module, call=None, largest_gradient=math.inf, **inputs):
        """Runs a module on named inputs; stores both, outputs, and the gradients of sum(output * w) for random fixed w.

        call(module, **inputs) returns a tensor or a dictionary of tensors; without it the inputs go in as they come.
        Gradients of parameters with more than largest_gradient elements are left out, to keep the file small.
        """
        self.notes[case] = " ".join(repr(module).split())
        module.double()
        parameters, buffers = dict(module.named_parameters()), dict(module.named_buffers())
        for name, p in parameters.items():
            self.add(f"{case}/param/{name}", p)
        for name, b in buffers.items():
            self.add(f"{case}/buffer/{name}", b)
        differentiated = {name: p for name, p in parameters.items() if p.numel() <= largest_gradient}
        self._run(case, call or (lambda m, **x: m(*x.values())), module, inputs, differentiated)
        for name, b in module.named_buffers():
            if module.training:
                self.add(f"{case}/after/{name}", b)

    def function(self, case, note, function, **inputs):
        """The same for a function of the inputs; its outputs are kept in double precision."""
        self.notes[case] = note
        self._run(case, lambda _, **x: function(**x), None, inputs, {}, torch.float64)

    def _run(self, case, call, module, inputs, parameters, dtype=torch.float32):
        for name, x in inputs.items():
            self.add(f"{case}/input/{name}", x)
        inputs = {k: x if x.dtype == torch.int64 else x.double().requires_grad_() for k, x in inputs.items()}
        outputs = call(module, **inputs)
        outputs = outputs if isinstance(outputs, dict) else {"": outputs}
        total = 0
        for name, y in outputs.items():
            suffix = f"/{name}" if name else ""
            w = torch.randn(y.shape).double()
            self.add(f"{case}/output{suffix}", y, dtype)
            self.add(f"{case}/w{suffix}", w)
            total = total + (y * w).sum()
        wanted = {f"input/{k}": x for k, x in inputs.items() if x.requires_grad}
        wanted.update({f"param/{k}": p for k, p in parameters.items()})
        if not torch.isfinite(total):
            raise ValueError(f"The outputs of '{case}' are not finite: give it milder inputs.")
        gradients = torch.autograd.grad(total, list(wanted.values())) if wanted else ()
        for name, g in zip(wanted, gradients):
            self.add(f"{case}/grad/{name}", g)

    def save(self, path):
        """Writes the format that https://github.com/huggingface/safetensors describes; names in order, so files compare."""
        header, offset = {"__metadata__": {**self.notes, "torch": torch.__version__}}, 0
        for name, t in sorted(self.tensors.items()):
            size = t.numel() * t.element_size()
            header[name] = {"dtype": DTYPES[t.dtype], "shape": list(t.shape), "data_offsets": [offset, offset + size]}
            offset += size
        text = json.dumps(header, separators=(",", ":"), sort_keys=True).encode()
        text += b" " * (-len(text) % 8)
        with open(path, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for _, t in sorted(self.tensors.items()):
                file.write(t.numpy().tobytes())
        return 8 + len(text) + offset
