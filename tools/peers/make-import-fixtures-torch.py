"""Embeddings of published networks in PyTorch, for the tests of packages/arcface-model/src/import; see import_fixture.py.

    tools/peers/run torch make-import-fixtures-torch.py packages/arcface-model/test/fixtures/import
"""

import sys

import numpy
import torch

import published_networks as published
from import_fixture import images, values_of, write

folder = sys.argv[1]
ARCFACE = [127.5] * 3, [127.5] * 3, False
BGR = [127.5] * 3, [127.5] * 3, True
IMAGENET = [255 * v for v in (0.485, 0.456, 0.406)], [255 * v for v in (0.229, 0.224, 0.225)], False

for name, source, network, module, (mean, std, flip) in [
    ("arcface-torch-ir18", "arcface_torch", "ir18", published.IResNet(published.IR["ir18"], 64), ARCFACE),
    ("arcface-torch-mobilefacenet", "arcface_torch-mobilefacenet", "mobilefacenet", published.MobileFaceNet(64), ARCFACE),
    ("arcface-torch-mbf", "arcface_torch-mbf", "mbf", published.MobileFaceNet(64, scale=2), ARCFACE),
    ("adaface-ir18", "adaface", "ir18", published.AdaFace(published.IR["ir18"], 64), BGR),
    ("foamliu", "foamliu", "foamliu-mobilefacenet", published.FoamliuMobileFaceNet(64), IMAGENET),
]:
    state = module.state_dict()
    for tensor, values in state.items():
        if values.is_floating_point():
            values.copy_(torch.from_numpy(values_of(tensor, tuple(values.shape))))
    pixels = images()[..., ::-1] if flip else images()
    inputs = ((pixels.astype(numpy.float64) - mean) / std).astype(numpy.float32).transpose(0, 3, 1, 2)
    with torch.no_grad():
        embeddings = module.eval()(torch.from_numpy(inputs.copy())).numpy()
    write(folder, name, source, network, {n: list(v.shape) for n, v in state.items()}, embeddings)
