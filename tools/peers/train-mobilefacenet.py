"""The demo's training recipe in plain PyTorch: what arcface-train's figures and speed are compared with.

MobileFaceNet (Chen et al., 2018, table 1; 112x112 -> 128) under ArcFace (Deng et al., 2019), SGD, linear warm-up and cosine
decay by the step over all epochs, mirror images half of the time, the epoch's last partial batch left out, weight decay not on batch norm
and PReLU.

    tools/peers/run torch train-mobilefacenet.py train.rec --epochs 20 --stop-after 4 --verify lfw_dev.bin
    tools/peers/run torch train-mobilefacenet.py train.rec --steps 20        only times steps
    ... --warmup 134 --every 1 --curve FILE.jsonl                             preset small-set's schedule; a line an epoch, for docs
"""

import argparse
import io
import json
import math
import pickle
import struct
import time

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

# expansion, channels, blocks, stride of the first
BOTTLENECKS = [(2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1)]


def conv(inputs, outputs, kernel, stride=1, padding=0, groups=1, linear=False):
    layers = [nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, *([] if linear else [nn.PReLU(outputs)]))


class Bottleneck(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        wide = inputs * expansion
        self.residual = stride == 1 and inputs == outputs
        self.body = nn.Sequential(
            conv(inputs, wide, 1),
            conv(wide, wide, 3, stride, 1, groups=wide),
            conv(wide, outputs, 1, linear=True),
        )

    def forward(self, x):
        return x + self.body(x) if self.residual else self.body(x)


class MobileFaceNet(nn.Module):
    def __init__(self, size=128):
        super().__init__()
        layers = [conv(3, 64, 3, 2, 1), conv(64, 64, 3, 1, 1, groups=64)]
        channels = 64
        for expansion, outputs, blocks, stride in BOTTLENECKS:
            for block in range(blocks):
                layers.append(Bottleneck(channels, outputs, stride if block == 0 else 1, expansion))
                channels = outputs
        layers += [
            conv(channels, 512, 1),
            conv(512, 512, 7, groups=512, linear=True),  # global depthwise convolution
            conv(512, size, 1, linear=True),
            nn.Flatten(),
        ]
        self.layers = nn.Sequential(*layers)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")

    def forward(self, x):
        return self.layers(x)


class ArcFace(nn.Module):
    def __init__(self, size, classes, scale, margin):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(classes, size))
        nn.init.xavier_uniform_(self.weight)
        self.scale, self.margin = scale, margin

    def forward(self, embeddings, labels):
        cosine = F.linear(F.normalize(embeddings), F.normalize(self.weight))
        target = cosine.gather(1, labels[:, None])
        sine = (1 - target * target).clamp(min=1e-12).sqrt()
        shifted = target * math.cos(self.margin) - sine * math.sin(self.margin)
        # Beyond pi - m the cosine would rise again: a straight line goes on from there.
        fallback = target - self.margin * math.sin(self.margin)
        shifted = torch.where(target > math.cos(math.pi - self.margin), shifted, fallback)
        return F.cross_entropy(self.scale * cosine.scatter(1, labels[:, None], shifted), labels)


def read_rec(path):
    """Yields (label, JPEG) of a .rec's images: magic, flag << 29 | length, IRHeader {flag, label, id, id2}, payload, padding."""
    data = open(path, "rb").read()
    at = 0
    while at < len(data):
        magic, length = struct.unpack_from("<II", data, at)
        assert magic == 0xCED7230A and length >> 29 == 0, f"{path}: byte {at}: no whole record"
        flag, label = struct.unpack_from("<If", data, at + 8)
        payload = data[at + 8 + 24 + 4 * flag : at + 8 + length]
        if payload[:2] == b"\xff\xd8":
            yield int(label), payload
        at += 8 + (length + 3 & ~3)


def decode(images):
    """[n, 3, 112, 112] uint8"""
    pixels = np.stack([np.asarray(Image.open(io.BytesIO(image)).convert("RGB")) for image in images])
    return torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy())


def normalise(pixels):
    return (pixels.float() - 127.5) / 127.5


