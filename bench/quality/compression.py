"""What general compressors make of the same images. Usage: compression.py IMAGES.npy REPORT.json RUN DATA MILLISECONDS"""
import json
import lzma
import struct
import sys
import zlib

import numpy as np


def png(rows, width, depth, channels):
    """The size of a PNG of packed rows: the best of no filter and of filter 'up', deflated at level 9."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    above = np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
    sizes = []
    for kind, data in ((0, rows), (2, rows - above)):
        lines = np.hstack([np.full((len(rows), 1), kind, np.uint8), data]).tobytes()
        header = struct.pack(">IIBBBBB", width, len(rows), depth, 0 if channels == 1 else 2, 0, 0, 0)
        file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")
        sizes.append(len(file))
    return min(sizes)


def main():
    path, report, run, data, milliseconds = sys.argv[1:]
    x = np.load(path).astype(np.uint8)
    n, channels, height, width = x.shape
    binary = x.max() <= 1
    lines = x.transpose(0, 2, 3, 1).reshape(n, height, width * channels)
    rows = np.packbits(lines, axis=2) if binary else lines
    raw = np.packbits(x.reshape(-1)).tobytes() if binary else x.tobytes()
    depth = 1 if binary else 8
    xz = len(lzma.compress(raw, preset=9))
    each = sum(png(r, width, depth, channels) for r in rows)
    one = png(rows.reshape(n * height, -1), width, depth, channels)
    ours = json.load(open(report))
    print("| run | data | examples | raw bytes | xz -9 | PNG, one each | PNG, one for all | claimed | ours | over the claim | examples/s in, out |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    print(f"| {run} | {data} | {n} | {len(raw)} | {xz} | {each} | {one} | {ours['claimedBits'] / 8:.0f} | {ours['bytes']} "
          f"| {100 * ours['excess']:.4f} % | {ours['examplesPerSecond']:.0f}, {1000 * n / float(milliseconds):.0f} |")


main()
