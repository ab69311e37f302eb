/** The engines that can be installed: where their files come from, to the byte. */

import type { NpmPackage, PinnedFile, Wheel } from '@tiny-face/pinned-downloads'

export const NATIVE_ENGINE_NAMES = ['onednn', 'tensorflow', 'tensorflow-gpu'] as const

export type NativeEngineName = (typeof NATIVE_ENGINE_NAMES)[number]

/** A package of which `folder` gets the whole content. */
interface WholePackage extends NpmPackage {
  readonly folder: string
}

export interface PinnedEngine {
  readonly name: NativeEngineName
  readonly version: string
  /** In a few words. */
  readonly what: string
  readonly wheels: readonly Wheel[]
  readonly npmPackages: readonly WholePackage[]
  /** Files that are checked byte for byte when they have been taken, by their path in the engine's folder. */
  readonly files: Readonly<Record<string, PinnedFile>>
  /** Libraries that a wheel has under another name, by their path in the engine's folder. */
  readonly sonames?: Readonly<Record<string, string>>
  /** What is loaded, as a path in the engine's folder. */
  readonly library: string
  /** Bytes on disk while it is being installed: wheels and what is taken. */
  readonly room: number
}

const BUNDLED_GOMP = 'libgomp-e985bcbb.so.1.0.0'

const ONEDNN: PinnedEngine = {
  name: 'onednn',
  version: '2023.2.0',
  what: 'oneDNN 3.2.0, on the CPU',
  wheels: [
    {
      requirement: 'onednn-cpu-gomp==2023.2.0',
      file: 'onednn_cpu_gomp-2023.2.0-py2.py3-none-manylinux1_x86_64.whl',
      platform: 'manylinux1_x86_64',
      size: 38_888_991,
      sha256: '2f22a54d6a890ed14bfa185d42a4be65d8b5b1df85dc1f0f3a9abe31620416fb',
      take: {
        'onednn_cpu_gomp-2023.2.0.data/data/lib/libdnnl.so.3': 'lib/libdnnl.so.3',
        'onednn_cpu_gomp-2023.2.0.data/data/share/doc/onednn/LICENSE': 'LICENSE',
        'onednn_cpu_gomp-2023.2.0.data/data/share/doc/onednn/THIRD-PARTY-PROGRAMS': 'THIRD-PARTY-PROGRAMS',
      },
    },
    // oneDNN's own wheel lacks GNU OpenMP, and so does a bare Debian.
    {
      requirement: 'scikit-learn==1.9.1',
      file: 'scikit_learn-1.9.1-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl',
      platform: 'manylinux_2_28_x86_64',
      size: 9_315_422,
      sha256: '52a0703bbc07ad27f560fa63fa68e4c54dd735bfbbf65b4dd3c225dc7547b6df',
      take: {
        [`scikit_learn.libs/${BUNDLED_GOMP}`]: 'lib/libgomp.so.1',
        'scikit_learn-1.9.1.dist-info/licenses/COPYING': 'LICENSE-libgomp',
      },
    },
  ],
  npmPackages: [],
  files: {
    'lib/libdnnl.so.3': {
      size: 54_569_528,
      sha256: 'e6376208cf6bacb041c346b504207e3aa1189a13f941c92a4383a55ac27058ae',
    },
    'lib/libgomp.so.1': {
      size: 253_289,
      sha256: 'a43904e4fa297301d4640dc1bb3c8a3480b406f99e498eba9b1914b68aab604a',
    },
    LICENSE: { size: 11_607, sha256: '9dad27256276bb4fce6725c162ef619b5aa2e8abc8f341a4dab0b870aad55664' },
    'THIRD-PARTY-PROGRAMS': {
      size: 42_455,
      sha256: '07c6ee4e5e0a85f562ac8bb05a6e0fa2bfea3f2b312b36ffc5e3080da600bc28',
    },
  },
  sonames: { 'lib/libgomp.so.1': BUNDLED_GOMP },
  library: 'lib/libdnnl.so.3',
  room: 95e6,
}

/** tfjs-node-gpu is the same sources with another install script, so one package serves both engines. */
const TFJS_NODE: WholePackage = {
  requirement: '@tensorflow/tfjs-node@4.22.0',
  file: 'tensorflow-tfjs-node-4.22.0.tgz',
  folder: 'tfjs-node',
  size: 228_166,
  sha256: 'd38a448a705efc6e655a080f896b3af646ae39dffbfe9c90b06cb9fc3a2b9358',
}

/** tfjs-node's backend requires it, for its log files. */
const PROTOBUF: WholePackage = {
  requirement: 'google-protobuf@3.21.4',
  file: 'google-protobuf-3.21.4.tgz',
  folder: 'tfjs-node/node_modules/google-protobuf',
  size: 68_046,
  sha256: '38299bb1802ce06900ea2e43650aded8393cd6a00012ed97ffc716eeab1e1091',
}

/** Node-API is the same in every Node; Node's own headers are often not there, and come from no registry. */
const NODE_API_HEADERS: WholePackage = {
  requirement: 'node-api-headers@1.9.0',
  file: 'node-api-headers-1.9.0.tgz',
  folder: 'build/node-api-headers',
  size: 16_974,
  sha256: '6cbfac49542194ae2c8f1dee5fa2dc00d66bec9cbf3b59e3a4e5f16d14eb0d19',
}