def verify(network, path):
    """insightface's 10-fold accuracy, mirrored embeddings summed."""
    with open(path, "rb") as file:
        images, same = pickle.load(file, encoding="bytes")
    pixels = decode([bytes(image) for image in images])
    network.eval()
    with torch.no_grad():
        batches = (batch.to(next(network.parameters()).device) for batch in pixels.split(64))
        embeddings = [network(normalise(batch)) + network(normalise(batch.flip(3))) for batch in batches]
    network.train()
    faces = torch.cat(embeddings).double().cpu().numpy()
    faces /= np.linalg.norm(faces, axis=1, keepdims=True)
    distances = np.square(faces[0::2] - faces[1::2]).sum(1)
    same = np.asarray(same, bool)
    correct = (distances < np.arange(0, 4, 0.01)[:, None]) == same
    folds = np.array_split(np.arange(len(same)), 10)
    accuracies = []
    for fold in folds:
        others = np.setdiff1d(np.arange(len(same)), fold)
        accuracies.append(correct[correct[:, others].mean(1).argmax(), fold].mean())
    return np.mean(accuracies), np.std(accuracies)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rec")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--stop-after", type=int, help="end after so many of the epochs")
    parser.add_argument("--steps", type=int, help="only time so many steps, after 3 to warm up")
    parser.add_argument("--verify", help="a .bin")
    parser.add_argument("--every", type=int, default=2, help="epochs from one verification to the next")
    parser.add_argument("--curve", help="a .jsonl of each verified epoch's loss and accuracy")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--warmup", type=int, default=100)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--scale", type=float, default=32)
    parser.add_argument("--margin", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu", help="cpu or cuda; float32 throughout on both")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    torch.backends.cudnn.allow_tf32 = False  # 10 bits of mantissa are no float32
    device = torch.device(options.device)
    labels, images = zip(*read_rec(options.rec))
    labels, pixels = torch.tensor(labels), decode(images)
    classes = int(labels.max()) + 1
    network = MobileFaceNet().to(device)
    head = ArcFace(128, classes, options.scale, options.margin).to(device)
    parameters = [*network.parameters(), *head.parameters()]
    groups = [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": options.weight_decay},
        {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0},  # batch norm and PReLU
    ]
    optimiser = torch.optim.SGD(groups, lr=options.lr, momentum=options.momentum)
    batches = len(labels) // options.batch_size
    total = options.epochs * batches

    def rate(step):
        if step < options.warmup:
            return options.lr * (step + 1) / options.warmup
        return options.lr * 0.5 * (1 + math.cos(math.pi * (step - options.warmup) / max(1, total - options.warmup)))

    def step(number, chosen):
        x = pixels[chosen]
        mirrored = torch.rand(len(chosen)) < 0.5
        x[mirrored] = x[mirrored].flip(3)
        for group in optimiser.param_groups:
            group["lr"] = rate(number)
        optimiser.zero_grad()
        loss = head(network(normalise(x.to(device))), labels[chosen].to(device))
        loss.backward()
        optimiser.step()
        return loss.item()

    print(f"{len(labels)} images, {classes} people, torch {torch.__version__}, {options.threads} threads")
    if options.steps is not None:
        for number in range(3 + options.steps):
            if number == 3:
                started = time.perf_counter()
            step(number, torch.randint(len(labels), (options.batch_size,)))
        seconds = (time.perf_counter() - started) / options.steps
        print(f"{seconds:.3f} s a step, {options.batch_size / seconds:.1f} images/s")
        return
    if options.verify:
        print("untrained: accuracy {:.4f} ± {:.4f}".format(*verify(network, options.verify)))
    for epoch in range(options.stop_after or options.epochs):
        started = time.perf_counter()
        order = torch.randperm(len(labels))[: batches * options.batch_size].view(batches, -1)
        losses = [step(epoch * batches + number, chosen) for number, chosen in enumerate(order)]
        speed = batches * options.batch_size / (time.perf_counter() - started)
        line = f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, {speed:.1f} images/s"
        if options.verify and (epoch + 1) % options.every == 0:
            accuracy, deviation = verify(network, options.verify)
            line += f", accuracy {accuracy:.4f} ± {deviation:.4f}"
            if options.curve:
                point = {"epoch": epoch + 1, "loss": float(np.mean(losses)), "accuracy": accuracy}
                with open(options.curve, "a") as file:
                    file.write(json.dumps(point) + "\n")
        print(line, flush=True)


main()
