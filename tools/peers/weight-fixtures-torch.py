"""Tiny files of weights as PyTorch writes them, for the tests of packages/weight-files: every number type, strides and offsets, shared storages,
the archive and the stream, and what lies about in a training run's checkpoint.

    tools/peers/run torch weight-fixtures-torch.py FOLDER
"""

import argparse
import collections
import sys
import types

import torch
from torch import nn

folder = sys.argv[1]
torch.manual_seed(7)


def numbers(*shape):
    """Eighths: exact in every type."""
    return torch.randint(-16, 17, shape).float() / 8


shared = numbers(6)
tensors = collections.OrderedDict(
    plain=numbers(2, 3),
    scalar=numbers(),
    empty=torch.zeros(0, 4),
    half=numbers(3).half(),
    bfloat16=numbers(3).bfloat16(),
    double=numbers(3).double(),
    long=torch.tensor([1, -2, 2**40]),
    bool=torch.tensor([True, False]),
    uint8=torch.tensor([0, 200], dtype=torch.uint8),
    transposed=numbers(2, 3).t(),
    permuted=numbers(2, 3, 4, 5).permute(3, 0, 2, 1),
    channels_last=numbers(1, 3, 2, 2).to(memory_format=torch.channels_last),
    every_other=numbers(10)[1::2],
    view_a=shared[:4].view(2, 2),
    view_b=shared[3:],
    parameter=nn.Parameter(numbers(2)),
)
with open(f"{folder}/tensors.json", "w") as file:
    import json

    json.dump({n: {"shape": list(t.shape), "values": t.detach().double().flatten().tolist()} for n, t in tensors.items()}, file)
    file.write("\n")
torch.save(tensors, f"{folder}/tensors.pth")
torch.save(tensors, f"{folder}/tensors-stream.pth", _use_new_zipfile_serialization=False)
network = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4), nn.PReLU(4))
for tensor in network.state_dict().values():
    tensor.copy_(torch.ones_like(tensor) * 2)
optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
schedule = torch.optim.lr_scheduler.MultiStepLR(optimiser, [3, 5])


class ModelCheckpoint:
    """A class that Lightning's checkpoints name."""


ModelCheckpoint.__module__ = "pytorch_lightning.callbacks.model_checkpoint"
for module in ["pytorch_lightning", "pytorch_lightning.callbacks", "pytorch_lightning.callbacks.model_checkpoint"]:
    sys.modules[module] = types.ModuleType(module)
    sys.modules[module].ModelCheckpoint = ModelCheckpoint
# What pytorch-lightning leaves in a checkpoint, and a training script's own.
checkpoint = {
    "epoch": 3,
    "state_dict": collections.OrderedDict((f"model.{n}", t) for n, t in network.state_dict().items()),
    "callbacks": {ModelCheckpoint: {"best_model_score": torch.tensor(0.5), "callback": ModelCheckpoint()}},
    "optimizer_states": [optimiser.state_dict()],
    "lr_schedulers": [schedule.state_dict()],
    "hyper_parameters": argparse.Namespace(lr=0.1, batch_size=512),
    "device": torch.device("cpu"),
    "dtype": torch.float16,
    "size": torch.Size([3, 112, 112]),
}
torch.save(checkpoint, f"{folder}/checkpoint.ckpt")
torch.save({"state_dict_backbone": network.state_dict(), "epoch": 1}, f"{folder}/backbone.pt", _use_new_zipfile_serialization=False)
torch.jit.script(network).save(f"{folder}/scripted.pt")
torch.save(network, f"{folder}/whole-network.pth")
