"""Published networks with random weights, saved by PyTorch in each way that it has, and what each makes of random images.

    tools/peers/run torch make-weights-torch.py FOLDER      FOLDER holds images.u8 [n, 112, 112, 3]; adds files and cases-torch.json
"""

import json
import sys

import numpy
import torch

import published_networks as published

folder = sys.argv[1]
images = numpy.fromfile(f"{folder}/images.u8", numpy.uint8).reshape(-1, 112, 112, 3)
torch.set_num_threads(2)
cases = []

ARCFACE = {"mean": [127.5] * 3, "std": [127.5] * 3, "flip": False}
BGR = {**ARCFACE, "flip": True}
IMAGENET = {"mean": [255 * v for v in (0.485, 0.456, 0.406)], "std": [255 * v for v in (0.229, 0.224, 0.225)], "flip": False}


def inputs(mean, std, flip):
    pixels = images[..., ::-1] if flip else images
    normalised = (pixels.astype(numpy.float64) - mean) / std
    return torch.from_numpy(normalised.astype(numpy.float32).transpose(0, 3, 1, 2).copy())


def add(name, file, network, normalisation, save, **options):
    with torch.no_grad():
        network(inputs(**normalisation)).numpy().astype("<f4").tofile(f"{folder}/{name}.f32")
    save(f"{folder}/{file}")
    cases.append({"name": name, "file": file, **options})


def export(network, dynamo=False, fold=True, **options):
    def save(path):
        args = (torch.zeros(1, 3, 112, 112),)
        names = {"input_names": ["input"], "output_names": ["embedding"]}
        if dynamo:
            torch.onnx.export(network, args, path, dynamo=True, external_data=options.get("external", False), **names)
        else:
            axes = {"input": {0: "n"}, "embedding": {0: "n"}}
            mode = torch.onnx.TrainingMode.EVAL if fold else torch.onnx.TrainingMode.PRESERVE
            torch.onnx.export(network, args, path, dynamo=False, training=mode, dynamic_axes=axes, do_constant_folding=fold, **names)

    return save


def stream(value):
    return lambda path: torch.save(value, path, _use_new_zipfile_serialization=False)


def archive(value):
    return lambda path: torch.save(value, path)


ir50 = published.perturb(published.IResNet(published.IR["ir50"]), 50)
add("IR-50, arcface_torch, .pth archive", "ir50.pth", ir50, ARCFACE, archive(ir50.state_dict()))
add("IR-50, arcface_torch, .pth stream", "ir50-stream.pth", ir50, ARCFACE, stream(ir50.state_dict()))
checkpoint = {
    "epoch": 20,
    "global_step": 1000,
    "state_dict_backbone": {f"module.{name}": tensor for name, tensor in ir50.state_dict().items()},
    "state_dict_softmax_fc": {"weight": torch.zeros(10, 512)},
}
add("IR-50, arcface_torch, checkpoint of a run", "checkpoint_gpu_0.pt", ir50, ARCFACE, archive(checkpoint))
add("IR-50, ONNX by PyTorch, batch norms folded", "ir50.onnx", ir50, ARCFACE, export(ir50), **{"from": "arcface_torch"})
add("IR-50, ONNX by PyTorch, batch norms kept", "ir50-kept.onnx", ir50, ARCFACE, export(ir50, fold=False), **{"from": "arcface_torch"})
add("IR-50, ONNX by torch.export, external data", "ir50-dynamo.onnx", ir50, ARCFACE, export(ir50, dynamo=True, external=True), **{"from": "arcface_torch"})
del ir50
mobile = published.perturb(published.MobileFaceNet(), 1)
add("MobileFaceNet, arcface_torch, .pth archive", "mobile.pth", mobile, ARCFACE, archive(mobile.state_dict()))
add("MobileFaceNet, arcface_torch, .pth stream", "mobile-stream.pth", mobile, ARCFACE, stream(mobile.state_dict()))
add("MobileFaceNet, ONNX by PyTorch, batch norms folded", "mobile.onnx", mobile, ARCFACE, export(mobile), **{"from": "arcface_torch-mobilefacenet"})
mbf = published.perturb(published.MobileFaceNet(scale=2), 3)
add("mbf, arcface_torch, .pth archive", "mbf.pth", mbf, ARCFACE, archive(mbf.state_dict()))
add("mbf, ONNX by PyTorch, batch norms folded", "mbf.onnx", mbf, ARCFACE, export(mbf))
add("mbf, ONNX by PyTorch, batch norms kept", "mbf-kept.onnx", mbf, ARCFACE, export(mbf, fold=False))
ada = published.perturb(published.AdaFace(published.IR["ir18"]), 18)
lightning = {"epoch": 1, "state_dict": {**{f"model.{n}": t for n, t in ada.state_dict().items()}, "head.kernel": torch.zeros(512, 10)}}
add("IR-18, AdaFace, Lightning checkpoint", "adaface.ckpt", ada, BGR, archive(lightning), **{"from": "adaface"})
add("IR-18, CVLface, .pt", "cvlface.pt", ada, ARCFACE, archive({f"net.{n}": t for n, t in ada.state_dict().items()}), **{"from": "cvlface"})
add("IR-18, AdaFace, ONNX by PyTorch", "adaface.onnx", ada, BGR, export(ada), **{"from": "adaface"})
ir34 = published.perturb(published.IResNet(published.IR["ir34"]), 34)
half = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in ir34.state_dict().items()}
ir34.load_state_dict(half)
add("IR-34, arcface_torch, .pth in float16", "ir34-half.pth", ir34, ARCFACE, archive(half))
foamliu = published.perturb(published.FoamliuMobileFaceNet(), 2)
add("MobileFaceNet, foamliu, .pt", "foamliu.pt", foamliu, IMAGENET, archive(foamliu.state_dict()))
add("MobileFaceNet, foamliu, ONNX by PyTorch", "foamliu.onnx", foamliu, IMAGENET, export(foamliu))

with open(f"{folder}/cases-torch.json", "w") as file:
    json.dump(cases, file)