/** What the addon's sources include, and what that includes in turn. */
const C_HEADERS = Object.fromEntries(
  ['tensorflow/c/', 'tsl/platform/', ...['', '_internal'].map(end => `tensorflow/core/platform/ctstring${end}.h`)].map(
    path => [`tensorflow/include/${path}`, `build/include/${path}`],
  ),
)

const TENSORFLOW_FILES = {
  'tensorflow/libtensorflow_cc.so.2': 'lib/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2': 'lib/libtensorflow_framework.so.2',
  'tensorflow/THIRD_PARTY_NOTICES.txt': 'THIRD_PARTY_NOTICES.txt',
}

const TENSORFLOW: PinnedEngine = {
  name: 'tensorflow',
  version: '2.15.1',
  what: 'TensorFlow 2.15.1 below @tensorflow/tfjs-node 4.22.0, on the CPU',
  wheels: [
    {
      requirement: 'tensorflow-cpu==2.15.1',
      file: 'tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
      platform: 'manylinux2014_x86_64',
      size: 207_208_420,
      sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
      take: {
        ...TENSORFLOW_FILES,
        ...C_HEADERS,
        'tensorflow/include/tsl/c/': 'build/include/tsl/c/',
        'tensorflow_cpu-2.15.1.dist-info/LICENSE': 'LICENSE',
      },
    },
  ],
  npmPackages: [TFJS_NODE, PROTOBUF, NODE_API_HEADERS],
  files: {
    'lib/libtensorflow_cc.so.2': {
      size: 564_733_624,
      sha256: '26c52413c74ae9495f742c93b87fcb515c9010627f3feb5ad29b65dff901a2ee',
    },
    'lib/libtensorflow_framework.so.2': {
      size: 49_042_544,
      sha256: '1ed1f34811d338f934cb01155be51963f7a8ef4155cd201d0fba34b27425fc6b',
    },
  },
  library: 'tfjs_binding.node',
  room: 830e6,
}

/** NVIDIA's libraries that TensorFlow 2.18.1 opens; it looks for them in `../nvidia/NAME/lib`, seen from its own folder. */
const NVIDIA = (
  [
    ['cublas', '12.5.3.2', 363_313_169, 'ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b'],
    ['cuda_cupti', '12.5.82', 13_811_507, 'bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953'],
    ['cuda_nvrtc', '12.5.82', 24_873_108, '3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd'],
    ['cuda_runtime', '12.5.82', 895_707, '3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115'],
    ['cudnn', '9.3.0.75', 577_163_502, '9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d'],
    ['cufft', '11.2.3.61', 192_524_114, '9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8'],
    ['cusolver', '11.6.3.83', 130_341_232, '93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b'],
    ['cusparse', '12.5.1.3', 217_558_979, '016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752'],
    ['nvjitlink', '12.5.82', 21_298_879, 'f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212'],
  ] as const
).map(([name, version, size, sha256]): Wheel => {
  const distribution = `nvidia_${name}_cu12-${version}`
  return {
    requirement: `nvidia-${name.replace('_', '-')}-cu12==${version}`,
    file: `${distribution}-py3-none-manylinux2014_x86_64.whl`,
    platform: 'manylinux2014_x86_64',
    size,
    sha256,
    take: {
      [`nvidia/${name}/lib/`]: `nvidia/${name}/lib/`,
      [`${distribution}.dist-info/License.txt`]: `nvidia/${name}/License.txt`,
    },
  }
})

const TENSORFLOW_GPU: PinnedEngine = {
  name: 'tensorflow-gpu',
  version: '2.18.1',
  what: 'TensorFlow 2.18.1 with CUDA 12.5 and cuDNN 9.3 below @tensorflow/tfjs-node 4.22.0, on an NVIDIA GPU',
  wheels: [
    {
      requirement: 'tensorflow==2.18.1',
      file: 'tensorflow-2.18.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
      platform: 'manylinux2014_x86_64',
      size: 615_510_377,
      sha256: 'c9f87e5d2a680a4595f5dc30daf6bbaec9d4129b46d7ef1b2af63c46ac7d2828',
      take: {
        ...TENSORFLOW_FILES,
        ...C_HEADERS,
        'tensorflow/include/xla/tsl/c/': 'build/include/xla/tsl/c/',
      },
    },
    ...NVIDIA,
  ],
  npmPackages: [TFJS_NODE, PROTOBUF, NODE_API_HEADERS],
  files: {
    'lib/libtensorflow_cc.so.2': {
      size: 1_099_333_232,
      sha256: 'f0274f371a2da3bfbab6423bfd60cd014f489ed4ac73132cc5ca731f68ed3667',
    },
    'lib/libtensorflow_framework.so.2': {
      size: 152_421_216,
      sha256: 'ca67fab9244cffd692ac292b18f75c0d34a0441a8f0e33a6dc113b1ee522622f',
    },
  },
  library: 'tfjs_binding.node',
  room: 5.6e9,
}

export const PINNED_ENGINES: Readonly<Record<NativeEngineName, PinnedEngine>> = {
  onednn: ONEDNN,
  tensorflow: TENSORFLOW,
  'tensorflow-gpu': TENSORFLOW_GPU,
}
