"""Embeddings by arcface_torch's network, which takes all tensors of a file and misses none:
embed-torch.py NETWORK WEIGHTS.safetensors IMAGES.f32 BATCH SIZE OUT.f32"""

import sys

import numpy as np
import torch
from safetensors.torch import load_file

from published_networks import IResNet, MobileFaceNet

BLOCKS = {"ir18": (2, 2, 2, 2), "ir34": (3, 4, 6, 3), "ir50": (3, 4, 14, 3), "ir100": (3, 13, 30, 3)}

network, weights, images, batch, size, out = sys.argv[1:]
tensors = load_file(weights)
embedding = tensors["features.weight" if network in BLOCKS else "features.layers.3.weight"].shape[0]
model = IResNet(BLOCKS[network], embedding) if network in BLOCKS else MobileFaceNet(embedding)
model.load_state_dict(tensors, strict=True)
model.eval()
data = np.fromfile(images, np.float32).reshape(int(batch), 3, int(size), int(size))
with torch.no_grad():
    model(torch.from_numpy(data)).numpy().astype(np.float32).tofile(out)
