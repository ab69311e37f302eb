export type { Box, DetectedFace, FaceDetector, FivePoints, Point } from './detect/face-detector.js'
