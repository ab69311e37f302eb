"""Our networks and the ArcFace head in plain PyTorch: what a training step of ours is compared with, in numbers and in speed.

MobileFaceNet: Chen et al. 2018, table 1. The seed's ResNet-50: He et al. 2015, bottlenecks of version 1 with the stride in the first
1x1, a 7x7 stem of stride 1, no pooling, a dense layer over what is left. IR-18 to IR-100: insightface's arcface_torch, iresnet.py. dlib's
ResNet: examples/dnn_face_recognition_ex.cpp, with the batch norms that it was trained with.
ArcFace: Deng et al. 2019, equation 3, with insightface's fallback beyond pi - m.

Every layer with variables carries `ours`, the name that our networks give it, so that weights can be carried over (see `Carrier`).
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

# expansion, channels, blocks, stride of the first
MOBILEFACENET = [(2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1)]
# blocks, width
RESNET50 = [(3, 64), (4, 128), (6, 256), (3, 512)]
IRESNETS = {"ir18": [2, 2, 2, 2], "ir34": [3, 4, 6, 3], "ir50": [3, 4, 14, 3], "ir100": [3, 13, 30, 3]}
# filters, units; the first unit of each stage but the first halves the image
DLIB_RESNET = [(32, 3), (64, 4), (128, 3), (256, 3), (256, 1)]
IRESNET_DROPOUT = 0.0


def ours(name, module):
    module.ours = name
    return module


def conv(name, inputs, outputs, kernel, stride=1, padding=0, groups=1):
    return ours(name, nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False))


def norm(name, channels):
    return ours(name, nn.BatchNorm2d(channels))


def prelu(name, channels):
    return ours(name, nn.PReLU(channels))


# insightface's mbf, and that the first depthwise convolution sees two channels at a time
MBF = [(1, 128, 5, 2), (2, 256, 1, 2), (1, 256, 6, 1), (2, 256, 1, 2), (1, 256, 2, 1)]


class Pairwise(nn.Module):
    """A convolution in groups of two channels, i and i + channels / 2, as two depthwise ones."""

    def __init__(self, name, channels):
        super().__init__()
        self.own = conv(name, channels, channels, 3, 1, 1, channels)
        self.other = conv(f"{name}-other", channels, channels, 3, 1, 1, channels)

    def forward(self, x):
        return self.own(x) + self.other(x.roll(x.shape[1] // 2, 1))


class MobileFaceNet(nn.Module):
    def __init__(self, size=112, embedding=128, bottlenecks=MOBILEFACENET, pairs=False):
        super().__init__()
        left = size
        for _ in range(4):
            left = (left + 1) // 2

        def filtered(name, inputs, outputs, kernel, stride=1, groups=1):
            padding = kernel // 2
            layers = [conv(name, inputs, outputs, kernel, stride, padding, groups), norm(name, outputs), prelu(name, outputs)]
            return nn.Sequential(*layers)

        channels = bottlenecks[0][1]
        layers = [filtered("stem", 3, channels, 3, 2), filtered("stem-depthwise", channels, channels, 3, groups=channels)]
        if pairs:
            layers[1][0] = Pairwise("stem-depthwise", channels)
        for stage, (expansion, outputs, blocks, first) in enumerate(bottlenecks, 1):
            for block in range(1, blocks + 1):
                name, wide, stride = f"stage{stage}/{block}", expansion * channels, first if block == 1 else 1
                body = nn.Sequential(
                    filtered(f"{name}/expand", channels, wide, 1),
                    filtered(f"{name}/depthwise", wide, wide, 3, stride, groups=wide),
                    conv(f"{name}/project", wide, outputs, 1),
                    norm(f"{name}/project", outputs),
                )
                layers.append(Residual(body) if stride == 1 and channels == outputs else body)
                channels = outputs
        layers += [filtered("expand", channels, 512, 1)]
        layers += [conv("global", 512, 512, left, groups=512), norm("global", 512)]
        layers += [conv("embedding", 512, embedding, 1), norm("embedding", embedding), nn.Flatten()]
        self.layers = nn.Sequential(*layers)

    def forward(self, images, keep=None):
        return self.layers(images)


class FoamliuMobileFaceNet(nn.Module):
    """foamliu/MobileFaceNet: ReLU6, and a pointwise convolution behind the first depthwise one, both with ReLU."""

    def __init__(self, size=112, embedding=128):
        super().__init__()
        left = size
        for _ in range(4):
            left = (left + 1) // 2

        def filtered(name, inputs, outputs, kernel, stride=1, groups=1, activation=nn.ReLU6):
            layers = [conv(name, inputs, outputs, kernel, stride, kernel // 2, groups), norm(name, outputs), activation()]
            return nn.Sequential(*layers)

        layers = [
            filtered("stem", 3, 64, 3, 2),
            filtered("stem-depthwise", 64, 64, 3, groups=64, activation=nn.ReLU),
            filtered("stem-pointwise", 64, 64, 1, activation=nn.ReLU),
        ]
        channels = 64
        for stage, (expansion, outputs, blocks, first) in enumerate(MOBILEFACENET, 1):
            for block in range(1, blocks + 1):
                name, wide, stride = f"stage{stage}/{block}", expansion * channels, first if block == 1 else 1
                body = nn.Sequential(
                    filtered(f"{name}/expand", channels, wide, 1),
                    filtered(f"{name}/depthwise", wide, wide, 3, stride, groups=wide),
                    conv(f"{name}/project", wide, outputs, 1),
                    norm(f"{name}/project", outputs),
                )
                layers.append(Residual(body) if stride == 1 and channels == outputs else body)
                channels = outputs
        layers += [filtered("expand", channels, 512, 1)]
        layers += [conv("global", 512, 512, left, groups=512), norm("global", 512)]
        layers += [conv("embedding", 512, embedding, 1), norm("embedding", embedding), nn.Flatten()]
        self.layers = nn.Sequential(*layers)

    def forward(self, images, keep=None):
        return self.layers(images)


class Residual(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        return x + self.body(x)


class Bottleneck(nn.Module):
    def __init__(self, name, inputs, width, stride):
        super().__init__()
        outputs = 4 * width
        self.body = nn.Sequential(
            conv(f"{name}/reduce", inputs, width, 1, stride),
            norm(f"{name}/reduce", width),
            nn.ReLU(inplace=True),
            conv(f"{name}/filter", width, width, 3, 1, 1),
            norm(f"{name}/filter", width),
            nn.ReLU(inplace=True),
            conv(f"{name}/expand", width, outputs, 1),
            norm(f"{name}/expand", outputs),
        )
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            layers = [conv(f"{name}/shortcut", inputs, outputs, 1, stride), norm(f"{name}/shortcut", outputs)]
            self.shortcut = nn.Sequential(*layers)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.body(x) + self.shortcut(x))


class SeedResNet50(nn.Module):
    def __init__(self, size=112, embedding=512):
        super().__init__()
        layers = [conv("stem", 3, 64, 7, 1, 3), norm("stem", 64), nn.ReLU(inplace=True)]
        channels, left = 64, size
        for stage, (blocks, width) in enumerate(RESNET50, 1):
            for block in range(1, blocks + 1):
                layers.append(Bottleneck(f"stage{stage}/{block}", channels, width, 2 if block == 1 else 1))
                channels = 4 * width
            left = (left + 1) // 2
        layers += [nn.Flatten(), ours("embedding", nn.Linear(left * left * channels, embedding))]
        layers += [ours("embedding", nn.BatchNorm1d(embedding))]
        self.layers = nn.Sequential(*layers)

    def forward(self, images, keep=None):
        return self.layers(images)


class ImprovedUnit(nn.Module):
    """BN - conv - BN - PReLU - conv - BN, the stride in the second convolution."""

    def __init__(self, name, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(
            norm(f"{name}/input", inputs),
            conv(f"{name}/conv1", inputs, outputs, 3, 1, 1),
            norm(f"{name}/conv1", outputs),
            prelu(f"{name}/conv1", outputs),
            conv(f"{name}/conv2", outputs, outputs, 3, stride, 1),
            norm(f"{name}/conv2", outputs),
        )
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            layers = [conv(f"{name}/shortcut", inputs, outputs, 1, stride), norm(f"{name}/shortcut", outputs)]
            self.shortcut = nn.Sequential(*layers)

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


class ImprovedResNet(nn.Module):
    def __init__(self, blocks, size=112, embedding=512, dropout=IRESNET_DROPOUT):
        super().__init__()
        layers = [conv("stem", 3, 64, 3, 1, 1), norm("stem", 64), prelu("stem", 64)]
        channels, left = 64, size
        for stage, count in enumerate(blocks, 1):
            width = 32 * 2**stage
            for block in range(1, count + 1):
                layers.append(ImprovedUnit(f"stage{stage}/{block}", channels, width, 2 if block == 1 else 1))
                channels = width
            left = (left + 1) // 2
        self.layers = nn.Sequential(*layers, norm("output", channels))
        self.dropout = nn.Dropout(dropout)
        self.dense = ours("embedding", nn.Linear(left * left * channels, embedding))
        self.embedding = ours("embedding", nn.BatchNorm1d(embedding))
        nn.init.ones_(self.embedding.weight).requires_grad_(False)

    def forward(self, images, keep=None):
        """`keep`: what dropout leaves, [batch, height * width * channels] in that order, 0 or 1 / (1 - rate)."""
        x = self.layers(images)
        if keep is None:
            x = self.dropout(x)
        else:
            batch, channels, height, width = x.shape
            x = x * keep.to(x.dtype).view(batch, height, width, channels).permute(0, 3, 1, 2)
        return self.embedding(self.dense(torch.flatten(x, 1)))


class DlibUnit(nn.Module):
    """conv - BN - ReLU - conv - BN; where it halves the image, the shortcut is a mean of four pixels, and zeros for further channels."""

    def __init__(self, name, inputs, outputs, halves):
        super().__init__()
        self.halves = halves
        self.body = nn.Sequential(
            conv(f"{name}/conv1", inputs, outputs, 3, 2 if halves else 1, 0 if halves else 1),
            norm(f"{name}/conv1", outputs),
            nn.ReLU(inplace=True),
            conv(f"{name}/conv2", outputs, outputs, 3, 1, 1),
            norm(f"{name}/conv2", outputs),
        )
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.body(x)
        if self.halves:
            x = F.avg_pool2d(x, 2)
            x = F.pad(x, (0, 0, 0, 0, 0, y.shape[1] - x.shape[1]))
            y = F.pad(y, (0, x.shape[3] - y.shape[3], 0, x.shape[2] - y.shape[2]))
        return self.relu(x + y)


class DlibResNet(nn.Module):
    def __init__(self, size=150, embedding=128):
        super().__init__()
        layers = [conv("stem", 3, 32, 7, 2), norm("stem", 32), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2)]
        channels = 32
        for stage, (width, units) in enumerate(DLIB_RESNET, 1):
            for unit in range(1, units + 1):
                layers.append(DlibUnit(f"stage{stage}/{unit}", channels, width, stage > 1 and unit == 1))
                channels = width
        layers += [nn.AdaptiveAvgPool2d(1), conv("embedding", channels, embedding, 1), nn.Flatten()]
        self.layers = nn.Sequential(*layers)

    def forward(self, images, keep=None):
        return self.layers(images)


class ArcFace(nn.Module):
    def __init__(self, embedding, classes, margin, scale):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(classes, embedding))
        nn.init.xavier_uniform_(self.weight)
        self.margin, self.scale = margin, scale

    def forward(self, embeddings, labels):
        cosine = F.linear(F.normalize(embeddings), F.normalize(self.weight))
        target = cosine.gather(1, labels[:, None])
        sine = (1 - target * target).clamp(min=1e-7).sqrt()
        shifted = target * math.cos(self.margin) - sine * math.sin(self.margin)
        fallback = target - self.margin * math.sin(self.margin)
        shifted = torch.where(target > math.cos(math.pi - self.margin), shifted, fallback)
        return F.cross_entropy(self.scale * cosine.scatter(1, labels[:, None], shifted), labels)


def network_of(name, size=112, embedding=None):
    given = {} if embedding is None else {"embedding": embedding}
    if name == "mobilefacenet":
        return MobileFaceNet(size, **given)
    if name == "mbf":
        return MobileFaceNet(size, bottlenecks=MBF, pairs=True, **{"embedding": 512, **given})
    if name == "foamliu-mobilefacenet":
        return FoamliuMobileFaceNet(size, **given)
    if name == "face-api":
        return DlibResNet(size, **given)
    if name == "resnet50":
        return SeedResNet50(size, **given)
    return ImprovedResNet(IRESNETS[name], size, **given)


class Carrier:
    """Carries values between a network with its head and tensors in our names and orders.

    Ours: filters [height, width, in, out], depthwise ones [height, width, channels, 1], dense weights [in, out] over values in the
    order height, width, channels. PyTorch's: [out, in, height, width], [channels, 1, height, width], [out, in] over channels, height,
    width.
    """

    def __init__(self, network, head):
        self.parameters = {"head/centres": (head.weight, same, same)}
        self.statistics = {}
        channels = None  # of what a dense layer flattens: those of the last layer before it
        for module in network.modules():
            name = getattr(module, "ours", None)
            if isinstance(module, nn.Conv2d):
                order = (2, 3, 0, 1) if module.groups > 1 else (2, 3, 1, 0)
                self.parameters[f"{name}/filter"] = (module.weight, *permutation(order))
            elif isinstance(module, nn.modules.batchnorm._BatchNorm):
                if module.weight.requires_grad:
                    self.parameters[f"{name}/scale"] = (module.weight, same, same)
                self.parameters[f"{name}/offset"] = (module.bias, same, same)
                self.statistics[f"{name}/mean"] = (module.running_mean, same, same)
                self.statistics[f"{name}/variance"] = (module.running_var, same, same)
                channels = module.num_features
            elif isinstance(module, nn.PReLU):
                self.parameters[f"{name}/slope"] = (module.weight, same, same)
            elif isinstance(module, nn.Linear):
                self.parameters[f"{name}/weights"] = (module.weight, *flattened(channels))
                self.parameters[f"{name}/bias"] = (module.bias, same, same)
        self.all = {**self.parameters, **self.statistics}

    def load(self, state, optimiser):
        """Sets everything: the state in our names, `velocity/NAME` included."""
        names = {*self.all, *(f"velocity/{name}" for name in self.parameters)}
        if names != set(state):
            raise SystemExit(f"only one side has these variables: {sorted(names ^ set(state))}")
        with torch.no_grad():
            for name, (tensor, _, into) in self.all.items():
                tensor.copy_(into(state[name]))
            for name, (tensor, _, into) in self.parameters.items():
                # A layout other than the parameter's would cost an optimiser time.
                velocity = torch.empty_like(tensor).copy_(into(state[f"velocity/{name}"]))
                optimiser.state[tensor]["momentum_buffer"] = velocity

    def read(self):
        """The parameters and running statistics as they are, in float64, in our orders."""
        return {name: out_of(tensor.detach().double()) for name, (tensor, out_of, _) in self.all.items()}


def same(x):
    return x


def permutation(order):
    """To ours, and to PyTorch's."""
    inverse = [order.index(axis) for axis in range(len(order))]
    return lambda x: x.permute(order), lambda x: x.permute(inverse)


def flattened(channels):
    def out_of(x):  # [out, channels * pixels] to [pixels * channels, out]
        return x.view(x.shape[0], channels, -1).permute(2, 1, 0).reshape(-1, x.shape[0])

    def into(x):
        return x.view(-1, channels, x.shape[1]).permute(2, 1, 0).reshape(x.shape[1], -1)

    return out_of, into
