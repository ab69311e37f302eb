"""Training steps (or, with --embed, embeddings) of our networks in PyTorch, timed in turns with ours: see turns.py.

    tools/peers/run torch train-torch.py --network ir50 --batch 16 --classes 1000 --layout channels_last --precision bf16
"""

import argparse

import torch

from torch_networks import ArcFace, network_of
from turns import take_turns


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--layout", choices=["nchw", "channels_last"], default="nchw")
    parser.add_argument("--precision", choices=["f32", "bf16"], default="f32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--embed", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)

    layout = torch.channels_last if options.layout == "channels_last" else torch.contiguous_format
    autocast = torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bf16")
    network = network_of(options.network).to(memory_format=layout)
    images = (2 * torch.rand(options.batch, 3, 112, 112) - 1).contiguous(memory_format=layout)

    if options.embed:
        network.eval()

        def step():
            with torch.inference_mode(), autocast:
                network(images)

    else:
        head = ArcFace(512 if options.network != "mobilefacenet" else 128, options.classes, 0.5, 64)
        labels = torch.randint(options.classes, (options.batch,))
        trained = [parameter for parameter in [*network.parameters(), *head.parameters()] if parameter.requires_grad]
        # Fused is the fastest of its three ways to update.
        optimiser = torch.optim.SGD(trained, lr=0.01, momentum=0.9, weight_decay=5e-4, fused=True)

        def step():
            optimiser.zero_grad()
            with autocast:
                loss = head(network(images), labels)
            loss.backward()
            optimiser.step()
            return loss.item()

    take_turns(f"torch {torch.__version__}", step)


main()
