export { type AlignOptions, alignFace } from './align/align-face.js'
export { TEMPLATE_NAMES, TEMPLATE_SIZES, type TemplateName, templatePoints } from './align/template.js'
export {
  type AlignedFace,
  type AlignedPhoto,
  type AlignPhotoOptions,
  alignPhoto,
  type FoundFace,
  type PhotoReject,
} from './align-photo.js'
export {
  type AlignedRecords,
  type AlignRecordsOptions,
  alignRecords,
  type FaceField,
  type RecordReject,
} from './align-records.js'
export { chooseFaces, FACE_CHOICES, type FaceChoice } from './choose-faces.js'
export { DETECTION_SIDE, detectionSize, type Size, scaleFaces } from './detect/detection-size.js'
export type { Box, DetectedFace, FaceDetector, FivePoints, Point } from './detect/face-detector.js'
export { type DetectorOptions, openDetector } from './detect/open-detector.js'
export { installDetector, installedDetector } from './install/install-detector.js'
export { DETECTOR_NAMES, type DetectorName, PINNED_DETECTORS, type PinnedDetector } from './install/pinned-detectors.js'
export type { FaceGeometry, FaceLimits, FaceMeasures, Shortcoming } from './measure/face-measures.js'
export type { HeadPose } from './measure/head-pose.js'
