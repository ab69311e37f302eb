"""One training step in PyTorch from a state of ours: in float64, and how far its own float32 and bfloat16 autocast are from that.

    tools/peers/run torch step-torch.py STEP.safetensors --network ir50 [--ours engine=NEXT.safetensors …] [--sketch]

STEP.safetensors holds the state in our names and orders (with velocity/NAME), `images`, `labels`, and `dropout/keep` where the network
drops out. Writes one JSON object to stdout:

    {"loss": {"float64": 12.3, "float32": …, "bfloat16": …},
     "updates": {NAME: {"norm": |new - old| in float64, "float32": relative error, "bfloat16": …, ENGINE: …, "sketch": base64}}}

An error is |update - update in float64| / |update in float64|. PyTorch's is the larger one of its two layouts, NCHW and channels_last.
In bfloat16 the network runs under autocast and the head in float32. The sketch stands for the update in float64 where it cannot be kept
(see packages/arcface-model/test/pytorch/sketch.ts).
"""

import argparse
import base64
import json
import struct
import sys

import numpy as np
import torch

from torch_networks import ArcFace, Carrier, network_of

BUCKETS = 64


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        values = np.frombuffer(data, np.float32, (end - start) // 4, 8 + length + start)
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors


def sketch(values):
    """Count sketch: each value, with a sign, is added to one of 64 sums; its length is within some 9% of the vector's."""
    if len(values) <= BUCKETS:
        return values
    hashed = np.arange(len(values), dtype=np.uint32)
    with np.errstate(over="ignore"):  # murmur3's last mixing
        hashed ^= hashed >> np.uint32(16)
        hashed *= np.uint32(0x85EBCA6B)
        hashed ^= hashed >> np.uint32(13)
        hashed *= np.uint32(0xC2B2AE35)
        hashed ^= hashed >> np.uint32(16)
    signs = np.where(hashed & np.uint32(BUCKETS), -1.0, 1.0)
    return np.bincount(hashed % np.uint32(BUCKETS), signs * values, BUCKETS)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("step")
    parser.add_argument("--network", required=True)
    parser.add_argument("--ours", action="append", default=[], help="NAME=FILE: a state after the step, to be judged too")
    parser.add_argument("--sketch", action="store_true")
    parser.add_argument("--learning-rate", type=float, required=True)
    parser.add_argument("--margin", type=float, required=True)
    parser.add_argument("--scale", type=float, required=True)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    state = read_safetensors(options.step)
    images = state.pop("images").permute(0, 3, 1, 2).contiguous()
    labels = state.pop("labels").long()
    keep = state.pop("dropout/keep", None)
    classes, embedding = state["arcface/centres"].shape

    def step(dtype, channels_last=False, autocast=False):
        """The loss, and each variable's update in float64."""
        network = network_of(options.network, images.shape[2], embedding)
        head = ArcFace(embedding, classes, options.margin, options.scale)
        network, head = network.to(dtype).train(), head.to(dtype)
        x = images.to(dtype)
        if channels_last:
            network, x = network.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
        trained = [parameter for parameter in [*network.parameters(), *head.parameters()] if parameter.requires_grad]
        rates = {"lr": options.learning_rate, "momentum": options.momentum, "weight_decay": options.weight_decay}
        optimiser = torch.optim.SGD(trained, **rates)
        carrier = Carrier(network, head)
        carrier.load(state, optimiser)
        with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
            embeddings = network(x, keep)
        loss = head(embeddings.to(dtype), labels)
        loss.backward()
        optimiser.step()
        return loss.item(), {name: flat(value - state[name]) for name, value in carrier.read().items()}

    def flat(x):
        return x.reshape(-1).numpy()

    def error(update, name):
        exact = updates[name]
        return float(np.linalg.norm(update - exact) / (np.linalg.norm(exact) or 1))

    loss, updates = step(torch.float64)
    losses = {"float64": loss}
    results = {name: {"norm": float(np.linalg.norm(update))} for name, update in updates.items()}
    for precision, autocast in [("float32", False), ("bfloat16", True)]:
        for channels_last in [False, True]:
            other, theirs = step(torch.float32, channels_last, autocast)
            if abs(other - loss) >= abs(losses.get(precision, loss) - loss):
                losses[precision] = other
            for name, update in theirs.items():
                results[name][precision] = max(results[name].get(precision, 0), error(update, name))
    for given in options.ours:
        engine, file = given.split("=", 1)
        after = read_safetensors(file)
        for name in updates:
            results[name][engine] = error(flat(after[name].double() - state[name]), name)
    if options.sketch:
        for name, update in updates.items():
            results[name]["sketch"] = base64.b64encode(sketch(update).astype("<f4").tobytes()).decode()
    json.dump({"torch": torch.__version__, "loss": losses, "updates": results}, sys.stdout)


main()
