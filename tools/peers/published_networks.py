"""Face networks with the layers and the names that published PyTorch weights have: insightface's arcface_torch (iresnet.py, mobilefacenet.py
with scale=1 and 2), AdaFace's and CVLface's IR networks, foamliu's MobileFaceNet. Written for check-weights, from those files' structure."""

import torch
from torch import nn

IR = {"ir18": [2, 2, 2, 2], "ir34": [3, 4, 6, 3], "ir50": [3, 4, 14, 3], "ir100": [3, 13, 30, 3]}
WIDTHS = [64, 128, 256, 512]
MOBILE = [(2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1)]


def conv(inputs, outputs, kernel, stride=1, padding=0, groups=1, bias=False):
    return nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=bias)


class IResNetUnit(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = conv(inputs, outputs, 3, 1, 1)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.prelu = nn.PReLU(outputs)
        self.conv2 = conv(outputs, outputs, 3, stride, 1)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn3(self.conv2(self.prelu(self.bn2(self.conv1(self.bn1(x))))))
        return y + (x if self.downsample is None else self.downsample(x))


class IResNet(nn.Module):
    def __init__(self, blocks, embedding=512):
        super().__init__()
        self.conv1 = conv(3, 64, 3, 1, 1)
        self.bn1 = nn.BatchNorm2d(64)
        self.prelu = nn.PReLU(64)
        channels = 64
        for stage, (count, width) in enumerate(zip(blocks, WIDTHS), 1):
            units = []
            for i in range(count):
                units.append(IResNetUnit(channels, width, 2 if i == 0 else 1))
                channels = width
            setattr(self, f"layer{stage}", nn.Sequential(*units))
        self.bn2 = nn.BatchNorm2d(512)
        self.fc = nn.Linear(512 * 7 * 7, embedding)
        self.features = nn.BatchNorm1d(embedding)

    def forward(self, x):
        x = self.prelu(self.bn1(self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.features(self.fc(torch.flatten(self.bn2(x), 1)))


class Block(nn.Module):
    """What arcface_torch calls ConvBlock and LinearBlock."""

    def __init__(self, inputs, outputs, kernel=1, stride=1, padding=0, groups=1, slope=True):
        super().__init__()
        layers = [conv(inputs, outputs, kernel, stride, padding, groups), nn.BatchNorm2d(outputs)]
        self.layers = nn.Sequential(*layers, *([nn.PReLU(outputs)] if slope else []))

    def forward(self, x):
        return self.layers(x)


class DepthWise(nn.Module):
    def __init__(self, inputs, outputs, groups, stride, residual):
        super().__init__()
        self.residual = residual
        self.layers = nn.Sequential(
            Block(inputs, groups),
            Block(groups, groups, 3, stride, 1, groups),
            Block(groups, outputs, slope=False),
        )

    def forward(self, x):
        return self.layers(x) + x if self.residual else self.layers(x)


class Residual(nn.Module):
    def __init__(self, channels, count, groups):
        super().__init__()
        self.layers = nn.Sequential(*[DepthWise(channels, channels, groups, 1, True) for _ in range(count)])

    def forward(self, x):
        return self.layers(x)


class Features(nn.Module):
    def __init__(self, embedding):
        super().__init__()
        last = [nn.Flatten(), nn.Linear(512, embedding, bias=False), nn.BatchNorm1d(embedding)]
        self.layers = nn.Sequential(Block(512, 512, 7, groups=512, slope=False), *last)

    def forward(self, x):
        return self.layers(x)


class MobileFaceNet(nn.Module):
    """With scale 2 what insightface publishes as mbf."""

    def __init__(self, embedding=512, scale=1):
        super().__init__()
        narrow, wide = 64 * scale, 128 * scale
        self.layers = nn.ModuleList(
            [
                Block(3, narrow, 3, 2, 1),
                Block(narrow, narrow, 3, 1, 1, 64),
                DepthWise(narrow, narrow, 128, 2, False),
                Residual(narrow, 4, 128),
                DepthWise(narrow, wide, 256, 2, False),
                Residual(wide, 6, 256),
                DepthWise(wide, wide, 512, 2, False),
                Residual(wide, 2, 256),
            ]
        )
        self.conv_sep = Block(wide, 512)
        self.features = Features(embedding)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.features(self.conv_sep(x))


class AdaFaceUnit(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        if inputs == outputs:
            self.shortcut_layer = nn.MaxPool2d(1, stride)
        else:
            self.shortcut_layer = nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))
        self.res_layer = nn.Sequential(
            nn.BatchNorm2d(inputs),
            conv(inputs, outputs, 3, 1, 1),
            nn.BatchNorm2d(outputs),
            nn.PReLU(outputs),
            conv(outputs, outputs, 3, stride, 1),
            nn.BatchNorm2d(outputs),
        )

    def forward(self, x):
        shortcut = self.shortcut_layer(x)
        return self.res_layer(x) + shortcut


class AdaFace(nn.Module):
    def __init__(self, blocks, embedding=512):
        super().__init__()
        self.input_layer = nn.Sequential(conv(3, 64, 3, 1, 1), nn.BatchNorm2d(64), nn.PReLU(64))
        units, channels = [], 64
        for count, width in zip(blocks, WIDTHS):
            for i in range(count):
                units.append(AdaFaceUnit(channels, width, 2 if i == 0 else 1))
                channels = width
        self.body = nn.Sequential(*units)
        self.output_layer = nn.Sequential(
            nn.BatchNorm2d(512),
            nn.Dropout(0.4),
            nn.Flatten(),
            nn.Linear(512 * 7 * 7, embedding),
            nn.BatchNorm1d(embedding, affine=False),
        )

    def forward(self, x):
        return self.output_layer(self.body(self.input_layer(x)))


def relu6(inputs, outputs, kernel, stride=1, groups=1):
    return nn.Sequential(conv(inputs, outputs, kernel, stride, kernel // 2, groups), nn.BatchNorm2d(outputs), nn.ReLU6())


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        wide = inputs * expansion
        self.keeps = stride == 1 and inputs == outputs
        last = [conv(wide, outputs, 1), nn.BatchNorm2d(outputs)]
        self.conv = nn.Sequential(relu6(inputs, wide, 1), relu6(wide, wide, 3, stride, wide), *last)

    def forward(self, x):
        return x + self.conv(x) if self.keeps else self.conv(x)


class Separable(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.depthwise = conv(channels, channels, 3, 1, 1, channels)
        self.pointwise = conv(channels, channels, 1)
        self.bn1 = nn.BatchNorm2d(channels)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.relu(self.bn2(self.pointwise(torch.relu(self.bn1(self.depthwise(x))))))


class GlobalDepthwise(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.depthwise = conv(channels, channels, 7, groups=channels)
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x):
        return self.bn(self.depthwise(x))


class FoamliuMobileFaceNet(nn.Module):
    def __init__(self, embedding=128):
        super().__init__()
        self.conv1 = relu6(3, 64, 3, 2)
        self.dw_conv = Separable(64)
        units, channels = [], 64
        for expansion, outputs, count, stride in MOBILE:
            for i in range(count):
                units.append(InvertedResidual(channels, outputs, stride if i == 0 else 1, expansion))
                channels = outputs
        self.features = nn.Sequential(*units)
        self.conv2 = relu6(channels, 512, 1)
        self.gdconv = GlobalDepthwise(512)
        self.conv3 = conv(512, embedding, 1, bias=True)
        self.bn = nn.BatchNorm2d(embedding)

    def forward(self, x):
        x = self.conv2(self.features(self.dw_conv(self.conv1(x))))
        return torch.flatten(self.bn(self.conv3(self.gdconv(x))), 1)


def perturb(network, seed):
    """Random weights, and statistics, scales, offsets and slopes as none is before training: a mistake in any shows."""
    generator = torch.Generator().manual_seed(seed)

    def uniform(tensor, low, high):
        tensor.copy_(torch.rand(tensor.shape, generator=generator) * (high - low) + low)

    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                fan = module.weight[0].numel()
                uniform(module.weight, -(3 / fan) ** 0.5 * 1.4, (3 / fan) ** 0.5 * 1.4)
                if module.bias is not None:
                    uniform(module.bias, -0.5, 0.5)
            elif isinstance(module, nn.modules.batchnorm._BatchNorm):
                uniform(module.running_mean, -0.5, 0.5)
                uniform(module.running_var, 0.5, 2)
                if module.affine:
                    uniform(module.weight, 0.5, 1.5)
                    uniform(module.bias, -0.5, 0.5)
            elif isinstance(module, nn.PReLU):
                uniform(module.weight, 0.05, 0.5)
    return network.eval()
