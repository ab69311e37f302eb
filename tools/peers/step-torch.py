"""One training step in PyTorch from a state of ours: in float64, and how far its own float32 and bfloat16 autocast are from that.

    tools/peers/run torch step-torch.py STEP.safetensors --network ir50 [--ours NAME=AFTER.safetensors …] [--sketch]

STEP.safetensors holds the state in our names and orders (with velocity/NAME), `images` and `labels`. Writes one JSON object to stdout:

    {"torch": version,
     "loss": {"float64": 12.3, "float32": …, "bfloat16": …},
     "moves": {NAME: base64},
     "updates": {NAME: {"norm": |new - old| in float64, "float32": relative error, "bfloat16": …, NAME: …, "sketch": base64}}}

First it moves the offset of every batch norm before a ReLU or PReLU by up to 1/8, channel by channel, so that no value lies where the
rounding of a float32 could change its sign: one such value is a hundred times the error of all others. "moves" says by how much (int8, in
1/1024), and whoever compares moves the same.

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
MOVES = torch.arange(-128, 128, dtype=torch.float64) / 1024


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


def keep_from_kinks(network, images, keep):
    """How far each offset before an activation is to move, in 1/1024, so that the nearest value to 0 is as far from it as can be.

    Of a ReLU6 to 0 or to 6, where its slope changes, too.
    """
    moves = {}

    def watch(activation, name):
        kinks = (0, 6) if isinstance(activation, torch.nn.ReLU6) else (0,)

        def move(_, inputs):
            (x,) = inputs
            ordered = x.detach().transpose(0, 1).flatten(1).sort(1).values  # [channels, values]
            nearest = torch.stack([nearest_to(kink - MOVES, ordered) for kink in kinks]).amin(0)
            best = nearest.argmax(1)
            moves[name] = (MOVES[best] * 1024).to(torch.int8)
            return (x + MOVES[best].view(1, -1, 1, 1),)

        return activation.register_forward_pre_hook(move)

    name = None
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            name = f"{module.ours}/offset"
        elif isinstance(module, (torch.nn.ReLU, torch.nn.ReLU6, torch.nn.PReLU)):
            watch(module, name)
    with torch.no_grad():
        network(images, keep)
    return moves


def nearest_to(places, ordered):
    """How far from each of some places [places] the nearest of ordered values [channels, values] is: [channels, places]."""
    after = torch.searchsorted(ordered, places.repeat(len(ordered), 1)).clamp(1, ordered.shape[1] - 1)
    return torch.minimum(*((ordered.gather(1, i) - places).abs() for i in (after, after - 1)))


def dropout_mask(size, random, rate, salt=0):
    """What packages/tfjs-compiler/src/kernels/dropout.ts says that a dropout leaves: 1 / (1 - rate) or 0."""
    prime, block = 23159, 16384

    def cube(v):
        return v * v % prime * v % prime

    place = np.arange(size)
    row, column = place // block, place % block
    keys = []
    for constant in (1201, 3571, 6451):
        key = np.zeros(size, np.int64)
        for digit in (random % block, random // block % block, random // block**2, salt, row % block, row // block):
            key = cube(key + digit + constant)
        keys.append(key)
    m, a, b = keys
    hashed = cube(cube((np.maximum(1, m) * column + a) % prime) + b)
    return torch.from_numpy(np.where(hashed >= round(rate * prime), np.float32(1 / (1 - rate)), np.float32(0)))


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
    parser.add_argument("--only-moves", action="store_true", help="say by how much to move, and nothing else")
    parser.add_argument("--moved", action="store_true", help="the state has been moved")
    parser.add_argument("--dropout", type=float, default=0)
    parser.add_argument("--random", type=int, help="the number that decides what is dropped out")
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
    classes, embedding = state["head/centres"].shape

    def load(dtype, channels_last=False):
        network = network_of(options.network, images.shape[2], embedding)
        head = ArcFace(embedding, classes, options.margin, options.scale)
        network, head = network.to(dtype).train(), head.to(dtype)
        if channels_last:
            network = network.to(memory_format=torch.channels_last)
        trained = [parameter for parameter in [*network.parameters(), *head.parameters()] if parameter.requires_grad]
        rates = {"lr": options.learning_rate, "momentum": options.momentum, "weight_decay": options.weight_decay}
        optimiser = torch.optim.SGD(trained, **rates)
        carrier = Carrier(network, head)
        carrier.load(state, optimiser)
        return network, head, optimiser, carrier

    def step(dtype, channels_last=False, autocast=False):
        """The loss, and each variable's update in float64."""
        network, head, optimiser, carrier = load(dtype, channels_last)
        x = images.to(dtype, memory_format=torch.channels_last if channels_last else torch.contiguous_format)
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

    keep = None
    if options.dropout > 0:
        values = state["embedding/weights"].shape[0]
        keep = dropout_mask(len(labels) * values, options.random, options.dropout).view(len(labels), values)
    moves = {} if options.moved else keep_from_kinks(load(torch.float64)[0], images.double(), keep)
    for name, move in moves.items():
        state[name] += move / 1024
    packed_moves = {name: packed(move.numpy()) for name, move in moves.items()}
    if options.only_moves:
        json.dump({"moves": packed_moves}, sys.stdout)
        return
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
            results[name]["sketch"] = packed(sketch(update).astype("<f4"))
    json.dump({"torch": torch.__version__, "loss": losses, "moves": packed_moves, "updates": results}, sys.stdout)


def packed(values):
    return base64.b64encode(values.tobytes()).decode()


main()
